"""What changes of a plan share: terms of what is left, days that move, sums that are carried."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .allocate import OpenInstallment
from .level import interest_on
from .periods import Shift, add_months, anchor_day, due_dates
from .position import Position, interest_between
from .refusal import PlanRefusedError
from .schedule import Installment, period_rates
from .terms import DAYS, MAX_COUNT, MONTHS, Terms

_DAY = timedelta(days=1)


def anew(position: Position, principal: int, start: date, first_due: date) -> Terms:
    """Return terms for what is left of a plan, in minor units: one level installment, to be
    completed; at the same rate and fee of an installment, without what was paid at the start.

    >>> old = Terms(100_00, date(2026, 1, 1), date(2026, 2, 1), 4, upfront_fee=5_00)
    >>> new = anew(Position(old, (), old.start), 50_00, date(2026, 3, 1), date(2026, 4, 1))
    >>> new.financed, new.count, new.upfront_fee, new.month_day
    (5000, 1, 0, 1)
    """
    old = position.terms
    return Terms(
        principal=principal,
        start=start,
        first_due=first_due,
        count=1,
        frequency=old.frequency,
        rate=old.rate,
        day_count=old.day_count,
        installment_fee=old.installment_fee,
        month_day=anchor_day(old) if old.frequency in MONTHS and not old.dates else 0,
        deferred=position.deferred,
        rounding=old.rounding,
        digits=old.digits,
    )


def remaining(terms: Terms, left: int, principal: int, days: Sequence[date] = ()) -> dict[str, Any]:
    """Return how the last ``left`` installments of a plan are made, as values of terms.

    :param principal: what they pay off, in minor units; a balloon is never more
    :param days: their new due dates, where they are irregular

    >>> terms = Terms(600, date(2026, 1, 1), date(2026, 2, 1), 3, method="irregular",
    ...               amounts=(100, 200))
    >>> remaining(terms, 2, 500)["amounts"]
    (200,)
    """
    gone = terms.count - left
    return {
        "method": terms.method,
        "count": left,
        "grace": min(max(0, terms.grace - gone), left - 1),
        "balloon": min(terms.balloon, principal),
        "amounts": terms.amounts[gone:],
        "weights": terms.weights[gone:],
        "dates": tuple(days) if terms.dates else (),
    }


def moved(
    days: Sequence[date], months: int, terms: Terms, shift: Shift | None = None
) -> tuple[date, ...]:
    """Return due dates so many months later, off days off, in the same order.

    A due date that a short month or a day off had moved goes back to its day of the month.

    >>> terms = Terms(100, date(2026, 1, 31), date(2026, 2, 28), 2)
    >>> [str(day) for day in moved([date(2026, 2, 28), date(2026, 3, 31)], 1, terms)]
    ['2026-03-31', '2026-04-30']
    """
    found: list[date] = []
    for day in days:
        later = add_months(day, months, _wanted_day(day, terms))
        later = shift(later) if shift else later
        found.append(max(later, found[-1]) if found else later)
    return tuple(found)


def next_due(position: Position) -> date:
    """Return the next due date of a plan; where none is left, the one its rhythm would give.

    >>> terms = Terms(100, date(2026, 1, 31), date(2026, 2, 28), 1)
    >>> ended = (Installment(1, date(2026, 2, 28), 100, 0, 0, 0),)
    >>> next_due(Position(terms, ended, date(2026, 3, 5)))
    datetime.date(2026, 3, 31)
    """
    if position.coming:
        return position.coming[0].due
    terms, day = position.terms, position.since
    if terms.frequency in DAYS:
        step = DAYS[terms.frequency]
        return day + _DAY * step * ((position.on - day).days // step + 1)
    wanted, step = _wanted_day(day, terms), MONTHS[terms.frequency]
    months = 12 * (position.on.year - day.year) + position.on.month - day.month
    months = months // step * step
    while add_months(day, months, wanted) <= position.on:
        months += step
    return add_months(day, months, wanted)


def of_amount(terms: Terms, amount: int, shift: Shift | None = None) -> Terms:
    """Return the terms with as many installments of ``amount`` minor units as it takes.

    :param amount: of an installment, its fee included; the last is what is left
    :raise PlanRefusedError: ``below_interest`` where the debt would not shrink, ``count`` where it
        would take too long

    >>> terms = Terms(250_00, date(2026, 1, 1), date(2026, 2, 1), 1)
    >>> of_amount(terms, 100_00).count
    3
    """
    payment = amount - terms.installment_fee
    longest = replace(terms, method="annuity", count=MAX_COUNT).checked()
    balance = terms.financed
    for number, rate in enumerate(period_rates(longest, due_dates(longest, shift)), 1):
        interest = interest_on(balance, rate)
        if balance + interest <= payment:
            method = "annuity" if number == 1 else "irregular"
            amounts = (payment,) * (number - 1)
            return replace(terms, method=method, count=number, amounts=amounts)
        if payment <= interest:
            least = interest + terms.installment_fee + 1
            raise PlanRefusedError("below_interest", number=number, least=least)
        balance += interest - payment
    raise PlanRefusedError("count", value=amount, most=MAX_COUNT)


def unpaid_ahead(position: Position) -> list[OpenInstallment]:
    """Return the coming installments as if interest and fees paid ahead had paid principal.

    Each is still as much, in minor units; what it says of them has not fallen due yet, and has
    not been invoiced.

    >>> from .allocate import Part
    >>> terms = Terms(200, date(2026, 1, 1), date(2026, 2, 1), 2)
    >>> plan = (Installment(1, date(2026, 2, 1), 100, 5, 2, 100),
    ...         Installment(2, date(2026, 3, 1), 100, 3, 2, 0))
    >>> position = Position(terms, plan, date(2026, 1, 1), {1: Part(1, 0, 5, 2)})
    >>> [(one.principal, one.interest, one.fee) for one in unpaid_ahead(position)]
    [(93, 5, 2), (100, 3, 2)]
    """
    interest, fee = position.interest_ahead, position.fees_ahead
    found = []
    for one in position.coming:
        fee_here = min(fee, one.principal)
        interest_here = min(interest, one.principal - fee_here)
        fee, interest = fee - fee_here, interest - interest_here
        found.append(
            replace(
                one,
                principal=one.principal - fee_here - interest_here,
                interest=one.interest + interest_here,
                fee=one.fee + fee_here,
            )
        )
    return found


def pause_interest(position: Position, months: int) -> int:
    """Return what the coming principal bears while the due dates move, in minor units, half up.

    >>> from decimal import Decimal
    >>> terms = Terms(608_95, date(2026, 4, 1), date(2026, 5, 1), 1, rate=Decimal("0.12"),
    ...               day_count="30_360")
    >>> plan = (Installment(1, date(2026, 5, 1), 608_95, 6_09, 0, 0),)
    >>> pause_interest(Position(terms, plan, date(2026, 4, 1)), 2)
    1218
    """
    terms, coming = position.terms, position.coming
    principal = sum(one.principal for one in coming) - position.ahead
    if terms.day_count == "30_360":
        return interest_on(principal, (Fraction(terms.rate) * months / 12).as_integer_ratio())
    later = moved([coming[0].due], months, terms)[0]
    return interest_between(terms, principal, coming[0].due, later)


def carrying(
    installments: Sequence[Installment], position: Position, accrued: int = 0, due: bool = True
) -> tuple[Installment, ...]:
    """Return new installments of which the first takes along what is owed, in minor units.

    :param accrued: interest that has not fallen due yet, and comes with the first one, too
    :param due: whether what fell due by the old schedule is taken along, or stays due

    >>> old = (Installment(1, date(2026, 2, 1), 100, 5, 2, 0),)
    >>> position = Position(Terms(100, date(2026, 1, 1), date(2026, 2, 1), 1), old, old[0].due)
    >>> new = [Installment(1, date(2026, 3, 1), 100, 4, 1, 0)]
    >>> first = carrying(new, position)[0]
    >>> first.interest, first.carried_interest, first.fee, first.carried_fee
    (9, 5, 3, 2)
    """
    first, *others = installments
    interest = sum(one.carried_interest for one in position.coming)
    fee = sum(one.carried_fee for one in position.coming)
    if due:
        interest, fee = position.owed_interest, position.owed_fees
    first = replace(
        first,
        interest=first.interest + interest + accrued,
        fee=first.fee + fee,
        carried_interest=interest,
        carried_fee=fee,
    )
    return (first, *others)


def as_installments(open_ones: Sequence[OpenInstallment]) -> tuple[Installment, ...]:
    """Return what is open as installments, with the principal left after each, in minor units.

    >>> as_installments([OpenInstallment(3, 70, 2, 0, date(2026, 2, 1))])[0].balance
    0
    """
    balance, found = sum(one.principal for one in open_ones), []
    for one in open_ones:
        balance -= one.principal
        found.append(
            Installment(
                one.number,
                one.due,
                one.principal,
                one.interest,
                one.fee,
                balance,
                one.carried_interest,
                one.carried_fee,
            )
        )
    return tuple(found)


def _wanted_day(day: date, terms: Terms) -> int:
    """Return the day of the month a due date stands for, if a short month or a day off moved it."""
    if terms.frequency not in MONTHS or terms.dates:
        return day.day
    anchor = anchor_day(terms)
    is_cut = day.day < anchor and (day + _DAY).month != day.month
    is_put_off = 0 <= day.day - anchor <= 7
    return anchor if is_cut or is_put_off else day.day
