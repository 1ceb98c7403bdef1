"""From the bank's balance to the ledger's, to the cent: what lies between the two, and why.

All amounts are minor units of the journal's currency. Every part says how much it adds on the way
from the bank to the ledger; what no part explains is never hidden in one of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import combinations
from types import MappingProxyType

#: First days of the ages of open items: not due, then due for 1, 31, 61 and 91 days.
AGES = (1, 31, 61, 91)


class Source(str, Enum):
    """Where a movement is known from."""

    ENTRY = "entry"  # the bank's books
    LINE = "line"  # a bank line nobody at the bank told us of
    ITEM = "item"  # a journal item on the bank's account that belongs to no bank line


class Part(str, Enum):
    """Why the ledger has another balance than the bank, in the order of the report."""

    BEFORE = "before"  # the bank's balance before its first entry here
    GAP = "gap"  # statements are missing
    DOUBTFUL = "doubtful"  # entries that may be new or known
    UNBOOKED = "unbooked"  # at the bank, without a line here
    LATER = "later"  # at the bank, in the ledger on a later day
    SINCE = "since"  # in the ledger, booked after the bank's balance
    REMOVED = "removed"  # in the ledger, taken back by the bank
    BY_HAND = "by_hand"  # bank lines the bank has not told
    OTHER = "other"  # journal items on the bank's account without a bank line


#: What only explains a shortfall of the bank's own figures where it is one.
MISSING = (Part.GAP, Part.DOUBTFUL)


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement, or the sum of many of the same sort.

    :param told: how much of it is in the bank's balance
    :param booked: how much of it is in the ledger on the day
    :param in_bank: whether it is in the bank's balance at all
    :param differs: whether each of them differs; a sum may be nothing although they do
    :param stands: whether the bank stands by it; one it took back counts for nothing there
    :param has_line: whether there is a posted bank line for it, of whatever day
    :param mirrored: whether we hold the bank's own books, so that a line without entry is unknown
        to it
    """

    source: Source
    told: int
    booked: int
    in_bank: bool
    differs: bool = True
    stands: bool = True
    has_line: bool = True
    mirrored: bool = True
    count: int = 1


@dataclass(frozen=True, slots=True)
class Total:
    """An amount and how many movements make it."""

    amount: int = 0
    count: int = 0

    def plus(self, amount: int, count: int = 1) -> "Total":
        """Return the total with more in it."""
        return Total(self.amount + amount, self.count + count)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The way from the bank's balance to the ledger's.

    :param bank: ``None`` where the bank has told no balance by that day
    :param unexplained: what no part explains; ``None`` where there is nothing to compare
    """

    bank: int | None
    ledger: int
    parts: Mapping[Part, Total] = field(default_factory=lambda: MappingProxyType({}))
    unexplained: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The ledger's balance, and what our own records explain of it.

    :param unmatched: bank lines on suspense
    :param receipts: registered by us, not yet at the bank
    :param payments: the same the other way round, negative
    """

    ledger: int
    unmatched: int
    receipts: int
    payments: int

    @property
    def own(self) -> int:
        """Return the balance by our own records.

        >>> Position(ledger=1000, unmatched=300, receipts=50, payments=-20).own
        730
        """
        return self.ledger - self.unmatched + self.receipts + self.payments


def part_of(movement: Movement) -> Part | None:
    """Return why bank and ledger differ in a movement, ``None`` where they agree.

    >>> part_of(Movement(Source.ENTRY, told=500, booked=500, in_bank=True, differs=False))
    >>> part_of(Movement(Source.ENTRY, told=500, booked=0, in_bank=True, has_line=False)).value
    'unbooked'
    >>> part_of(Movement(Source.ENTRY, told=0, booked=500, in_bank=False, stands=False)).value
    'removed'
    >>> part_of(Movement(Source.LINE, told=0, booked=500, in_bank=False, mirrored=False)).value
    'since'
    """
    if not movement.differs:
        return None
    if movement.source is Source.ITEM:
        return Part.OTHER
    if movement.source is Source.LINE and movement.mirrored:
        return Part.BY_HAND
    if not movement.has_line:
        return Part.UNBOOKED
    if not movement.stands:
        return Part.REMOVED
    return Part.LATER if movement.in_bank else Part.SINCE


def reconcile(
    bank: int | None,
    ledger: int,
    movements: Iterable[Movement],
    *,
    before: int = 0,
    missing: Mapping[Part, Total] = MappingProxyType({}),
) -> Reconciliation:
    """Return what lies between the bank's balance and the ledger's.

    >>> paid = Movement(Source.ENTRY, told=500, booked=500, in_bank=True, differs=False)
    >>> opening = Movement(Source.ITEM, told=0, booked=1000, in_bank=False)
    >>> way = reconcile(1500, 1500, [paid, opening], before=1000)
    >>> {part.value: total.amount for part, total in way.parts.items()}, way.unexplained
    ({'before': -1000, 'other': 1000}, 0)
    >>> reconcile(1700, 1500, [paid, opening], before=1000).unexplained
    -200

    :param movements: everything in the bank's balance or in the ledger; may be sums
    :param before: the bank's balance before the first of them
    :param missing: what may be in the bank's balance although we do not hold it
    """
    movements = list(movements)
    if bank is None:
        return Reconciliation(None, ledger)
    totals: dict[Part, Total] = {}
    if before:
        totals[Part.BEFORE] = Total(-before, 1)
    shortfall = bank - before - sum(movement.told for movement in movements)
    for part in explain_shortfall(shortfall, missing):
        totals[part] = Total(-missing[part].amount, missing[part].count)
    for movement in movements:
        if part := part_of(movement):
            total = totals.get(part, Total())
            totals[part] = total.plus(movement.booked - movement.told, movement.count)
    ordered = {part: totals[part] for part in Part if part in totals}
    explained = bank + sum(total.amount for total in ordered.values())
    return Reconciliation(bank, ledger, MappingProxyType(ordered), ledger - explained)


def explain_shortfall(shortfall: int, missing: Mapping[Part, Total]) -> tuple[Part, ...]:
    """Return what of ``missing`` explains that the bank's balance holds more than we were told.

    A gap between statements may have been filled by the bank's interface meanwhile: where nothing
    is short, nothing is missing. What explains it only in part is named all the same.

    >>> missing = {Part.GAP: Total(200, 1), Part.DOUBTFUL: Total(50, 1)}
    >>> explain_shortfall(0, missing), explain_shortfall(50, missing)
    ((), (<Part.DOUBTFUL: 'doubtful'>,))
    >>> explain_shortfall(230, missing)
    (<Part.GAP: 'gap'>,)
    """
    if not shortfall:
        return ()
    known = [part for part in MISSING if part in missing and missing[part].amount]
    for size in range(1, len(known) + 1):
        for some in combinations(known, size):
            if sum(missing[part].amount for part in some) == shortfall:
                return some
    return tuple(known[:1])
