"""The start page: the bank's books for people."""

from flask import Blueprint, render_template

from . import consents, entries, identifiers, ledger, orders, web
from .entries import entry_from

blueprint = Blueprint("pages", __name__)

ENTRIES_SHOWN = 12
CONSENTS_SHOWN = 10
ORDERS_SHOWN = 10


@blueprint.get("/")
def start():
    """Show accounts with balances, the latest entries and the consents."""
    with web.reading() as bank:
        found = [_account(bank, account) for account in ledger.accounts(bank.connection)]
        return render_template(
            "start.html",
            today=bank.today,
            bic=identifiers.BIC,
            accounts=found,
            orders=_orders(bank),
            consents=consents.newest(bank.connection, bank.today, CONSENTS_SHOWN),
        )


def _orders(bank: web.Bank) -> list[tuple[orders.Order, ledger.Account]]:
    """Return the newest orders with their accounts."""
    found = [
        (order, account)
        for account in ledger.accounts(bank.connection)
        for order in orders.all_of(bank.connection, account)
    ]
    return sorted(found, key=lambda pair: -pair[0].number)[:ORDERS_SHOWN]


def _account(bank: web.Bank, account: ledger.Account) -> dict:
    coming = entries.pending(bank.connection, account)
    rows = bank.connection.execute(
        "SELECT * FROM shown_entry WHERE account_id = ? AND booked_number IS NOT NULL"
        " ORDER BY booking_date DESC, booked_number DESC LIMIT ?",
        (account.id, ENTRIES_SHOWN),
    )
    return {
        "account": account,
        "balance": ledger.balance(bank.connection, account.id, bank.today),
        "coming": coming[:ENTRIES_SHOWN][::-1],
        "coming_count": len(coming),
        "coming_total": sum(entry.amount for entry in coming),
        "entries": [entry_from(row) for row in rows],
        "count": bank.connection.execute(
            "SELECT COUNT(*) FROM shown_entry WHERE account_id = ? AND booked_number IS NOT NULL",
            (account.id,),
        ).fetchone()[0],
    }
