"""Events between us and a bank, signed by the Standard Webhooks convention, both ways.

Source: https://www.standardwebhooks.com (``webhook-id``, ``webhook-timestamp``,
``webhook-signature``). The library verifies and signs; here it meets our errors.
"""

import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from .base import AuthExpired, BankNotice, ContractViolation
from .transport import read_json_object

#: Longest id we keep; the convention names no limit.
MOST_ID = 255
#: What a notice may be about; its ``type`` begins with one of these words.
KINDS = ("consent", "account", "order")


def read_signed_event(
    headers: Mapping[str, str], content: bytes, secrets: Iterable[str]
) -> BankNotice:
    """Return the notice in ``content``, verified over its raw bytes and not older than 5 minutes.

    The sender may sign with two secrets while it changes them, and so may we accept two.

    :param secrets: ``whsec_…`` secrets, any of which may have signed
    :raise AuthExpired: when no signature fits, or the moment is too old or too new
    :raise ContractViolation: when it is signed and still makes no sense
    """
    event_id = _verified_id(headers, content, secrets)
    value = read_json_object(content)
    data = value.get("data")
    kind = str(value.get("type") or "").partition(".")[0]
    resource = (data.get("resource") or data.get("id")) if isinstance(data, dict) else None
    if kind not in KINDS or not isinstance(resource, str | None):
        raise ContractViolation("unknown_event", "The event is of no kind we know.", raw=content)
    return BankNotice(event_id, kind, resource and resource[:MOST_ID])


def _verified_id(headers: Mapping[str, str], content: bytes, secrets: Iterable[str]) -> str:
    given = {name.lower(): value for name, value in headers.items()}
    event_id = given.get("webhook-id", "")
    if not 0 < len(event_id) <= MOST_ID:
        raise AuthExpired("signature", "The event names no id.")
    for secret in secrets:
        try:
            Webhook(secret).verify(content, given, json_parse=False)
        except (WebhookVerificationError, ValueError, binascii.Error, RuntimeError):
            continue
        return event_id
    raise AuthExpired("signature", "The event's signature or age is wrong.")


def signed_headers(
    event_id: str, content: bytes, secrets: Iterable[str], now: datetime
) -> dict[str, str]:
    """Return the headers of an event of ours; one signature for each secret in use.

    >>> from datetime import timezone
    >>> headers = signed_headers("e1", b"{}", ["whsec_c2VjcmV0"], datetime(2026, 3, 2,
    ...     tzinfo=timezone.utc))
    >>> headers["webhook-timestamp"], headers["webhook-signature"][:3]
    ('1772409600', 'v1,')

    :param now: aware moment of this attempt; the id stays the same for every attempt
    """
    text = content.decode()
    signatures = [Webhook(secret).sign(event_id, now, text) for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def event_body(kind: str, resource: str, moment: datetime) -> dict[str, Any]:
    """Return the thin body of an event: that something changed, not what it is now.

    >>> from datetime import timezone
    >>> event_body("order.settled", "7", datetime(2026, 3, 2, tzinfo=timezone.utc))
    {'type': 'order.settled', 'timestamp': '2026-03-02T00:00:00+00:00', 'data': {'id': '7'}}
    """
    return {"type": kind, "timestamp": moment.isoformat(), "data": {"id": resource}}
