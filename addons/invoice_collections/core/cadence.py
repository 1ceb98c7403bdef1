"""Which step of a cadence is due for an item on a day, and when the next one comes.

A cadence is a set of steps, each a number of days from the due date: negative before it, zero on
it, positive after it. A step that could not be taken on its day (a weekend, a server that was
off) is caught up for a few days; after that it is skipped and the next one applies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``key`` names it for the caller, ``tone`` runs from 1 (friendly) to 5 (final)."""

    key: int
    offset_days: int
    tone: int

    def day(self, due_date: date) -> date:
        """Return the day of this step for an item due on ``due_date``.

        >>> Step(1, -7, 1).day(date(2026, 3, 10))
        datetime.date(2026, 3, 3)
        """
        return due_date + timedelta(days=self.offset_days)

    def last_day(self, due_date: date, catch_up_days: int) -> date:
        """Return the last day on which this step may still be taken.

        A step before the due date is never caught up on or after it: its words would be wrong.

        >>> Step(1, -2, 1).last_day(date(2026, 3, 10), 3)
        datetime.date(2026, 3, 9)
        >>> Step(3, 7, 3).last_day(date(2026, 3, 10), 3)
        datetime.date(2026, 3, 20)
        """
        last = self.day(due_date) + timedelta(days=catch_up_days)
        if self.offset_days < 0:
            return min(last, due_date - timedelta(days=1))
        return last


def due_step(
    steps: Iterable[Step],
    due_date: date,
    today: date,
    *,
    catch_up_days: int = 0,
    done_offset: int | None = None,
) -> Step | None:
    """Return the step to take today, or ``None``.

    Of several steps inside their catch-up window the latest applies. A step at or before
    ``done_offset``, the latest offset already contacted, is never taken again.

    >>> steps = [Step(1, -7, 1), Step(2, 0, 2), Step(3, 7, 3)]
    >>> due_step(steps, date(2026, 3, 10), date(2026, 3, 17)).key
    3
    >>> due_step(steps, date(2026, 3, 10), date(2026, 3, 18)) is None
    True
    >>> due_step(steps, date(2026, 3, 10), date(2026, 3, 18), catch_up_days=3).key
    3
    >>> due_step(steps, date(2026, 3, 10), date(2026, 3, 17), done_offset=7) is None
    True
    """
    open_steps = [
        step
        for step in steps
        if step.day(due_date) <= today <= step.last_day(due_date, catch_up_days)
        and (done_offset is None or step.offset_days > done_offset)
    ]
    return max(open_steps, key=lambda step: step.offset_days, default=None)


def next_day(steps: Iterable[Step], due_date: date, today: date) -> date | None:
    """Return the first day after ``today`` on which a step falls due, or ``None``.

    >>> next_day([Step(1, 0, 2), Step(2, 7, 3)], date(2026, 3, 10), date(2026, 3, 10))
    datetime.date(2026, 3, 17)
    """
    return min((day for step in steps if (day := step.day(due_date)) > today), default=None)


def candidate_due_dates(steps: Iterable[Step], today: date, catch_up_days: int) -> set[date]:
    """Return every due date for which some step may be taken today, a few dates in all.

    It lets the caller read only these items from the database, whatever their number.

    >>> sorted(candidate_due_dates([Step(1, 7, 3)], date(2026, 3, 17), 1))
    [datetime.date(2026, 3, 9), datetime.date(2026, 3, 10)]
    """
    return {
        due
        for step in steps
        for late in range(catch_up_days + 1)
        if today
        <= step.last_day(due := today - timedelta(days=step.offset_days + late), catch_up_days)
    }
