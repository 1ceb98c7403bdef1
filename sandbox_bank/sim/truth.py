"""What really happened: for tests that compare their books with the bank's."""

from flask import jsonify

from .. import ledger, money, orders, quirks, web
from .common import blueprint
from .orders import order_json
from .recording import truth_json


@blueprint.get("/truth")
def truth():
    """Return all accounts with their booked balance and all entries, oldest booking first."""
    with web.reading() as bank:
        accounts = [_account(bank, account) for account in ledger.accounts(bank.connection)]
        return jsonify({"clock": bank.today.isoformat(), "accounts": accounts})


def _account(bank: web.Bank, account: ledger.Account) -> dict:
    rows = bank.connection.execute(
        "SELECT * FROM shown_entry e LEFT JOIN truth t ON t.entry_id = e.id WHERE e.account_id = ?"
        " ORDER BY e.booking_date, e.booked_number IS NULL, e.booked_number, e.id",
        (account.id,),
    )
    return {
        "resource_id": account.resource_id,
        "iban": account.iban,
        "currency": account.currency,
        "owner": account.owner,
        "opened_on": account.opened_on.isoformat(),
        "opening": _balance(bank, account, account.opened_on - ledger.ONE_DAY),
        "balance": _balance(bank, account, bank.today),
        "entries": [truth_json(row, account.currency) for row in rows],
        "removed": [truth_json(row, account.currency) for row in _removed(bank, account)],
        "orders": [order_json(order, account) for order in orders.all_of(bank.connection, account)],
        "quirks": quirks.of_account(bank.connection, account.id),
    }


def _removed(bank: web.Bank, account: ledger.Account) -> list:
    """Return the entries the bank once showed and shows no more."""
    return bank.connection.execute(
        "SELECT e.*, t.*, 1 AS removed FROM entry e JOIN revision r ON r.entry_id = e.id"
        " LEFT JOIN truth t ON t.entry_id = e.id"
        " WHERE e.account_id = ? AND r.removed = 1 ORDER BY e.id",
        (account.id,),
    ).fetchall()


def _balance(bank: web.Bank, account: ledger.Account, until) -> str:
    return money.to_text(ledger.balance(bank.connection, account.id, until), account.currency)
