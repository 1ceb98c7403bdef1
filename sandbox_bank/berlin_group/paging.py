"""Pages of a transaction list that stay put while new entries are booked.

The first page notes the number of the entry booked last. All further pages show only entries
booked up to it, so that a back-dated entry that arrives meanwhile can push nothing from one page
to another: every entry is on exactly one page. The place is kept in the token, not at the bank.
"""

import base64
import binascii
import hashlib
import hmac
import json
import sqlite3
from dataclasses import asdict, dataclass

from .. import storage
from ..entries import Entry, entry_from
from ..errors import format_error

# An offset that counts from the newest entry, as every list with offsets begins.
FIRST_OFFSET = 1


@dataclass(frozen=True)
class Place:
    """Where a page begins: after the entry (``date``, ``number``), counting from the newest.

    ``snapshot`` is the booked number of the newest entry of the whole walk; ``after`` the booked
    number a delta request starts from, 0 for all.
    """

    account_id: int
    status: str
    date_from: str
    date_to: str
    after: int
    snapshot: int
    date: str = "9999-12-31"
    number: int = 2**62
    shown_from: str = ""
    offset: int = 0
    account_ids: tuple[int, ...] = ()

    @property
    def accounts_sql(self) -> str:
        """Return the ids of the accounts as a list for SQL."""
        return ", ".join(str(int(each)) for each in self.account_ids or (self.account_id,))


def booked_page(
    connection: sqlite3.Connection, place: Place, size: int, overlap: int = 0
) -> tuple[list[Entry], Place | None]:
    """Return up to ``size`` booked entries, newest first, and the place of the next page.

    :param overlap: how many entries the next page repeats
    """
    if place.offset:
        return _page_by_offset(connection, place, size)
    rows = connection.execute(
        f"SELECT * FROM shown_entry WHERE account_id IN ({place.accounts_sql})"  # noqa: S608 (numbers)
        " AND booked_number BETWEEN ? AND ?"
        " AND booking_date BETWEEN ? AND ? AND (booking_date, booked_number) < (?, ?)"
        " ORDER BY booking_date DESC, booked_number DESC LIMIT ?",
        (
            place.after + 1,
            place.snapshot,
            place.shown_from or place.date_from,
            place.date_to,
            place.date,
            place.number,
            size + 1,
        ),
    ).fetchall()
    found = [entry_from(row) for row in rows[:size]]
    if len(rows) <= size:
        return found, None
    last = found[-1 - min(overlap, size - 1)]
    values = {**asdict(place), "date": last.booking_date.isoformat(), "number": last.booked_number}
    return found, Place(**values)


def _page_by_offset(
    connection: sqlite3.Connection, place: Place, size: int
) -> tuple[list[Entry], Place | None]:
    rows = connection.execute(
        f"SELECT * FROM shown_entry WHERE account_id IN ({place.accounts_sql})"  # noqa: S608 (numbers)
        " AND booked_number > ?"
        " AND booking_date BETWEEN ? AND ? ORDER BY booking_date DESC, booked_number DESC"
        " LIMIT ? OFFSET ?",
        (
            place.after,
            place.shown_from or place.date_from,
            place.date_to,
            size + 1,
            place.offset - FIRST_OFFSET,
        ),
    ).fetchall()
    found = [entry_from(row) for row in rows[:size]]
    following = Place(**{**asdict(place), "offset": place.offset + size})
    return found, following if len(rows) > size else None


def to_token(connection: sqlite3.Connection, place: Place) -> str:
    """Return the place as text only this bank can make."""
    payload = json.dumps(asdict(place), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(connection, payload) + payload).decode().rstrip("=")


def from_token(connection: sqlite3.Connection, token: str) -> Place:
    """Return the place in a token.

    :raise Refused: this bank did not make the token
    """
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise format_error("is no page of this bank", "pageToken") from error
    seal, payload = raw[:32], raw[32:]
    if not hmac.compare_digest(seal, _seal(connection, payload)):
        raise format_error("is no page of this bank", "pageToken")
    values = json.loads(payload)
    return Place(**{**values, "account_ids": tuple(values["account_ids"])})


def _seal(connection: sqlite3.Connection, payload: bytes) -> bytes:
    secret = storage.get_setting(connection, "secret").encode()
    return hmac.new(secret, payload, hashlib.sha256).digest()
