"""The aged receivables report: what is open on a day, by whom and how old, as lines and totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .aging import BUCKETS

#: What is the customer's: payments and credit notes that nobody has assigned yet.
CREDIT = "credit"
#: The columns of the report: the buckets of the debts, then the credits.
COLUMNS = (*(code for code, _first, _last in BUCKETS), CREDIT)


class Cell(NamedTuple):
    """The sum of items of one key, currency and column.

    :param own: minor units of ``currency``
    :param worth: minor units of the company's currency
    """

    key: int
    currency: int
    column: str
    own: int
    worth: int
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line: amounts in the order of ``COLUMNS``, all in minor units of ``currency``."""

    key: int
    currency: int
    amounts: tuple[int, ...]
    count: int

    @property
    def total(self) -> int:
        """Return what is open in all.

        >>> Line(1, 2, (100, 0, 0, 0, 50, -30), 3).total
        120
        """
        return sum(self.amounts)

    @property
    def overdue(self) -> int:
        """Return what is overdue, before credits.

        >>> Line(1, 2, (100, 20, 0, 0, 50, -30), 3).overdue
        70
        """
        return sum(self.amounts[1:-1])


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one currency, the largest first, and their total."""

    currency: int
    lines: tuple[Line, ...]
    total: Line


def sections(cells: Iterable[Cell], company_currency: int | None) -> list[Section]:
    """Return the report: one section a currency, the one with most items first.

    :param company_currency: all amounts in this currency, as the ledger has them; ``None``: each
        item in its own

    >>> cells = [Cell(7, 1, "1_30", 500, 500, 1), Cell(8, 2, "not_due", 900, 450, 2)]
    >>> [(one.currency, one.total.total) for one in sections(cells, None)]
    [(2, 900), (1, 500)]
    >>> [one] = sections(cells, 1)
    >>> one.total.total, [(line.key, line.total) for line in one.lines]
    (950, [(7, 500), (8, 450)])
    """
    sums: dict[int, dict[int, list[int]]] = {}
    counts: dict[tuple[int, int], int] = {}
    for cell in cells:
        currency = cell.currency if company_currency is None else company_currency
        amounts = sums.setdefault(currency, {}).setdefault(cell.key, [0] * len(COLUMNS))
        amounts[COLUMNS.index(cell.column)] += cell.own if company_currency is None else cell.worth
        counts[currency, cell.key] = counts.get((currency, cell.key), 0) + cell.count
    found = [
        _section(
            currency,
            [
                Line(key, currency, tuple(amounts), counts[currency, key])
                for key, amounts in keys.items()
            ],
        )
        for currency, keys in sums.items()
    ]
    return sorted(found, key=lambda section: (-section.total.count, section.currency))


def _section(currency: int, lines: list[Line]) -> Section:
    ordered = tuple(sorted(lines, key=lambda line: (-line.total, line.key)))
    columns = tuple(sum(line.amounts[place] for line in lines) for place in range(len(COLUMNS)))
    return Section(currency, ordered, Line(0, currency, columns, sum(x.count for x in lines)))
