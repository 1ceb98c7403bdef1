"""Accounts and balances."""

from flask import jsonify

from .. import quirks, web
from . import guard, mapping, quota_answers
from .blueprint import blueprint


@blueprint.get("/accounts")
def account_list():
    """Return the accounts of the consent."""
    guard.check_accept(guard.JSON)
    with_balance = guard.boolean_parameter("withBalance")
    with web.reading() as bank:
        grants = guard.valid_consent(bank).grants
        quota_answers.count_list()
        return jsonify({"accounts": [_details(bank, grant, with_balance) for grant in grants]})


@blueprint.get("/accounts/<resource_id>")
def account_details(resource_id: str):
    """Return one account."""
    guard.check_accept(guard.JSON)
    with_balance = guard.boolean_parameter("withBalance")
    with web.reading() as bank:
        grant = guard.granted(bank, resource_id)
        return jsonify({"account": _details(bank, grant, with_balance)})


def _details(bank: web.Bank, grant, with_balance: bool) -> dict:
    shown = mapping.balance_list(bank, grant.account) if with_balance and grant.balances else None
    is_closed = "closed" in quirks.of_account(bank.connection, grant.account.id)
    return mapping.account_details(grant, shown, is_closed=is_closed)


@blueprint.get("/accounts/<resource_id>/balances")
def balances(resource_id: str):
    """Return the balances of one account."""
    guard.check_accept(guard.JSON)
    with web.reading() as bank:
        account = guard.granted(bank, resource_id, right="balances").account
        return jsonify(
            {
                "account": mapping.account_reference(account),
                "balances": mapping.balance_list(bank, account),
            }
        )
