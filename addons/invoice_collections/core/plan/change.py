"""What a change of a running plan costs, told before anybody agrees to it.

No change edits what was agreed: each gives the installments of a new version that starts from
what is still open, beside those of the old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .apr import apr_eu
from .periods import Shift, add_months
from .position import Position
from .quote import quote, unit_of
from .refusal import PlanRefusedError
from .renew import (
    anew,
    as_installments,
    carrying,
    moved,
    next_due,
    of_amount,
    pause_interest,
    remaining,
    unpaid_ahead,
)
from .schedule import Installment, schedule
from .settle import settle
from .terms import Terms

#: How a pause is paid for: its interest falls due with the last installment; it becomes principal
#: and the installments are leveled anew; it is not charged.
PAUSES = ("shift", "relevel", "waive")
MAX_PAUSE = 24


@dataclass(frozen=True)
class Change:
    """A plan before and after a change, in minor units.

    ``terms`` are those of the new version. ``capitalized`` is interest of a pause that becomes
    principal, to be posted when the new version comes into force. ``settled`` is what a
    refinancing pays off, ``prepaid`` the principal paid early; ``paid`` all that was paid so far.
    """

    before: tuple[Installment, ...]
    after: tuple[Installment, ...]
    terms: Terms
    apr_after: Decimal | None
    paid: int = 0
    capitalized: int = 0
    settled: int = 0
    prepaid: int = 0

    @property
    def total_before(self) -> int:
        """Return what would be paid from now on without the change, in minor units."""
        return sum(one.total for one in self.before)

    @property
    def total_after(self) -> int:
        """Return what will be paid from now on, at the start and in installments."""
        return self.terms.paid_at_start + sum(one.total for one in self.after)

    @property
    def extra_cost(self) -> int:
        """Return what the change costs; negative where it saves."""
        return self.prepaid + self.total_after - self.total_before

    @property
    def total_since_origin(self) -> int:
        """Return what is paid in all, from the origin of the plan to its new end."""
        return self.paid + self.total_after


def pause(
    position: Position, months: int, how: str = "shift", shift: Shift | None = None
) -> Change:
    """Return what putting off the coming installments costs. Amounts in minor units.

    What is due by now stays due; interest and fees paid before they fell due count as principal
    paid. Interest of the pause is the principal to come times the rate
    times the time from the next due date to the one it moves to, rounded half up.

    :param months: by how many calendar months the due dates move
    :param how: one of :data:`PAUSES`
    :raise PlanRefusedError: ``months``, ``how``, or ``nothing_to_come``

    >>> from .allocate import Part
    >>> terms = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"),
    ...               day_count="30_360")
    >>> plan = schedule(terms)
    >>> paid = {one.number: Part(one.number, one.principal, one.interest) for one in plan[:3]}
    >>> position = Position(terms, plan, date(2026, 4, 1), paid)
    >>> [one.total for one in pause(position, 2).after], pause(position, 2).extra_cost
    ([20706, 20706, 21923], 1218)
    >>> [one.total for one in pause(position, 2, "relevel").after]
    [21120, 21120, 21119]
    """
    if type(months) is not int or not 1 <= months <= MAX_PAUSE:
        raise PlanRefusedError("months", value=months, most=MAX_PAUSE)
    if how not in PAUSES:
        raise PlanRefusedError("how", value=how)
    if sum(one.principal for one in position.coming) <= position.ahead:
        raise PlanRefusedError("nothing_to_come")
    cost = 0 if how == "waive" else pause_interest(position, months)
    if how == "relevel":
        return _leveled_anew(position, months, cost, shift)
    return _put_off(position, months, cost, shift)


def reschedule(
    position: Position,
    count: int | None = None,
    *,
    amount: int | None = None,
    first_due: date | None = None,
    frequency: str | None = None,
    shift: Shift | None = None,
) -> Change:
    """Return a new schedule of all that is still open, at the same rate. Amounts in minor units.

    The principal not paid yet is paid in ``count`` level installments, or in installments of
    ``amount`` and a rest. Interest runs on from the last due date; interest and fees that fell
    due and are not paid come with the first installment.

    :param amount: of an installment with its fee; give this or ``count``
    :param first_due: the next due date by default
    :raise PlanRefusedError: ``nothing_open``, ``count_or_amount``, ``below_interest`` where the
        amount does not pay the debt off, and whatever makes no plan

    >>> from .allocate import Part
    >>> terms = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"),
    ...               day_count="30_360")
    >>> plan = schedule(terms)
    >>> paid = {one.number: Part(one.number, one.principal, one.interest) for one in plan[:3]}
    >>> change = reschedule(Position(terms, plan, date(2026, 4, 1), paid), 6)
    >>> change.after[0].total, change.extra_cost, sum(one.principal for one in change.after)
    (10508, 927, 60895)
    """
    if (count is None) == (amount is None):
        raise PlanRefusedError("count_or_amount", count=count, amount=amount)
    if position.balance <= 0:
        raise PlanRefusedError("nothing_open")
    terms = replace(
        anew(position, position.balance, position.since, first_due or next_due(position)),
        method="linear" if position.terms.method == "linear" else "annuity",
        count=1 if count is None else count,
        frequency=frequency or position.terms.frequency,
    )
    if terms.first_due <= position.on:
        raise PlanRefusedError("first_due", value=terms.first_due)
    if amount is not None:
        terms = of_amount(terms, amount, shift)
    after = carrying(schedule(terms, shift), position)
    lent = position.balance + position.owed_interest + position.owed_fees
    return _changed(position, after, terms, lent)


def prepay(
    position: Position, amount: int, how: str = "shorten", shift: Shift | None = None
) -> Change:
    """Return what paying off a part of the principal early changes. Amounts in minor units.

    Interest is borne to the day on what was owed, rounded half up, and falls due with the next
    installment; from then on what is left bears it. The payment itself counts as paid, not as
    what is still to pay.

    :param amount: principal paid on the day of the position, beyond all that is due
    :param how: ``shorten`` keeps the amount of the installments, where they are even;
        ``relevel`` their number
    :raise PlanRefusedError: ``how``; ``arrears`` while something due is not paid;
        ``amount`` where it is not below the principal: then the plan is settled

    >>> terms = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"),
    ...               day_count="30_360")
    >>> position = Position(terms, schedule(terms), date(2026, 1, 1))
    >>> [one.total for one in prepay(position, 600_00).after]
    [20706, 20706, 19783]
    >>> change = prepay(position, 600_00, "relevel")
    >>> [one.total for one in change.after][:2], change.extra_cost
    ([10353, 10353], -2119)
    """
    uneven = position.terms.method in ("balloon", "irregular", "seasonal")
    if how not in ("shorten", "relevel") or (how == "shorten" and uneven):
        raise PlanRefusedError("how", value=how)
    if position.due:
        raise PlanRefusedError("arrears", numbers=tuple(one.number for one in position.due))
    if type(amount) is not int or not 0 < amount < position.balance:
        raise PlanRefusedError("amount", value=amount, below=position.balance)
    left, due = len(position.coming), position.coming[0].due
    terms = anew(position, position.balance - amount, max(position.on, position.since), due)
    if how == "relevel":
        terms = replace(terms, **remaining(position.terms, left, terms.principal))
    else:
        level = max(one.total for one in position.installments if one.due > position.on)
        terms = of_amount(replace(terms, frequency=position.terms.frequency), level, shift)
    after = carrying(schedule(terms, shift), position, position.accrued)
    change = _changed(position, after, terms, terms.principal + position.accrued)
    return replace(change, paid=change.paid + amount, prepaid=amount)


def refinance(positions: Sequence[Position], terms: Terms, shift: Shift | None = None) -> Change:
    """Return what a new plan costs that settles others. Amounts in minor units.

    :param terms: of the new plan; its principal is what settles the others on their days
    :raise PlanRefusedError: ``nothing_open``, ``start_before_settlement``, and whatever makes no
        plan

    >>> from .allocate import Part
    >>> old = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"),
    ...             day_count="30_360")
    >>> plan = schedule(old)
    >>> paid = {one.number: Part(one.number, one.principal, one.interest) for one in plan[:3]}
    >>> new = Terms(1, date(2026, 4, 1), date(2026, 5, 1), 6, rate=Decimal("0.09"),
    ...             day_count="30_360", upfront_fee=10_00, fee_financed=True)
    >>> change = refinance([Position(old, plan, date(2026, 4, 1), paid)], new)
    >>> change.settled, change.total_after
    (60895, 63530)
    """
    if not positions or any(not position.open for position in positions):
        raise PlanRefusedError("nothing_open")
    if any(position.on > terms.start for position in positions):
        raise PlanRefusedError("start_before_settlement", start=terms.start)
    settled = sum(settle(position).total for position in positions)
    terms = replace(terms, principal=settled)
    offer = quote(terms, shift)
    return Change(
        before=as_installments([one for position in positions for one in position.open]),
        after=offer.installments,
        terms=terms,
        apr_after=offer.apr,
        paid=sum(_paid(position) for position in positions),
        settled=settled,
    )


def _put_off(position: Position, months: int, cost: int, shift: Shift | None) -> Change:
    """Move the coming installments as they are; what the pause costs comes with the last."""
    terms, coming = position.terms, position.coming
    days = moved([one.due for one in coming], months, terms, shift)
    put_off = unpaid_ahead(position)
    put_off = [replace(one, due=day) for one, day in zip(put_off, days, strict=True)]
    put_off[-1] = replace(put_off[-1], interest=put_off[-1].interest + cost)
    principal = sum(one.principal for one in put_off)
    under_way = 0 if position.since >= terms.first_due else terms.paused
    new = replace(
        anew(position, principal, position.since, days[0]),
        **remaining(terms, len(coming), principal, days),
        paused=cost + under_way,
    )
    after = as_installments([*position.due, *put_off])
    return _changed(position, after, new, principal, of=len(put_off))


def _leveled_anew(position: Position, months: int, cost: int, shift: Shift | None) -> Change:
    """Make a new schedule of the principal to come and what the pause costs."""
    terms, coming = position.terms, position.coming
    lent = sum(one.principal for one in coming) - position.ahead
    days = moved([one.due for one in coming], months, terms, shift)
    new = replace(
        anew(position, lent + cost, add_months(position.since, months), days[0]),
        **remaining(terms, len(coming), lent + cost, days),
    )
    first = coming[0].number
    leveled = [
        replace(one, number=first + index)
        for index, one in enumerate(carrying(schedule(new, shift), position, due=False))
    ]
    due = [replace(one, balance=one.balance + lent + cost) for one in as_installments(position.due)]
    change = _changed(position, (*due, *leveled), new, lent, of=len(leveled))
    return replace(change, capitalized=cost)


def _changed(
    position: Position,
    after: Sequence[Installment],
    terms: Terms,
    lent: int,
    of: int | None = None,
) -> Change:
    """Return the change; its rate is that of ``lent`` since the last due date.

    :param of: how many installments, from the last one, pay that back; all of them by default
    """
    paying = after[-of:] if of else after
    flows = [(position.since, lent), *((one.due, -one.total) for one in paying)]
    return Change(
        before=as_installments(position.open),
        after=tuple(after),
        terms=terms,
        apr_after=apr_eu(flows, unit_of(terms)),
        paid=_paid(position),
    )


def _paid(position: Position) -> int:
    return position.paid_before + sum(part.total for part in position.paid.values())
