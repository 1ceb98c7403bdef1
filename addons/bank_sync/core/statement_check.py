"""What of a statement must not be booked unseen, whatever its balances say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .entry_store import details_difference
from .statement import Entry, Statement

#: Banks book a few days ahead over holidays, not more.
MAX_DAYS_AHEAD = 10
#: Older bookings are a slip of the century or an empty date, not books anybody still imports.
MAX_YEARS_BACK = 40


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """One entry a person must look at.

    ``date_missing``
        booked, but the bank gives neither booking date nor value date
    ``date_absurd``
        booked far in the future or in the distant past
    ``details_differ``
        the transactions of a batch do not add up to the entry (``difference``, minor units)

    :param number: place in the statement, from 1
    """

    code: str
    number: int
    entry: Entry
    difference: int = 0


def check_dates(statement: Statement, today: date) -> Iterator[EntryProblem]:
    """Yield the booked entries that have no day to be booked on, or none that can be true.

    >>> entries = (Entry(date(2062, 3, 2), None, 1, "EUR"), Entry(None, None, 1, "EUR"))
    >>> statement = Statement("S", None, "EUR", None, None, entries)
    >>> [problem.code for problem in check_dates(statement, date(2026, 3, 2))]
    ['date_absurd', 'date_missing']
    """
    first = date(today.year - MAX_YEARS_BACK, 1, 1)
    last = today + timedelta(days=MAX_DAYS_AHEAD)
    for number, entry in enumerate(statement.entries, start=1):
        if entry.pending:
            continue
        day = entry.booking_date or entry.value_date
        if day is None:
            yield EntryProblem("date_missing", number, entry)
        elif not first <= day <= last:
            yield EntryProblem("date_absurd", number, entry)


def check_batches(statement: Statement) -> Iterator[EntryProblem]:
    """Yield the booked batches whose transactions do not add up to them.

    >>> from .statement import EntryDetail
    >>> parts = (EntryDetail(200, "EUR"), EntryDetail(299, "EUR"))
    >>> batch = Entry(date(2026, 3, 2), None, 500, "EUR", details=parts)
    >>> problems = check_batches(Statement("S", None, "EUR", None, None, (batch,)))
    >>> [problem.difference for problem in problems]
    [1]
    """
    for number, entry in enumerate(statement.entries, start=1):
        if entry.pending or len(entry.details) < 2:
            continue
        if difference := details_difference(entry.amount, entry.currency, entry.details):
            yield EntryProblem("details_differ", number, entry, difference)


def period(statement: Statement) -> tuple[date | None, date | None]:
    """Return the first and last day of a statement's booked entries, else of its balances.

    >>> statement = Statement("S", None, "EUR", 0, 0, closing_date=date(2026, 3, 2))
    >>> period(statement)
    (None, datetime.date(2026, 3, 2))
    """
    days = [
        day
        for entry in statement.entries
        if not entry.pending and (day := entry.booking_date or entry.value_date)
    ]
    if not days:
        return statement.opening_date, statement.closing_date
    return min(days), max(days)
