"""Where a running plan stands on a day: what is due, what is to come, what it has borne."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from ..interest import year_fraction
from .allocate import OpenInstallment, Part, open_installments
from .level import interest_on
from .schedule import Installment
from .terms import Terms


@dataclass(frozen=True)
class Position:
    """A plan on a day, before anything is changed in it. Amounts in minor units.

    ``paid`` is what was paid of each installment, by its number. ``paid_before`` is what was paid
    in earlier versions of the plan, to tell what it costs since its origin.
    """

    terms: Terms
    installments: tuple[Installment, ...]
    on: date
    paid: Mapping[int, Part] = field(default_factory=dict)
    paid_before: int = 0

    @property
    def open(self) -> tuple[OpenInstallment, ...]:
        """Return what is not paid of all installments, in minor units."""
        return open_installments(self.installments, self.paid)

    @property
    def due(self) -> tuple[OpenInstallment, ...]:
        """Return what is not paid of installments due by now."""
        return tuple(one for one in self.open if one.due <= self.on)

    @property
    def coming(self) -> tuple[OpenInstallment, ...]:
        """Return what is not paid of installments due later."""
        return tuple(one for one in self.open if one.due > self.on)

    @property
    def since(self) -> date:
        """Return the day up to which interest fell due: that of the last installment by now."""
        return max(
            (one.due for one in self.installments if one.due <= self.on), default=self.terms.start
        )

    @property
    def balance(self) -> int:
        """Return the principal not paid, less interest and fees paid before they fell due."""
        return sum(one.principal for one in self.open) - self.ahead

    @property
    def ahead(self) -> int:
        """Return interest and fees paid before they fell due; a change makes them principal."""
        return self.interest_ahead + self.fees_ahead

    @property
    def interest_ahead(self) -> int:
        """Return the interest paid before it fell due, in minor units."""
        return sum(
            max(0, self.paid[one.number].interest - one.carried_interest)
            for one in self.installments
            if one.due > self.on and one.number in self.paid
        )

    @property
    def fees_ahead(self) -> int:
        """Return the fees paid before they fell due, in minor units."""
        return sum(
            max(0, self.paid[one.number].fee - one.carried_fee)
            for one in self.installments
            if one.due > self.on and one.number in self.paid
        )

    @property
    def owed_interest(self) -> int:
        """Return the interest that fell due and is not paid, in minor units."""
        carried = sum(one.carried_interest for one in self.coming)
        return carried + sum(one.interest for one in self.due)

    @property
    def owed_fees(self) -> int:
        """Return the fees that fell due and are not paid, in minor units."""
        return sum(one.carried_fee for one in self.coming) + sum(one.fee for one in self.due)

    @property
    def bearing(self) -> int:
        """Return the principal that bears interest now: what is not due by the schedule."""
        return sum(one.principal for one in self.installments if one.due > self.on)

    @property
    def deferred(self) -> int:
        """Return interest of earlier pauses that was borne by now and falls due at the end."""
        if all(one.due <= self.on for one in self.installments):
            return 0
        borne = self.since >= self.terms.first_due
        return self.terms.deferred + (self.terms.paused if borne else 0)

    @property
    def accrued(self) -> int:
        """Return the interest since :attr:`since`, by the schedule, rounded half up.

        >>> from decimal import Decimal
        >>> from .schedule import schedule
        >>> terms = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"),
        ...               day_count="30_360")
        >>> Position(terms, schedule(terms), date(2026, 4, 16)).accrued
        304
        """
        return interest_between(self.terms, self.bearing, self.since, self.on)


def interest_between(terms: Terms, balance: int, first: date, last: date) -> int:
    """Return the interest on a balance from one day to another, in minor units, half up.

    >>> from decimal import Decimal
    >>> terms = Terms(1, date(2026, 1, 1), date(2026, 2, 1), 1, rate=Decimal("0.12"))
    >>> interest_between(terms, 608_95, date(2026, 4, 1), date(2026, 4, 16))
    300
    """
    if last <= first:
        return 0
    part = year_fraction(first + timedelta(days=1), last, terms.day_count)
    return interest_on(balance, (Fraction(terms.rate) * part).as_integer_ratio())
