"""When installments fall due, and which part of a year lies between them."""

import calendar
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from ..interest import year_fraction
from .terms import DAYS, MONTHS, Terms

#: Moves a day off to a working day; given by the caller, who knows the calendar.
Shift = Callable[[date], date]

_DAY = timedelta(days=1)


def add_months(day: date, months: int, month_day: int = 0) -> date:
    """Return the day so many months later; in a shorter month its last day.

    :param month_day: the day of the month wanted, 0 that of ``day``

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2026, 2, 28), 1, 31)
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    >>> add_months(date(2024, 2, 29), -12)
    datetime.date(2023, 2, 28)
    """
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(month_day or day.day, calendar.monthrange(year, month + 1)[1]))


def anchor_day(terms: Terms) -> int:
    """Return the day of the month the installments aim at.

    A first installment that a short month has cut does not pull down the others: a plan from
    31 January has its installments on the last days of February, March and so on.

    >>> anchor_day(Terms(100, date(2026, 1, 31), date(2026, 2, 28), 3))
    31
    """
    if terms.month_day:
        return terms.month_day
    due, start = terms.first_due, terms.start
    is_last = (due + _DAY).month != due.month
    return start.day if is_last and start.day > due.day else due.day


def due_dates(terms: Terms, shift: Shift | None = None) -> tuple[date, ...]:
    """Return the days on which installments fall due, moved off days off by ``shift``.

    The order stays: a day that ``shift`` would lay before the one before it is due on that one.

    >>> [str(day) for day in due_dates(Terms(100, date(2026, 1, 31), date(2026, 2, 28), 3))]
    ['2026-02-28', '2026-03-31', '2026-04-30']
    """
    days = []
    for day in _unshifted(terms):
        moved = shift(day) if shift else day
        days.append(max(moved, days[-1] if days else terms.start))
    return tuple(days)


def year_fractions(terms: Terms, dues: Sequence[date]) -> tuple[Fraction, ...]:
    """Return the part of a year each installment bears interest for, the first from the start.

    By ``30_360`` months are equal whatever their days, and holidays move no interest; by the
    other day counts the days that really pass are counted.

    >>> terms = Terms(100, date(2026, 1, 31), date(2026, 2, 28), 2, day_count="30_360")
    >>> year_fractions(terms, due_dates(terms))
    (Fraction(1, 12), Fraction(1, 12))
    """
    if terms.day_count == "30_360" and terms.frequency in MONTHS and not terms.dates:
        return _equal_months(terms)
    if terms.day_count == "30_360":
        dues = _unshifted(terms)
    days = (terms.start, *dues)
    return tuple(
        year_fraction(before + _DAY, day, terms.day_count) if day > before else Fraction(0)
        for before, day in pairwise(days)
    )


def _unshifted(terms: Terms) -> tuple[date, ...]:
    if terms.dates:
        return terms.dates
    if terms.frequency in DAYS:
        step = timedelta(days=DAYS[terms.frequency])
        return tuple(terms.first_due + step * number for number in range(terms.count))
    months, anchor = MONTHS[terms.frequency], anchor_day(terms)
    later = (add_months(terms.first_due, months * n, anchor) for n in range(1, terms.count))
    return (terms.first_due, *later)


def _equal_months(terms: Terms) -> tuple[Fraction, ...]:
    """Return the periods in months of thirty days: only the first two may be odd ones."""
    start, due, anchor = terms.start, terms.first_due, anchor_day(terms)
    months = 12 * (due.year - start.year) + due.month - start.month
    is_cut = due.day < anchor and (due + _DAY).month != due.month
    day, step = (anchor if is_cut else due.day), MONTHS[terms.frequency]
    first = Fraction(max(30 * months + min(day, 30) - min(start.day, 30), 0), 360)
    second = Fraction(30 * step + min(anchor, 30) - min(day, 30), 360)
    return (first, second, *[Fraction(step, 12)] * (terms.count - 2))[: terms.count]
