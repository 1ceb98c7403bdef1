"""The general ledger: accounts, postings that sum to zero, balances that are sums."""

import datetime
import sqlite3
from dataclasses import dataclass

from . import identifiers

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Account:
    """A customer's account. ``id`` is internal; ``resource_id`` is what third parties see."""

    id: int
    resource_id: str
    owner: str
    name: str
    iban: str
    currency: str
    opened_on: datetime.date


class AccountExists(Exception):
    """There already is an account with this IBAN and currency."""


def open_account(
    connection: sqlite3.Connection,
    owner: str,
    currency: str,
    opened_on: datetime.date,
    opening: int = 0,
    iban: str | None = None,
    name: str = "",
) -> Account:
    """Open a customer's account and post its opening balance against the bank's equity.

    The opening balance belongs to the day before ``opened_on``: it is in every statement's
    opening balance and is no entry itself.

    :param opening: minor units, may be negative
    :param iban: a free number of this bank if not given
    :raise AccountExists: the pair of IBAN and currency is taken
    """
    iban = iban or _free_iban(connection)
    resource_id = identifiers.derived_id("account", iban, currency)
    try:
        cursor = connection.execute(
            "INSERT INTO account (resource_id, kind, owner, name, iban, currency, opened_on)"
            " VALUES (?, 'customer', ?, ?, ?, ?, ?)",
            (resource_id, owner, name or "Current account", iban, currency, opened_on.isoformat()),
        )
    except sqlite3.IntegrityError as error:
        raise AccountExists(iban) from error
    if opening:
        equity = internal_account(connection, "equity", currency)
        lines = [(cursor.lastrowid, opening), (equity, -opening)]
        post(connection, opened_on - ONE_DAY, lines, f"Opening balance of {iban}")
    return find_account(connection, resource_id)


def _free_iban(connection: sqlite3.Connection) -> str:
    number = connection.execute("SELECT COALESCE(MAX(id), 0) FROM account").fetchone()[0]
    while True:
        number += 1
        iban = identifiers.own_iban(number)
        if not connection.execute("SELECT 1 FROM account WHERE iban = ?", (iban,)).fetchone():
            return iban


def internal_account(connection: sqlite3.Connection, kind: str, currency: str) -> int:
    """Return the id of one of the bank's own accounts; it is opened when first needed."""
    resource_id = f"internal/{kind}/{currency}"
    row = connection.execute(
        "SELECT id FROM account WHERE resource_id = ?", (resource_id,)
    ).fetchone()
    if row:
        return row["id"]
    cursor = connection.execute(
        "INSERT INTO account (resource_id, kind, owner, name, currency, opened_on)"
        " VALUES (?, 'internal', ?, ?, ?, '0001-01-01')",
        (resource_id, identifiers.BANK_NAME, kind, currency),
    )
    return cursor.lastrowid


def post(
    connection: sqlite3.Connection,
    booking_date: datetime.date,
    lines: list[tuple[int, int]],
    text: str,
    entry_id: int | None = None,
) -> None:
    """Write one journal.

    :param lines: pairs of account id and minor units; positive is in favor of the account's owner
    :raise ValueError: the lines do not sum to zero
    """
    if sum(amount for _account, amount in lines):
        raise ValueError("the postings of a journal must sum to zero")
    day = booking_date.isoformat()
    journal = connection.execute(
        "INSERT INTO journal (booking_date, entry_id, text) VALUES (?, ?, ?)", (day, entry_id, text)
    ).lastrowid
    connection.executemany(
        "INSERT INTO posting (journal_id, account_id, booking_date, amount) VALUES (?, ?, ?, ?)",
        [(journal, account, day, amount) for account, amount in lines],
    )


def balance(connection: sqlite3.Connection, account_id: int, until: datetime.date) -> int:
    """Return the sum of the account's postings up to and including ``until``, in minor units."""
    return connection.execute(
        "SELECT COALESCE(SUM(amount), 0) FROM posting WHERE account_id = ? AND booking_date <= ?",
        (account_id, until.isoformat()),
    ).fetchone()[0]


def find_account(connection: sqlite3.Connection, identification: str) -> Account | None:
    """Return the customer's account with this resource id or IBAN (the oldest with that IBAN)."""
    row = connection.execute(
        "SELECT * FROM account WHERE kind = 'customer' AND (resource_id = ? OR iban = ?)"
        " ORDER BY id LIMIT 1",
        (identification, identification),
    ).fetchone()
    return _account(row) if row else None


def account_with_id(connection: sqlite3.Connection, account_id: int) -> Account:
    """Return the customer's account with this internal id; a wrong one is a programming error."""
    row = connection.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
    return _account(row)


def accounts(connection: sqlite3.Connection) -> list[Account]:
    """Return all customers' accounts, oldest first."""
    rows = connection.execute("SELECT * FROM account WHERE kind = 'customer' ORDER BY id")
    return [_account(row) for row in rows]


def _account(row: sqlite3.Row) -> Account:
    return Account(
        id=row["id"],
        resource_id=row["resource_id"],
        owner=row["owner"],
        name=row["name"],
        iban=row["iban"],
        currency=row["currency"],
        opened_on=datetime.date.fromisoformat(row["opened_on"]),
    )
