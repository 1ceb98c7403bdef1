"""What an entry says, apart from the ids a bank makes up: the ways to compare two entries."""

import hashlib
import unicodedata
from collections.abc import Hashable

from .statement import Entry


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
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def normalized_remittance(entry: Entry) -> str:
    """Return the remittance text in compatibility form (NFKC), case-folded, without blanks."""
    folded = unicodedata.normalize("NFKC", " ".join(entry.remittance)).casefold()
    return "".join(folded.split())


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
        _strong_references(entry),
        _weak_references(entry),
        normalized_remittance(entry),
    )


def days_apart(one: Entry, other: Entry) -> int | None:
    """Return the days between two bookings, ``None`` where one has no date."""
    if one.booking_date is None or other.booking_date is None:
        return None
    return abs((one.booking_date - other.booking_date).days)


def share_reference(one: Entry, other: Entry) -> bool:
    """Return whether both carry the same reference of the payment or of the invoice.

    A mandate or a counterparty's account does not count: it comes again with every payment.
    """
    pairs = zip(_strong_references(one), _strong_references(other), strict=True)
    return any(mine == theirs for mine, theirs in pairs if mine)


def share_bank_reference(one: Entry, other: Entry) -> bool:
    """Return whether both carry the same reference of the bank, in whichever place.

    An interface gives as id of the entry what a file of the same bank gives as ``AcctSvcrRef``.
    """
    return not _bank_references(one).isdisjoint(_bank_references(other))


def references_differ(one: Entry, other: Entry) -> bool:
    """Return whether a reference or account which both give is not the same."""
    mine = _strong_references(one) + _weak_references(one)
    theirs = _strong_references(other) + _weak_references(other)
    return any(a != b for a, b in zip(mine, theirs, strict=True) if a and b)


def texts_agree(one: Entry, other: Entry) -> bool:
    """Return whether one text is in the other: banks add a date or a place, or drop it."""
    mine, theirs = normalized_remittance(one), normalized_remittance(other)
    return mine in theirs or theirs in mine


def _bank_references(entry: Entry) -> set[str]:
    both = (entry.entry_reference or "").strip(), (entry.servicer_reference or "").strip()
    return {reference for reference in both if reference}


def _strong_references(entry: Entry) -> tuple[str | None, ...]:
    return entry.end_to_end_id, entry.creditor_reference


def _weak_references(entry: Entry) -> tuple[str | None, ...]:
    return entry.mandate_id, entry.counterparty_account
