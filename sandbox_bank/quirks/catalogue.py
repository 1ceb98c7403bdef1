"""The quirks by name, their options, and which account has which."""

import json
import sqlite3
from dataclasses import dataclass

from ..errors import format_error
from ..reading import Body


@dataclass(frozen=True)
class Number:
    """An option that is a whole number."""

    default: int
    low: int
    high: int


@dataclass(frozen=True)
class Choice:
    """An option that is one of some words; the first is the default."""

    words: tuple[str, ...]


EVERY = Number(3, 1, 10_000)

QUIRKS: dict[str, dict[str, Number | Choice]] = {
    # What an entry is called.
    "no_ids": {},
    "blank_ids": {"text": Choice((" ", ""))},
    "id_per_session": {},
    "id_reused": {"every": EVERY},
    # What a list holds.
    "twice_on_wire": {"every": Number(5, 1, 10_000)},
    "page_overlap": {"entries": Number(2, 1, 100)},
    "flaky": {"percent": Number(15, 1, 100)},
    "history": {"days": Number(90, 1, 3_650), "how": Choice(("silent", "refuse"))},
    "outside_range": {"days": Number(10, 1, 365)},
    # How pages hang together.
    "next": {
        "kind": Choice(
            ("self", "null_path", "relative", "no_scheme", "not_found", "other_host", "balances")
        )
    },
    "unstable_pages": {"how": Choice(("added", "removed")), "times": Number(1, 0, 1_000)},
    "download": {"address": Choice(("absolute", "relative", "no_scheme"))},
    # Amounts and balances.
    "sign": {"kind": Choice(("reversed", "unsigned"))},
    "balances": {
        "types": Choice(("expected", "interimAvailable", "closingBooked", "none")),
        "days_late": Number(0, 0, 30),
    },
    # The account itself.
    "closed": {},
    "multi_currency": {},
    # What the books say.
    "text_changes": {"every": EVERY, "after_days": Number(2, 0, 365)},
    "date_moves": {"every": EVERY, "days": Number(1, -3, 3), "after_days": Number(1, 0, 365)},
    "removes": {"every": Number(6, 1, 10_000), "after_days": Number(3, 0, 365)},
    "back_dated": {"every": EVERY, "days": Number(5, 1, 365)},
    "booked_twice": {"every": Number(5, 1, 10_000)},
    "pending_changes": {"minor_units": Number(-12, -1_000_000, 1_000_000)},
    "pending_vanishes": {"every": Number(2, 1, 10_000)},
}


def read(body: Body) -> dict[str, dict]:
    """Return the quirks named in a body, their options filled up. ``true`` means the defaults."""
    found = {}
    for name, given in body.value.items():
        if name not in QUIRKS:
            raise format_error(f"is none of {', '.join(QUIRKS)}", f"{body.path}.{name}")
        if given is False:
            continue
        options = Body({} if given is True else given, f"{body.path}.{name}")
        found[name] = {key: _value(options, key, kind) for key, kind in QUIRKS[name].items()}
        if unknown := set(options.value) - set(QUIRKS[name]):
            raise format_error("is no option of this quirk", f"{options.path}.{min(unknown)}")
    return found


def _value(options: Body, key: str, kind: Number | Choice) -> object:
    if isinstance(kind, Number):
        return options.integer(key, kind.low, kind.high, kind.default)
    return options.choice(key, kind.words, kind.words[0])


def replace_all(connection: sqlite3.Connection, account_id: int, quirks: dict[str, dict]) -> None:
    """Give an account these quirks and no others."""
    connection.execute("DELETE FROM quirk WHERE account_id = ?", (account_id,))
    for name, options in quirks.items():
        store(connection, account_id, name, options)


def store(connection: sqlite3.Connection, account_id: int, name: str, options: dict) -> None:
    """Set the options of one quirk of an account."""
    connection.execute(
        "INSERT OR REPLACE INTO quirk VALUES (?, ?, ?)", (account_id, name, json.dumps(options))
    )


def of_account(connection: sqlite3.Connection, account_id: int) -> dict[str, dict]:
    """Return the quirks of an account with their options."""
    rows = connection.execute("SELECT name, options FROM quirk WHERE account_id = ?", (account_id,))
    return {row["name"]: json.loads(row["options"]) for row in rows}
