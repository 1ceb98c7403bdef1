"""The bank on its first day: one company with an account in euro and one in US dollar."""

import datetime
import sqlite3

from . import clock, identifiers, ledger, storage

OWNER = "Maison Tilleul"
# One year of history may be booked back into the demo accounts.
HISTORY = datetime.timedelta(days=365)
ACCOUNTS = (
    ("EUR", "Business account", identifiers.own_iban(4100200300001), 25_000_00),
    ("USD", "US dollar account", identifiers.own_iban(4100200300002), 10_000_00),
)


def found(connection: sqlite3.Connection, today: datetime.date, *, accounts: bool = True) -> None:
    """Create the tables, set the clock and open the demo accounts."""
    storage.create_schema(connection)
    clock.set_today(connection, today)
    for currency, name, iban, opening in ACCOUNTS if accounts else ():
        ledger.open_account(connection, OWNER, currency, today - HISTORY, opening, iban, name)
