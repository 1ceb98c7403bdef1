"""The bank's page on which its customer allows a third party to read accounts, or does not.

Opening the page changes nothing. A decision is a POST that must come from this page or from a
program (see `web.refuse_foreign_forms`).
"""

from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, redirect, render_template, request, url_for

from . import consents, manners, web
from .errors import Refused
from .ledger import Account

blueprint = Blueprint("sca", __name__, url_prefix="/sca")

ENDED = {
    "valid": "You have already allowed this.",
    "rejected": "You have declined this request.",
    "expired": "This request has expired.",
    "revokedByPsu": "You have ended this access.",
    "terminatedByTpp": "The application has withdrawn this request.",
}

NOT_GIVEN = "This access has not been allowed yet."


@blueprint.get("/<consent_id>")
def show(consent_id: str):
    """Show what is asked for and let the customer decide."""
    with web.reading() as bank:
        consent = known(bank, consent_id)
        return _page(bank, consent)


@blueprint.post("/<consent_id>")
def decide(consent_id: str):
    """Carry out the decision and send the customer back to the application."""
    decision = request.form.get("decision", "")
    if decision not in ("approve", "cancel"):
        raise Refused(400, "FORMAT_ERROR", "Please choose Approve or Cancel.")
    with web.writing() as bank:
        consent = known(bank, consent_id)
        is_second = consent.status == "partiallyAuthorised"
        chosen = [] if is_second else _chosen(bank, consent)
        if not is_second and decision == "approve" and not chosen:
            return _page(bank, consent, problem="Choose at least one account to share."), 422
        try:
            carry_out(bank, consent, decision, chosen)
        except consents.WrongState:
            return _page(bank, consent), 409
        address = return_address(bank, consent, decision)
        signed = consents.find(bank.connection, consent_id, bank.today)
    if address:
        return redirect(address, 302)
    return render_template("done.html", decision=decision, consent=signed)


@blueprint.post("/<consent_id>/end")
def end(consent_id: str):
    """Take an access back at the bank."""
    with web.writing() as bank:
        consent = known(bank, consent_id)
        try:
            carry_out(bank, consent, "revoke", [])
        except consents.WrongState as error:
            raise Refused(409, "STATUS_INVALID", ENDED.get(consent.status, NOT_GIVEN)) from error
    return redirect(url_for("pages.start"), 303)


def known(bank: web.Bank, consent_id: str) -> consents.Consent:
    """Return the consent with this id, in whatever state.

    :raise Refused: there is none
    """
    consent = consents.find(bank.connection, consent_id, bank.today)
    if not consent:
        raise Refused(404, "RESOURCE_UNKNOWN", "The bank knows no such request.")
    return consent


def carry_out(
    bank: web.Bank, consent: consents.Consent, decision: str, chosen: list[Account]
) -> None:
    """Write the customer's decision; no account chosen means all that are offered.

    :raise consents.WrongState: the consent is in no state for it
    """
    if decision == "approve":
        shared = chosen or consents.offered_accounts(bank.connection, consent)
        consents.approve(bank.connection, consent, shared, bank.today)
    elif decision == "cancel":
        consents.cancel(bank.connection, consent, bank.today)
    else:
        consents.revoke(bank.connection, consent, bank.today)


def return_address(bank: web.Bank, consent: consents.Consent, decision: str) -> str | None:
    """Return where the browser goes after a decision: the third party's address, query kept.

    After Cancel it is the address for a negative result if there is one; else the normal address
    with ``error=access_denied``, so that the application need not guess. Some banks send nobody
    back, or do not say what was decided; after an approval in the app there is nowhere to go.
    """
    comes_back = manners.approval(bank.connection)["comes_back"]
    if comes_back == "never" or consent.approach == "decoupled":
        return None
    if comes_back == "without_error" and decision == "cancel":
        return consent.redirect_uri
    if decision == "approve":
        return consent.redirect_uri
    if decision == "cancel":
        return consent.nok_redirect_uri or with_error(consent.redirect_uri)
    return None


def with_error(uri: str | None) -> str | None:
    """Return an address that says that the customer declined, None for none."""
    if not uri:
        return None
    parts = urlsplit(uri)
    query = "&".join(filter(None, [parts.query, urlencode({"error": "access_denied"})]))
    return urlunsplit(parts._replace(query=query))


def _owners(bank: web.Bank, consent: consents.Consent) -> dict[str, list[Account]]:
    """Return the accounts to be shared, by customer: those already signed for, else all offered."""
    owners: dict[str, list[Account]] = {}
    signed = [grant.account for grant in consent.grants]
    for account in signed or consents.offered_accounts(bank.connection, consent):
        owners.setdefault(account.owner, []).append(account)
    return owners


def _chosen(bank: web.Bank, consent: consents.Consent) -> list[Account]:
    """Return the accounts ticked on the page; all offered ones when a program sent no list."""
    if "accounts_shown" not in request.form:
        return consents.offered_accounts(bank.connection, consent)
    offered = consents.offered_accounts(bank.connection, consent)
    return [account for account in offered if f"account-{account.resource_id}" in request.form]


def _page(bank: web.Bank, consent: consents.Consent, problem: str = "") -> str:
    owners = _owners(bank, consent)
    owner = request.values.get("customer", "")
    if owner not in owners:
        owner = next(iter(owners), "")
    target = urlsplit(consent.redirect_uri or "").netloc
    return render_template(
        "consent.html",
        consent=consent,
        ended=ENDED.get(consent.status),
        owner=owner,
        owners=list(owners),
        accounts=owners.get(owner, []),
        target=target,
        problem=problem,
        days=(consent.valid_until - bank.today).days,
    )
