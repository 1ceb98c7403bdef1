"""Schedules: what must hold whatever the terms, dates at their edges, and what is refused."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.plan.periods import due_dates, year_fractions
from odoo.addons.invoice_collections.core.plan.refusal import PlanRefusedError
from odoo.addons.invoice_collections.core.plan.schedule import schedule
from odoo.addons.invoice_collections.core.plan.terms import Terms
from odoo.addons.invoice_collections.core.work_calendar import WEEKDAYS, WorkCalendar

from .strategies import DAYS, RATES, terms

HOUSE = Terms(
    1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"), day_count="30_360"
)


def _made(plan_terms, shift=None):
    """Return the schedule; terms too tight for whole minor units are none of a property's."""
    try:
        return schedule(plan_terms, shift)
    except PlanRefusedError as refusal:
        assume(refusal.code not in {"principal_too_small", "below_interest"})
        raise


# House examples: computed once by other means, so that a change of the arithmetic is noticed.


def test_house_example_twelve_percent_over_six_months():
    plan = schedule(HOUSE)
    assert [one.total for one in plan] == [207_06] * 5 + [207_05]
    assert sum(one.interest for one in plan) == 42_35
    assert plan[2].balance == 608_95


def test_house_example_a_hundred_in_seven_parts():
    plan = schedule(Terms(100_00, date(2026, 1, 1), date(2026, 2, 1), 7, method="interest_free"))
    assert [one.total for one in plan] == [14_29] * 6 + [14_26]


def test_house_example_days_of_the_calendar_from_the_last_of_january():
    terms_ = Terms(3000_00, date(2026, 1, 31), date(2026, 2, 28), 12, rate=Decimal("0.1015"))
    plan = schedule(terms_)
    assert [one.total for one in plan] == [263_86] * 11 + [263_80]
    assert sum(one.interest for one in plan) == 166_26
    assert [one.interest for one in plan[:3]] == [23_36, 23_79, 21_02]
    assert [one.due.day for one in plan[:4]] == [28, 31, 30, 31]


# What must hold.


@given(terms())
def test_principal_adds_up_and_every_amount_is_whole(plan_terms):
    plan = _made(plan_terms)
    assert sum(one.principal for one in plan) == plan_terms.financed
    assert plan[-1].balance == 0
    for one in plan:
        amounts = (one.principal, one.interest, one.fee, one.balance)
        assert all(type(amount) is int and amount >= 0 for amount in amounts)
        assert one.total == one.principal + one.interest + one.fee
    assert len(plan) == plan_terms.count
    assert [one.number for one in plan] == list(range(1, plan_terms.count + 1))


@given(terms())
def test_a_debt_never_grows_and_each_balance_follows_from_the_one_before(plan_terms):
    balance = plan_terms.financed
    for one in _made(plan_terms):
        assert one.balance == balance - one.principal
        assert one.balance <= balance
        balance = one.balance


@given(terms())
def test_interest_is_that_of_the_balance_to_half_a_unit(plan_terms):
    """The same by fractions: no integer trick of the core is repeated here."""
    plan = _made(plan_terms)
    parts = year_fractions(plan_terms, [one.due for one in plan])
    balance = plan_terms.financed
    for one, part in zip(plan, parts, strict=True):
        exact = balance * Fraction(plan_terms.rate) * part
        assert abs(one.interest - exact) <= Fraction(1, 2)
        balance = one.balance


@given(terms(methods=("annuity", "balloon", "interest_free", "linear"), even=True))
def test_the_last_installment_is_never_the_largest(plan_terms):
    plan = _made(plan_terms)
    if plan_terms.method == "linear":
        assert plan[-1].principal <= min(one.principal for one in plan)
    else:
        assert plan[-1].total - plan_terms.balloon <= min(one.total for one in plan)


@given(terms(methods=("annuity",), even=True))
def test_one_unit_less_an_installment_would_leave_a_larger_last_one(plan_terms):
    """The level payment is the smallest that does: found here by trying the one below."""
    plan = _made(plan_terms)
    level = plan[-2].total - plan[-2].fee if len(plan) > 1 else 1
    parts = year_fractions(plan_terms, [one.due for one in plan])
    balance = plan_terms.financed
    for index, part in enumerate(parts):
        interest = int(balance * Fraction(plan_terms.rate) * part + Fraction(1, 2))
        if index < plan_terms.count - 1:
            balance -= max(0, level - 1 - interest)
    assert balance + interest > level - 1


@given(st.integers(1000_00, 90_000_00), st.integers(2, 60), RATES)
def test_equal_months_agree_with_the_formula_of_annuities(principal, count, rate):
    plan = _made(replace(HOUSE, principal=principal, count=count, rate=rate))
    with localcontext() as context:
        context.prec = 50
        i = rate / 12
        exact = principal * i / (1 - (1 + i) ** -count)
    # Rounded interest moves the payment by less than a unit either way.
    assert abs(plan[0].total - exact) <= 2


@given(terms(methods=("annuity", "interest_free", "linear"), fees=False), st.integers(2, 5))
def test_more_debt_never_means_a_smaller_installment(plan_terms, times):
    less = _made(plan_terms)
    more = _made(replace(plan_terms, principal=plan_terms.principal * times))
    assert all(one.total <= other.total for one, other in zip(less[:-1], more[:-1], strict=True))


@pytest.mark.parametrize("digits", [0, 2, 3])
def test_a_currency_without_decimals_and_one_with_three(digits):
    # 1,200 in each: yen, euro, Kuwaiti dinar.
    plan = schedule(replace(HOUSE, principal=1200 * 10**digits, digits=digits))
    assert sum(one.principal for one in plan) == 1200 * 10**digits
    level = Decimal("207.0580400")
    unit = Decimal(1).scaleb(-digits)
    assert abs(Decimal(plan[0].total).scaleb(-digits) - level) <= unit
    assert plan[-1].total <= plan[0].total


# Methods.


def test_linear_pays_equal_principal():
    plan = schedule(replace(HOUSE, method="linear"))
    assert [one.principal for one in plan] == [200_00] * 6
    assert [one.interest for one in plan] == [12_00, 10_00, 8_00, 6_00, 4_00, 2_00]


def test_grace_is_interest_alone():
    plan = schedule(replace(HOUSE, count=8, grace=2))
    assert [one.total for one in plan[:2]] == [12_00, 12_00]
    assert [one.total for one in plan[2:]] == [207_06] * 5 + [207_05]


def test_a_balloon_is_left_for_the_end():
    plan = schedule(replace(HOUSE, method="balloon", balloon=600_00))
    # 600 level and interest of 6 on the other 600: 103.53 and 6.00.
    assert plan[0].total == 109_53
    assert 0 <= plan[0].total + 600_00 - plan[-1].total <= 6


def test_a_season_pays_by_its_weights():
    weights = tuple(map(Decimal, ["1", "1", "0", "2", "2", "1"]))
    plan = schedule(replace(HOUSE, method="seasonal", weights=weights))
    first, second, third, fourth, fifth, last = (one.total for one in plan)
    assert first == second == fourth // 2 == fifth // 2
    assert third == plan[2].interest
    assert last <= first


def test_irregular_amounts_on_irregular_days():
    days = (date(2026, 2, 10), date(2026, 3, 1), date(2026, 7, 1))
    terms_ = Terms(
        900_00,
        date(2026, 1, 10),
        days[0],
        3,
        method="irregular",
        amounts=(300_00, 100_00),
        dates=days,
        rate=Decimal("0.10"),
    )
    plan = schedule(terms_)
    # 900 x 10 % x 31 / 365 = 7.64; 607.64 x 19 / 3650 = 3.16; 510.80 x 122 / 3650 = 17.07.
    assert [one.interest for one in plan] == [7_64, 3_16, 17_07]
    assert [one.total for one in plan] == [300_00, 100_00, 527_87]


def test_a_fee_at_the_start_is_paid_or_financed():
    financed = replace(HOUSE, upfront_fee=60_00, fee_financed=True)
    assert sum(one.principal for one in schedule(financed)) == 1260_00
    paid = replace(HOUSE, upfront_fee=60_00)
    assert schedule(paid) == schedule(HOUSE)
    assert (paid.paid_at_start, financed.paid_at_start) == (60_00, 0)


# Days.


def test_a_plan_from_the_29th_of_february():
    leap = Terms(1200_00, date(2024, 2, 29), date(2024, 3, 29), 24, rate=Decimal("0.1"))
    days = due_dates(leap)
    assert (days[11], days[12], days[23]) == (
        date(2025, 2, 28),
        date(2025, 3, 29),
        date(2026, 2, 28),
    )
    quarters = Terms(1200_00, date(2023, 11, 30), date(2024, 2, 29), 3, frequency="quarter")
    assert due_dates(quarters) == (date(2024, 2, 29), date(2024, 5, 30), date(2024, 8, 30))


def test_the_last_day_of_each_month():
    wanted = Terms(1200_00, date(2026, 4, 10), date(2026, 4, 30), 4, month_day=31)
    assert [day.day for day in due_dates(wanted)] == [30, 31, 30, 31]


@given(terms(), st.sets(st.integers(0, 400)))
def test_no_installment_is_due_on_a_day_off_and_the_order_stays(plan_terms, off):
    closed = frozenset(plan_terms.start + timedelta(days=offset) for offset in off)
    calendar = WorkCalendar(closed)
    plan = _made(plan_terms, calendar.next_working)
    assert all(calendar.is_working(one.due) for one in plan)
    assert all(one.due <= other.due for one, other in pairwise(plan))
    assert sum(one.principal for one in plan) == plan_terms.financed


def test_days_off_move_interest_by_the_calendar_and_not_by_equal_months():
    # 1 February and 1 March 2026 are Sundays.
    by_calendar = replace(HOUSE, day_count="act_365")
    moved, still = schedule(by_calendar, WEEKDAYS.next_working), schedule(by_calendar)
    assert [one.due.day for one in moved[:3]] == [2, 2, 1]
    assert (still[0].interest, moved[0].interest) == (12_23, 12_62)
    equal, unmoved = schedule(HOUSE, WEEKDAYS.next_working), schedule(HOUSE)
    assert [one.interest for one in equal] == [one.interest for one in unmoved]


def test_a_shift_that_turns_days_round_does_not_turn_installments_round():
    weekly = replace(HOUSE, frequency="week", day_count="act_365")
    plan = schedule(weekly, lambda day: day - timedelta(days=10 * (day.day % 2)))
    assert [one.due for one in plan] == sorted(one.due for one in plan)
    assert plan[0].due >= weekly.start


@given(DAYS, st.integers(0, 90))
def test_long_and_short_first_periods_bear_interest_by_their_days(start, wait):
    terms_ = Terms(
        1_000_000_00, start, start + timedelta(days=wait), 2, rate=Decimal("0.1"), month_day=1
    )
    plan = schedule(terms_)
    assert plan[0].interest == int(Fraction(1_000_000_00 * wait, 3650) + Fraction(1, 2))


def test_a_first_period_of_equal_months_counts_thirty_days_a_month():
    late = replace(HOUSE, start=date(2026, 1, 1), first_due=date(2026, 2, 16))
    assert year_fractions(late, due_dates(late))[:2] == (Fraction(45, 360), Fraction(1, 12))


def test_a_first_installment_off_its_day_of_the_month_charges_no_day_twice():
    # The first on 4 May, because 1 May is a holiday; then the 1st of each month.
    moved = replace(HOUSE, start=date(2026, 4, 1), first_due=date(2026, 5, 4), month_day=1)
    assert year_fractions(moved, due_dates(moved))[:3] == (
        Fraction(33, 360),
        Fraction(27, 360),
        Fraction(1, 12),
    )
    assert sum(year_fractions(moved, due_dates(moved))) == Fraction(6, 12)


# What is refused, with a code.

_NO = Decimal("NaN")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"principal": 0}, "principal"),
        ({"principal": -1}, "principal"),
        ({"principal": 10**15 + 1}, "principal"),
        ({"principal": 100.0}, "principal"),
        ({"principal": True}, "principal"),
        ({"count": 0}, "count"),
        ({"count": -3}, "count"),
        ({"count": 601}, "count"),
        ({"rate": Decimal("-0.01")}, "rate"),
        ({"rate": Decimal("10.01")}, "rate"),
        ({"rate": _NO}, "rate"),
        ({"rate": Decimal("Infinity")}, "rate"),
        ({"rate": 0.12}, "rate"),
        ({"deposit": -1}, "deposit"),
        ({"deposit": 1200_00}, "deposit"),
        ({"upfront_fee": -1}, "upfront_fee"),
        ({"upfront_fee": 1200_01}, "upfront_fee"),
        ({"installment_fee": -1}, "installment_fee"),
        ({"installment_fee": 1200_01}, "installment_fee"),
        ({"grace": 6}, "grace"),
        ({"grace": 1, "rate": Decimal(0)}, "grace_without_interest"),
        ({"month_day": 32}, "month_day"),
        ({"digits": 5}, "digits"),
        ({"frequency": "day"}, "frequency"),
        ({"method": "magic"}, "method"),
        ({"day_count": "act/360"}, "day_count"),
        ({"rounding": "down"}, "rounding"),
        ({"first_due": date(2025, 12, 31)}, "first_due_before_start"),
        ({"first_due": date(2031, 1, 6)}, "first_due_too_late"),
        ({"start": date(1900, 1, 1)}, "start"),
        ({"start": "2026-01-01"}, "start"),
        ({"start": datetime(2026, 1, 1)}, "start"),  # noqa: DTZ001 (refused)
        ({"first_due": date(9999, 1, 1)}, "first_due"),
        ({"method": "interest_free"}, "rate_of_interest_free"),
        ({"method": "balloon"}, "balloon"),
        ({"balloon": 5}, "balloon"),
        ({"method": "balloon", "balloon": 1200_01}, "balloon"),
        ({"method": "irregular"}, "amounts_of_method"),
        ({"amounts": (1,)}, "amounts_of_method"),
        ({"method": "irregular", "amounts": (1, 2)}, "amounts_count"),
        ({"method": "irregular", "amounts": (100_00, 0, 1, 1, 1)}, "amounts"),
        ({"method": "irregular", "amounts": (100_00, -5, 1, 1, 1)}, "amounts"),
        ({"method": "irregular", "amounts": (100_00, 5_00, 1, 1, 1)}, "below_interest"),
        ({"method": "irregular", "amounts": (1300_00, 1, 1, 1, 1)}, "amounts_exceed_balance"),
        ({"method": "seasonal"}, "weights_of_method"),
        ({"method": "seasonal", "weights": (Decimal(1),)}, "weights_count"),
        ({"method": "seasonal", "weights": (Decimal(1),) * 5 + (Decimal(0),)}, "weights"),
        ({"method": "seasonal", "weights": (Decimal(-1),) * 5 + (Decimal(1),)}, "weights"),
        ({"method": "seasonal", "weights": (Decimal(1),) * 6, "grace": 1}, "grace_of_method"),
        ({"dates": (date(2026, 2, 1),)}, "dates_without_irregular"),
        ({"principal": 3, "rate": Decimal(0)}, "principal_too_small"),
        ({"principal": 10, "rate": Decimal(0), "count": 7}, "principal_too_small"),
    ],
)
def test_what_makes_no_plan_is_refused_by_name(wrong, code):
    with pytest.raises(PlanRefusedError) as caught:
        schedule(replace(HOUSE, **wrong))
    assert caught.value.code == code


def test_dates_out_of_order_are_refused():
    days = (date(2026, 2, 1), date(2026, 4, 1), date(2026, 3, 1))
    wrong = replace(
        HOUSE, method="irregular", count=3, amounts=(100_00, 100_00), dates=days, rate=Decimal(0)
    )
    with pytest.raises(PlanRefusedError, match="dates_out_of_order"):
        schedule(wrong)
    for dates, code in ((days[:2], "dates_count"), (days[1:] + days[:1], "dates_out_of_order")):
        with pytest.raises(PlanRefusedError, match=code):
            schedule(replace(wrong, dates=dates))


def test_a_thousand_percent_is_the_most_and_still_adds_up():
    plan = schedule(replace(HOUSE, rate=Decimal(10)))
    assert sum(one.principal for one in plan) == 1200_00
    assert plan[0].interest == 1000_00


@given(
    st.builds(
        Terms,
        principal=st.integers(-(10**18), 10**18),
        start=st.dates(),
        first_due=st.dates(),
        count=st.integers(-5, 700),
        frequency=st.sampled_from(["week", "month", "quarter", "eon"]),
        method=st.sampled_from(["annuity", "linear", "balloon", "seasonal", "irregular", ""]),
        rate=st.decimals() | st.just(Decimal(10)),
        grace=st.integers(-1, 700),
        balloon=st.integers(-1, 10**18),
        upfront_fee=st.integers(-1, 10**18),
        month_day=st.integers(-1, 40),
    )
)
def test_whatever_is_asked_is_a_plan_or_a_refusal(plan_terms):
    try:
        plan = schedule(plan_terms)
    except PlanRefusedError:
        return
    assert sum(one.principal for one in plan) == plan_terms.financed
