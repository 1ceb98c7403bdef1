"""How far back a reading looks after readings that did not add up."""

from datetime import date, timedelta

#: Days before the last complete reading that every reading covers again: banks add, re-date and
#: correct bookings for about two weeks.
OVERLAP_DAYS = 14
#: Days a reading looks back at least, by the number of readings in a row that did not add up.
#: What a bank changes later than in the usual overlap is found by looking further back.
WINDOW_DAYS = (7, 30, 90)
#: Entries of one reading in all; more is no reading of an account but a bank gone wild.
MAX_READING_ENTRIES = 200_000


def widened_start(start: date, today: date, failures: int, reread_from: date | None) -> date:
    """Return the first booking day to ask for, at the latest ``start``.

    >>> day = date(2026, 6, 1)
    >>> widened_start(date(2026, 5, 18), day, 1, None)
    datetime.date(2026, 5, 2)
    >>> widened_start(date(2026, 5, 18), day, 0, date(2026, 5, 10))
    datetime.date(2026, 5, 10)

    :param failures: readings in a row that did not add up
    :param reread_from: day from which something is open, see `WindowPlan.reread_from`
    """
    days = WINDOW_DAYS[min(failures, len(WINDOW_DAYS) - 1)]
    longest = today - timedelta(days=WINDOW_DAYS[-1])
    starts = [start, today - timedelta(days=days)]
    if reread_from is not None:
        starts.append(max(reread_from, longest))
    return min(starts)


def twice_covered(reread_from: date | None, covered: date | None, overlap: int) -> date | None:
    """Return the day the next reading starts from, so that two complete ones show every change.

    A line that a bank leaves out of the one reading that would have shown it first is in the next,
    also after an outage.

    >>> twice_covered(None, date(2026, 3, 20), 14)
    datetime.date(2026, 3, 6)

    :param reread_from: day from which something is open, see `WindowPlan.reread_from`
    :param covered: last day the reading before this one had covered
    """
    if covered is None:
        return reread_from
    again = covered - timedelta(days=overlap)
    return min(again, reread_from) if reread_from else again


def is_exhausted(failures: int) -> bool:
    """Return whether looking further back is no help any more: a person must look."""
    return failures >= len(WINDOW_DAYS)
