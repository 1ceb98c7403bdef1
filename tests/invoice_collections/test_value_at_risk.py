"""What a case is ranked by: more, older and riskier debts never rank lower."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.aging import BUCKETS
from odoo.addons.invoice_collections.core.value_at_risk import FACTORS, SHARES, value_at_risk

CODES = [code for code, _first, _last in BUCKETS]
books = st.fixed_dictionaries({code: st.integers(0, 10**12) for code in CODES})


def test_every_bucket_has_a_share_and_older_ones_a_larger():
    assert list(SHARES) == CODES
    assert sorted(SHARES.values()) == list(SHARES.values())


@pytest.mark.parametrize(
    ("aged", "risk", "expected"),
    [
        ({"not_due": 100_000}, None, 1_000),
        ({"31_60": 1_000_00}, "low", 5_000),
        ({"61_90": 33}, None, 8),
        ({"over_90": 1_000}, "high", 1_000),
        ({"over_90": -500}, None, 0),
    ],
)
def test_figures_worked_out_by_hand(aged, risk, expected):
    assert value_at_risk(aged, risk) == expected


@given(books)
def test_a_riskier_customer_ranks_at_least_as_high_and_nobody_loses_more_than_all(aged):
    ranked = [value_at_risk(aged, risk) for risk in FACTORS]
    assert ranked == sorted(ranked)
    assert ranked[-1] <= sum(aged.values())


@given(books, st.sampled_from(CODES[:-1]), st.integers(0, 10**9))
def test_the_same_debt_one_bucket_later_ranks_at_least_as_high(aged, code, amount):
    later = CODES[CODES.index(code) + 1]
    younger = {**aged, code: aged[code] + amount}
    older = {**aged, later: aged[later] + amount}
    assert value_at_risk(older) >= value_at_risk(younger)
