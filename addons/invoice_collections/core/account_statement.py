"""A statement of account: what was charged and paid, with the balance after each movement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Movement:
    """One document on a customer's account; ``amount`` in minor units, what they pay negative."""

    on: date
    key: int
    amount: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a statement: what was charged or paid, and what is owed after it."""

    movement: Movement
    balance: int

    @property
    def charged(self) -> int:
        """Return what was charged, zero where something was paid."""
        return max(self.movement.amount, 0)

    @property
    def paid(self) -> int:
        """Return what was paid or credited, not negative."""
        return max(-self.movement.amount, 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """What was owed at the beginning, what happened, and what is owed at the end."""

    opening: int
    rows: tuple[Row, ...]
    closing: int

    @property
    def charged(self) -> int:
        """Return what was charged in all."""
        return sum(row.charged for row in self.rows)

    @property
    def paid(self) -> int:
        """Return what was paid and credited in all."""
        return sum(row.paid for row in self.rows)


def statement(opening: int, movements: Iterable[Movement]) -> Statement:
    """Return the statement; movements of one document on one day are one row.

    >>> charge = Movement(date(2026, 3, 2), 7, 1000)
    >>> told = statement(500, [charge, Movement(date(2026, 3, 9), 8, -500)])
    >>> [(row.charged, row.paid, row.balance) for row in told.rows], told.closing
    ([(1000, 0, 1500), (0, 500, 1000)], 1000)
    """
    sums: dict[tuple[date, int], int] = {}
    for movement in movements:
        place = (movement.on, movement.key)
        sums[place] = sums.get(place, 0) + movement.amount
    rows, balance = [], opening
    for (on, key), amount in sorted(sums.items()):
        if amount:
            balance += amount
            rows.append(Row(Movement(on, key, amount), balance))
    return Statement(opening, tuple(rows), balance)
