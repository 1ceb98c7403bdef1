"""What a failed attempt at an order means for the order: not executed, refused, or who knows."""

from typing import Literal

from .base import AuthExpired, BankError, ConsentInvalid, Permanent, Temporary
from .errors import NOTHING_HAPPENED

#: "Still being worked on" in answer to a repeated key (IETF draft Idempotency-Key): not a refusal,
#: whatever code the body names.
_IN_PROGRESS = 409


def outcome_of(error: BankError) -> Literal["not_executed", "refused", "unknown"]:
    """Return what is certain after ``error`` came instead of an answer to an order.

    Everything that leaves the slightest doubt is ``unknown``, an answer we cannot read included.

    >>> outcome_of(Temporary("refused")), outcome_of(Temporary("unavailable"))
    ('not_executed', 'unknown')
    >>> outcome_of(Permanent("FORMAT_ERROR")), outcome_of(AuthExpired("unauthorised"))
    ('refused', 'not_executed')
    >>> conflict = Permanent("STATUS_INVALID")
    >>> conflict.status = 409
    >>> outcome_of(conflict)
    'unknown'
    """
    if error.status == _IN_PROGRESS:
        return "unknown"
    if isinstance(error, Temporary):
        return "not_executed" if error.code in NOTHING_HAPPENED else "unknown"
    if isinstance(error, AuthExpired | ConsentInvalid):
        return "not_executed"
    if isinstance(error, Permanent):
        return "refused"
    return "unknown"
