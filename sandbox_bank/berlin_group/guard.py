"""Checks of every call of a third party: headers, parameters, formats, consent."""

import ipaddress
import re
import uuid
from urllib.parse import urlsplit

from flask import request

from .. import consents, quirks
from ..errors import Refused, format_error
from ..reading import checked_text, parsed_json
from ..web import Bank
from . import quota_answers

JSON = "application/json"
XML = "application/xml"
BODY_LIMIT = 256 * 1024
URI_LIMIT = 2000
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
GEO_LOCATION = re.compile(r"GEO:-?[0-9]{1,2}\.[0-9]{6};-?[0-9]{1,3}\.[0-9]{6}", re.ASCII)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BOOLEAN_HEADERS = (
    "TPP-Redirect-Preferred",
    "TPP-Decoupled-Preferred",
    "TPP-Explicit-Authorisation-Preferred",
)
# Why a consent that exists gives no access: the code for expiry, else CONSENT_INVALID.
CONSENT_CODES = {"expired": "CONSENT_EXPIRED"}


def request_id() -> str:
    """Return the caller's request id, or a new one when it sent none that could be repeated."""
    given = request.headers.get("X-Request-ID", "")
    return given if UUID.fullmatch(given) else str(uuid.uuid4())


def check_headers() -> None:
    """Refuse a call whose headers break the standard."""
    given = request.headers.get("X-Request-ID")
    if given is None:
        raise format_error("the header is missing", "X-Request-ID")
    if not UUID.fullmatch(given):
        raise format_error("must be a UUID", "X-Request-ID")
    _check_header("PSU-IP-Address", _is_ipv4, "must be an IPv4 address")
    _check_header("PSU-Device-ID", UUID.fullmatch, "must be a UUID")
    _check_header("PSU-Http-Method", METHODS.__contains__, f"must be one of {', '.join(METHODS)}")
    _check_header("PSU-Geo-Location", GEO_LOCATION.fullmatch, "must be GEO:latitude;longitude")
    for name in BOOLEAN_HEADERS:
        _check_header(name, ("true", "false").__contains__, "must be true or false")


def _check_header(name, is_valid, text: str) -> None:
    value = request.headers.get(name)
    if value is not None and not is_valid(value):
        raise format_error(text, name)


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def check_accept(*offered: str) -> str:
    """Return the format to answer in: the one of ``offered`` the caller likes best."""
    if not request.headers.get("Accept"):
        return offered[0]
    chosen = request.accept_mimetypes.best_match(offered)
    if not chosen:
        text = f"the bank can answer in {' or '.join(offered)}"
        raise Refused(406, "REQUESTED_FORMATS_INVALID", text, "Accept")
    return chosen


def redirect_uri(name: str) -> str | None:
    """Return the web address in a header, None when the header is not sent."""
    value = request.headers.get(name)
    if value is None:
        return None
    value = checked_text(value, name, URI_LIMIT)
    try:
        parts = urlsplit(value)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or not re.fullmatch(r"[!-~]+", value):
        raise format_error("must be an absolute http or https address", name)
    return value


def json_body() -> object:
    """Return the parsed body of the request."""
    request.max_content_length = BODY_LIMIT
    if request.mimetype != JSON:
        raise Refused(415, "FORMAT_ERROR", f"the body must be {JSON}", "Content-Type")
    return parsed_json(request.get_data())


def boolean_parameter(name: str) -> bool:
    """Return a yes/no query parameter, False when it is not given."""
    value = request.args.get(name, "false")
    if value not in ("true", "false"):
        raise format_error("must be true or false", name)
    return value == "true"


def valid_consent(bank: Bank) -> consents.Consent:
    """Return the consent named in the header, if it gives access today."""
    consent_id = request.headers.get("Consent-ID")
    if consent_id is None:
        raise format_error("the header is missing", "Consent-ID")
    consent = consents.find(bank.connection, consent_id, bank.today)
    if not consent or consent.request.permissions:
        raise Refused(400, "CONSENT_UNKNOWN", "the bank knows no such consent", "Consent-ID")
    if consent.status != "valid":
        code = CONSENT_CODES.get(consent.status, "CONSENT_INVALID")
        raise Refused(401, code, f"the consent is {consent.status}", "Consent-ID")
    return consent


def granted(bank: Bank, resource_id: str, *, right: str = "") -> consents.Grant:
    """Return what the caller's consent allows for an account.

    :param right: ``balances`` or ``transactions``, when the call needs it
    """
    grant = valid_consent(bank).grant_for(resource_id)
    if not grant:
        raise Refused(404, "RESOURCE_UNKNOWN", "the consent covers no such account", "account-id")
    if right and not getattr(grant, right):
        raise Refused(401, "CONSENT_INVALID", f"the consent does not cover {right}", "Consent-ID")
    if right and "closed" in quirks.of_account(bank.connection, grant.account.id):
        raise Refused(403, "RESOURCE_EXPIRED", "the account is closed", "account-id")
    quota_answers.count(grant.account.id, right or "details")
    return grant
