"""Pausing, rescheduling, refinancing, paying early: what each costs, told before."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.plan.allocate import Part, add_parts, allocate
from odoo.addons.invoice_collections.core.plan.change import pause, prepay, refinance, reschedule
from odoo.addons.invoice_collections.core.plan.position import Position
from odoo.addons.invoice_collections.core.plan.refusal import PlanRefusedError
from odoo.addons.invoice_collections.core.plan.schedule import schedule
from odoo.addons.invoice_collections.core.plan.settle import settle
from odoo.addons.invoice_collections.core.plan.terms import Terms

from .strategies import terms

HOUSE = Terms(
    1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"), day_count="30_360"
)


def _after(paid_installments, on, plan_terms=HOUSE, **values):
    """Return a plan of which the first installments are paid."""
    plan = schedule(plan_terms)
    paid = {
        one.number: Part(one.number, one.principal, one.interest, one.fee)
        for one in plan[:paid_installments]
    }
    return Position(plan_terms, plan, on, paid, **values)


THIRD = _after(3, date(2026, 4, 1))


# House examples, all from a balance of 608.95.


def test_house_example_pause_of_two_months_with_the_interest_at_the_end():
    change = pause(THIRD, 2)
    assert THIRD.balance == 608_95
    assert [one.total for one in change.after] == [207_06, 207_06, 219_23]
    assert [one.due for one in change.after] == [date(2026, m, 1) for m in (7, 8, 9)]
    assert (change.extra_cost, change.capitalized) == (12_18, 0)


def test_house_example_pause_of_two_months_leveled_anew():
    change = pause(THIRD, 2, "relevel")
    assert [one.total for one in change.after] == [211_20, 211_20, 211_19]
    assert [one.number for one in change.after] == [4, 5, 6]
    assert change.capitalized == 12_18
    assert sum(one.principal for one in change.after) == 608_95 + 12_18
    assert change.extra_cost == 2 * 211_20 + 211_19 - 3 * 207_06 + 1


def test_a_waived_pause_costs_nothing_and_lowers_the_rate():
    change = pause(THIRD, 2, "waive")
    assert change.extra_cost == 0
    assert change.apr_after < pause(THIRD, 2).apr_after


@pytest.mark.parametrize(("day_count", "total"), [("30_360", 611_99), ("act_365", 611_95)])
def test_house_example_settling_fifteen_days_after_the_third_installment(day_count, total):
    position = replace(THIRD, terms=replace(HOUSE, day_count=day_count), on=date(2026, 4, 16))
    settlement = settle(position)
    assert settlement.total == total
    assert settlement.saving == 3 * 207_06 - 1 - total


def test_house_example_rescheduling_over_six():
    # To the nearest cent the installment is 105.07; rounded up, so that the last is not larger,
    # 105.08. The cost is the same.
    change = reschedule(THIRD, 6)
    assert [one.total for one in change.after] == [105_08] * 5 + [105_04]
    assert change.extra_cost == 9_27
    nearest = reschedule(replace(THIRD, terms=replace(HOUSE, rounding="nearest")), 6)
    assert nearest.after[0].total == 105_07
    assert nearest.extra_cost == 9_27


def test_house_example_refinancing_at_nine_percent_with_a_financed_fee():
    new = Terms(
        1,
        date(2026, 4, 1),
        date(2026, 5, 1),
        6,
        rate=Decimal("0.09"),
        day_count="30_360",
        upfront_fee=10_00,
        fee_financed=True,
        rounding="nearest",
    )
    change = refinance([THIRD], new)
    assert change.after[0].total == 105_88
    assert (change.settled, change.total_after) == (608_95, 635_30)
    assert change.total_since_origin == 3 * 207_06 + 635_30
    assert change.apr_after > Decimal("0.09")


# What must hold.


def _or_none(change, *codes):
    """Return a change, ``None`` where it is refused for one of these reasons; no others."""
    try:
        return change()
    except PlanRefusedError as refusal:
        if refusal.code not in {*codes, "principal_too_small"}:
            raise
        return None


@st.composite
def positions(draw):
    """Return a plan some way down its life, with arrears and advance payments."""
    plan_terms = draw(terms(methods=("annuity", "linear", "interest_free", "balloon")))
    try:
        plan = schedule(plan_terms)
    except PlanRefusedError:
        assume(False)
    days = (plan[-1].due - plan_terms.start).days
    on = plan_terms.start + timedelta(days=draw(st.integers(0, days - 1)))
    position = Position(plan_terms, plan, on)
    due = sum(one.total for one in position.due)
    amount = draw(st.integers(0, due + plan[0].total))
    parts = allocate(position.open, amount, on).parts if amount else ()
    return replace(position, paid=add_parts({}, parts))


@given(positions(), st.integers(1, 12))
def test_an_interest_only_pause_costs_what_it_says(position, months):
    change = _or_none(lambda: pause(position, months), "nothing_to_come")
    if change is None:
        return
    assert change.total_after == change.total_before + change.extra_cost
    assert change.extra_cost == change.terms.paused >= 0
    assert sum(one.principal for one in change.after) == position.balance
    assert [one.number for one in change.after] == [one.number for one in position.open]
    free = pause(position, months, "waive")
    assert free.extra_cost == 0
    assert [one.due for one in free.after] == [one.due for one in change.after]


@given(positions(), st.integers(1, 12))
def test_a_pause_moves_nothing_that_is_due(position, months):
    for how in ("shift", "relevel"):
        change = _or_none(lambda how=how: pause(position, months, how), "nothing_to_come")
        if change is None:
            continue
        kept = [(one.number, one.due, one.total) for one in change.after if one.due <= position.on]
        assert kept == [(one.number, one.due, one.total) for one in position.due]


@given(positions(), st.integers(1, 12))
def test_leveling_anew_pays_the_balance_and_the_pause(position, months):
    change = _or_none(lambda: pause(position, months, "relevel"), "nothing_to_come")
    if change is None:
        return
    assert sum(one.principal for one in change.after) == position.balance + change.capitalized
    assert change.after[-1].balance == 0


@given(positions(), st.integers(1, 36))
def test_rescheduling_pays_the_balance_and_what_is_owed_besides(position, count):
    change = _or_none(lambda: reschedule(position, count), "nothing_open")
    if change is None:
        return
    assert sum(one.principal for one in change.after) == position.balance
    assert len(change.after) == count
    owed = sum(one.interest + one.fee for one in position.due)
    assert sum(one.interest + one.fee for one in change.after) >= owed
    assert change.after[0].due > position.on


@given(positions())
def test_settling_never_costs_more_than_going_on(position):
    settlement = settle(position)
    everything = sum(one.total for one in position.open)
    assert settlement.total + settlement.saving == everything
    assert settlement.saving >= 0


@given(positions())
def test_each_day_makes_settling_dearer_until_the_next_due_date(position):
    later = replace(position, on=position.on + timedelta(days=1))
    assume(later.since == position.since)
    assert settle(later).total >= settle(position).total


@given(positions(), st.integers(1, 24))
def test_refinancing_takes_over_what_settles_the_old_plan(position, count):
    new = Terms(1, position.on, position.on + timedelta(days=30), count, rate=Decimal("0.05"))
    change = _or_none(lambda: refinance([position], new), "nothing_open", "principal")
    if change is None:
        return
    assert change.terms.principal == change.settled == settle(position).total
    assert sum(one.principal for one in change.after) == change.settled
    paid = sum(part.total for part in position.paid.values())
    assert change.total_since_origin == paid + change.total_after


@given(positions(), st.floats(0.01, 0.99))
def test_paying_early_never_costs_more(position, share):
    amount = int(position.balance * share)
    for how in ("shorten", "relevel"):
        try:
            change = prepay(position, amount, how)
        except PlanRefusedError:
            continue
        # Interest is rounded once more, and once less for each installment saved.
        assert change.extra_cost <= len(position.coming)
        assert sum(one.principal for one in change.after) == position.balance - amount


# Cases.


def test_a_pause_in_arrears_leaves_them_due():
    position = _after(2, date(2026, 4, 3))
    change = pause(position, 1)
    assert [(one.number, one.due) for one in change.after] == [
        (3, date(2026, 4, 1)),
        (4, date(2026, 6, 1)),
        (5, date(2026, 7, 1)),
        (6, date(2026, 8, 1)),
    ]


def test_settling_after_a_pause_pays_for_it_once():
    change = pause(THIRD, 2)
    # Half of the pause is over: one month of interest on 608.95, nothing more.
    during = Position(change.terms, change.after, date(2026, 5, 1))
    assert settle(during).total == 608_95 + 6_09
    # The first installment after it is paid: its interest is, that of the pause is not yet.
    first = change.after[0]
    paid = {first.number: Part(first.number, first.principal, first.interest)}
    later = Position(change.terms, change.after, date(2026, 7, 1), paid)
    assert settle(later).total == 608_95 - first.principal + 12_18
    # A second pause does not forget the first.
    second = pause(later, 1)
    assert second.terms.deferred == 12_18
    assert second.after[-1].interest == change.after[-1].interest + second.extra_cost


def test_rescheduling_by_the_amount_a_customer_can_pay():
    change = reschedule(THIRD, amount=100_00)
    assert [one.total for one in change.after[:-1]] == [100_00] * 6
    assert 0 < change.after[-1].total <= 100_00
    with pytest.raises(PlanRefusedError) as caught:
        reschedule(THIRD, amount=6_09)
    assert (caught.value.code, caught.value.facts["least"]) == ("below_interest", 6_10)


def test_rescheduling_takes_arrears_along():
    position = _after(2, date(2026, 4, 3))
    change = reschedule(position, 4)
    assert change.after[0].due == date(2026, 5, 1)
    assert sum(one.principal for one in change.after) == position.balance
    # The interest of April was due already, and comes with May's.
    (april,) = position.due
    assert change.after[0].interest == april.interest + 8_08


def test_a_plan_past_its_end_can_be_rescheduled():
    position = _after(4, date(2026, 9, 20))
    assert not position.coming
    change = reschedule(position, 3)
    assert change.after[0].due == date(2026, 10, 1)
    assert change.terms.start == date(2026, 7, 1)


def test_two_plans_become_one():
    later = replace(HOUSE, start=date(2026, 3, 15), first_due=date(2026, 4, 15))
    other = _after(0, date(2026, 4, 1), later)
    new = Terms(1, date(2026, 4, 1), date(2026, 5, 1), 12, method="interest_free")
    change = refinance([THIRD, other], new)
    assert change.settled == settle(THIRD).total + settle(other).total


def test_paying_six_hundred_early_halves_what_is_left():
    start = _after(0, date(2026, 1, 1))
    leveled = prepay(start, 600_00, "relevel")
    assert [one.total for one in leveled.after][:2] == [103_53, 103_53]
    shortened = prepay(start, 600_00)
    assert [one.total for one in shortened.after] == [207_06, 207_06, 197_83]
    assert shortened.extra_cost < leveled.extra_cost < 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: pause(THIRD, 0), "months"),
        (lambda: pause(THIRD, -2), "months"),
        (lambda: pause(THIRD, 25), "months"),
        (lambda: pause(THIRD, 1, "forget"), "how"),
        (lambda: pause(_after(3, date(2027, 1, 1)), 1), "nothing_to_come"),
        (lambda: pause(_after(6, date(2026, 4, 1)), 1), "nothing_to_come"),
        (lambda: reschedule(THIRD), "count_or_amount"),
        (lambda: reschedule(THIRD, 3, amount=5_00), "count_or_amount"),
        (lambda: reschedule(THIRD, 0), "count"),
        (lambda: reschedule(THIRD, 601), "count"),
        (lambda: reschedule(THIRD, -1), "count"),
        (lambda: reschedule(THIRD, amount=-1), "below_interest"),
        (lambda: reschedule(THIRD, 3, first_due=date(2026, 3, 1)), "first_due"),
        (lambda: reschedule(_after(6, date(2026, 8, 1)), 3), "nothing_open"),
        (lambda: refinance([], HOUSE), "nothing_open"),
        (lambda: refinance([THIRD], HOUSE), "start_before_settlement"),
        (lambda: prepay(THIRD, 0), "amount"),
        (lambda: prepay(THIRD, 608_95), "amount"),
        (lambda: prepay(THIRD, 1.5), "amount"),
        (lambda: prepay(THIRD, 5_00, "twice"), "how"),
        (lambda: prepay(_after(2, date(2026, 4, 1)), 5_00), "arrears"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_name(change, code):
    with pytest.raises(PlanRefusedError) as caught:
        change()
    assert caught.value.code == code
