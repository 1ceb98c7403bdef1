"""Opening accounts and starting over."""

from flask import jsonify

from .. import demo, ledger, money, storage, web
from ..errors import Refused
from .common import blueprint, read_body


@blueprint.post("/reset")
def reset():
    """Throw everything away and found the bank again, by default on its present day."""
    body = read_body()
    with web.writing() as bank:
        today = body.date("today", bank.today)
        with_accounts = body.boolean("demo_accounts", True)
        storage.drop_schema(bank.connection)
        demo.found(bank.connection, today, accounts=with_accounts)
        opened = ledger.accounts(bank.connection)
    return jsonify(
        {"today": today.isoformat(), "accounts": [account_json(account) for account in opened]}
    )


@blueprint.post("/accounts")
def open_account():
    """Open an account for a customer of the bank."""
    body = read_body()
    currency = body.currency("currency")
    with web.writing() as bank:
        try:
            account = ledger.open_account(
                bank.connection,
                owner=body.text("owner", 70),
                currency=currency,
                opened_on=body.date("opened_on", bank.today - demo.HISTORY),
                opening=body.amount("opening", currency, 0),
                iban=body.iban("iban", None),
                name=body.text("name", 70, ""),
            )
        except ledger.AccountExists as error:
            text = "the bank already keeps this account in this currency"
            raise Refused(409, "RESOURCE_EXISTS", text, "$.iban") from error
        opening = money.to_text(
            ledger.balance(bank.connection, account.id, bank.today), account.currency
        )
    return jsonify({**account_json(account), "balance": opening}), 201


def account_json(account: ledger.Account) -> dict:
    """Return what a test needs to know to use an account."""
    return {
        "resource_id": account.resource_id,
        "iban": account.iban,
        "currency": account.currency,
        "owner": account.owner,
        "name": account.name,
        "opened_on": account.opened_on.isoformat(),
    }
