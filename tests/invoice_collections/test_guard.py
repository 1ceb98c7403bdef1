"""The guard asks in a fixed order and answers with the first reason and the next day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.guard import CODES, Facts, check, first_hold

TUESDAY = date(2026, 3, 10)
FREE = Facts(TUESDAY, due=100_00, upcoming=0)

#: One fact that blocks, by code, in guard order.
BLOCKERS = {
    "kill_switch": {"kill_switch": True},
    "dry_run": {"dry_run": True},
    "settled": {"due": 0},
    "stale_feed": {"feed_reason": "stale_feed"},
    "pending_money": {"credit": 100_00},
    "dispute": {"held": frozenset({"dispute"})},
    "opt_out": {"opted_out": True},
    "no_address": {"has_address": False},
    "weekend": {"today": date(2026, 3, 14)},
    "frequency_cap": {"cap_count": 1, "contact_days": (TUESDAY - timedelta(days=1),)},
    "min_amount": {"min_amount": 100_01},
}


def test_without_a_reason_the_contact_may_go_out():
    assert check(FREE).passed
    assert check(FREE).retry is None


@pytest.mark.parametrize("code", BLOCKERS)
def test_each_reason_blocks_alone(code):
    assert check(replace(FREE, **BLOCKERS[code])).code == code


def test_of_several_reasons_the_first_of_the_fixed_order_is_told():
    # What empties the message (settled, money, holds) is tried on its own above: without a
    # message there is nothing left for the later questions to look at.
    order = [code for code in BLOCKERS if code not in {"settled", "pending_money", "dispute"}]
    saturday = BLOCKERS["weekend"]["today"]
    everything = {name: value for code in order for name, value in BLOCKERS[code].items()}
    everything["contact_days"] = (saturday - timedelta(days=1),)
    for code in order:
        assert check(replace(FREE, **everything)).code == code
        freed = {name: getattr(FREE, name) for name in BLOCKERS[code] if name != "contact_days"}
        everything |= freed | {"cap_count": 0 if code == "frequency_cap" else 1}
        if code == "weekend":
            everything["contact_days"] = BLOCKERS["frequency_cap"]["contact_days"]


@pytest.mark.parametrize(("credit", "code"), [(99_99, None), (100_00, "pending_money")])
def test_credit_blocks_only_when_it_covers_what_is_asked(credit, code):
    assert check(replace(FREE, credit=credit)).code == code


def test_a_stale_feed_does_not_block_a_note_about_what_is_not_due():
    note = replace(FREE, due=0, upcoming=50_00, feed_reason="stale_feed")
    assert check(note).passed


@pytest.mark.parametrize(
    ("today", "retry"),
    [(date(2026, 3, 14), date(2026, 3, 16)), (date(2026, 3, 15), date(2026, 3, 16))],
)
def test_a_weekend_moves_to_monday(today, retry):
    verdict = check(replace(FREE, today=today))
    assert (verdict.code, verdict.retry) == ("weekend", retry)
    assert check(replace(FREE, today=today, working_days_only=False)).passed


def test_the_cap_counts_days_inside_its_window_and_tells_when_it_ends():
    contacts = (
        TUESDAY - timedelta(days=7),
        TUESDAY - timedelta(days=6),
        TUESDAY - timedelta(days=2),
    )
    facts = replace(FREE, contact_days=contacts, cap_days=7)
    assert check(replace(facts, cap_count=3)).passed
    verdict = check(replace(facts, cap_count=2))
    assert (verdict.code, verdict.retry) == ("frequency_cap", TUESDAY + timedelta(days=1))


def test_a_hold_with_an_end_is_looked_at_again_then():
    until = TUESDAY + timedelta(days=20)
    verdict = check(replace(FREE, due=0, held=frozenset({"promise"}), held_until=until))
    assert (verdict.code, verdict.retry) == ("promise", until)


def test_the_smallest_amount_is_compared_after_credits():
    facts = replace(FREE, due=10_00, credit=6_00, min_amount=5_00)
    assert check(facts).code == "min_amount"
    assert check(replace(facts, credit=5_00)).passed


def test_an_unknown_hold_counts_last():
    assert first_hold({"zebra", "hold"}) == "hold"
    assert first_hold({"zebra"}) == "zebra"


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.lists(st.integers(1, 30), max_size=10),
    st.integers(0, 5),
    st.integers(1, 14),
)
def test_a_day_named_for_the_next_try_is_ahead_and_free_of_that_reason(today, ago, cap, window):
    facts = Facts(
        today,
        due=100_00,
        upcoming=0,
        cap_count=cap,
        cap_days=window,
        contact_days=tuple(today - timedelta(days=days) for days in ago),
    )
    verdict = check(facts)
    assert verdict.passed or verdict.code in CODES
    if verdict.retry:
        assert verdict.retry > today
        assert check(replace(facts, today=verdict.retry)).code != verdict.code
