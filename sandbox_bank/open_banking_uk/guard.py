"""Checks of every call, and the form of a refusal."""

import re
import uuid

from flask import Response, jsonify, request

from .. import consents, quirks
from ..berlin_group import quota_answers
from ..errors import Refused, format_error
from ..quotas import Exceeded
from ..web import Bank, empty

JSON = "application/json"
INTERACTION = "x-fapi-interaction-id"
AUTH_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" \d{4} \d{2}:\d{2}:\d{2} (GMT|UTC)",
    re.ASCII,
)
# Statuses whose refusal has a body; the others say it by their status alone.
WITH_BODY = (400, 403, 500)
# Status reasons of the external code set, by the codes this bank uses inside.
REASONS = {"FORMAT_ERROR": "U003", "RESOURCE_UNKNOWN": "U012", "CONSENT_INVALID": "U010"}
OTHER_REASON = "U000"


def interaction_id() -> str:
    """Return the caller's correlation id, or a new one when it sent none that can be repeated."""
    given = request.headers.get(INTERACTION, "")
    return given if re.fullmatch(r"[!-~]{1,60}", given) else str(uuid.uuid4())


def refusal(error: Refused) -> tuple[Response, int]:
    """Return how this interface says no."""
    if error.status not in WITH_BODY:
        return empty(error.status), error.status
    detail = {"ErrorCode": REASONS.get(error.code, OTHER_REASON), "Message": error.text[:500]}
    if error.path:
        detail["Path"] = error.path
    body = {"Id": interaction_id()[:40], "Code": f"{error.status} {error.code}"[:40]}
    body["Message"] = error.text[:500]
    return jsonify({**body, "Errors": [detail]}), error.status


def too_many_reads(error: Exceeded) -> Response:
    """Say that the reads of the day are used up: by the status alone, or in the bank's words."""
    answer = quota_answers.answer(error)
    if error.rule.wording == "json":
        answer.set_data(b"")
        del answer.headers["Content-Type"]
    return answer


def check_headers() -> None:
    """Refuse a call without a token, or whose headers break the standard."""
    token()
    auth_date = request.headers.get("x-fapi-auth-date")
    if auth_date is not None and not AUTH_DATE.fullmatch(auth_date):
        raise format_error("must be a date as in RFC 7231", "x-fapi-auth-date")
    if request.headers.get("Accept") and not request.accept_mimetypes.best_match([JSON]):
        text = f"the bank answers in {JSON}"
        raise Refused(406, "REQUESTED_FORMATS_INVALID", text, "Accept")


def token() -> str:
    """Return the bearer token of the call."""
    scheme, _blank, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise Refused(401, "TOKEN_INVALID", "the call needs a bearer token", "Authorization")
    return value.strip()


def valid_consent(bank: Bank) -> consents.Consent:
    """Return the consent the token stands for, if it gives access today."""
    consent = consents.find(bank.connection, token(), bank.today)
    if not consent or not consent.request.permissions or consent.status != "valid":
        raise Refused(401, "TOKEN_INVALID", "the token gives no access", "Authorization")
    return consent


def granted(bank: Bank, account_id: str, *, right: str = "") -> consents.Grant:
    """Return what the caller may see of an account.

    :param right: ``balances`` or ``transactions``, when the call needs it
    """
    grant = valid_consent(bank).grant_for(account_id)
    if not grant:
        text = "the consent covers no such account"
        raise Refused(403, "RESOURCE_UNKNOWN", text, "AccountId")
    if right and not getattr(grant, right):
        text = f"the consent does not permit to read {right}"
        raise Refused(403, "CONSENT_INVALID", text, "Permissions")
    if right and "closed" in quirks.of_account(bank.connection, grant.account.id):
        raise Refused(403, "RESOURCE_EXPIRED", "the account is closed", "AccountId")
    quota_answers.count(grant.account.id, right or "details")
    return grant
