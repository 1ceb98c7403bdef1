"""The bank's own day. It only moves when it is told to."""

import datetime
import sqlite3

from . import storage

# Times of day are not kept; what needs one gets the cut-off of the bank's day, in UTC.
CUT_OFF = "T17:00:00Z"


def today(connection: sqlite3.Connection) -> datetime.date:
    """Return the bank's current booking day."""
    return datetime.date.fromisoformat(storage.get_setting(connection, "today"))


def set_today(connection: sqlite3.Connection, day: datetime.date) -> None:
    """Move the clock. Booking what is due is the caller's business (`entries.book_due`)."""
    storage.set_setting(connection, "today", day.isoformat())


def at_cut_off(day: datetime.date) -> str:
    """Return the moment the bank closes ``day``, as an ISO date-time in UTC."""
    return f"{day.isoformat()}{CUT_OFF}"
