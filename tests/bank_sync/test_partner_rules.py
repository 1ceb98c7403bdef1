"""Rules that say whose a line is, and patterns that must not run for ever."""

import time

import pytest

from odoo.addons.bank_sync.core.matching.partner_rules import PartnerRule, with_partners
from odoo.addons.bank_sync.core.matching.values import Receipt
from odoo.addons.bank_sync.core.pattern_guard import HostilePatternError


def line(text="PRLV Edf 4711", amount=5_000, **values):
    return Receipt(1, "EUR", amount, texts=(text,), journal=3, **values)


@pytest.mark.parametrize(
    ("how", "what", "fits"),
    [
        ("contains", "EDF", True),
        ("contains", "gdf", False),
        ("not_contains", "gdf", True),
        ("not_contains", "edf", False),
        ("match_regex", r"edf \d{4}$", True),
        ("match_regex", r"edf \d{5}", False),
    ],
)
def test_the_text_decides(how, what, fits):
    assert PartnerRule(7, how, what).fits(line()) is fits


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({"journals": frozenset({3})}, True),
        ({"journals": frozenset({4})}, False),
        ({"least": 5_000, "most": 5_000}, True),
        ({"least": 5_001}, False),
        ({"most": 4_999}, False),
    ],
)
def test_account_and_amount_decide_too(values, fits):
    assert PartnerRule(7, "contains", "edf", **values).fits(line()) is fits
    assert PartnerRule(7, "contains", "edf", **values).fits(line(amount=-5_000)) is fits


def test_the_first_rule_wins_and_what_is_known_stays():
    rules = [PartnerRule(7, "contains", "edf"), PartnerRule(8, "contains", "prlv")]
    found = with_partners([line(), line("PRLV"), line(partner=9), line("x")], rules)
    assert [one.partner for one in found] == [7, 8, 9, None]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", r"(.*)*x", "(", r"(\w+\s?)+$"])
def test_a_hostile_pattern_is_refused_before_it_searches(pattern):
    with pytest.raises(HostilePatternError):
        PartnerRule(7, "match_regex", pattern).check()


@pytest.mark.parametrize("how", ["contains", "not_contains", "match_regex"])
def test_a_text_of_100_kb_costs_no_time(how):
    rule = PartnerRule(7, how, "a+b" if how == "match_regex" else "b")
    started = time.process_time()
    for _ in range(100):
        rule.fits(line("a" * 100_000))
    assert time.process_time() - started < 2
