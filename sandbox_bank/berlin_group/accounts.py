"""Accounts and balances."""

from flask import jsonify

from .. import quirks, web
from . import guard, mapping, quirky, quota_answers
from .blueprint import blueprint


@blueprint.get("/accounts")
def account_list():
    """Return the accounts of the consent."""
    guard.check_accept(guard.JSON)
    with_balance = guard.boolean_parameter("withBalance")
    with web.reading() as bank:
        grants = guard.valid_consent(bank).grants
        quota_answers.count_list()
        shown = quirky.listed(bank, grants)
        return jsonify({"accounts": [_details(bank, grant, with_balance) for grant in shown]})


@blueprint.get("/accounts/<resource_id>")
def account_details(resource_id: str):
    """Return one account."""
    guard.check_accept(guard.JSON)
    with_balance = guard.boolean_parameter("withBalance")
    with web.reading() as bank:
        grant = guard.granted(bank, resource_id)
        return jsonify({"account": _details(bank, grant, with_balance)})


def _details(bank: web.Bank, grant, with_balance: bool) -> dict:
    found = quirks.of_account(bank.connection, grant.account.id)
    together = quirky.members(bank, grant.account, found)
    shown = mapping.all_balances(bank, together) if with_balance and grant.balances else None
    return mapping.account_details(grant, shown, found)


@blueprint.get("/accounts/<resource_id>/balances")
def balances(resource_id: str):
    """Return the balances of one account."""
    guard.check_accept(guard.JSON)
    with web.reading() as bank:
        account = guard.granted(bank, resource_id, right="balances").account
        found = quirks.of_account(bank.connection, account.id)
        together = quirky.members(bank, account, found)
        return jsonify(
            {
                "account": mapping.account_reference(account, found),
                "balances": mapping.all_balances(bank, together),
            }
        )
