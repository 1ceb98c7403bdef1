"""On which days, and at which hours of whose clock, a debtor may be contacted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
#: Days after which looking for a free hour is given up: longer than any closing of a company.
_HORIZON = 400


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off: whole weekdays (Monday is 0) and single dates."""

    days_off: frozenset[date] = frozenset()
    weekdays_off: frozenset[int] = frozenset({5, 6})

    def __post_init__(self):
        if len(self.weekdays_off) >= 7:
            raise ValueError("a week without a working day")

    def reason(self, day: date) -> str | None:
        """Return why ``day`` is off: ``weekend`` or ``holiday``; ``None`` on a working day.

        >>> bavaria = WorkCalendar(frozenset({date(2026, 1, 6)}))
        >>> [bavaria.reason(date(2026, 1, day)) for day in (3, 6, 7)]
        ['weekend', 'holiday', None]
        """
        if day.weekday() in self.weekdays_off:
            return "weekend"
        return "holiday" if day in self.days_off else None

    def is_working(self, day: date) -> bool:
        """Return whether ``day`` is no day off."""
        return day.weekday() not in self.weekdays_off and day not in self.days_off

    def next_working(self, day: date) -> date:
        """Return ``day``, or the first working day after it.

        >>> WorkCalendar().next_working(date(2026, 3, 14))
        datetime.date(2026, 3, 16)
        """
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """Return ``day``, or the last working day before it.

        >>> WorkCalendar().previous_working(date(2026, 3, 15))
        datetime.date(2026, 3, 13)
        """
        while not self.is_working(day):
            day -= _ONE_DAY
        return day


#: Saturdays and Sundays off, nothing else.
WEEKDAYS = WorkCalendar()
#: Nobody is ever off.
EVERY_DAY = WorkCalendar(weekdays_off=frozenset())

#: Hours of a day, the end excluded.
Hours = tuple[time, time]
#: A week in which every hour is free.
ANY_HOUR = dict.fromkeys(range(7), (_MIDNIGHT, _MIDNIGHT))


def common_hours(weeks: Iterable[Mapping[int, Hours]]) -> dict[int, Hours] | None:
    """Return the hours by weekday that every one of several rules allows; ``None`` without a rule.

    A weekday that is missing has no free hour.

    >>> office = {day: (time(8), time(18)) for day in range(5)}
    >>> fence = {day: (time(9), time(21)) for day in range(7)}
    >>> week = common_hours([office, fence])
    >>> sorted(week), week[0]
    ([0, 1, 2, 3, 4], (datetime.time(9, 0), datetime.time(18, 0)))
    """
    result = None
    for week in weeks:
        if result is None:
            result = dict(week)
            continue
        shared = {}
        for day in result.keys() & week.keys():
            start = max(result[day][0], week[day][0])
            end = _earlier_end(result[day][1], week[day][1])
            if end == _MIDNIGHT or start < end:
                shared[day] = (start, end)
        result = shared
    return result


def _earlier_end(one: time, other: time) -> time:
    """Return the earlier of two ends; midnight ends a day, it does not begin it."""
    return min(one, other, key=lambda end: (end == _MIDNIGHT, end))


def next_slot(
    now: datetime,
    zones: Iterable[str],
    week: Mapping[int, Hours],
    calendar: WorkCalendar = EVERY_DAY,
) -> datetime | None:
    """Return ``now``, or the first moment after it that lies inside the hours; both in UTC.

    With several zones (a country that has many, a debtor whose own is unknown) the moment is free
    in all of them. On the nights on which clocks change the hours are those the clock shows.
    ``None`` when there is none within a year.

    >>> office = {day: (time(8), time(21)) for day in range(7)}
    >>> night = datetime(2026, 3, 10, 20, 30, tzinfo=UTC)
    >>> next_slot(night, ["Europe/Berlin"], office)
    datetime.datetime(2026, 3, 11, 7, 0, tzinfo=datetime.timezone.utc)
    >>> next_slot(night, ["America/New_York"], office) == night
    True
    """
    clocks = [ZoneInfo(zone) for zone in zones] or [ZoneInfo("UTC")]
    moment, end = now.astimezone(UTC), now + timedelta(days=_HORIZON)
    while moment < end:
        slots = [_slot(moment, clock, week, calendar, end) for clock in clocks]
        if None in slots:
            return None
        if max(slots) == moment:
            return moment
        moment = max(slots)
    return None


def _slot(moment, clock, week, calendar, end):
    """Return the first free moment from ``moment`` on by one clock, or ``None`` before ``end``."""
    day = moment.astimezone(clock).date()
    while True:
        hours = week.get(day.weekday()) if calendar.is_working(day) else None
        if hours:
            start = datetime.combine(day, hours[0], clock).astimezone(UTC)
            last_day = day + _ONE_DAY if hours[1] == _MIDNIGHT else day
            stop = datetime.combine(last_day, hours[1], clock).astimezone(UTC)
            if moment < stop:
                return max(moment, start)
        day += _ONE_DAY
        if datetime.combine(day, _MIDNIGHT, clock) > end:
            return None
