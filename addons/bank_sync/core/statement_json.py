"""A bank file as JSON: amounts are exact decimal strings, dates ISO, what is absent is ``null``."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from .formats.names import machine_format, machine_version
from .money import to_decimal_text
from .payment_status import PaymentStatusReport
from .proof import prove_statement
from .statement import Entry, EntryDetail, Statement
from .statement_file import StatementFile

_PROVED = {"proved": True, "failed": False, "unproven": None}


def statement_to_json(file_name: str, file: StatementFile) -> Iterator[str]:
    """Yield one file as the pieces of one line of JSON, in the order of the file.

    In pieces, because a statement of 50,000 entries takes three times its memory as one text.
    Amounts are signed: money in is positive. ``proved`` is ``true`` where opening + booked
    entries is closing, ``false`` where it is not, ``null`` where a balance is missing. ``format``
    and ``version`` are the codes of :mod:`~.formats.names`: ``mt940``, ``OFX 102``.
    ``payment_statuses`` is there only where the file has some.
    """
    head = {
        "file": file_name,
        "format": machine_format(file.format),
        "version": machine_version(file.format, file.version),
    }
    yield _open(head) + '"statements": ['
    for number, statement in enumerate(file.statements):
        yield (", " if number else "") + _open(_statement(statement)) + '"entries": ['
        for position, entry in enumerate(statement.entries):
            yield (", " if position else "") + _dump(_entry(entry))
        yield "]}"
    yield f'], "warnings": {_dump([asdict(warning) for warning in file.warnings])}'
    if file.payment_statuses:
        yield ', "payment_statuses": ' + _dump([_report(r) for r in file.payment_statuses])
    yield "}"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _open(fields: dict[str, Any]) -> str:
    """Return an object with ``fields``, left open for one more."""
    return _dump(fields)[:-1] + ", "


def _statement(statement: Statement) -> dict[str, Any]:
    """Return everything but the entries."""
    return {
        "id": statement.id,
        "account": statement.account_text or statement.account,
        "currency": statement.currency,
        "opening": _amount(statement.opening, statement.currency),
        "closing": _amount(statement.closing, statement.currency),
        "proved": _PROVED[prove_statement(statement).status],
        "opening_date": _day(statement.opening_date),
        "closing_date": _day(statement.closing_date),
        "sequence": statement.sequence,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "booking_date": _day(entry.booking_date),
        "value_date": _day(entry.value_date),
        **_payment(entry),
        "entry_reference": entry.entry_reference,
        "reversal": entry.reversal,
        "pending": entry.pending,
        "description": entry.description,
        "batch_reference": entry.batch_reference,
        "batch_size": entry.batch_size,
        "details": [_payment(detail) for detail in entry.details],
    }


def _report(report: PaymentStatusReport) -> dict[str, Any]:
    """Return a payment status report; amounts as everywhere, dates ISO."""
    fields = asdict(report)
    for batch, shown in zip(report.batches, fields["batches"], strict=True):
        for payment, line in zip(batch.payments, shown["payments"], strict=True):
            line["amount"] = _amount(payment.amount, payment.currency)
            line["execution_date"] = _day(payment.execution_date)
    return fields


def _payment(source: Entry | EntryDetail) -> dict[str, Any]:
    """Return what an entry and one of its details have in common."""
    return {
        "amount": _amount(source.amount, source.currency),
        "currency": source.currency,
        "servicer_reference": source.servicer_reference,
        "end_to_end_id": source.end_to_end_id,
        "mandate_id": source.mandate_id,
        "creditor_reference": source.creditor_reference,
        "counterparty_name": source.counterparty_name,
        "counterparty_account": source.counterparty_account,
        "remittance": list(source.remittance),
        "bank_transaction_code": source.bank_transaction_code,
        "return_reason": source.return_reason,
        "original_amount": _amount(source.original_amount, source.original_currency),
        "original_currency": source.original_currency,
        "exchange_rate": None if source.exchange_rate is None else str(source.exchange_rate),
        "charges": [
            {
                "amount": _amount(charge.amount, charge.currency),
                "currency": charge.currency,
                "included": charge.included,
            }
            for charge in source.charges
        ],
    }


def _amount(minor: int | None, currency: str | None) -> str | None:
    return None if minor is None or currency is None else to_decimal_text(minor, currency)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
