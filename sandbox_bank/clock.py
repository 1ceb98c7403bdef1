"""The bank's own clock: a moment in its zone. It only moves when it is told to."""

import datetime
import sqlite3
import zoneinfo

from . import storage

DEFAULTS = {
    "zone": "Europe/Luxembourg",
    # Orders and payments that come later are booked on the next day of business.
    "cut_off": "18:00",
    # "open": every day is a day of business; "closed": Saturday and Sunday are not.
    "weekends": "open",
}
OPENING = datetime.time(9, 0)
SATURDAY = 5
ONE_DAY = datetime.timedelta(days=1)


def zone(connection: sqlite3.Connection) -> zoneinfo.ZoneInfo:
    """Return the time zone in which the bank has its days."""
    return zoneinfo.ZoneInfo(_setting(connection, "zone"))


def now(connection: sqlite3.Connection) -> datetime.datetime:
    """Return the bank's present moment, in its zone."""
    moment = datetime.datetime.fromisoformat(storage.get_setting(connection, "now"))
    return moment.astimezone(zone(connection))


def today(connection: sqlite3.Connection) -> datetime.date:
    """Return the bank's current day."""
    return now(connection).date()


def set_now(connection: sqlite3.Connection, moment: datetime.datetime) -> None:
    """Move the clock. Booking what is due is the caller's business (`entries.book_due`)."""
    text = moment.astimezone(datetime.timezone.utc).isoformat()
    storage.set_setting(connection, "now", text)


def set_today(connection: sqlite3.Connection, day: datetime.date) -> None:
    """Move the clock to a day and leave the hour; a new bank begins when it opens."""
    hour = now(connection).time() if storage.has_setting(connection, "now") else OPENING
    set_now(connection, datetime.datetime.combine(day, hour, zone(connection)))


def cut_off(connection: sqlite3.Connection) -> datetime.time:
    """Return the hour after which a day takes nothing more."""
    return datetime.time.fromisoformat(_setting(connection, "cut_off"))


def next_business_day(connection: sqlite3.Connection, day: datetime.date) -> datetime.date:
    """Return ``day``, or the first day after it on which the bank works."""
    while _setting(connection, "weekends") == "closed" and day.weekday() >= SATURDAY:
        day += ONE_DAY
    return day


def booking_day(connection: sqlite3.Connection) -> datetime.date:
    """Return the day on which what comes in now is booked."""
    moment = now(connection)
    late = moment.time() >= cut_off(connection)
    return next_business_day(connection, moment.date() + (ONE_DAY if late else 0 * ONE_DAY))


def at_cut_off(connection: sqlite3.Connection, day: datetime.date) -> str:
    """Return the moment the bank closes ``day``, as an ISO date-time in UTC."""
    return in_utc(datetime.datetime.combine(day, cut_off(connection), zone(connection)))


def in_utc(moment: datetime.datetime) -> str:
    """Return a moment as ISO text in UTC, to the second.

    >>> summer = datetime.datetime(2026, 7, 1, 0, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))
    >>> in_utc(summer)
    '2026-06-30T22:30:00Z'
    """
    return f"{moment.astimezone(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def configure(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Set one of `DEFAULTS`."""
    storage.set_setting(connection, name, value)


def describe(connection: sqlite3.Connection) -> dict[str, str]:
    """Return day, moment and rules of the clock, as the levers show them."""
    rules = {name: _setting(connection, name) for name in DEFAULTS}
    moment = now(connection)
    return {"today": moment.date().isoformat(), "now": moment.isoformat(), **rules}


def _setting(connection: sqlite3.Connection, name: str) -> str:
    return storage.get_setting(connection, name, DEFAULTS[name])
