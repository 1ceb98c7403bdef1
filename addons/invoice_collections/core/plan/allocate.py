"""Which installments a payment pays, and what of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .refusal import PlanRefusedError
from .schedule import Installment

#: What of an installment is paid first, unless agreed otherwise.
ORDER = ("fee", "interest", "principal")

#: What happens with more than is due: it pays the next installments, it pays off principal
#: (:func:`.change.prepay`), or it stays the customer's credit.
OVERPAYMENTS = ("next", "principal", "credit")


@dataclass(frozen=True, slots=True)
class Part:
    """What of one installment is paid, or still open, in minor units."""

    number: int
    principal: int = 0
    interest: int = 0
    fee: int = 0

    @property
    def total(self) -> int:
        """Return the parts together, in minor units."""
        return self.principal + self.interest + self.fee


@dataclass(frozen=True, slots=True)
class OpenInstallment(Part):
    """What of one installment is still open, in minor units, and when it is due."""

    due: date = date.min
    carried_interest: int = 0
    carried_fee: int = 0


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a payment paid; ``to_principal`` and ``rest`` are what is left of it, minor units."""

    parts: tuple[Part, ...] = ()
    to_principal: int = 0
    rest: int = 0


def open_installments(
    installments: Iterable[Installment], paid: Mapping[int, Part] | None = None
) -> tuple[OpenInstallment, ...]:
    """Return what is still open of a schedule, in minor units; what is paid in full is left out.

    :param paid: what was paid of each installment, by its number

    >>> day = date(2026, 2, 1)
    >>> plan = [Installment(1, day, 90_00, 9_00, 1_00, 90_00), Installment(2, day, 90_00, 0, 0, 0)]
    >>> [one.total for one in open_installments(plan, {1: Part(1, fee=1_00, interest=4_00)})]
    [9500, 9000]
    """
    found = []
    for one in installments:
        part = (paid or {}).get(one.number, Part(one.number))
        rest = OpenInstallment(
            one.number,
            one.principal - part.principal,
            one.interest - part.interest,
            one.fee - part.fee,
            one.due,
            max(0, one.carried_interest - part.interest),
            max(0, one.carried_fee - part.fee),
        )
        if rest.total:
            found.append(rest)
    return tuple(found)


def allocate(
    due: Sequence[OpenInstallment],
    amount: int,
    on: date,
    order: Sequence[str] = ORDER,
    over: str = "next",
) -> Allocation:
    """Return what a payment pays: the oldest installment first, its parts in the given order.

    A payment may come early: it pays the first installment that is not due yet, too. What goes
    beyond that is an overpayment. Amounts in minor units.

    :param due: what is open, from :func:`open_installments`
    :param over: one of :data:`OVERPAYMENTS`
    :raise PlanRefusedError: ``amount``, ``order`` or ``over``

    >>> bills = [OpenInstallment(1, 90_00, 9_00, 1_00, date(2026, 2, 1)),
    ...          OpenInstallment(2, 95_00, 4_00, 1_00, date(2026, 3, 1))]
    >>> allocate(bills, 60_00, date(2026, 2, 1)).parts
    (Part(number=1, principal=5000, interest=900, fee=100),)
    >>> allocate(bills, 120_00, date(2026, 2, 1), over="credit").rest
    0
    >>> allocate(bills, 205_00, date(2026, 2, 1)).rest
    500
    """
    if type(amount) is not int or amount <= 0:
        raise PlanRefusedError("amount", value=amount)
    if sorted(order) != sorted(ORDER):
        raise PlanRefusedError("order", value=tuple(order))
    if over not in OVERPAYMENTS:
        raise PlanRefusedError("over", value=over)
    bills = sorted(due, key=lambda one: (one.due, one.number))
    payable = len(bills) if over == "next" else sum(one.due <= on for one in bills) + 1
    parts = []
    for bill in bills[:payable]:
        part, amount = _pay(bill, amount, order)
        if part.total:
            parts.append(part)
    principal = sum(bill.principal for bill in bills[payable:])
    to_principal = min(amount, principal) if over == "principal" else 0
    return Allocation(tuple(parts), to_principal, amount - to_principal)


def add_parts(paid: Mapping[int, Part], parts: Iterable[Part], sign: int = 1) -> dict[int, Part]:
    """Return what is paid by installment with the parts of one more payment, in minor units.

    :param sign: -1 where the payment came back

    >>> paid = add_parts({}, [Part(1, principal=50_00)])
    >>> add_parts(paid, [Part(1, principal=50_00)], -1)
    {1: Part(number=1, principal=0, interest=0, fee=0)}
    """
    sums = dict(paid)
    for part in parts:
        old = sums.get(part.number, Part(part.number))
        sums[part.number] = Part(
            part.number,
            old.principal + sign * part.principal,
            old.interest + sign * part.interest,
            old.fee + sign * part.fee,
        )
    return sums


def reopened(installments: Sequence[Installment], amount: int, on: date) -> tuple[Installment, ...]:
    """Return a schedule with a payment of an earlier version that came back, in minor units.

    Its installments are superseded, so what came back is one of its own, as principal, due since
    the last due date: whatever it had paid, it is invoiced already.

    >>> plan = (Installment(1, date(2026, 2, 1), 50, 2, 0, 50), Installment(2, date(2026, 3, 1),
    ...         50, 1, 0, 0))
    >>> [(one.number, one.due.month, one.total, one.balance)
    ...  for one in reopened(plan, 30, date(2026, 2, 20))]
    [(1, 2, 52, 80), (3, 2, 30, 50), (2, 3, 51, 0)]
    """
    past = [one.due for one in installments if one.due <= on]
    number = max((one.number for one in installments), default=0) + 1
    back = Installment(number, max(past, default=on), amount, 0, 0, 0)
    rows = sorted([*installments, back], key=lambda one: one.due)
    balance, found = sum(one.principal for one in rows), []
    for one in rows:
        balance -= one.principal
        found.append(replace(one, balance=balance))
    return tuple(found)


def _pay(bill: OpenInstallment, amount: int, order: Sequence[str]) -> tuple[Part, int]:
    part = Part(bill.number)
    for name in order:
        paid = min(amount, getattr(bill, name))
        part, amount = replace(part, **{name: paid}), amount - paid
    return part, amount
