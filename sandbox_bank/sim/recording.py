"""Booking simulated payments together with the truth about them."""

import json
from dataclasses import dataclass

from .. import entries, money
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
    for outcome in outcomes:
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


def truth_of(bank: Bank, account: Account, entry_id: int) -> dict:
    """Return one entry with the truth about it."""
    row = bank.connection.execute(
        "SELECT * FROM entry e LEFT JOIN truth t ON t.entry_id = e.id WHERE e.id = ?", (entry_id,)
    ).fetchone()
    return truth_json(row, account.currency)


def truth_json(row, currency: str) -> dict:
    """Return a joined row of ``entry`` and ``truth`` for a test to compare with."""
    return {
        "id": row["transaction_id"],
        "entry_reference": row["entry_reference"],
        "status": "pending" if row["booked_number"] is None else "booked",
        "booking_date": row["booking_date"],
        "amount": money.to_text(row["amount"], currency),
        "end_to_end_id": row["end_to_end_id"],
        "counterparty_name": row["counterparty_name"],
        "behaviour": row["behaviour"],
        "variant": row["variant"],
        "customer": row["customer"],
        "reference_of": json.loads(row["paid_for"]),
        "allocations": [
            {"reference": reference, "amount": money.to_text(amount, currency)}
            for reference, amount in json.loads(row["allocations"])
        ],
    }
