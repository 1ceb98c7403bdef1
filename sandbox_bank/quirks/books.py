"""Quirks that change what the bank's books say: later, and without a word.

The ledger stays true: what an entry loses or moves is posted, so that every balance is the sum of
the entries shown.
"""

import datetime
import json
import sqlite3

from .. import identifiers, ledger
from .catalogue import of_account

LATER_TEXT = "VALUTA / DATE VALEUR "


def after_hours(connection: sqlite3.Connection, today: datetime.date) -> None:
    """Change, move and remove the booked entries whose time for it has come."""
    rows = connection.execute(
        "SELECT s.*, q.name, q.options, r.booking_date AS moved, r.remittance AS changed"
        " FROM shown_entry s JOIN quirk q ON q.account_id = s.account_id"
        " LEFT JOIN revision r ON r.entry_id = s.id"
        " WHERE s.booked_number IS NOT NULL"
        " AND q.name IN ('text_changes', 'date_moves', 'removes')"
        " ORDER BY q.name, s.booked_number"
    ).fetchall()
    removed = set()
    for row in rows:
        options = json.loads(row["options"])
        booked = datetime.date.fromisoformat(row["booking_date"])
        is_due = booked + datetime.timedelta(days=options["after_days"]) <= today
        if row["id"] % options["every"] or not is_due or row["id"] in removed:
            continue
        if row["name"] == "removes":
            remove(connection, row["id"])
            removed.add(row["id"])
        elif row["name"] == "text_changes" and row["changed"] is None:
            lines = json.loads(row["remittance"])
            change_text(connection, row["id"], [_later(line) for line in lines] or [LATER_TEXT])
        elif row["name"] == "date_moves" and row["moved"] is None:
            day = booked + datetime.timedelta(days=options["days"])
            move(connection, row["id"], min(day, today))


def _later(line: str) -> str:
    return f"{LATER_TEXT}{line}".upper()[:140]


def change_text(connection: sqlite3.Connection, entry_id: int, lines: list[str]) -> None:
    """Show another remittance text from now on."""
    _revise(connection, entry_id, remittance=json.dumps(lines))


def move(connection: sqlite3.Connection, entry_id: int, day: datetime.date) -> None:
    """Show an entry on another day, and post it there; not before the account was opened."""
    row = _shown(connection, entry_id)
    day = max(day, datetime.date.fromisoformat(row["opened_on"]))
    if row["booked_number"] is not None:
        was = datetime.date.fromisoformat(row["booking_date"])
        _post(connection, row, was, -row["amount"], "moved from here")
        _post(connection, row, day, row["amount"], "moved to here")
    _revise(connection, entry_id, booking_date=day.isoformat())


def remove(connection: sqlite3.Connection, entry_id: int) -> None:
    """Let an entry vanish, and its amount from every balance since its day."""
    row = _shown(connection, entry_id)
    if row["booked_number"] is not None:
        was = datetime.date.fromisoformat(row["booking_date"])
        _post(connection, row, was, -row["amount"], "removed")
    _revise(connection, entry_id, removed=1)


def vanishes(connection: sqlite3.Connection, entry: sqlite3.Row) -> bool:
    """Tell whether a pending entry is dropped instead of booked; if so, drop it."""
    options = of_account(connection, entry["account_id"]).get("pending_vanishes")
    if not options or entry["id"] % options["every"]:
        return False
    remove(connection, entry["id"])
    return True


def before_booking(connection: sqlite3.Connection, entry: sqlite3.Row) -> None:
    """Give a pending entry the other id and amount with which it is going to be booked."""
    options = of_account(connection, entry["account_id"]).get("pending_changes")
    if not options:
        return
    amount = entry["amount"] + options["minor_units"]
    connection.execute(
        "UPDATE entry SET transaction_id = ?, amount = ? WHERE id = ?",
        (
            identifiers.derived_id("booked", entry["transaction_id"]),
            amount or entry["amount"],
            entry["id"],
        ),
    )


def _shown(connection: sqlite3.Connection, entry_id: int) -> sqlite3.Row:
    return connection.execute(
        "SELECT s.*, a.currency, a.opened_on FROM shown_entry s"
        " JOIN account a ON a.id = s.account_id WHERE s.id = ?",
        (entry_id,),
    ).fetchone()


def _post(
    connection: sqlite3.Connection, row: sqlite3.Row, day: datetime.date, amount: int, what: str
) -> None:
    counter = ledger.internal_account(connection, row["counter_kind"], row["currency"])
    lines = [(row["account_id"], amount), (counter, -amount)]
    ledger.post(connection, day, lines, f"entry {row['id']} {what}")


def _revise(connection: sqlite3.Connection, entry_id: int, **values: object) -> None:
    connection.execute("INSERT OR IGNORE INTO revision (entry_id) VALUES (?)", (entry_id,))
    for name, value in values.items():
        connection.execute(
            f"UPDATE revision SET {name} = ? WHERE entry_id = ?",  # noqa: S608 (our own names)
            (value, entry_id),
        )
