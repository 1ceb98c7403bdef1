"""What an entry says, apart from the ids a bank makes up: the ways to compare two entries."""

import hashlib
import unicodedata
from collections.abc import Hashable
from functools import lru_cache

from .statement import Entry

#: What banks write where they have no reference.
_NO_REFERENCE = frozenset({"NONREF", "NOREF", "NONE", "NOTPROVIDED", "NOTAVAILABLE"})
#: Digits and letters an account number must have to be known by its end: a BBAN in its IBAN.
_MIN_ACCOUNT_ENDING = 8


def fingerprint(entry: Entry) -> str:
    """Return the content of an entry as 64 hexadecimal digits.

    Over booking date, amount, currency, end-to-end id, counterparty account and the remittance
    text without regard to case, blanks and line breaks; no id the bank makes up.

    >>> from datetime import date
    >>> day = date(2026, 3, 2)
    >>> one = Entry(day, day, 1000, "EUR", entry_reference="A", remittance=("Invoice", "INV 7"))
    >>> two = Entry(day, day, 1000, "EUR", entry_reference="B", remittance=("INVOICE INV7",))
    >>> fingerprint(one) == fingerprint(two)
    True
    """
    parts = (
        entry.booking_date.isoformat() if entry.booking_date else "",
        str(entry.amount),
        entry.currency,
        entry.end_to_end_id or "",
        entry.counterparty_account or "",
        normalized_remittance(entry),
    )
    return _digest("\x1f".join(parts))


def told_digest(entry: Entry) -> str:
    """Return everything an entry says, every id and detail included, as 64 hexadecimal digits.

    Without an ultimate party it is what it was before those were read.

    Two entries with the same digest need no look at anything else: they are told alike.

    >>> one = Entry(None, None, 1000, "EUR", entry_reference="A")
    >>> told_digest(one) == told_digest(Entry(None, None, 1000, "EUR", entry_reference="B"))
    False
    """
    return _digest(repr(entry) + (entry.ultimate_name or ""))


def normalized_remittance(entry: Entry) -> str:
    """Return the remittance text in compatibility form (NFKC), case-folded, without blanks."""
    return _normalized(entry.remittance)


def trusted_id(entry: Entry) -> str | None:
    """Return the bank's id of the entry, ``None`` where it is missing or blank.

    ``AcctSvcrRef`` is not one: banks give several entries the same.
    """
    identifier = (entry.entry_reference or "").strip()
    return identifier or None


def money(entry: Entry) -> tuple[str, int]:
    """Return currency and signed minor units: what two entries must share to be the same."""
    return entry.currency, entry.amount


def content(entry: Entry) -> Hashable:
    """Return everything that makes two entries equal: day, money, references and text."""
    return (
        entry.booking_date,
        money(entry),
        payment_references(entry),
        (entry.mandate_id, _account(entry)),
        normalized_remittance(entry),
    )


def days_apart(one: Entry, other: Entry) -> int | None:
    """Return the days between two bookings, ``None`` where one has no date."""
    if one.booking_date is None or other.booking_date is None:
        return None
    return abs((one.booking_date - other.booking_date).days)


def payment_references(entry: Entry) -> tuple[str | None, str | None]:
    """Return the references of the payment and of the invoice, ``None`` where there is none.

    >>> payment_references(Entry(None, None, 1, "EUR", end_to_end_id="NOTPROVIDED"))
    (None, None)
    """
    return _reference(entry.end_to_end_id), _reference(entry.creditor_reference)


def share_payment_reference(one: Entry, other: Entry) -> bool:
    """Return whether both carry the same reference of the payment or of the invoice.

    A mandate or a counterparty's account does not count: it comes again with every payment.
    """
    pairs = zip(payment_references(one), payment_references(other), strict=True)
    return any(mine == theirs for mine, theirs in pairs if mine)


def share_payer(one: Entry, other: Entry) -> bool:
    """Return whether both name the same account or, without any, the same counterparty."""
    mine, theirs = _account(one), _account(other)
    if mine and theirs:
        return _same_account(mine, theirs)
    return bool(one.counterparty_name) and one.counterparty_name == other.counterparty_name


def bank_references(entry: Entry) -> set[str]:
    """Return the bank's own references of an entry, from whichever place.

    An interface gives as id of the entry what a file of the same bank gives as ``AcctSvcrRef``.
    """
    both = _reference(entry.entry_reference), _reference(entry.servicer_reference)
    return {reference for reference in both if reference}


def references_differ(one: Entry, other: Entry) -> bool:
    """Return whether a reference or account which both give is not the same."""
    mine, theirs = payment_references(one), payment_references(other)
    pairs = [*zip(mine, theirs, strict=True), (one.mandate_id, other.mandate_id)]
    if any(a != b for a, b in pairs if a and b):
        return True
    mine, theirs = _account(one), _account(other)
    return bool(mine and theirs) and not _same_account(mine, theirs)


def texts_agree(one: Entry, other: Entry) -> bool:
    """Return whether one text is in the other: banks add a date or a place, or drop it.

    Where one says nothing, no text or a date alone, they agree if the other says nothing either.
    """
    if is_silent(one) or is_silent(other):
        return is_silent(one) and is_silent(other)
    mine, theirs = normalized_remittance(one), normalized_remittance(other)
    return mine in theirs or theirs in mine


def is_silent(entry: Entry) -> bool:
    """Return whether the remittance text has not a single letter.

    >>> is_silent(Entry(None, None, 1, "EUR", remittance=("03.05.",)))
    True
    """
    return _is_silent(entry.remittance)


def words_in_common(one: Entry, other: Entry) -> int:
    """Return how much of the shorter text is in the other, in tenths of its words.

    >>> rent = Entry(None, None, 1, "EUR", remittance=("RENT MAY",))
    >>> words_in_common(rent, Entry(None, None, 1, "EUR", remittance=("Rent flat 4",)))
    5
    """
    mine, theirs = _words(one.remittance), _words(other.remittance)
    shorter = min(len(mine), len(theirs))
    return 10 * len(mine & theirs) // shorter if shorter else 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=65536)
def _folded(remittance: tuple[str, ...]) -> str:
    return unicodedata.normalize("NFKC", " ".join(remittance)).casefold()


@lru_cache(maxsize=65536)
def _normalized(remittance: tuple[str, ...]) -> str:
    return "".join(_folded(remittance).split())


@lru_cache(maxsize=65536)
def _words(remittance: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_folded(remittance).split())


@lru_cache(maxsize=65536)
def _is_silent(remittance: tuple[str, ...]) -> bool:
    return not any(map(str.isalpha, _folded(remittance)))


@lru_cache(maxsize=65536)
def _reference(text: str | None) -> str | None:
    text = (text or "").strip()
    return text if text and text.upper().replace(" ", "") not in _NO_REFERENCE else None


def _account(entry: Entry) -> str | None:
    return _compact(entry.counterparty_account) if entry.counterparty_account else None


@lru_cache(maxsize=65536)
def _compact(number: str) -> str | None:
    return "".join(filter(str.isalnum, number)).upper() or None


def _same_account(one: str, other: str) -> bool:
    """Return whether two account numbers are one: equal, or one the national form in the other."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _MIN_ACCOUNT_ENDING and longer.endswith(shorter))
