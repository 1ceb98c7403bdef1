"""Between the bank's books as values and their rows in the database, exactly in both directions."""

from dataclasses import replace
from datetime import date

from ..core.entry_clean import clean
from ..core.entry_store import (
    charges_from_plain,
    charges_to_plain,
    details_from_plain,
    details_to_plain,
    rate_from_text,
)
from ..core.entry_window import REMOVED_AFTER_MISSES, KnownEntry
from ..core.money import exponent, to_decimal_text
from ..core.statement import Entry

__all__ = [
    "TEXTS",
    "charges_kept",
    "clean",
    "entry_to_values",
    "known_entry",
    "row_to_entry",
    "to_float",
    "to_minor",
]

#: Fields that carry the same text in the value and in the row.
TEXTS = (
    "entry_reference",
    "servicer_reference",
    "end_to_end_id",
    "mandate_id",
    "creditor_reference",
    "counterparty_name",
    "counterparty_account",
    "bank_transaction_code",
    "return_reason",
    "description",
    "batch_reference",
    "original_currency",
    "ultimate_name",
)


def charges_kept(charges, currency):
    """Return what the bank kept of a payment, in its currency; others are no part of it.

    :param charges: as a row keeps them
    """
    return sum(
        charge["amount"]
        for charge in charges or ()
        if charge.get("currency") == currency and charge.get("included") is not False
    )


def to_float(minor, currency):
    """Return minor units as the float Odoo keeps; exact to the last digit of any real balance."""
    return float(to_decimal_text(minor, currency))


def to_minor(amount, currency):
    """Return an amount of Odoo in minor units of ``currency`` (an ISO code)."""
    return round(amount * 10 ** exponent(currency))


def entry_to_values(entry, currencies):
    """Return the row of a clean entry.

    :param currencies: ISO code → res.currency; another code is kept as text
    """
    return {
        **{name: getattr(entry, name) or False for name in TEXTS},
        "booking_date": entry.booking_date,
        "value_date": entry.value_date,
        "currency_id": currencies[entry.currency].id if entry.currency in currencies else False,
        "currency_code": False if entry.currency in currencies else entry.currency,
        "amount": to_float(entry.amount, entry.currency),
        "remittance": "\n".join(entry.remittance) or False,
        "reversal": entry.reversal,
        "batch_size": entry.batch_size or 0,
        "original_amount": _original_amount(entry),
        "exchange_rate": str(entry.exchange_rate) if entry.exchange_rate is not None else False,
        "charges": charges_to_plain(entry.charges) or False,
        "details": details_to_plain(entry.details) or False,
    }


def _original_amount(entry):
    if entry.original_amount is None or not entry.original_currency:
        return 0.0
    return to_float(entry.original_amount, entry.original_currency)


def row_to_entry(row):
    """Return the value of a ``bank.entry`` record; the inverse of :func:`entry_to_values`."""
    currency, original = row.currency_id.name or row.currency_code, row.original_currency or None
    return Entry(
        **{name: row[name] or None for name in TEXTS},
        booking_date=row.booking_date or None,
        value_date=row.value_date or None,
        amount=to_minor(row.amount, currency),
        currency=currency,
        remittance=tuple((row.remittance or "").split("\n")) if row.remittance else (),
        reversal=row.reversal,
        pending=row.state == "pending",
        batch_size=row.batch_size or None,
        original_amount=to_minor(row.original_amount, original) if original else None,
        exchange_rate=rate_from_text(row.exchange_rate or None),
        charges=charges_from_plain(row.charges or ()),
        details=details_from_plain(row.details or ()),
    )


def known_entry(row, *, settled=False):
    """Return a ``bank.entry`` record as the identity core wants it.

    :param settled: told by a statement that has no entry in common with what is read now
    """
    entry = row_to_entry(row)
    open_change = row.told_before and row.confirm_count < REMOVED_AFTER_MISSES
    return KnownEntry(
        key=row.id,
        entry=entry,
        miss_count=REMOVED_AFTER_MISSES if row.state == "removed" else row.miss_count,
        recorded_fingerprint=row.fingerprint,
        occurrence=row.occurrence,
        settled=settled,
        same_as=row.same_entry_id.id or None,
        doubts=tuple(_likeliest_first(row)) if row.state == "doubtful" else (),
        before=_entry_before(entry, row.told_before) if open_change else None,
    )


def _likeliest_first(row):
    first, others = row.doubt_entry_id.ids, row.doubt_entry_ids.ids
    return [*first, *(key for key in others if key not in first)]


def _entry_before(entry, before):
    """Return the entry as it was told before; what identity does not compare stays as it is."""
    day = before["booking_date"]
    remittance = before["remittance"]
    return replace(
        entry,
        **{name: before.get(name) or None for name in TEXTS},
        booking_date=date.fromisoformat(day) if day else None,
        remittance=tuple(remittance.split("\n")) if remittance else (),
    )
