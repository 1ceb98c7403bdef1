"""Interest day by day: published figures to the cent, then what must hold whatever the figures."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.interest import (
    DAY_COUNTS,
    RatePeriod,
    Tranche,
    accrue,
    round_up,
    tranches,
    year_fraction,
)

DUE = date(2024, 5, 31)


def _flat(percent, **more):
    return [RatePeriod(date(2000, 1, 1), date(2099, 12, 31), Decimal(percent), **more)]


def _after(days, principal, rates, due=DUE):
    return accrue([Tranche(principal, due + timedelta(days=days))], due, rates).amount


def _half_years(*percents, first=2024, **more):
    starts = [date(first + n // 2, 7 if n % 2 else 1, 1) for n in range(len(percents) + 1)]
    return [
        RatePeriod(starts[n], starts[n + 1] - timedelta(days=1), Decimal(percent), n, **more)
        for n, percent in enumerate(percents)
    ]


# Published: the amounts stand in the sources, not in our code.


def test_published_uk_1000_pounds_at_8_50_for_50_days_by_the_rounded_day():
    assert _after(50, 1_000_00, _flat("8.5", rounding="daily")) == 11_50
    assert _after(50, 1_000_00, _flat("8.5")) == 11_64
    assert _after(365, 1_000_00, _flat("8.5")) == 85_00


def test_published_fr_10000_euros_three_months_at_10_25():
    due = date(2023, 3, 31)
    paid = [Tranche(10_000_00, date(2023, 6, 30))]
    assert accrue(paid, due, _flat("10.25", day_count="30_360")).amount == 256_25


@pytest.mark.parametrize(("day_count", "amount"), [("30_360", 105_17), ("act_365", 103_73)])
def test_published_de_10000_euros_30_days_at_12_62(day_count, amount):
    due = date(2024, 4, 1)
    assert _after(30, 10_000_00, _flat("12.62", day_count=day_count), due) == amount


def test_published_uk_5000_pounds_60_days_at_12_75_rounded_to_pounds():
    pence = _after(60, 5_000_00, _flat("12.75"))
    assert Decimal(pence).scaleb(-2).quantize(Decimal(1), ROUND_HALF_UP) == 105


def test_computed_across_the_first_of_july_2024():
    parts = [Tranche(10_000_00, date(2024, 8, 30))]
    floating = accrue(parts, DUE, _half_years("12.50", "12.25"))
    assert [segment.days for segment in floating.segments] == [30, 61]
    assert floating.amount == 307_47
    alone = [accrue([Tranche(10_000_00, date(2024, 6, 30))], DUE, _half_years("12.50")).amount]
    alone.append(accrue(parts, DUE, _half_years("12.50", "12.25"), date(2024, 6, 30)).amount)
    assert alone == [102_74, 204_73]
    fixed = accrue(parts, DUE, _half_years("12.50", "12.25", mode="fixed_at_start"))
    assert fixed.amount == 311_64
    # Payment mode: the rate of the day of payment for all the days. 10,000 x 12.25 % x 91 / 365.
    at_payment = accrue(parts, DUE, _half_years("12.50", "12.25", mode="at_payment"))
    assert at_payment.amount == 305_41


# What must hold.


def test_a_day_without_a_rate_makes_all_of_it_unknown():
    parts = [Tranche(10_000_00, date(2024, 8, 30))]
    accrual = accrue(parts, DUE, _half_years("12.50"))
    assert (accrual.amount, accrual.segments, accrual.unknown) == (0, (), date(2024, 7, 1))
    fixed = accrue(parts, DUE, _half_years("12.50", mode="fixed_at_start"))
    assert fixed.unknown is None
    assert accrue(parts, DUE, _half_years("12.50", mode="at_payment")).unknown == date(2024, 8, 30)
    assert accrue(parts, DUE, []).unknown == date(2024, 6, 1)


def test_nothing_accrues_on_the_due_date_nor_before():
    for days in (-10, 0):
        assert _after(days, 10_000_00, _flat("10")) == 0
    assert _after(0, 10_000_00, []) == 0
    assert accrue([], DUE, []).unknown is None
    assert _after(1, 365_00, _flat("10")) == 10


def test_a_part_payment_stops_its_part_on_its_day():
    until = DUE + timedelta(days=100)
    parts = tranches(600_00, [(DUE + timedelta(days=40), 400_00)], until)
    # 400 x 10 % x 40 / 365 = 4.3836; 600 x 10 % x 100 / 365 = 16.4384; together 20.82.
    assert accrue(parts, DUE, _flat("10")).amount == 20_82
    assert tranches(0, [(until + timedelta(days=5), 10)], until) == (Tranche(10, until),)


def test_what_was_claimed_is_not_claimed_again():
    parts, rates = [Tranche(10_000_00, date(2024, 8, 30))], _half_years("12.50", "12.25")
    until = accrue(parts, DUE, rates, since=date(2024, 8, 30))
    assert (until.amount, until.segments) == (0, ())
    fixed = _half_years("12.50", "12.25", mode="fixed_at_start")
    later = accrue(parts, DUE, fixed, since=date(2024, 7, 31))
    assert [segment.percent for segment in later.segments] == [Decimal("12.50")]


def test_leap_years_count_as_the_day_count_says():
    first, last = date(2023, 12, 31), date(2024, 1, 1)
    assert float(year_fraction(first, last, "act_act")) == pytest.approx(1 / 365 + 1 / 366)
    assert year_fraction(date(2024, 1, 1), date(2024, 12, 31), "act_act") == 1
    assert year_fraction(date(2024, 1, 1), date(2024, 12, 30), "30_360") == 1
    with pytest.raises(ValueError, match="act_364"):
        year_fraction(first, last, "act_364")


@pytest.mark.parametrize(
    ("rate", "expected"), [("0.05", "0.5"), ("0", "0"), ("4.25", "4.5"), ("4.5", "4.5")]
)
def test_the_finnish_reference_rate_is_rounded_up_to_half_a_point(rate, expected):
    assert round_up(Decimal(rate), Decimal("0.5")) == Decimal(expected)


_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(_DAYS, st.integers(0, 700), st.integers(0, 700), st.sampled_from(DAY_COUNTS))
def test_fractions_of_a_year_add_up(start, one, two, day_count):
    middle, end = start + timedelta(days=one), start + timedelta(days=one + two + 1)
    whole = year_fraction(start, end, day_count)
    parts = year_fraction(start, middle, day_count)
    parts += year_fraction(middle + timedelta(days=1), end, day_count)
    assert whole == parts


@given(st.integers(1, 10**9), st.integers(0, 400), st.integers(0, 400), st.integers(1, 20))
def test_interest_claimed_in_two_goes_differs_by_rounding_at_most(principal, one, two, percent):
    middle, end = DUE + timedelta(days=one), DUE + timedelta(days=one + two)
    rates, parts = _flat(percent), [Tranche(principal, end)]
    whole = accrue(parts, DUE, rates).amount
    goes = accrue([Tranche(principal, middle)], DUE, rates).amount
    goes += accrue(parts, DUE, rates, since=middle).amount
    assert abs(whole - goes) <= 1


@given(st.integers(1, 10**9), st.integers(1, 400), st.integers(0, 400))
def test_paying_a_part_never_makes_the_rest_dearer(principal, days, earlier):
    until = DUE + timedelta(days=days)
    paid = [(until - timedelta(days=earlier), principal // 2)]
    less = accrue(tranches(principal - principal // 2, paid, until), DUE, _flat("9")).amount
    assert less <= accrue([Tranche(principal, until)], DUE, _flat("9")).amount
