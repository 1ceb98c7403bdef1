"""Booking simulated payments together with the truth about them."""

import datetime
import json
from dataclasses import dataclass, replace

from .. import entries, money, quirks
from ..ledger import Account
from ..web import Bank


@dataclass(frozen=True)
class Outcome:
    """A payment and what it is really for.

    ``paid_for``: references of the invoices the payer means; ``allocations``: how much of each
    invoice, in minor units, it settles (a second payment of the same invoice settles nothing).
    """

    payment: entries.Payment
    behaviour: str
    variant: str | None = None
    customer: str | None = None
    paid_for: tuple[str, ...] = ()
    allocations: tuple[tuple[str, int], ...] = ()


def record(bank: Bank, account: Account, outcomes: list[Outcome]) -> list[dict]:
    """Book payments, keep the truth, and return what the simulation answers about them."""
    answers = []
    for outcome in _as_this_bank_books(bank, account, outcomes):
        entry_id = entries.take_in(bank.connection, account, outcome.payment, bank.today)
        bank.connection.execute(
            "INSERT INTO truth (entry_id, behaviour, variant, customer, allocations, paid_for)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                entry_id,
                outcome.behaviour,
                outcome.variant,
                outcome.customer,
                json.dumps(outcome.allocations),
                json.dumps(outcome.paid_for),
            ),
        )
        answers.append(entry_id)
    return [truth_of(bank, account, entry_id) for entry_id in answers]


def _as_this_bank_books(bank: Bank, account: Account, outcomes: list[Outcome]) -> list[Outcome]:
    """Return the payments with those that the account's quirks book twice or back in time."""
    found = quirks.of_account(bank.connection, account.id)
    booked = []
    for number, outcome in enumerate(outcomes, start=1):
        is_late = "back_dated" in found and not number % found["back_dated"]["every"]
        days = found["back_dated"]["days"] if is_late else 0
        day = max(outcome.payment.booking_date - datetime.timedelta(days=days), account.opened_on)
        dated = replace(outcome, payment=replace(outcome.payment, booking_date=day))
        booked.append(dated)
        if "booked_twice" in found and not number % found["booked_twice"]["every"]:
            booked.append(replace(dated, variant="booked_twice", allocations=()))
    return booked


def truth_of(bank: Bank, account: Account, entry_id: int) -> dict:
    """Return one entry with the truth about it."""
    row = bank.connection.execute(
        "SELECT * FROM shown_entry e LEFT JOIN truth t ON t.entry_id = e.id WHERE e.id = ?",
        (entry_id,),
    ).fetchone()
    return truth_json(row, account.currency)


def truth_json(row, currency: str) -> dict:
    """Return a joined row of ``entry`` and ``truth`` for a test to compare with.

    An entry of an order or of the bank itself has no truth of payers and invoices.
    """
    return {
        "id": row["transaction_id"],
        "entry_reference": row["entry_reference"],
        "status": _status(row),
        "booking_date": row["booking_date"],
        "value_date": row["value_date"],
        "amount": money.to_text(row["amount"], currency),
        "end_to_end_id": row["end_to_end_id"],
        "counterparty_name": row["counterparty_name"],
        "counterparty_iban": row["counterparty_iban"],
        "remittance": json.loads(row["remittance"]),
        "creditor_reference": row["creditor_reference"],
        "bank_transaction_code": row["bank_transaction_code"],
        "details": json.loads(row["details"]),
        "extra": json.loads(row["extra"]),
        "behaviour": row["behaviour"],
        "variant": row["variant"],
        "customer": row["customer"],
        "reference_of": json.loads(row["paid_for"] or "[]"),
        "allocations": [
            {"reference": reference, "amount": money.to_text(amount, currency)}
            for reference, amount in json.loads(row["allocations"] or "[]")
        ],
    }


def _status(row) -> str:
    if "removed" in row.keys():  # noqa: SIM118 (a row of SQLite is no mapping)
        return "removed"
    return "pending" if row["booked_number"] is None else "booked"
