"""What it takes to end a plan early: the debt and what it has borne so far, nothing else."""

from dataclasses import dataclass

from .position import Position


@dataclass(frozen=True, slots=True)
class Settlement:
    """What ends a plan on a day, in minor units; ``saving`` is what is not paid any more."""

    principal: int
    accrued_interest: int
    fees: int
    saving: int

    @property
    def total(self) -> int:
        """Return what is to pay, in minor units."""
        return self.principal + self.accrued_interest + self.fees


def settle(position: Position) -> Settlement:
    """Return what ends a plan on the day of the position, in minor units.

    To pay are the principal, interest and fees that fell due, and the interest since the last
    due date by the day count of the plan, rounded half up. Fees of installments that never
    come are not charged, and nothing is for ending early. Interest and fees paid ahead count.

    >>> from datetime import date
    >>> from decimal import Decimal
    >>> from .schedule import schedule
    >>> from .terms import Terms
    >>> from .allocate import Part
    >>> terms = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"),
    ...               day_count="30_360")
    >>> plan = schedule(terms)
    >>> paid = {one.number: Part(one.number, one.principal, one.interest) for one in plan[:3]}
    >>> settlement = settle(Position(terms, plan, date(2026, 4, 16), paid))
    >>> settlement.total, settlement.saving
    (61199, 918)
    """
    interest = position.owed_interest + _accrued(position)
    fees = position.owed_fees
    principal = position.balance
    everything = sum(one.total for one in position.open)
    return Settlement(principal, interest, fees, everything - principal - interest - fees)


def _accrued(position: Position) -> int:
    """Return what was borne and is not due yet; at most all interest that is to come."""
    coming = sum(
        one.interest - one.carried_interest
        for one in position.installments
        if one.due > position.on
    )
    return min(position.deferred + position.accrued, coming)
