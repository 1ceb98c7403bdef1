"""The statements of one account as a chain: each opens with the balance the one before closed with.

A statement proves its own entries. Only the chain proves that none between two of them is missing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .entry_content import bank_references, fingerprint, money
from .entry_window import Coverage
from .statement import Entry, Statement

#: More numbers than that between two statements are another way of counting, not statements.
_MAX_MISSING = 400


@dataclass(frozen=True, slots=True)
class StatementMark:
    """What the chain needs to know of one statement.

    :param key: our own key
    :param first_day: day of the first entry, or the one the opening balance stands for
    :param last_day: day the closing balance stands for, or of the last entry
    :param opening: minor units, ``None`` where the bank gives none
    :param closing: minor units, ``None`` where the bank gives none
    :param sequence: the bank's number of the statement, as it writes it
    :param proved: whether its balances prove its entries
    """

    key: int
    first_day: date | None
    last_day: date | None
    opening: int | None
    closing: int | None
    sequence: str | None = None
    proved: bool = True


@dataclass(frozen=True, slots=True)
class ChainLink:
    """How one statement hangs on the chain.

    :param status: ``first``: nothing earlier is known. ``follows``: it opens with the balance the
        one before closed with. ``gap``: it does not. ``overlap``: its days are in others already.
        ``repeated``: the same statement again. ``unproven``: it proves nothing.
    :param previous: key of the statement it is laid on, ``None`` for the first
    :param gap_from: last day known before the gap
    :param gap_until: first day known after it
    :param difference: what must have been booked in the gap, minor units
    :param missing_numbers: numbers the bank must have given to the statements in between. Where it
        follows, they had no entries: nothing is lost.
    """

    key: int
    status: Literal["first", "follows", "gap", "overlap", "repeated", "unproven"]
    previous: int | None = None
    gap_from: date | None = None
    gap_until: date | None = None
    difference: int = 0
    missing_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days over which statements hang together without a gap."""

    first_day: date
    last_day: date
    opening: int
    closing: int


def link_statements(marks: Iterable[StatementMark]) -> tuple[ChainLink, ...]:
    """Return every statement's place in the chain, in the order of the days.

    Statements may come in any order: what was a gap is closed by the one that fills it.

    >>> day = [date(2026, 3, number) for number in range(1, 8)]
    >>> marks = [StatementMark(1, day[1], day[1], 0, 500, "1"),
    ...          StatementMark(3, day[3], day[3], 700, 900, "3")]
    >>> link = link_statements(marks)[1]
    >>> link.status, link.difference, link.missing_numbers
    ('gap', 200, ('2',))
    >>> marks.append(StatementMark(2, day[2], day[2], 500, 700, "2"))
    >>> [link.status for link in link_statements(marks)]
    ['first', 'follows', 'follows']
    """
    links: list[ChainLink] = []
    chain: list[StatementMark] = []
    for mark in _in_order(marks):
        link = _link(mark, chain)
        links.append(link)
        if link.status in {"first", "follows", "gap"}:
            chain.append(mark)
    return tuple(links)


def proved_stretches(
    marks: Sequence[StatementMark], links: Iterable[ChainLink]
) -> tuple[Stretch, ...]:
    """Return the days that the chain proves, gap by gap.

    >>> day = date(2026, 3, 2)
    >>> marks = [StatementMark(1, day, day, 0, 500)]
    >>> [stretch.closing for stretch in proved_stretches(marks, link_statements(marks))]
    [500]
    """
    by_key = {mark.key: mark for mark in marks}
    stretches: list[Stretch] = []
    for link in links:
        mark = by_key[link.key]
        if link.status not in {"first", "follows", "gap"}:
            continue
        first, last = mark.first_day or mark.last_day, mark.last_day or mark.first_day
        if link.status == "follows" and stretches:
            before = stretches.pop()
            last = max(before.last_day, last)
            stretches.append(Stretch(before.first_day, last, before.opening, mark.closing))
        else:
            stretches.append(Stretch(first, last, mark.opening, mark.closing))
    return tuple(stretches)


def are_apart(one: StatementMark, other: StatementMark) -> bool:
    """Return whether two statements cannot have an entry in common.

    Two statements of one day are apart if one opens where the other closed, or if the bank numbers
    them differently and their balances differ; else they may tell the same twice, in other words.

    >>> day = date(2026, 3, 2)
    >>> morning = StatementMark(1, day, day, 0, 500)
    >>> are_apart(morning, StatementMark(2, day, day, 500, 700))
    True
    >>> are_apart(morning, StatementMark(2, day, day, 0, 500))
    False
    """
    if not (one.proved and other.proved) or _is_same(one, other):
        return False
    days = one.first_day, one.last_day, other.first_day, other.last_day
    if None in days:
        return False
    if one.last_day < other.first_day or other.last_day < one.first_day:
        return True
    if one.last_day == other.first_day and one.closing == other.opening:
        return True
    if other.last_day == one.first_day and other.closing == one.opening:
        return True
    one_day = len(set(days)) == 1
    return one_day and bool(one.sequence and other.sequence) and one.sequence != other.sequence


def shared_day(one: StatementMark, other: StatementMark) -> date | None:
    """Return the day on which one of two statements ends and the other begins."""
    if one.last_day == other.first_day:
        return one.last_day
    return one.first_day if other.last_day == one.first_day else None


def retells(known: Iterable[tuple[Entry, int | None]], seen: Iterable[Entry], key: int) -> bool:
    """Return whether a statement may tell again what another told of the day they share.

    That the balances follow each other keeps them apart only where what both tell alike adds up to
    something: a payment and its return on that day leave every balance as it was. The day may have
    come in parts, so what the other statement brought counts by itself, with what came before it,
    and with all the rest. An entry under the same reference of the bank is the same in any case.

    >>> day = date(2026, 3, 2)
    >>> paid, back = Entry(day, day, 1250, "EUR"), Entry(day, day, -1250, "EUR")
    >>> retells([(paid, 1), (back, 1)], [paid, back, paid], 1)
    True
    >>> retells([(paid, 1)], [paid], 1), retells([(paid, 2), (back, 1)], [paid, back], 2)
    (False, True)
    >>> named = Entry(day, day, 1250, "EUR", servicer_reference="A1")
    >>> retells([(named, 1)], [named], 1)
    True

    :param known: what is known of the day, each with the key of the statement that brought it,
        ``None`` where it came otherwise; later keys came later
    :param seen: what this statement tells of the day
    :param key: of the other statement
    """
    seen = list(seen)
    # The entry reference of a file may just number its lines.
    named = {(money(entry), entry.servicer_reference) for entry in seen if entry.servicer_reference}
    told = Counter(map(fingerprint, seen))
    alike = []
    for entry, statement in known:
        references = bank_references(entry) if statement == key else ()
        if any((money(entry), reference) in named for reference in references):
            return True
        if told[mark := fingerprint(entry)]:
            told[mark] -= 1
            alike.append((entry.amount, statement))
    brought = [amount for amount, statement in alike if statement == key]
    by_then = [amount for amount, statement in alike if statement is None or statement <= key]
    everything = [amount for amount, _statement in alike]
    return bool(brought) and not all(map(sum, (brought, by_then, everything)))


def coverage_of(statement: Statement, *, proved: bool) -> Coverage:
    """Return what a statement of a file says about the days it spans.

    The opening balance may stand for the day before the first entry; that day is not told.
    """
    days = [entry.booking_date for entry in statement.entries if entry.booking_date]
    first, last = statement.opening_date, statement.closing_date
    if days:
        first = max(first or date.min, min(days))
        last = max([*days, last or date.min])
    return Coverage("proved" if proved else "told", first, last)


def _in_order(marks: Iterable[StatementMark]) -> list[StatementMark]:
    return sorted(
        marks,
        key=lambda mark: (
            mark.last_day or mark.first_day or date.max,
            mark.first_day or date.min,
            _number(mark.sequence) or (0, 0),
            mark.key,
        ),
    )


def _link(mark: StatementMark, chain: list[StatementMark]) -> ChainLink:
    if not mark.proved or mark.opening is None or mark.closing is None or not mark.last_day:
        return ChainLink(mark.key, "unproven")
    if not chain:
        return ChainLink(mark.key, "first")
    last = chain[-1]
    if same := next((one for one in reversed(chain) if _is_same(one, mark)), None):
        return ChainLink(mark.key, "repeated", same.key)
    if mark.opening == last.closing:
        missing = _numbers_between(last, mark)
        return ChainLink(mark.key, "follows", last.key, missing_numbers=missing)
    if _is_inside(mark, chain):
        return ChainLink(mark.key, "overlap", last.key)
    return ChainLink(
        mark.key,
        "gap",
        last.key,
        gap_from=last.last_day,
        gap_until=mark.first_day or mark.last_day,
        difference=mark.opening - last.closing,
        missing_numbers=_numbers_between(last, mark),
    )


def _is_same(one: StatementMark, other: StatementMark) -> bool:
    return (one.opening, one.closing, one.last_day) == (
        other.opening,
        other.closing,
        other.last_day,
    ) and (one.opening != one.closing or one.sequence == other.sequence)


def _is_inside(mark: StatementMark, chain: Sequence[StatementMark]) -> bool:
    """Return whether a statement of several days begins within the days already told."""
    first = mark.first_day or mark.last_day
    return any(first <= one.last_day and first != mark.last_day for one in chain if one.last_day)


def _number(sequence: str | None) -> tuple[int, int] | None:
    """Return number and page of a statement as the bank counts them.

    >>> _number("00045/002"), _number("2026-17"), _number("A")
    ((45, 2), (17, 0), None)
    """
    if not sequence:
        return None
    page = re.fullmatch(r"\s*0*(\d{1,6})\s*/\s*0*(\d{1,5})\s*", sequence)
    if page:
        return int(page[1]), int(page[2])
    numbers = re.findall(r"\d+", sequence)
    return (int(numbers[-1][-9:]), 0) if numbers else None


def _numbers_between(one: StatementMark, other: StatementMark) -> tuple[str, ...]:
    """Return the numbers between two statements; a new year may begin with 1 again."""
    before, after = _number(one.sequence), _number(other.sequence)
    if before is None or after is None:
        return ()
    start = before[0]
    if after[0] <= start and one.last_day.year != other.last_day.year:
        start = 0
    if not 1 < after[0] - start <= _MAX_MISSING:
        return ()
    return tuple(str(number) for number in range(start + 1, after[0]))
