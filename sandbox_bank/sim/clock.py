"""Moving the bank's day and hour."""

import datetime
import zoneinfo

from flask import jsonify

from .. import clock, entries, orders, web
from ..errors import Refused, format_error
from ..reading import Body
from .common import blueprint, read_body

LAST_DAY = datetime.date(2999, 12, 31)
MINUTES = 36_500 * 24 * 60


@blueprint.get("/clock")
def read_clock():
    """Return the bank's day, moment, zone and rules."""
    with web.reading() as bank:
        return jsonify(clock.describe(bank.connection))


@blueprint.post("/clock")
def set_clock():
    """Go to a day or a moment, or ahead, and do what became due.

    The day can only go back as long as nothing is booked after it.
    """
    body = read_body()
    with web.writing() as bank:
        _configure(bank, body)
        _move(bank, body)
        today = clock.today(bank.connection)
        if today > LAST_DAY:
            raise Refused(409, "PERIOD_INVALID", f"the clock ends on {LAST_DAY}", "$.today")
        last = bank.connection.execute(
            "SELECT MAX(booking_date) FROM shown_entry WHERE booked_number IS NOT NULL"
        ).fetchone()[0]
        if last and last > today.isoformat():
            text = f"entries are booked up to {last}; start over with /sim/reset"
            raise Refused(409, "PERIOD_INVALID", text, "$.today")
        orders.progress(bank.connection)
        booked = entries.book_due(bank.connection, today)
        answer = clock.describe(bank.connection)
    return jsonify({**answer, "booked": booked})


def _configure(bank: web.Bank, body: Body) -> None:
    name = body.text("zone", 60, None)
    if name is not None:
        if name not in zoneinfo.available_timezones():
            raise format_error("must be a time zone such as Europe/Luxembourg", "$.zone")
        clock.configure(bank.connection, "zone", name)
    hour = body.text("cut_off", 5, None)
    if hour is not None:
        try:
            until = datetime.time.fromisoformat(hour)
        except ValueError as error:
            raise format_error("must be an hour as HH:MM", "$.cut_off") from error
        clock.configure(bank.connection, "cut_off", f"{until:%H:%M}")
    weekends = body.choice("weekends", ("open", "closed"), None)
    if weekends is not None:
        clock.configure(bank.connection, "weekends", weekends)


def _move(bank: web.Bank, body: Body) -> None:
    connection = bank.connection
    moment = body.text("now", 40, None)
    if moment is not None:
        clock.set_now(connection, _moment(connection, moment))
    days = datetime.timedelta(days=body.integer("advance_days", 0, 36_500, 0))
    try:
        day = body.date("today", clock.today(connection)) + days
        if day != clock.today(connection):
            clock.set_today(connection, day)
        minutes = datetime.timedelta(minutes=body.integer("advance_minutes", 0, MINUTES, 0))
        clock.set_now(connection, clock.now(connection).astimezone(datetime.timezone.utc) + minutes)
    except OverflowError as error:
        raise Refused(409, "PERIOD_INVALID", f"the clock ends on {LAST_DAY}", "$.today") from error


def _moment(connection, text: str) -> datetime.datetime:
    """Return a moment; without an offset it is meant in the bank's zone."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise format_error("must be a moment as YYYY-MM-DDTHH:MM", "$.now") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.zone(connection))
