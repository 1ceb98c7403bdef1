"""Handing a message to a gateway over HTTP, and telling for sure whether it was taken.

Two kinds: a text message gateway that speaks like Twilio's Messages resource
(https://www.twilio.com/docs/messaging/api/message-resource), and any system that takes an event
signed by the Standard Webhooks convention (https://www.standardwebhooks.com). A gateway's word
counts by its body, not by its status: many answer 200 and say "error".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from standardwebhooks.webhooks import Webhook

#: Seconds to connect, and seconds between two bytes of an answer.
TIMEOUT = 15
#: Statuses that say "not now": nothing was sent, try again later.
_LATER = frozenset({408, 425, 429, 503})
#: Twilio's codes for "this number will never get a text message".
_DEAD_NUMBER = frozenset({21211, 21214, 21217, 21219, 21265, 21401, 21421, 21614, 30005, 30006})
#: Twilio's code for "the recipient has answered STOP".
_OPTED_OUT = 21610
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one handing over.

    ``state``: ``taken``; ``refused``, for good; ``later``, nothing was sent; ``unknown``, nobody
    can say whether it was sent, so it must not be sent again by itself.
    """

    state: str
    reference: str = ""
    code: str = ""
    reason: str = ""
    dead_address: bool = False
    opted_out: bool = False


def is_safe_url(url: str) -> bool:
    """Return whether customers' data may go to this address: encrypted, or not over a network.

    >>> is_safe_url("https://sms.example/send"), is_safe_url("http://127.0.0.1:8080/x")
    (True, True)
    >>> is_safe_url("http://sms.example/send"), is_safe_url("ftp://x"), is_safe_url("https://")
    (False, False, False)
    """
    parts = urlsplit(url or "")
    loopback = parts.hostname in _LOOPBACK
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and loopback)
    )


def send_text(
    session: requests.Session,
    url: str,
    credentials: tuple[str, str],
    fields: Mapping[str, str],
) -> Answer:
    """Hand one text message to a gateway that speaks like Twilio's.

    :param fields: ``From``, ``To``, ``Body`` and ``StatusCallback``
    """
    return _ask(session, url, {"data": dict(fields), "auth": credentials}, _read_text_answer)


def post_event(
    session: requests.Session,
    url: str,
    secret: str,
    event_id: str,
    body: Mapping[str, Any],
    now: datetime,
) -> Answer:
    """Hand a signed event to another system. The id stays the same for every attempt.

    :param now: aware moment of this attempt
    """
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, now, content),
    }
    return _ask(session, url, {"data": content.encode(), "headers": headers}, _read_event_answer)


def _ask(session, url, what, read) -> Answer:
    if not is_safe_url(url):
        return Answer("refused", code="url", reason="The address of the gateway is not https.")
    try:
        response = session.post(url, timeout=TIMEOUT, allow_redirects=False, **what)
    except (requests.ConnectTimeout, requests.exceptions.ProxyError) as error:
        return Answer("later", code="unreachable", reason=type(error).__name__)
    except requests.ConnectionError as error:
        # Refused before anything was said, or broken off in the middle: only the first is safe.
        unsaid = "NewConnectionError" in repr(error) or "NameResolution" in repr(error)
        return Answer(
            "later" if unsaid else "unknown", code="unreachable", reason=type(error).__name__
        )
    except requests.RequestException as error:
        return Answer("unknown", code="no_answer", reason=type(error).__name__)
    if response.status_code in _LATER:
        return Answer("later", code=str(response.status_code), reason=response.reason or "")
    return read(response)


def _read_text_answer(response) -> Answer:
    body = _json(response)
    code = body.get("error_code") or body.get("code")
    reason = str(body.get("error_message") or body.get("message") or response.reason or "")[:200]
    failed = body.get("status") in ("failed", "undelivered") or code or body.get("error")
    reference = str(body.get("sid") or "")
    if _is_taken(response) and reference and not failed:
        return Answer("taken", reference=reference)
    if not failed and response.status_code >= 500:
        return Answer("unknown", code=str(response.status_code), reason=reason)
    number = int(code) if str(code).isdigit() else 0
    return Answer(
        "refused",
        code=str(code or response.status_code),
        reason=reason or "The gateway answered without the number of a message.",
        dead_address=number in _DEAD_NUMBER,
        opted_out=number == _OPTED_OUT,
    )


def _read_event_answer(response) -> Answer:
    body = _json(response)
    if _is_taken(response) and not body.get("error"):
        return Answer("taken", reference=str(body.get("id") or "")[:200])
    reason = str(body.get("error") or response.reason or "")[:200]
    # The receiver knows an event it got before by its id: asking again harms nobody.
    later = response.status_code >= 500
    return Answer("later" if later else "refused", code=str(response.status_code), reason=reason)


def _is_taken(response) -> bool:
    # A redirect is no yes: customers' data goes where the company said, and nowhere else.
    return 200 <= response.status_code < 300


def _json(response) -> dict:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
