"""Between the bank's books as values and their rows in the database, exactly in both directions."""

from dataclasses import asdict, replace

from ..core.identity import KnownEntry
from ..core.money import exponent, to_decimal_text
from ..core.statement import Entry, EntryDetail

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
)


def to_float(minor, currency):
    """Return minor units as the float Odoo keeps; exact to the last digit of any real balance."""
    return float(to_decimal_text(minor, currency))


def to_minor(amount, currency):
    """Return an amount of Odoo in minor units of ``currency`` (an ISO code)."""
    return round(amount * 10 ** exponent(currency))


def clean(entry):
    """Return ``entry`` as the database can keep it: no NUL, and one row per remittance line."""
    lines = (" ".join(line.replace("\0", "").split("\n")).strip() for line in entry.remittance)
    texts = {name: _clean_text(getattr(entry, name)) for name in TEXTS}
    details = tuple(
        replace(
            detail,
            remittance=tuple(line.replace("\0", "") for line in detail.remittance),
            counterparty_name=_clean_text(detail.counterparty_name),
        )
        for detail in entry.details
    )
    return replace(
        entry, remittance=tuple(line for line in lines if line), details=details, **texts
    )


def _clean_text(text):
    return (text.replace("\0", "").strip() or None) if text else None


def entry_to_values(entry, currencies):
    """Return the row of a clean entry.

    :param currencies: ISO code → res.currency
    """
    return {
        **{name: getattr(entry, name) or False for name in TEXTS},
        "booking_date": entry.booking_date,
        "value_date": entry.value_date,
        "currency_id": currencies[entry.currency].id,
        "amount": to_float(entry.amount, entry.currency),
        "remittance": "\n".join(entry.remittance) or False,
        "reversal": entry.reversal,
        "details": [asdict(detail) for detail in entry.details] or False,
    }


def row_to_entry(row):
    """Return the value of a ``bank.entry`` record; the inverse of :func:`entry_to_values`."""
    currency = row.currency_id.name
    return Entry(
        **{name: row[name] or None for name in TEXTS},
        booking_date=row.booking_date or None,
        value_date=row.value_date or None,
        amount=to_minor(row.amount, currency),
        currency=currency,
        remittance=tuple((row.remittance or "").split("\n")) if row.remittance else (),
        reversal=row.reversal,
        pending=row.state == "pending",
        details=tuple(
            EntryDetail(**{**detail, "remittance": tuple(detail["remittance"])})
            for detail in row.details or ()
        ),
    )


def known_entry(row):
    """Return a ``bank.entry`` record as the identity core wants it."""
    return KnownEntry(
        key=row.id,
        entry=row_to_entry(row),
        miss_count=row.miss_count,
        recorded_fingerprint=row.fingerprint,
        occurrence=row.occurrence,
    )


def line_values(row, partner_id):
    """Return the values of the statement line that books a ``bank.entry`` record."""
    return {
        "journal_id": row.account_id.journal_id.id,
        "date": row.booking_date or row.value_date,
        "payment_ref": row.payment_text,
        "amount": row.amount,
        "partner_id": partner_id,
        "partner_name": row.counterparty_name,
        "account_number": row.counterparty_account,
        "transaction_type": row.bank_transaction_code,
        "bank_entry_id": row.id,
        "bank_booking_date": row.booking_date,
        "bank_value_date": row.value_date,
    }
