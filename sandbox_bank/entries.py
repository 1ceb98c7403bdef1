"""Entries of a customer's account: pending, then booked; what statements and lists show."""

import datetime
import json
import sqlite3
from dataclasses import asdict, dataclass, field

from . import clock, events, identifiers, ledger
from .quirks import books

CREDIT_TRANSFER_IN = "PMNT-RCDT-ESCT"
CREDIT_TRANSFER_OUT = "PMNT-ICDT-ESCT"


@dataclass(frozen=True)
class Detail:
    """One payment inside a batch entry; ``amount`` in minor units, signed like the entry's."""

    amount: int
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    remittance: tuple[str, ...] = ()
    creditor_reference: str | None = None
    end_to_end_id: str | None = None


@dataclass(frozen=True)
class Payment:
    """What is to be booked on an account. ``amount``: minor units, positive for money in.

    ``counter`` names the bank's own account on the other side of the ledger: ``clearing`` for
    payments from and to other banks, ``income`` for charges, ``interest`` for interest. ``extra``
    holds what only some payments have, by its name in `Entry`.
    """

    amount: int
    booking_date: datetime.date
    counterparty_name: str | None = None
    counterparty_iban: str | None = None
    remittance: tuple[str, ...] = ()
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    purpose_code: str | None = None
    bank_transaction_code: str = CREDIT_TRANSFER_IN
    counter: str = "clearing"
    details: tuple[Detail, ...] = ()
    value_date: datetime.date | None = None
    extra: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A line of an account. ``booked_number`` and ``entry_reference`` are None while pending.

    ``extra`` may have ``exchange`` (``currency``, ``amount`` in its minor units, ``rate``),
    ``charges`` (minor units of the account's currency), ``mandate_id``, ``creditor_id``,
    ``additional_information``, ``reversal`` (true) and ``return_reason``. ``booked_time`` is the
    hour of booking in the bank's zone.
    """

    id: int
    account_id: int
    transaction_id: str | None
    entry_reference: str | None
    booked_number: int | None
    booking_date: datetime.date
    value_date: datetime.date
    amount: int
    counterparty_name: str | None
    counterparty_iban: str | None
    remittance: tuple[str, ...]
    creditor_reference: str | None
    end_to_end_id: str | None
    purpose_code: str | None
    bank_transaction_code: str
    details: tuple[Detail, ...]
    extra: dict
    booked_time: str | None

    @property
    def is_booked(self) -> bool:
        """Tell whether the entry counts in the booked balance."""
        return self.booked_number is not None


def take_in(
    connection: sqlite3.Connection,
    account: ledger.Account,
    payment: Payment,
    today: datetime.date,
) -> int:
    """Record a payment and book it at once unless its day is still to come. Return its id."""
    day = payment.booking_date.isoformat()
    number = connection.execute(
        "SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'entry'"
    ).fetchone()[0]
    entry_id = connection.execute(
        "INSERT INTO entry (account_id, counter_kind, transaction_id, booking_date, value_date,"
        " amount, counterparty_name, counterparty_iban, remittance, creditor_reference,"
        " end_to_end_id, purpose_code, bank_transaction_code, details, extra)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            account.id,
            payment.counter,
            identifiers.derived_id("transaction", account.resource_id, number),
            day,
            (payment.value_date or payment.booking_date).isoformat(),
            payment.amount,
            payment.counterparty_name,
            payment.counterparty_iban,
            json.dumps(payment.remittance),
            payment.creditor_reference,
            payment.end_to_end_id,
            payment.purpose_code,
            payment.bank_transaction_code,
            json.dumps([asdict(detail) for detail in payment.details]),
            json.dumps(payment.extra),
        ),
    ).lastrowid
    if payment.booking_date <= today:
        _book(connection, entry_id)
    return entry_id


def book_due(connection: sqlite3.Connection, today: datetime.date) -> int:
    """Book the pending entries whose day has come, in order of their day. Return how many.

    Then follows what the bank's quirks change in its books over time.
    """
    due = connection.execute(
        "SELECT * FROM shown_entry WHERE booked_number IS NULL AND booking_date <= ?"
        " ORDER BY booking_date, id",
        (today.isoformat(),),
    ).fetchall()
    kept = [row for row in due if not books.vanishes(connection, row)]
    for row in kept:
        books.before_booking(connection, row)
        _book(connection, row["id"])
    books.after_hours(connection, today)
    return len(kept)


def _book(connection: sqlite3.Connection, entry_id: int) -> None:
    row = connection.execute(
        "SELECT e.*, a.currency, a.resource_id FROM entry e"
        " JOIN account a ON a.id = e.account_id WHERE e.id = ?",
        (entry_id,),
    ).fetchone()
    number = last_booked_number(connection) + 1
    connection.execute(
        "UPDATE entry SET booked_number = ?, entry_reference = ?, booked_time = ? WHERE id = ?",
        (
            number,
            f"SB{row['booking_date'].replace('-', '')}{number:08d}",
            f"{clock.now(connection):%H:%M:%S}",
            entry_id,
        ),
    )
    counter = ledger.internal_account(connection, row["counter_kind"], row["currency"])
    lines = [(row["account_id"], row["amount"]), (counter, -row["amount"])]
    day = datetime.date.fromisoformat(row["booking_date"])
    ledger.post(connection, day, lines, row["bank_transaction_code"], entry_id)
    events.note(connection, "account", row["resource_id"])


def last_booked_number(connection: sqlite3.Connection) -> int:
    """Return the number of the entry booked last, 0 when there is none."""
    return connection.execute("SELECT COALESCE(MAX(booked_number), 0) FROM entry").fetchone()[0]


def booked(
    connection: sqlite3.Connection,
    account: ledger.Account,
    date_from: datetime.date,
    date_to: datetime.date,
) -> list[Entry]:
    """Return the entries booked in the period, both days included, oldest first."""
    rows = connection.execute(
        "SELECT * FROM shown_entry WHERE account_id = ? AND booked_number IS NOT NULL"
        " AND booking_date BETWEEN ? AND ? ORDER BY booking_date, booked_number",
        (account.id, date_from.isoformat(), date_to.isoformat()),
    )
    return [entry_from(row) for row in rows]


def pending(connection: sqlite3.Connection, account: ledger.Account) -> list[Entry]:
    """Return the entries announced but not booked, oldest first."""
    rows = connection.execute(
        "SELECT * FROM shown_entry WHERE account_id = ? AND booked_number IS NULL"
        " ORDER BY booking_date, id",
        (account.id,),
    )
    return [entry_from(row) for row in rows]


def find_entry(
    connection: sqlite3.Connection, account: ledger.Account, transaction_id: str
) -> Entry | None:
    """Return one entry of the account by the id third parties know."""
    row = connection.execute(
        "SELECT * FROM shown_entry WHERE account_id = ? AND transaction_id = ?",
        (account.id, transaction_id),
    ).fetchone()
    return entry_from(row) if row else None


def entry_from(row: sqlite3.Row) -> Entry:
    """Return the entry of a row of the table ``entry``."""
    return Entry(
        id=row["id"],
        account_id=row["account_id"],
        transaction_id=row["transaction_id"],
        entry_reference=row["entry_reference"],
        booked_number=row["booked_number"],
        booking_date=datetime.date.fromisoformat(row["booking_date"]),
        value_date=datetime.date.fromisoformat(row["value_date"]),
        amount=row["amount"],
        counterparty_name=row["counterparty_name"],
        counterparty_iban=row["counterparty_iban"],
        remittance=tuple(json.loads(row["remittance"])),
        creditor_reference=row["creditor_reference"],
        end_to_end_id=row["end_to_end_id"],
        purpose_code=row["purpose_code"],
        bank_transaction_code=row["bank_transaction_code"],
        details=tuple(_detail(values) for values in json.loads(row["details"])),
        extra=json.loads(row["extra"]),
        booked_time=row["booked_time"],
    )


def _detail(values: dict) -> Detail:
    return Detail(**{**values, "remittance": tuple(values["remittance"])})
