"""Consents: asked for by their permissions, approved on the bank's page like any other."""

import datetime

from flask import jsonify

from .. import clock, consents, manners, web
from ..berlin_group import guard as headers
from ..berlin_group.consents import third_party
from ..errors import Refused, format_error
from ..reading import Body
from .blueprint import PREFIX, blueprint

PERMISSIONS = (
    "ReadAccountsBasic", "ReadAccountsDetail", "ReadBalances", "ReadBeneficiariesBasic",
    "ReadBeneficiariesDetail", "ReadDirectDebits", "ReadOffers", "ReadPAN", "ReadParty",
    "ReadPartyPSU", "ReadProducts", "ReadScheduledPaymentsBasic", "ReadScheduledPaymentsDetail",
    "ReadStandingOrdersBasic", "ReadStandingOrdersDetail", "ReadStatementsBasic",
    "ReadStatementsDetail", "ReadTransactionsBasic", "ReadTransactionsCredits",
    "ReadTransactionsDebits", "ReadTransactionsDetail",
)  # fmt: skip
LISTS = {"ReadTransactionsBasic", "ReadTransactionsDetail"}
DIRECTIONS = {"ReadTransactionsCredits", "ReadTransactionsDebits"}
STATUSES = {
    "received": "AWAU",
    "partiallyAuthorised": "AWAU",
    "valid": "AUTH",
    "rejected": "RJCT",
    "expired": "EXPD",
    "revokedByPsu": "CANC",
    "terminatedByTpp": "CANC",
}
# A consent without an end lasts as long as the law allows.
LONGEST = datetime.timedelta(days=consents.LONGEST_DAYS)


@blueprint.post("/account-access-consents")
def create_consent():
    """Record a request for access. The customer decides on the page ``/sca/{ConsentId}``.

    Where the browser goes then is part of OAuth, which is missing here: the headers
    ``TPP-Redirect-URI`` and ``TPP-Nok-Redirect-URI`` take its place.
    """
    body = Body(headers.json_body())
    if Body(body.value.get("Risk"), "$.Risk").value:
        raise format_error("must be empty", "$.Risk")
    data = Body(body.value.get("Data"), "$.Data")
    permissions = _permissions(data)
    for name in ("TransactionFromDateTime", "TransactionToDateTime"):
        _moment(data, name)
    with web.writing() as bank:
        until = _moment(data, "ExpirationDateTime")
        if until and until.date() < bank.today:
            raise format_error("is in the past", "$.Data.ExpirationDateTime")
        redirect_uri = headers.redirect_uri("TPP-Redirect-URI")
        terms = consents.Terms(
            valid_until=until.date() if until else bank.today + LONGEST,
            recurring=True,
            frequency_per_day=4,
            third_party=third_party(redirect_uri),
            redirect_uri=redirect_uri,
            nok_redirect_uri=headers.redirect_uri("TPP-Nok-Redirect-URI"),
            approach=_approach(bank),
        )
        wanted = consents.Request(
            account_ids=(),
            balances="ReadBalances" in permissions,
            transactions=bool(LISTS & set(permissions)),
            owner_name="ReadAccountsDetail" in permissions,
            permissions=tuple(permissions),
        )
        consent_id = consents.create(bank.connection, wanted, terms, bank.today)
        consent = consents.find(bank.connection, consent_id, bank.today)
        return jsonify(_shown(bank, consent)), 201


def _approach(bank: web.Bank) -> str:
    approach = manners.approval(bank.connection)["approach"]
    return "decoupled" if approach == "decoupled" else "redirect"


def _permissions(data: Body) -> list[str]:
    permissions = []
    for value, path in data.items("Permissions", len(PERMISSIONS) * 2):
        if value not in PERMISSIONS:
            raise format_error("is no permission", path)
        permissions.append(value)
    named = set(permissions)
    if not named:
        raise format_error("must name a permission", "$.Data.Permissions")
    if bool(LISTS & named) != bool(DIRECTIONS & named):
        text = "must name transactions (basic or detail) together with credits or debits"
        raise format_error(text, "$.Data.Permissions")
    return permissions


def _moment(data: Body, name: str) -> datetime.datetime | None:
    text = data.text(name, 40, None)
    if text is None:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if not moment or not moment.tzinfo:
        raise format_error("must be a moment with a time zone", f"$.Data.{name}")
    return moment


@blueprint.get("/account-access-consents/<consent_id>")
def read_consent(consent_id: str):
    """Return what was asked for, and where it stands."""
    with web.reading() as bank:
        return jsonify(_shown(bank, _find(bank, consent_id)))


@blueprint.delete("/account-access-consents/<consent_id>")
def delete_consent(consent_id: str):
    """End the consent. Safe to repeat."""
    with web.writing() as bank:
        consents.terminate(bank.connection, _find(bank, consent_id), bank.today)
    return web.empty(204)


def _find(bank: web.Bank, consent_id: str) -> consents.Consent:
    consent = consents.find(bank.connection, consent_id, bank.today)
    if not consent or not consent.request.permissions:
        raise Refused(400, "RESOURCE_UNKNOWN", "the bank knows no such consent", "ConsentId")
    return consent


def _shown(bank: web.Bank, consent: consents.Consent) -> dict:
    changed = clock.at_cut_off(bank.connection, consent.last_action_on)
    data = {
        "ConsentId": consent.id,
        "CreationDateTime": clock.at_cut_off(bank.connection, consent.created_on),
        "Status": STATUSES[consent.status],
        "StatusUpdateDateTime": changed,
        "Permissions": list(consent.request.permissions),
        "ExpirationDateTime": clock.at_cut_off(bank.connection, consent.valid_until),
    }
    path = f"{PREFIX}/account-access-consents/{consent.id}"
    return {
        "Data": data,
        "Risk": {},
        "Links": {"Self": web.api_url(path)},
        "Meta": {"TotalPages": 1},
    }
