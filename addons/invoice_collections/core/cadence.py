"""Which step of a cadence is due for an item on a day, and when the next one comes.

A cadence is a set of steps, each a number of days from the due date: negative before it, zero on
it, positive after it. A step whose day is off moves to a working day. A step that could not be
taken on its day (a server that was off, a reason to hold back) is caught up for a few days; after
that it is skipped and the next one applies.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .conditions import ANYONE, Conditions, Debtor
from .work_calendar import EVERY_DAY, WorkCalendar

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``key`` names it for the caller, ``tone`` runs from 1 (friendly) to 5 (final).

    ``shift`` says where it moves when its day is off: ``next`` or ``previous`` working day, or
    ``none``: it is taken on that day whatever the calendar says.
    """

    key: int
    offset_days: int
    tone: int
    shift: str = "next"
    conditions: Conditions = ANYONE

    def day(self, due_date: date) -> date:
        """Return the day of this step for an item due on ``due_date``, days off not looked at.

        >>> Step(1, -7, 1).day(date(2026, 3, 10))
        datetime.date(2026, 3, 3)
        """
        return due_date + timedelta(days=self.offset_days)

    def working_day(self, due_date: date, calendar: WorkCalendar = EVERY_DAY) -> date:
        """Return the day on which this step is to be taken.

        A step before the due date never moves onto or past it, its words would be wrong; one on
        the due date or after it never moves before it.

        >>> monday, week = date(2026, 3, 16), WorkCalendar()
        >>> Step(1, -1, 1).working_day(monday, week), Step(2, 5, 3).working_day(monday, week)
        (datetime.date(2026, 3, 13), datetime.date(2026, 3, 23))
        """
        day = self.day(due_date)
        if self.shift == "none" or calendar.is_working(day):
            return day
        later, earlier = calendar.next_working(day), calendar.previous_working(day)
        if self.offset_days < 0:
            return earlier if self.shift == "previous" or later >= due_date else later
        return earlier if self.shift == "previous" and earlier >= due_date else later

    def first_day(self, due_date: date, calendar: WorkCalendar = EVERY_DAY) -> date:
        """Return the first day on which this step may be taken, or is seen to be held back."""
        return min(self.day(due_date), self.working_day(due_date, calendar))

    def last_day(
        self, due_date: date, catch_up_days: int, calendar: WorkCalendar = EVERY_DAY
    ) -> date:
        """Return the last day on which this step may still be taken.

        A step before the due date is never caught up on or after it: its words would be wrong.

        >>> Step(1, -2, 1).last_day(date(2026, 3, 10), 3)
        datetime.date(2026, 3, 9)
        >>> Step(3, 7, 3).last_day(date(2026, 3, 10), 3)
        datetime.date(2026, 3, 20)
        """
        last = self.working_day(due_date, calendar) + timedelta(days=catch_up_days)
        if self.offset_days < 0:
            return min(last, due_date - _ONE_DAY)
        return last


def repeated(step: Step, every_days: int, times: int) -> tuple[Step, ...]:
    """Return a step and its repetitions: ``times`` more, ``every_days`` apart.

    >>> [step.offset_days for step in repeated(Step(5, 30, 4), 7, 3)]
    [30, 37, 44, 51]
    >>> len(repeated(Step(5, 30, 4), 0, 3))
    1
    """
    count = times if every_days > 0 else 0
    return tuple(
        replace(step, offset_days=step.offset_days + number * every_days)
        for number in range(count + 1)
    )


def for_debtor(
    steps: Iterable[Step], debtor: Debtor, *, late_only: bool = False
) -> tuple[Step, ...]:
    """Return the steps that are meant for this debtor.

    :param late_only: leave out what speaks before the due date: an item whose clock was turned
        has its due date behind it

    >>> steps = [Step(1, -7, 1), Step(2, 7, 3, conditions=Conditions(segment="b2c"))]
    >>> [step.key for step in for_debtor(steps, Debtor(segment="b2b"))]
    [1]
    >>> [step.key for step in for_debtor(steps, Debtor(segment="b2c"), late_only=True)]
    [2]
    """
    return tuple(
        step
        for step in steps
        if step.conditions.hold(debtor) and not (late_only and step.offset_days < 0)
    )


def due_step(
    steps: Iterable[Step],
    due_date: date,
    today: date,
    *,
    catch_up_days: int = 0,
    done_offset: int | None = None,
    calendar: WorkCalendar = EVERY_DAY,
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
        if (done_offset is None or step.offset_days > done_offset)
        and step.first_day(due_date, calendar)
        <= today
        <= step.last_day(due_date, catch_up_days, calendar)
    ]
    return max(open_steps, key=_rank, default=None)


def next_day(
    steps: Iterable[Step], due_date: date, today: date, calendar: WorkCalendar = EVERY_DAY
) -> date | None:
    """Return the first day after ``today`` on which a step falls due, or ``None``.

    >>> next_day([Step(1, 0, 2), Step(2, 7, 3)], date(2026, 3, 10), date(2026, 3, 10))
    datetime.date(2026, 3, 17)
    """
    days = (step.working_day(due_date, calendar) for step in steps)
    return min((day for day in days if day > today), default=None)


def candidate_due_dates(
    steps: Iterable[Step],
    today: date,
    catch_up_days: int,
    calendars: Iterable[WorkCalendar] = (EVERY_DAY,),
) -> set[date]:
    """Return every due date for which some step may be taken today, a few dates in all.

    It lets the caller read only these items from the database, whatever their number.

    >>> sorted(candidate_due_dates([Step(1, 7, 3)], date(2026, 3, 17), 1))
    [datetime.date(2026, 3, 9), datetime.date(2026, 3, 10)]
    """
    steps = tuple(steps)
    return {
        due
        for calendar in set(calendars)
        for day in _nominal_days(today, catch_up_days, calendar)
        for step in steps
        if step.first_day(due := day - timedelta(days=step.offset_days), calendar)
        <= today
        <= step.last_day(due, catch_up_days, calendar)
    }


def _nominal_days(today, catch_up_days, calendar):
    """Yield the days a step may nominally fall on to be taken today: around it, over days off."""
    first = calendar.previous_working(today - timedelta(days=catch_up_days + 1))
    last = calendar.next_working(today + _ONE_DAY)
    while first <= last:
        yield first
        first += _ONE_DAY


def _rank(step):
    return step.offset_days, step.tone
