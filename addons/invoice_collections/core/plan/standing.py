"""How a running plan is doing, as it follows from what was paid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from .schedule import Installment


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """The state of a plan, and why. ``late_amount`` in minor units, ``days_late`` of the oldest.

    ``reasons`` are codes: ``all_paid``, ``nothing_late``, ``within_grace``, ``installment_late``,
    ``late_too_long``. ``late`` are the numbers of the installments that are past due.
    """

    state: str
    reasons: tuple[str, ...]
    late: tuple[int, ...] = ()
    late_amount: int = 0
    days_late: int = 0


def plan_standing(
    installments: Iterable[Installment],
    paid: Mapping[int, int],
    today: date,
    arrears_after_days: int = 0,
    default_after: int | None = None,
) -> PlanStanding:
    """Return ``active``, ``arrears``, ``defaulted`` or ``completed`` with the reasons.

    :param paid: minor units paid of each installment, by its number
    :param arrears_after_days: days after a due date from which on the plan is in arrears
    :param default_after: days after a due date from which on it is in default; ``None``: never

    >>> plan = [Installment(1, date(2026, 2, 1), 50_00, 0, 0, 50_00),
    ...         Installment(2, date(2026, 3, 1), 50_00, 0, 0, 0)]
    >>> plan_standing(plan, {1: 50_00}, date(2026, 3, 1)).state
    'active'
    >>> plan_standing(plan, {1: 20_00}, date(2026, 2, 6), arrears_after_days=5)
    PlanStanding(state='arrears', reasons=('installment_late',), late=(1,), late_amount=3000, \
days_late=5)
    >>> plan_standing(plan, {1: 50_00, 2: 50_00}, date(2027, 1, 1)).state
    'completed'
    """
    unpaid = [(one, one.total - paid.get(one.number, 0)) for one in installments]
    unpaid = [(one, rest) for one, rest in unpaid if rest > 0]
    if not unpaid:
        return PlanStanding("completed", ("all_paid",))
    late = [(one, rest) for one, rest in unpaid if one.due < today]
    if not late:
        return PlanStanding("active", ("nothing_late",))
    days = max((today - one.due).days for one, _rest in late)
    state, reason = "active", "within_grace"
    if default_after is not None and days >= default_after:
        state, reason = "defaulted", "late_too_long"
    elif days >= arrears_after_days:
        state, reason = "arrears", "installment_late"
    numbers = tuple(one.number for one, _rest in late)
    return PlanStanding(state, (reason,), numbers, sum(rest for _one, rest in late), days)
