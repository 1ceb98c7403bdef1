"""Moving the bank's day."""

import datetime

from flask import jsonify

from .. import clock, entries, web
from ..errors import Refused
from .common import blueprint, read_body

LAST_DAY = datetime.date(2999, 12, 31)


@blueprint.get("/clock")
def read_clock():
    """Return the bank's day."""
    with web.reading() as bank:
        return jsonify({"today": bank.today.isoformat()})


@blueprint.post("/clock")
def set_clock():
    """Go to a day, or some days ahead, and book what became due.

    The day can only go back as long as nothing is booked after it.
    """
    body = read_body()
    with web.writing() as bank:
        days = body.integer("advance_days", 0, 36_500, 0)
        today = body.date("today", bank.today) + datetime.timedelta(days=days)
        if today > LAST_DAY:
            raise Refused(409, "PERIOD_INVALID", f"the clock ends on {LAST_DAY}", "$.today")
        last = bank.connection.execute(
            "SELECT MAX(booking_date) FROM entry WHERE booked_number IS NOT NULL"
        ).fetchone()[0]
        if last and last > today.isoformat():
            text = f"entries are booked up to {last}; start over with /sim/reset"
            raise Refused(409, "PERIOD_INVALID", text, "$.today")
        clock.set_today(bank.connection, today)
        booked = entries.book_due(bank.connection, today)
    return jsonify({"today": today.isoformat(), "booked": booked})
