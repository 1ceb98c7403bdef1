"""The words of cash application: open items, receipts, proposals and decisions.

Money is int minor units of the currency named beside it. What is owed to us and what comes in is
positive; credit notes, what we owe and what goes out is negative.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Reason(str, Enum):
    """Why a proposal is made, or what speaks against it; users see a label for each."""

    # What is quoted.
    STRUCTURED_REFERENCE = "structured_reference"
    REFERENCE_QUOTED = "reference_quoted"
    NUMBER_DIGITS = "number_digits"
    WEAK_REFERENCE = "weak_reference"
    ORDER_QUOTED = "order_quoted"
    NUMBER_CUT = "number_cut"
    NUMBER_DAMAGED = "number_damaged"
    NUMBER_TAIL = "number_tail"
    NOTHING_QUOTED = "nothing_quoted"
    # How much of a set is quoted.
    SEVERAL_QUOTED_SUM = "several_quoted_sum"
    LIST_COMPLETED = "list_completed"
    SOME_QUOTED = "some_quoted"
    # How the amount fits.
    EXACT_AMOUNT = "exact_amount"
    DISCOUNT_TAKEN = "discount_taken"
    CHARGES_DEDUCTED = "charges_deducted"
    SMALL_DIFFERENCE = "small_difference"
    SHORT = "short"
    OVER = "over"
    CREDIT_NETTED = "credit_netted"
    INSTRUCTED_EXACT = "instructed_exact"
    RATE_PLAUSIBLE = "rate_plausible"
    NOTHING_FITS = "nothing_fits"
    # Why these items and no others.
    AMOUNT_UNIQUE = "amount_unique"
    PAYER_AMOUNT_UNIQUE = "payer_amount_unique"
    OLDEST_OF_AMOUNT = "oldest_of_amount"
    LATER_OF_AMOUNT = "later_of_amount"
    PERIOD_NAMED = "period_named"
    DATE_NAMED = "date_named"
    PARTNER_TOTAL = "partner_total"
    SUM_UNIQUE = "sum_unique"
    SUM_LIKELY = "sum_likely"
    SUM_OLDEST = "sum_oldest"
    SUM_FIRST = "sum_first"
    SUM_AMBIGUOUS = "sum_ambiguous"
    # Who pays.
    PARTNER_ACCOUNT_KNOWN = "partner_account_known"
    ACCOUNT_LEARNED = "account_learned"
    NAME_SAME = "name_same"
    NAME_SHARED = "name_shared"
    NAME_SIMILAR = "name_similar"
    PAYER_FAMILY = "payer_family"
    CUSTOMER_NUMBER = "customer_number"
    CUSTOMER_NAMED = "customer_named"
    PAYER_UNTOLD = "payer_untold"
    PAYER_UNKNOWN = "payer_unknown"
    PAYER_OTHER = "payer_other"
    # What our own books say.
    OUR_COLLECTION = "our_collection"
    COLLECTION_TOTAL = "collection_total"
    PAYOUT_REPORTED = "payout_reported"
    PAYOUT_LIKELY = "payout_likely"
    TAKEN_BACK = "taken_back"
    OWN_ACCOUNT = "own_account"
    OTHER_END = "other_end"
    # Why a proposal that looks certain is left to a person all the same.
    SHARED_REFERENCE = "shared_reference"
    OTHER_QUOTED = "other_quoted"
    OWN_OTHER_QUOTED = "own_other_quoted"
    SETTLED_QUOTED = "settled_quoted"
    SETTLED_HINTED = "settled_hinted"
    UNREAD_REFERENCE = "unread_reference"
    PERIOD_OTHER = "period_other"
    OTHERS_OPEN = "others_open"
    EXACT_ELSEWHERE = "exact_elsewhere"
    TWO_ADD_UP = "two_add_up"
    ROUND_AMOUNT = "round_amount"
    RIVAL_RECEIPT = "rival_receipt"
    CLOSE_SECOND = "close_second"
    TOO_LARGE = "too_large"
    KIND_NOT_ALLOWED = "kind_not_allowed"
    NOT_EARNED_YET = "not_earned_yet"


_KNOWN_PAYER = frozenset(
    {Reason.PARTNER_ACCOUNT_KNOWN, Reason.ACCOUNT_LEARNED, Reason.NAME_SAME, Reason.PAYER_FAMILY}
)
_BESIDE = frozenset({Reason.CUSTOMER_NUMBER, Reason.CUSTOMER_NAMED})


class Kind(str, Enum):
    """What a proposal is, by how it most differs from one invoice paid to the cent.

    A company allows each kind to book itself or not; figures are kept by kind.
    """

    EXACT = "exact"
    DAMAGED_REFERENCE = "damaged_reference"
    UNNAMED = "unnamed"
    SEVERAL = "several"
    NETTED = "netted"
    DISCOUNT = "discount"
    CHARGES = "charges"
    TOLERANCE = "tolerance"
    SHORT = "short"
    OVER = "over"
    FOREIGN_CURRENCY = "foreign_currency"
    THIRD_PARTY = "third_party"
    COLLECTION = "collection"
    PAYOUT = "payout"
    RETURN = "return"
    REFUND = "refund"
    DUPLICATE = "duplicate"
    ON_ACCOUNT = "on_account"
    TRANSFER = "transfer"


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
    :param issued: the day of the document
    :param discount_residual: what settles the item until ``discount_until`` inclusive
    :param period: the month the document is for, as ``YYYY-MM``
    :param country: two letters, where the partner is at home
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
    issued: date | None = None
    discount_residual: int | None = None
    discount_until: date | None = None
    period: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A partner who may pay.

    :param number: our number for the customer, which payers quote
    :param accounts: bank accounts on file, letters and digits alone
    :param parent: the partner it belongs to, who may pay for it
    """

    key: int
    name: str
    number: str = ""
    accounts: tuple[str, ...] = ()
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One bank line that is not booked yet; money out has a negative amount.

    :param structured: references the payer gave in fields of their own, each one standing alone
    :param texts: free text lines, in order
    :param partner: the partner whose bank account paid, where it is on file
    :param account: the payer's account as the bank names it, letters and digits alone
    :param ultimate_name: on whose behalf was paid, where the bank says so
    :param charges: charges the bank says it took from the amount
    :param instructed: the same money in another currency than ``currency``: what the payer ordered,
        or what arrived where ``currency`` is the ordered one
    :param end_to_end_id: the payer's or, in our own collections, our own id
    :param run_id: the id of our collection run in a collective credit
    :param count: number of transactions in a collective credit, 0 when the bank does not say
    :param return_reason: ISO reason code when this line takes an earlier one back
    :param journal: which of our own accounts it is on, 0 where there is only one
    """

    key: int
    currency: str
    amount: int
    texts: tuple[str, ...] = ()
    structured: tuple[str, ...] = ()
    counterparty_name: str = ""
    partner: int | None = None
    booking_date: date | None = None
    account: str = ""
    ultimate_name: str = ""
    charges: int = 0
    instructed: tuple[str, int] | None = None
    end_to_end_id: str = ""
    run_id: str = ""
    count: int = 0
    return_reason: str = ""
    journal: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """How much of one item a proposal settles.

    :param applied: minor units of the item's currency, signed like its residual
    :param discount: the part of ``applied`` that is early-payment discount, not money
    """

    item: int
    applied: int
    discount: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A set of open items that one receipt may pay, with the evidence.

    For items in the receipt's currency,
    ``sum(applied - discount) - fee - write_off + on_account`` is the amount of the receipt.

    :param claims: oldest due first; empty for money that pays no item
    :param score: chance that the proposal is meant, 0 to 1
    :param kind: how it most differs from one invoice paid to the cent
    :param partner: whose debt is paid; whose credit the rest becomes
    :param fee: bank charges the payer deducted, receipt currency, positive
    :param write_off: what is forgiven (positive) or kept (negative), receipt currency
    :param on_account: what stays as the partner's credit, receipt currency
    :param spans: recognised parts of the receipt's texts, as (text number, start, end)
    """

    claims: tuple[Claim, ...]
    score: float
    reasons: tuple[Reason, ...]
    kind: Kind = Kind.EXACT
    partner: int | None = None
    fee: int = 0
    write_off: int = 0
    on_account: int = 0
    spans: tuple[tuple[int, int, int], ...] = ()

    @property
    def items(self) -> tuple[int, ...]:
        """Return the keys of the claimed items, oldest due first."""
        return tuple(claim.item for claim in self.claims)

    @property
    def situation(self) -> str:
        """Return what experience is kept under: the kind and the reasons, in a fixed order.

        A customer's number or name in the text is left out where the payer is known anyway, so
        that experience is not scattered.
        """
        told = self.reasons
        if not _KNOWN_PAYER.isdisjoint(told):
            told = tuple(reason for reason in told if reason not in _BESIDE)
        return "+".join((self.kind.value, *sorted(reason.value for reason in told)))


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one receipt.

    :param proposals: best first, at most five
    :param reasons: why a proposal that may look certain is left to a person
    :param margin: how far the best proposal is ahead of the next other set of items, 0 to 1
    """

    receipt: int
    action: Action
    proposals: tuple[Proposal, ...] = ()
    reasons: tuple[Reason, ...] = ()
    margin: float = 0.0
