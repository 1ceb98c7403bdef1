"""Simple interest on a late debt, day by day over changes of the rate and of the debt.

A day bears interest when it lies after the due date and not after the day of payment. Interest
never bears interest. A day without a known rate makes the whole sum unknown: nothing is
extrapolated, and nothing is claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

#: How days become a fraction of a year.
DAY_COUNTS = ("act_365", "act_360", "act_act", "30_360")

#: Which of several rates applies: each day its own, the first day's, or that of the payment.
RATE_MODES = ("floating", "fixed_at_start", "at_payment")

#: Where a sum is rounded: once at its end, or the interest of a day first.
ROUNDINGS = ("total", "daily")

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RatePeriod:
    """``percent`` a year from ``first`` to ``last``, both included; ``rule`` says by what line."""

    first: date
    last: date
    percent: Decimal
    rule: int = 0
    mode: str = "floating"
    day_count: str = "act_365"
    rounding: str = "total"


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part of the debt in minor units, and the last day on which it was still owed."""

    principal: int
    last: date


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which one principal bore one rate; both days included."""

    principal: int
    first: date
    last: date
    days: int
    percent: Decimal
    rule: int


@dataclass(frozen=True, slots=True)
class Accrual:
    """What accrued, in minor units. ``unknown`` is the first day without a rate, if there is one.

    With an unknown day there is no amount.
    """

    amount: int = 0
    segments: tuple[Segment, ...] = ()
    unknown: date | None = None


def tranches(
    residual: int, payments: Sequence[tuple[date, int]], until: date
) -> tuple[Tranche, ...]:
    """Cut a debt into the parts that were paid together; what is open runs ``until`` today.

    >>> tranches(60_00, [(date(2026, 3, 5), 40_00)], date(2026, 3, 10))[0]
    Tranche(principal=4000, last=datetime.date(2026, 3, 5))
    """
    paid: dict[date, int] = {}
    for day, amount in payments:
        paid[min(day, until)] = paid.get(min(day, until), 0) + amount
    if residual > 0:
        paid[until] = paid.get(until, 0) + residual
    return tuple(Tranche(amount, day) for day, amount in sorted(paid.items()) if amount > 0)


def accrue(
    parts: Sequence[Tranche], due: date, rates: Sequence[RatePeriod], since: date | None = None
) -> Accrual:
    """Return the interest on a debt that fell ``due``, of the days after ``since`` only.

    :param since: the last day whose interest was claimed already; ``None``: none was

    >>> year = RatePeriod(date(2024, 1, 1), date(2024, 6, 30), Decimal("12.50"))
    >>> half = RatePeriod(date(2024, 7, 1), date(2024, 12, 31), Decimal("12.25"))
    >>> debt = [Tranche(10_000_00, date(2024, 8, 30))]
    >>> accrue(debt, date(2024, 5, 31), [year, half]).amount
    30747
    >>> accrue(debt, date(2024, 5, 31), [year]).unknown
    datetime.date(2024, 7, 1)
    """
    rates = sorted(rates, key=lambda period: period.first)
    segments: list[Segment] = []
    total = Fraction(0)
    for part in parts:
        start = max(due, since or due)
        if part.last <= start:
            continue
        periods, unknown = _periods_of(part, due, start, rates)
        if unknown:
            return Accrual(unknown=unknown)
        for period in periods:
            segment, interest = _interest(part.principal, period)
            segments.append(segment)
            total += interest
    return Accrual(_half_up(total), tuple(segments))


def year_fraction(first: date, last: date, day_count: str) -> Fraction:
    """Return the days from ``first`` to ``last``, both included, as a fraction of a year.

    >>> year_fraction(date(2026, 4, 1), date(2026, 6, 30), "30_360")
    Fraction(1, 4)
    >>> year_fraction(date(2026, 4, 1), date(2026, 6, 30), "act_365")
    Fraction(91, 365)

    :raise ValueError: for a day count that is not in :data:`DAY_COUNTS`
    """
    days = (last - first).days + 1
    if day_count == "act_365":
        return Fraction(days, 365)
    if day_count == "act_360":
        return Fraction(days, 360)
    if day_count == "30_360":
        return Fraction(_days_30(last) - _days_30(first - _DAY), 360)
    if day_count == "act_act":
        return sum(
            (_of_year(max(first, date(y, 1, 1)), min(last, date(y, 12, 31))))
            for y in range(first.year, last.year + 1)
        )
    raise ValueError(f"unknown day count {day_count}")


def round_up(percent: Decimal, step: Decimal | None) -> Decimal:
    """Return a rate rounded up to the next multiple of ``step``; ``None`` or zero: as it is.

    >>> round_up(Decimal("2.15"), Decimal("0.5"))
    Decimal('2.5')
    """
    if not step:
        return percent
    return (percent / step).to_integral_value(ROUND_CEILING) * step


def _periods_of(
    part: Tranche, due: date, start: date, rates: Sequence[RatePeriod]
) -> tuple[list[RatePeriod], date | None]:
    """Return the stretches a part bears interest in, or the first day whose rate is not known."""
    first, last = start + _DAY, part.last
    begin = _on(rates, due + _DAY)
    if begin is None:
        return [], due + _DAY
    if begin.mode != "floating":
        one = begin if begin.mode == "fixed_at_start" else _on(rates, last)
        return ([], last) if one is None else ([_cut(one, first, last)], None)
    found = []
    day = first
    while day <= last:
        period = _on(rates, day)
        if period is None:
            return [], day
        found.append(_cut(period, day, min(period.last, last)))
        day = found[-1].last + _DAY
    return found, None


def _on(rates: Sequence[RatePeriod], day: date) -> RatePeriod | None:
    return next((period for period in rates if period.first <= day <= period.last), None)


def _cut(period: RatePeriod, first: date, last: date) -> RatePeriod:
    return RatePeriod(
        first, last, period.percent, period.rule, period.mode, period.day_count, period.rounding
    )


def _interest(principal: int, period: RatePeriod) -> tuple[Segment, Fraction]:
    """Return one stretch and what accrued in it, in minor units not rounded yet."""
    days = (period.last - period.first).days + 1
    a_year = Fraction(period.percent) / 100 * principal
    if period.rounding == "daily":
        interest = Fraction(_half_up(a_year / 365) * days)
    else:
        interest = a_year * year_fraction(period.first, period.last, period.day_count)
    segment = Segment(principal, period.first, period.last, days, period.percent, period.rule)
    return segment, interest


def _half_up(value: Fraction) -> int:
    quotient = Decimal(value.numerator) / Decimal(value.denominator)
    return int(quotient.quantize(Decimal(1), ROUND_HALF_UP))


def _days_30(day: date) -> int:
    """Return the days since year 0 in a year of twelve months of thirty days."""
    return 360 * day.year + 30 * day.month + min(day.day, 30)


def _of_year(first: date, last: date) -> Fraction:
    length = (date(first.year, 12, 31) - date(first.year, 1, 1)).days + 1
    return Fraction((last - first).days + 1, length)
