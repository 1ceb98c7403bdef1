"""The guard asks in a fixed order and answers with the first reason and the next day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.guard import CODES, Cap, Facts, check, first_hold
from odoo.addons.invoice_collections.core.work_calendar import EVERY_DAY, WorkCalendar

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
    "prerequisite": {"free_from": TUESDAY + timedelta(days=9)},
    "weekend": {"today": date(2026, 3, 14)},
    "holiday": {"calendar": WorkCalendar(frozenset({TUESDAY}))},
    "quiet_hours": {"quiet": True, "slot": datetime(2026, 3, 11, 7, tzinfo=UTC)},
    "frequency_cap": {"caps": (Cap(1, 7, (TUESDAY - timedelta(days=1),)),)},
    "min_amount": {"min_amount": 100_01},
    "approval": {"needs_approval": True},
}


def test_without_a_reason_the_contact_may_go_out():
    assert check(FREE).passed
    assert check(FREE).retry is None


@pytest.mark.parametrize("code", BLOCKERS)
def test_each_reason_blocks_alone(code):
    assert check(replace(FREE, **BLOCKERS[code])).code == code


def test_of_several_reasons_the_first_of_the_fixed_order_is_told():
    # What empties the message (settled, money, holds) is tried on its own above: without a
    # message there is nothing left for the later questions to look at. A weekend has a day of its
    # own: it is tried against the questions after it below.
    emptying = {"settled", "pending_money", "dispute", "weekend"}
    order = [code for code in BLOCKERS if code not in emptying]
    everything = {name: value for code in order for name, value in BLOCKERS[code].items()}
    for code in order:
        assert check(replace(FREE, **everything)).code == code
        everything |= {name: getattr(FREE, name) for name in BLOCKERS[code]}


def test_a_weekend_is_told_before_hours_caps_amounts_and_approval():
    later = ("quiet_hours", "frequency_cap", "min_amount", "approval")
    facts = {name: value for code in later for name, value in BLOCKERS[code].items()}
    assert check(replace(FREE, **facts, **BLOCKERS["weekend"])).code == "weekend"


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
    assert check(replace(FREE, today=today, calendar=EVERY_DAY)).passed


def test_the_cap_counts_days_inside_its_window_and_tells_when_it_ends():
    contacts = (
        TUESDAY - timedelta(days=7),
        TUESDAY - timedelta(days=6),
        TUESDAY - timedelta(days=2),
    )
    assert check(replace(FREE, caps=(Cap(3, 7, contacts),))).passed
    verdict = check(replace(FREE, caps=(Cap(2, 7, contacts),)))
    assert (verdict.code, verdict.retry) == ("frequency_cap", TUESDAY + timedelta(days=1))


def test_of_several_caps_the_one_that_ends_last_counts():
    yesterday = (TUESDAY - timedelta(days=1),)
    facts = replace(FREE, caps=(Cap(1, 2, yesterday), Cap(1, 7, yesterday)))
    assert check(facts).retry == TUESDAY + timedelta(days=6)
    # Seven calls in seven days, and silence for seven days after a conversation.
    talked = replace(facts, talked_until=TUESDAY + timedelta(days=6))
    assert check(talked).retry == TUESDAY + timedelta(days=7)


@pytest.mark.parametrize(("calls", "code"), [(6, None), (7, "frequency_cap")])
def test_behaviour_28_the_eighth_call_in_seven_days_waits(calls, code):
    days = tuple(TUESDAY - timedelta(days=number % 7) for number in range(calls))
    verdict = check(replace(FREE, caps=(Cap(7, 7, days),)))
    assert verdict.code == code
    if code:
        assert verdict.retry == TUESDAY + timedelta(days=1)


def test_behaviour_25_epiphany_in_bavaria_moves_to_the_next_working_day():
    bavaria = WorkCalendar(frozenset({date(2026, 1, 6)}))
    verdict = check(replace(FREE, today=date(2026, 1, 6), calendar=bavaria))
    assert (verdict.code, verdict.retry) == ("holiday", date(2026, 1, 7))


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
        caps=(Cap(cap, window, tuple(today - timedelta(days=days) for days in ago)),),
    )
    verdict = check(facts)
    assert verdict.passed or verdict.code in CODES
    if verdict.retry:
        assert verdict.retry > today
        assert check(replace(facts, today=verdict.retry)).code != verdict.code
