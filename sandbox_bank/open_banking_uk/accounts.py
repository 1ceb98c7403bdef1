"""Accounts and balances."""

from flask import jsonify

from .. import web
from ..berlin_group import quota_answers
from . import guard, mapping
from .blueprint import PREFIX, blueprint


def answer(data: dict, path: str):
    """Return data with the links and the meta data every answer has."""
    links = {"Self": web.api_url(f"{PREFIX}{path}")}
    return jsonify({"Data": data, "Links": links, "Meta": {"TotalPages": 1}})


@blueprint.get("/accounts")
def account_list():
    """Return the accounts of the consent."""
    with web.reading() as bank:
        consent = guard.valid_consent(bank)
        quota_answers.count_list()
        permissions = consent.request.permissions
        found = [mapping.account(bank, grant, permissions) for grant in consent.grants]
        return answer({"Account": found}, "/accounts")


@blueprint.get("/accounts/<account_id>")
def account_details(account_id: str):
    """Return one account."""
    with web.reading() as bank:
        grant = guard.granted(bank, account_id)
        permissions = guard.valid_consent(bank).request.permissions
        found = mapping.account(bank, grant, permissions)
        return answer({"Account": [found]}, f"/accounts/{account_id}")


@blueprint.get("/accounts/<account_id>/balances")
def balances(account_id: str):
    """Return the balances of one account."""
    with web.reading() as bank:
        grant = guard.granted(bank, account_id, right="balances")
        found = mapping.balances(bank, grant.account)
        return answer({"Balance": found}, f"/accounts/{account_id}/balances")


@blueprint.get("/balances")
def all_balances():
    """Return the balances of all accounts of the consent."""
    with web.reading() as bank:
        grants = [
            guard.granted(bank, grant.account.resource_id, right="balances")
            for grant in guard.valid_consent(bank).grants
        ]
        found = [each for grant in grants for each in mapping.balances(bank, grant.account)]
        return answer({"Balance": found}, "/balances")
