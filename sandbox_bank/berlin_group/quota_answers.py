"""Counting reads without the customer, and the many ways banks say that they are used up."""

import json
from email.utils import format_datetime

from flask import Response, g, request

from .. import quotas, web
from ..quotas import ALL_ACCOUNTS, Exceeded

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
# Headers that say that the customer is there, of either interface.
ATTENDED = ("PSU-IP-Address", "x-fapi-customer-ip-address")
MESSAGE = {"category": "ERROR", "code": "ACCESS_EXCEEDED", "text": "too many reads today"}
# Body and media type of each wording; only the first is the one of the standard.
BODIES: dict[str, tuple[object, str]] = {
    "json": ({"tppMessages": [MESSAGE]}, JSON),
    "bare_list": ([MESSAGE], JSON),
    "hub046": ("[HUB046] Allowed number of accesses exceeded for consent", TEXT),
    "plain": ("Access exceeded", TEXT),
    "multiplicity": (
        {
            "tppMessages": [
                {
                    "category": "ERROR",
                    "code": "SERVICE_BLOCKED",
                    "text": "The consented multiplicity per day is exceeded.",
                }
            ]
        },
        JSON,
    ),
    "clo03941": ({"errorCode": "CLO03941", "errorMessage": "Maximum daily access reached"}, JSON),
}


def count(account_id: int, endpoint: str) -> None:
    """Count this call against the quota, unless the customer is there or it is a further page.

    :raise Exceeded: the reads of the day are used up
    """
    if any(name in request.headers for name in ATTENDED):
        return
    with web.reading() as bank:
        rule = quotas.rule_for(bank.connection, account_id)
    if not rule or ("pageToken" in request.args and not rule.count_pages):
        return
    with web.writing() as bank:
        quotas.use(bank.connection, account_id, endpoint, rule)


def count_list() -> None:
    """Count a call for the list of accounts."""
    count(ALL_ACCOUNTS, "accounts")


def answer(error: Exceeded) -> Response:
    """Say that it is enough, as this bank says it."""
    rule = error.rule
    g.fault = "quota"  # Most wordings are none of the standard's.
    content, media_type = BODIES[rule.wording]
    body = content if isinstance(content, str) else json.dumps(content)
    response = Response(body, rule.status, content_type=media_type)
    if rule.retry_after == "seconds":
        response.headers["Retry-After"] = str(error.seconds)
    elif rule.retry_after == "date":
        response.headers["Retry-After"] = format_datetime(error.until, usegmt=True)
    return response
