"""How long it is from one day to another, as the laws on annual percentage rates count."""

from datetime import date, timedelta
from fractions import Fraction

from .periods import add_months
from .terms import DAYS, MONTHS

#: Weeks of a year, by the directive and by Regulation Z alike.
WEEKS_OF_YEAR = 52
_MONTHS_OF_UNIT = {"month": 1, "year": 12}


def years_between(start: date, day: date, unit: str = "month") -> Fraction:
    """Return the years from ``start`` to ``day`` by the European Union's remark (c).

    Whole months, weeks or years are counted back from ``day``; the days that remain are a part of
    the year of 365 or 366 days that ends where they end. A month that ``start``'s day of the
    month does not fit in ends on its last day. Source: Directive (EU) 2023/2225 Annex III.

    :param unit: ``month``, ``week`` or ``year``

    >>> years_between(date(2012, 1, 12), date(2012, 2, 15)) == Fraction(1, 12) + Fraction(3, 365)
    True
    >>> years_between(date(2013, 1, 12), date(2013, 2, 15)) == Fraction(1, 12) + Fraction(3, 366)
    True
    >>> years_between(date(2026, 1, 31), date(2026, 2, 28))
    Fraction(1, 12)
    """
    if unit == "week":
        weeks = (day - start).days // 7
        return Fraction(weeks, WEEKS_OF_YEAR) + _part_of_year(start, day - timedelta(7 * weeks))
    step = _MONTHS_OF_UNIT[unit]
    whole, rest = _whole_months(start, day, step)
    return Fraction(whole * step, 12) + _part_of_year(start, rest)


def unit_periods(start: date, day: date, frequency: str) -> tuple[int, Fraction]:
    """Return whole unit-periods from ``start`` to ``day``, and the fraction of one.

    Regulation Z counts them back from ``day``. A month that remains counts thirty
    days. Source: 12 CFR 1026 Appendix J (b)(5).

    >>> unit_periods(date(1978, 2, 10), date(1978, 4, 1), "month")
    (1, Fraction(19, 30))
    """
    if frequency in DAYS:
        whole, days = divmod((day - start).days, DAYS[frequency])
        return whole, Fraction(days, DAYS[frequency])
    step = MONTHS[frequency]
    months, rest = _whole_months(start, day, 1)
    whole, months = divmod(months, step)
    return whole, Fraction(30 * months + (rest - start).days, 30 * step)


def unit_periods_of_year(frequency: str) -> int:
    """Return how many unit-periods a year has by Regulation Z.

    >>> unit_periods_of_year("month"), unit_periods_of_year("fortnight")
    (12, 26)
    """
    if frequency in DAYS:
        return WEEKS_OF_YEAR * 7 // DAYS[frequency]
    return 12 // MONTHS[frequency]


def _whole_months(start: date, day: date, step: int) -> tuple[int, date]:
    """Return the whole steps of months that fit, and the day from which they are counted."""
    is_cut = (day + timedelta(1)).month != day.month and start.day > day.day
    month_day = start.day if is_cut else day.day
    whole = (12 * (day.year - start.year) + day.month - start.month) // step
    if add_months(day, -whole * step, month_day) < start:
        whole -= 1
    return whole, add_months(day, -whole * step, month_day)


def _part_of_year(start: date, day: date) -> Fraction:
    """Return the days from ``start`` to ``day`` as a part of the year that ends on ``day``."""
    return Fraction((day - start).days, (day - add_months(day, -12)).days)
