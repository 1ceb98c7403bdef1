"""The words of cash application: open items, receipts, proposals and decisions."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Reason(str, Enum):
    """Why a proposal is made; the user interface has a label for each."""

    REFERENCE_QUOTED = "reference_quoted"
    ORDER_QUOTED = "order_quoted"
    SEVERAL_QUOTED_SUM = "several_quoted_sum"
    WEAK_REFERENCE = "weak_reference"
    SHARED_REFERENCE = "shared_reference"
    EXACT_AMOUNT = "exact_amount"
    SHORT = "short"
    OVER = "over"
    PARTNER_TOTAL = "partner_total"
    AMOUNT_UNIQUE = "amount_unique"
    PARTNER_ACCOUNT_KNOWN = "partner_account_known"
    NAME_SIMILAR = "name_similar"
    # Why a proposal that looks certain is left to a person all the same.
    RIVAL_RECEIPT = "rival_receipt"


class Action(str, Enum):
    """What is to be done with a receipt."""

    BOOK = "book"
    SUGGEST = "suggest"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One receivable or payable item that still has a residual.

    :param residual: signed minor units of ``currency``; positive is owed to us
    :param partner: the commercial partner, who owes it
    :param references: identify the item alone: invoice number, payment reference
    :param orders: may be shared or guessed: the customer's own order number
    :param group: items of one group can be settled by one counterpart (account and partner)
    """

    key: int
    currency: str
    residual: int
    partner: int | None = None
    partner_name: str = ""
    references: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    due_date: date | None = None
    group: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """One bank line that is not booked yet; money out has a negative amount.

    :param structured: references the payer gave in fields of their own, each one standing alone
    :param texts: free text lines, in order
    :param partner: the partner whose bank account paid, where it is on file
    """

    key: int
    currency: str
    amount: int
    texts: tuple[str, ...] = ()
    structured: tuple[str, ...] = ()
    counterparty_name: str = ""
    partner: int | None = None
    booking_date: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A set of open items that one receipt may pay, with the evidence.

    ``score`` is 0 to 1; ``items`` are keys, oldest due first; ``claims`` says how much of each
    item's residual the receipt takes, in minor units with the sign of the residual.
    """

    items: tuple[int, ...]
    claims: tuple[int, ...]
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one receipt; ``proposals`` best first, at most three."""

    receipt: int
    action: Action
    proposals: tuple[Proposal, ...] = ()
    reasons: tuple[Reason, ...] = ()
