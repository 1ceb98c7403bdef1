"""How far the cadence of one item lags behind, or runs ahead of, the calendar.

A dispute stops the clock: when it ends, the cadence goes on with the step it had reached, not with
the one the calendar would give. A broken promise turns it forward, to the next firmer step. Both
are kept as one number of days, added to the due date wherever steps are counted from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of a cadence: days from the due date, and its tone from 1 to 5."""

    offset_days: int
    tone: int


@dataclass(frozen=True, slots=True)
class Clock:
    """Where one item is in its cadence.

    ``done`` is the latest offset the customer was contacted for, ``None`` when never.
    """

    due_date: date
    shift_days: int = 0
    done: int | None = None

    def day(self, mark: Mark) -> date:
        """Return the day of a step by this clock."""
        return self.due_date + timedelta(days=self.shift_days + mark.offset_days)


def after_pause(
    clock: Clock,
    marks: Iterable[Mark],
    stopped_on: date,
    today: date,
    *,
    interval_days: int,
    catch_up_days: int = 0,
) -> int:
    """Return the shift with which a clock goes on that stood still since ``stopped_on``.

    The step it left comes next, ``interval_days`` from today at the earliest; later steps keep
    their distances to it. A note before the due date does not come after it.

    >>> marks = [Mark(0, 2), Mark(7, 3), Mark(14, 4)]
    >>> clock = Clock(date(2026, 3, 1), done=0)
    >>> after_pause(clock, marks, date(2026, 3, 5), date(2026, 4, 1), interval_days=5)
    29
    >>> clock.due_date + timedelta(days=29 + 7)
    datetime.date(2026, 4, 6)
    """
    earliest = today + timedelta(days=interval_days)
    waiting = [
        mark
        for mark in marks
        if (clock.done is None or mark.offset_days > clock.done)
        and (mark.offset_days >= 0 or earliest < clock.due_date)
        and clock.day(mark) + timedelta(days=catch_up_days) >= stopped_on
    ]
    left = min(waiting, key=lambda mark: mark.offset_days, default=None)
    if left is None:
        return clock.shift_days
    return clock.shift_days + max(0, (earliest - clock.day(left)).days)


def to_firmer(clock: Clock, marks: Iterable[Mark], today: date) -> int:
    """Return the shift with which the next firmer step than the last one taken is due today.

    >>> marks = [Mark(0, 2), Mark(7, 3), Mark(8, 3), Mark(14, 4)]
    >>> to_firmer(Clock(date(2026, 3, 1), done=7), marks, date(2026, 3, 10))
    -5
    """
    marks = sorted(marks, key=lambda mark: mark.offset_days)
    reached = next((mark for mark in marks if mark.offset_days == clock.done), None)
    if reached is None:
        passed = [mark for mark in marks if clock.day(mark) <= today]
        reached = passed[-1] if passed else None
    firmer = next(
        (
            mark
            for mark in marks
            if reached is None
            or (mark.offset_days > reached.offset_days and mark.tone > reached.tone)
        ),
        None,
    )
    return to_step(clock, firmer, today) if firmer else clock.shift_days


def to_step(clock: Clock, mark: Mark, today: date) -> int:
    """Return the shift with which ``mark`` is due today.

    >>> to_step(Clock(date(2026, 3, 1)), Mark(7, 3), date(2026, 3, 20))
    12
    """
    return clock.shift_days + (today - clock.day(mark)).days


def to_next(clock: Clock, marks: Iterable[Mark], today: date) -> int:
    """Return the shift with which the step after the last one taken is due today.

    Nothing taken: the first step that is still to come. After the last step the clock stays.

    >>> marks = [Mark(0, 2), Mark(7, 3), Mark(14, 4)]
    >>> to_next(Clock(date(2026, 3, 1), done=0), marks, date(2026, 3, 4))
    -4
    >>> to_next(Clock(date(2026, 3, 1), done=14), marks, date(2026, 3, 20))
    0
    """
    after = [
        mark
        for mark in sorted(marks, key=lambda mark: mark.offset_days)
        if (clock.day(mark) > today if clock.done is None else mark.offset_days > clock.done)
        and mark.offset_days >= 0
    ]
    return to_step(clock, after[0], today) if after else clock.shift_days
