"""The shipped figures of the law say what their sources say, and nothing unproved is usable."""

import csv
import pathlib
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

DATA = pathlib.Path(__file__).parents[2] / "addons" / "invoice_collections" / "data"

#: Days from which a rate of the ECB's main refinancing operations held, as the ECB lists them.
ECB_CHANGES = """
2014-09-10 0.05  2016-03-16 0.00  2022-07-27 0.50  2022-09-14 1.25  2022-11-02 2.00
2022-12-21 2.50  2023-02-08 3.00  2023-03-22 3.50  2023-05-10 3.75  2023-06-21 4.00
2023-08-02 4.25  2023-09-20 4.50  2024-06-12 4.25  2024-09-18 3.65  2024-10-23 3.40
2024-12-18 3.15  2025-02-05 2.90  2025-03-12 2.65  2025-04-23 2.40  2025-06-11 2.15
"""

#: The reference rates of the UK as Pay On Time prints them.
UK = """
2015-01 0.50  2015-07 0.50  2016-01 0.50  2016-07 0.50  2017-01 0.25  2017-07 0.25  2018-01 0.50
2018-07 0.50  2019-01 0.75  2019-07 0.75  2020-01 0.75  2020-07 0.10  2021-01 0.10  2021-07 0.10
2022-01 0.25  2022-07 1.25  2023-01 3.50  2023-07 5.00  2024-01 5.25
"""

#: The German base rate as published for single half-years.
DE = {"2016-07": "-0.88", "2017-01": "-0.88", "2021-01": "-0.88", "2023-01": "1.62"}


def _rows(model):
    with (DATA / f"{model}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _rates(code):
    return {
        date.fromisoformat(row["date_from"]): Decimal(row["value"])
        for row in _rows("collection.reference.rate")
        if row["code"] == code
    }


def _pairs(table):
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def test_the_ecb_rate_of_a_half_year_is_the_last_one_before_it():
    changes = {date.fromisoformat(day): Decimal(v) for day, v in _pairs(ECB_CHANGES).items()}
    for start, value in _rates("ECB_MRO").items():
        assert value == changes[max(day for day in changes if day <= start)], start


def test_the_german_base_rate_is_the_ecb_rate_less_0_88():
    base, mro = _rates("DE_BASE"), _rates("ECB_MRO")
    assert base.keys() == mro.keys()
    assert {base[start] - mro[start] for start in base} == {Decimal("-0.88")}
    for month, value in DE.items():
        assert base[date.fromisoformat(f"{month}-01")] == Decimal(value)


def test_the_british_table():
    for month, value in _pairs(UK).items():
        assert _rates("BOE")[date.fromisoformat(f"{month}-01")] == Decimal(value)


@pytest.mark.parametrize("code", ["ECB_MRO", "DE_BASE", "BOE"])
def test_half_years_follow_each_other_and_end_with_the_last_known(code):
    rows = [row for row in _rows("collection.reference.rate") if row["code"] == code]
    spans = sorted(
        (date.fromisoformat(row["date_from"]), date.fromisoformat(row["date_to"])) for row in rows
    )
    for (_first, last), (following, _end) in pairwise(spans):
        assert following == last + timedelta(days=1)
    assert spans[-1][1] == date(2026, 6, 30)


@pytest.mark.parametrize("model", ["collection.reference.rate", "collection.rule.line"])
def test_what_is_verified_names_two_sources_and_a_day(model):
    for row in _rows(model):
        assert row["source_url"].startswith("https://"), row["id"]
        assert row["verified"] in ("True", "False")
        proof = (row["second_source"], row["source_date"], row["verified_by_id:id"])
        if row["verified"] == "True":
            assert all(proof), row["id"]
        else:
            assert not row["verified_by_id:id"], row["id"]


def test_a_set_in_use_has_a_verified_rule():
    verified = {
        row["rule_set_id:id"] for row in _rows("collection.rule.line") if row["verified"] == "True"
    }
    for row in _rows("collection.rule.set"):
        assert (row["state"] == "verified") == (row["id"] in verified), row["id"]


def test_recalled_figures_are_not_verified():
    """Austria, Poland, Switzerland, Belgium between businesses, the UK from the middle of 2024."""
    lines = {row["id"]: row["verified"] for row in _rows("collection.rule.line")}
    for name in ("at_interest_b2b", "pl_interest_b2b", "ch_interest", "be_interest_b2b"):
        assert lines[f"rule_{name}"] == "False"
    rates = {row["id"]: row["verified"] for row in _rows("collection.reference.rate")}
    assert rates["rate_boe_2025_07"] == rates["rate_boe_2026_01"] == "False"
