"""What the outbox decides: who an intent is, what a bank's word means, what to do when in doubt.

An *intent* is something we want the bank to do, exactly once. The functions here know neither
clock nor database; ages are seconds, given by the caller.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

#: Allowed transitions: state -> states it may move to. ``dead`` was never executed, or its
#: receiver recognises a repetition: sending it again is safe. ``unknown`` may have been executed.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "queued": frozenset({"leased", "unknown", "failed"}),
    "leased": frozenset({"queued", "sent", "confirmed", "unknown", "failed", "dead"}),
    "sent": frozenset({"confirmed", "unknown", "failed"}),
    "unknown": frozenset({"leased", "queued", "sent", "confirmed", "failed", "dead"}),
    "confirmed": frozenset(),
    "failed": frozenset(),
    "dead": frozenset({"queued"}),
}

#: Words of ISO 20022 (``ExternalPaymentTransactionStatus1Code``) whose meaning leaves no doubt.
#: Others, also real ones that want a person (``ACWC``, ``PATC``), mean ``unknown``.
_MEANINGS: Mapping[str, str] = {
    **dict.fromkeys(("RCVD", "ACTC", "ACCP", "ACFC", "ACSP", "PDNG"), "sent"),
    **dict.fromkeys(("ACSC", "ACCC"), "confirmed"),
    **dict.fromkeys(("RJCT", "CANC"), "failed"),
}

#: Seconds an attempt may take before it counts as lost; far above the transport's deadline.
LEASE_SECONDS = 300
#: Pauses after the 1st, 2nd … attempt or look, in seconds; the last one repeats.
PAUSES = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
#: What was never executed is tried for so long before it waits for a person.
GIVE_UP_SECONDS = 72 * 3600
#: So long after the last attempt "no such order" is believed: nothing can be on its way any more.
ABSENT_AFTER_SECONDS = 3600
#: In doubt for so long, a person is asked.
ASK_AFTER_SECONDS = 3 * 24 * 3600


def canonical_json(body: Mapping[str, Any]) -> str:
    """Return ``body`` as the one text that stands for it: sorted keys, no blanks, no floats.

    >>> canonical_json({"b": "1.10", "a": [1, None]})
    '{"a":[1,null],"b":"1.10"}'

    :raise TypeError: when it holds a float or anything JSON has no word for
    """
    _refuse_floats(body)
    return json.dumps(
        body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("amounts are text or whole numbers, never floats")
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("keys are text")
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text.

    >>> digest("{}")[:8]
    '44136fa3'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def idempotency_key(database: str, aggregate: str, version: int) -> str:
    """Return the key of an intent: the same for every attempt, in every process, after any crash.

    >>> idempotency_key("6c0f3b58-0cde-4c7c-8d3e-0f3c1a0a2b11", "account.move,7", 1)
    '44a5bc1d-b119-5999-8a78-fda206fc72a4'

    :param database: UUID of the database
    :param aggregate: what the intent is about, such as ``account.move,7``
    :param version: a changed intent about the same thing is another version
    """
    return str(uuid.uuid5(uuid.UUID(database), f"{aggregate}#{version}"))


def end_to_end_id(key: str) -> str:
    """Return the id by which the order is found again, 32 of the 35 characters a bank allows.

    >>> end_to_end_id("44a5bc1d-b119-5999-8a78-fda206fc72a4")
    '44a5bc1db11959998a78fda206fc72a4'
    """
    return uuid.UUID(key).hex


def next_state(state: str, status: str) -> str:
    """Return the state of an intent after its bank has said ``status``; it never goes back.

    >>> next_state("leased", "RCVD"), next_state("sent", "ACSC"), next_state("sent", "NEWS")
    ('sent', 'confirmed', 'unknown')
    >>> next_state("confirmed", "RCVD"), next_state("failed", "ACSC")
    ('confirmed', 'failed')
    """
    meant = _MEANINGS.get(status, "unknown")
    return meant if meant in TRANSITIONS[state] else state


def pause_after(attempt: int, asked: int | None = None) -> int:
    """Return the seconds to wait after the ``attempt``-th try; longer where the bank asks to.

    >>> pause_after(1), pause_after(3), pause_after(100), pause_after(1, asked=7200)
    (60, 900, 21600, 7200)
    """
    own = PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]
    return min(max(own, asked or 0), GIVE_UP_SECONDS)


@dataclass(frozen=True, slots=True)
class Doubt:
    """An intent that may have been executed although nobody said so.

    :param since_first: seconds since its first attempt began
    :param since_last: seconds since its last attempt began
    :param remembered_for: seconds for which the receiver recognises the key; 0 for never
    :param can_search: whether the bank can be asked for it by its end-to-end id
    :param found_none: whether the bank, asked just now, knows no such order
    """

    since_first: int
    since_last: int
    remembered_for: int = 0
    can_search: bool = False
    found_none: bool = False


def settle_doubt(doubt: Doubt) -> Literal["send_again", "search", "give_up", "wait", "ask"]:
    """Return what to do about a doubt; never to send what the bank could take for another order.

    The same key goes out again only while the bank surely recognises it, or after the bank itself
    has said that it knows no such order and no attempt can be on its way any more. Otherwise its
    statement will tell, and in the end a person.

    >>> settle_doubt(Doubt(since_first=60, since_last=60, remembered_for=86_400))
    'send_again'
    >>> settle_doubt(Doubt(since_first=90_000, since_last=60, remembered_for=86_400))
    'wait'
    >>> settle_doubt(Doubt(since_first=60, since_last=60, can_search=True))
    'search'
    >>> settle_doubt(Doubt(since_first=60, since_last=60, can_search=True, found_none=True))
    'wait'
    >>> settle_doubt(Doubt(since_first=9000, since_last=9000, can_search=True, found_none=True))
    'send_again'
    >>> settle_doubt(Doubt(since_first=300_000, since_last=300_000))
    'ask'
    >>> settle_doubt(Doubt(since_first=-5000, since_last=-5000, remembered_for=86_400))
    'wait'
    """
    # A clock that was set back tells no age; then nothing is remembered.
    remembered = 0 <= doubt.since_first < doubt.remembered_for - LEASE_SECONDS
    if remembered and doubt.since_first >= GIVE_UP_SECONDS:
        return "give_up"
    if remembered:
        return "send_again"
    if doubt.can_search and not doubt.found_none:
        return "search"
    if doubt.found_none and doubt.since_last >= ABSENT_AFTER_SECONDS:
        return "send_again"
    return "ask" if doubt.since_first >= ASK_AFTER_SECONDS else "wait"
