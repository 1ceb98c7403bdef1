"""Why a bank line waits for a person, and what that person can do about it."""

from odoo.tools.translate import LazyTranslate

from .account_bank_statement_line_match import WAITING_LABELS
from .match_reasons import REASON_LABELS

_lt = LazyTranslate(__name__)

#: ``bank_match_reason`` → what to do.
ADVICE = {
    "unknown_payment": _lt(
        "Search the item it pays, ask the salesperson, or write it off with a preset."
    ),
    "rival_receipt": _lt(
        "Two lines pay the same item. Match the right one; the other is a second payment."
    ),
    "rejected": _lt("Search the item it pays, or keep the money as the customer's credit."),
    "undone": _lt("Choose other items; the match that was undone is not proposed again."),
    "rest_open": _lt("Match the rest with another item, write it off, or undo the whole match."),
    "put_aside": _lt("Somebody has put it aside on purpose: read the note before you decide."),
}

_NOT_LOOKED_AT = _lt("Not looked at yet")
_NEXT_RUN = _lt("The next matching run makes proposals. You can match it by hand now.")
_OTHER = _lt("Decide by hand")
_PROPOSED = _lt("Accept the proposal if it is right, or choose other items.")
#: Why a proposal is left to a person, by code.
_LEFT = {reason.value: label for reason, label in REASON_LABELS.items()}


def waiting_label(env, code):
    """Return in words why a line waits."""
    if not code:
        return env._(_NOT_LOOKED_AT)
    return env._(WAITING_LABELS.get(code) or _LEFT.get(code, _OTHER))


def waiting_advice(env, code):
    """Return what a person can do about a line that waits."""
    if not code:
        return env._(_NEXT_RUN)
    other = _PROPOSED if code in _LEFT else ADVICE["unknown_payment"]
    return env._(ADVICE.get(code, other))
