"""Consents as a third party sees them: ask, look, give back."""

from urllib.parse import urlsplit

from flask import jsonify, request

from .. import consents, identifiers, manners, web
from ..errors import Refused, format_error
from ..ledger import Account, accounts
from ..reading import Body, checked_text
from . import guard, mapping
from .blueprint import blueprint

ACCESS_LISTS = ("accounts", "balances", "transactions")
GLOBAL_ACCESS = ("allPsd2", "availableAccounts", "availableAccountsWithBalance")
GLOBAL_VALUES = ("allAccounts", "allAccountsWithOwnerName")
REFERENCE_FIELDS = ("iban", "bban", "pan", "maskedPan", "msisdn", "other")
LONGEST_LIST = 100
NAME_LIMIT = 140


@blueprint.post("/consents")
def create_consent():
    """Record a request for access and say where the customer can allow it."""
    guard.check_accept(guard.JSON)
    if "PSU-IP-Address" not in request.headers:
        raise format_error("the header is missing", "PSU-IP-Address")
    redirect_uri = guard.redirect_uri("TPP-Redirect-URI")
    nok_redirect_uri = guard.redirect_uri("TPP-Nok-Redirect-URI")
    body = Body(guard.json_body())
    with web.writing() as bank:
        terms = consents.Terms(
            valid_until=body.date("validUntil"),
            recurring=body.boolean("recurringIndicator"),
            frequency_per_day=body.integer("frequencyPerDay", 1, 10_000_000),
            third_party=third_party(redirect_uri),
            redirect_uri=redirect_uri,
            nok_redirect_uri=nok_redirect_uri,
            approach=_approach(bank),
        )
        if terms.valid_until < bank.today:
            raise format_error("is in the past", "$.validUntil")
        if body.boolean("combinedServiceIndicator"):
            text = "the bank offers no payment initiation in the same session"
            raise Refused(400, "SESSIONS_NOT_SUPPORTED", text, "$.combinedServiceIndicator")
        wanted = _request(bank, body)
        consent_id = consents.create(bank.connection, wanted, terms, bank.today)
        consent = _find(bank, consent_id)
    path = f"/v1/consents/{consent_id}"
    links = mapping.links(
        self=path,
        status=f"{path}/status",
        scaStatus=f"{path}/authorisations/{consent.authorisation_ids[0]}",
    )
    answer = {"consentStatus": "received", "consentId": consent_id, "_links": links}
    if consent.approach == "redirect":
        links["scaRedirect"] = {"href": web.browser_url(f"/sca/{consent_id}")}
    else:
        answer["psuMessage"] = f"Open the app of {identifiers.BANK_NAME} and approve the request."
    headers = {"Location": web.api_url(path), "ASPSP-SCA-Approach": consent.approach.upper()}
    return jsonify(answer), 201, headers


def _approach(bank: web.Bank) -> str:
    """Return whether the customer approves on a page or in the app."""
    approach = manners.approval(bank.connection)["approach"]
    if approach == "preferred":
        prefers_app = request.headers.get("TPP-Decoupled-Preferred") == "true"
        return "decoupled" if prefers_app else "redirect"
    return approach


def third_party(redirect_uri: str | None) -> str:
    """Return how the customer will see the caller: its brand, else the host it returns to."""
    brand = request.headers.get("TPP-Brand-Logging-Information")
    if brand is not None:
        return checked_text(brand, "TPP-Brand-Logging-Information", NAME_LIMIT)
    return urlsplit(redirect_uri).netloc if redirect_uri else "An unnamed application"


def _request(bank: web.Bank, body: Body) -> consents.Request:
    access = Body(body.value.get("access"), "$.access")
    named = {name: _references(bank, access, name) for name in ACCESS_LISTS}
    given = {name: ids for name, ids in named.items() if ids is not None}
    whole = {name: access.choice(name, GLOBAL_VALUES, None) for name in GLOBAL_ACCESS}
    whole = {name: value for name, value in whole.items() if value}
    owner_name = _owner_name(bank, access)
    if len(whole) + bool(given) != 1:
        text = "must hold either lists of accounts or one of " + ", ".join(GLOBAL_ACCESS)
        raise format_error(text, "$.access")
    if whole:
        ((kind, value),) = whole.items()
        return consents.Request(
            account_ids=(),
            balances=kind != "availableAccounts",
            transactions=kind == "allPsd2",
            owner_name=owner_name or value == "allAccountsWithOwnerName",
        )
    if len({bool(ids) for ids in given.values()}) > 1:
        raise format_error("its lists must all be empty or all name accounts", "$.access")
    return consents.Request(
        account_ids=_one_set(given),
        balances="balances" in given,
        transactions="transactions" in given,
        owner_name=owner_name,
    )


def _one_set(given: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the accounts named; balances and transactions must name the same ones."""
    rights = {ids for name, ids in given.items() if name != "accounts"}
    if len(rights) > 1 or (rights and not set(given.get("accounts", ())) <= set(*rights)):
        text = "the bank grants the same rights on all accounts of a consent"
        raise Refused(400, "SERVICE_INVALID", text, "$.access")
    return rights.pop() if rights else given["accounts"]


def _references(bank: web.Bank, access: Body, name: str) -> tuple[int, ...] | None:
    """Return the accounts a list names, () for "let the customer choose", None if not asked."""
    references = access.objects(name, LONGEST_LIST, None)
    if references is None:
        return None
    known = accounts(bank.connection)
    return tuple(sorted({a.id for r in references for a in _matching(known, r)}))


def _matching(known: list[Account], reference: Body) -> list[Account]:
    if not any(field in reference.value for field in REFERENCE_FIELDS):
        raise format_error("names no account", reference.path)
    iban = reference.text("iban", 34, None)
    currency = reference.currency("currency", None)
    found = [a for a in known if a.iban == iban and currency in (None, a.currency)]
    if not found:
        raise Refused(400, "RESOURCE_UNKNOWN", "the bank keeps no such account", reference.path)
    return found


def _owner_name(bank: web.Bank, access: Body) -> bool:
    if access.value.get("additionalInformation") is None:
        return False
    information = Body(access.value["additionalInformation"], "$.access.additionalInformation")
    if information.value.get("trustedBeneficiaries") is not None:
        path = "$.access.additionalInformation.trustedBeneficiaries"
        raise Refused(400, "SERVICE_INVALID", "the bank keeps no trusted beneficiaries", path)
    return _references(bank, information, "ownerName") is not None


@blueprint.get("/consents/<consent_id>")
def read_consent(consent_id: str):
    """Return what was asked for and granted."""
    guard.check_accept(guard.JSON)
    with web.reading() as bank:
        consent = _find(bank, consent_id)
        return jsonify(
            {
                "access": _access(bank, consent),
                "recurringIndicator": consent.recurring,
                "validUntil": consent.valid_until.isoformat(),
                "frequencyPerDay": consent.frequency_per_day,
                "lastActionDate": consent.last_action_on.isoformat(),
                "consentStatus": consent.status,
                "_links": mapping.links(account="/v1/accounts"),
            }
        )


def _access(bank: web.Bank, consent: consents.Consent) -> dict:
    """Return the accounts granted, or before the customer decided, those asked for."""
    wanted = consent.request
    found = [grant.account for grant in consent.grants]
    if not found and wanted.account_ids:
        found = consents.offered_accounts(bank.connection, consent)
    references = [mapping.account_reference(account) for account in found]
    rights = [name for name in ("balances", "transactions") if getattr(wanted, name)]
    access: dict = dict.fromkeys(["accounts", *rights], references)
    if wanted.owner_name:
        access["additionalInformation"] = {"ownerName": references}
    return access


@blueprint.get("/consents/<consent_id>/status")
def consent_status(consent_id: str):
    """Return the status by the bank's clock."""
    guard.check_accept(guard.JSON)
    with web.reading() as bank:
        return jsonify({"consentStatus": _find(bank, consent_id).status})


@blueprint.get("/consents/<consent_id>/authorisations")
def authorisation_list(consent_id: str):
    """Return the signatures given or waited for."""
    guard.check_accept(guard.JSON)
    with web.reading() as bank:
        return jsonify({"authorisationIds": _find(bank, consent_id).authorisation_ids})


@blueprint.get("/consents/<consent_id>/authorisations/<authorisation_id>")
def authorisation_status(consent_id: str, authorisation_id: str):
    """Return where one signature stands."""
    guard.check_accept(guard.JSON)
    with web.reading() as bank:
        consent = _find(bank, consent_id)
        if authorisation_id not in consent.authorisation_ids:
            text = "the consent has no such authorisation"
            raise Refused(403, "RESOURCE_UNKNOWN", text, "authorisationId")
        number = consent.authorisation_ids.index(authorisation_id)
        return jsonify({"scaStatus": consent.sca_status(number)})


@blueprint.delete("/consents/<consent_id>")
def delete_consent(consent_id: str):
    """End the consent. Safe to repeat."""
    guard.check_accept(guard.JSON)
    with web.writing() as bank:
        consents.terminate(bank.connection, _find(bank, consent_id), bank.today)
    return web.empty(204)


def _find(bank: web.Bank, consent_id: str) -> consents.Consent:
    consent = consents.find(bank.connection, consent_id, bank.today)
    if not consent or consent.request.permissions:
        raise Refused(403, "CONSENT_UNKNOWN", "the bank knows no such consent", "consentId")
    return consent
