"""Berlin Group NextGenPSD2 1.3 JSON → the bank's books as values.

Source: Berlin Group, "NextGenPSD2 XS2A Interoperability Framework", version 1.3.11, schemas
``accountDetails``, ``balance`` and ``transactions``. Of a transaction only
``transactionAmount`` is mandatory; everything else may be missing, empty or blank.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ..core import money
from ..core.statement import Entry, EntryDetail
from .base import Balance, ContractViolation, RemoteAccount


def read_account(value: Any) -> RemoteAccount:
    """Return one element of ``accounts``.

    :raise ContractViolation: without a resource id or a currency
    """
    account = _object(value, "account")
    resource_id, currency = _text(account, "resourceId"), _text(account, "currency")
    if not resource_id or not currency:
        raise ContractViolation("incomplete", "An account comes without resourceId or currency.")
    return RemoteAccount(
        resource_id=resource_id,
        iban=_text(account, "iban"),
        currency=currency,
        owner_name=_text(account, "ownerName"),
        name=_text(account, "name") or _text(account, "product"),
    )


def read_balance(value: Any) -> Balance:
    """Return one element of ``balances``.

    >>> read_balance({"balanceType": "closingBooked",
    ...               "balanceAmount": {"currency": "EUR", "amount": "500.00"}})
    Balance(kind='closingBooked', amount=50000, currency='EUR', reference_date=None)

    :raise ContractViolation: without a type or an exact amount
    """
    balance = _object(value, "balance")
    kind = _text(balance, "balanceType")
    if not kind:
        raise ContractViolation("incomplete", "A balance comes without its type.")
    amount, currency = _amount(balance.get("balanceAmount"))
    return Balance(kind, amount, currency, _date(balance, "referenceDate"))


def read_transaction(value: Any, *, pending: bool) -> Entry:
    """Return one element of ``booked`` or ``pending``.

    The sign of the amount is taken as sent: negative is money out. Some banks send debits
    positive; the balance proof finds that out before anything is booked.

    >>> entry = read_transaction({"transactionAmount": {"currency": "EUR", "amount": "12.3"},
    ...     "debtorName": "Ada", "transactionId": " ", "bookingDate": "2026-03-02",
    ...     "remittanceInformationUnstructured": "INV/2026/00007"}, pending=False)
    >>> entry.amount, entry.counterparty_name, entry.entry_reference, entry.remittance
    (1230, 'Ada', None, ('INV/2026/00007',))

    :raise ContractViolation: when the amount or a date cannot be read exactly
    """
    transaction = _object(value, "transaction")
    amount, currency = _amount(transaction.get("transactionAmount"))
    transaction_id = _text(transaction, "transactionId")
    entry_reference = _text(transaction, "entryReference")
    here, there = ("debtor", "creditor") if amount >= 0 else ("creditor", "debtor")
    return Entry(
        booking_date=_date(transaction, "bookingDate"),
        value_date=_date(transaction, "valueDate"),
        amount=amount,
        currency=currency,
        entry_reference=entry_reference or transaction_id,
        servicer_reference=transaction_id if entry_reference else None,
        end_to_end_id=_end_to_end_id(transaction),
        mandate_id=_text(transaction, "mandateId"),
        creditor_reference=_creditor_reference(transaction),
        counterparty_name=_first(transaction, f"{here}Name", f"{there}Name"),
        counterparty_account=_account(transaction, f"{here}Account", f"{there}Account"),
        remittance=_remittance(transaction),
        bank_transaction_code=_first(
            transaction, "bankTransactionCode", "proprietaryBankTransactionCode"
        ),
        pending=pending,
        details=tuple(_detail(value) for value in transaction.get("entryDetails") or ()),
    )


def _detail(value: Any) -> EntryDetail:
    """Return one transaction inside a batch."""
    detail = _object(value, "detail of a transaction")
    amount, currency = _amount(detail.get("transactionAmount"))
    side = "debtor" if amount >= 0 else "creditor"
    return EntryDetail(
        amount=amount,
        currency=currency,
        end_to_end_id=_end_to_end_id(detail),
        mandate_id=_text(detail, "mandateId"),
        creditor_reference=_creditor_reference(detail),
        counterparty_name=_text(detail, f"{side}Name"),
        counterparty_account=_account(detail, f"{side}Account"),
        remittance=_remittance(detail),
    )


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ContractViolation("wrong_shape", f"A {what} is not an object.")
    return value


def _text(value: Mapping[str, Any], key: str) -> str | None:
    """Return a text, or ``None`` where it is missing, blank or no text at all."""
    text = value.get(key)
    return (text.strip() or None) if isinstance(text, str) else None


def _amount(value: Any) -> tuple[int, str]:
    amount = _object(value, "amount")
    text, currency = amount.get("amount"), _text(amount, "currency")
    if not isinstance(text, str) or not currency:
        raise ContractViolation("bad_amount", "An amount comes without its text or currency.")
    try:
        return money.to_minor(text.strip(), currency), currency
    except ValueError as error:
        raise ContractViolation("bad_amount", f"{text[:40]!r} is not an exact amount.") from error


def _date(value: Mapping[str, Any], key: str) -> date | None:
    text = _text(value, key)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ContractViolation("bad_date", f"{key} {text[:40]!r} is not a date.") from error


def _first(value: Mapping[str, Any], *keys: str) -> str | None:
    """Return the first text of several keys that says anything."""
    return next((text for text in (_text(value, key) for key in keys) if text), None)


def _account(value: Mapping[str, Any], *keys: str) -> str | None:
    """Return the number of the first account reference that has one."""
    found = (value.get(key) for key in keys)
    numbers = (_first(account, "iban", "bban") for account in found if isinstance(account, dict))
    return next((number for number in numbers if number), None)


def _end_to_end_id(transaction: Mapping[str, Any]) -> str | None:
    """Return the payer's id; the standard's placeholder for "none" is none."""
    text = _text(transaction, "endToEndId")
    return None if text == "NOTPROVIDED" else text


def _creditor_reference(transaction: Mapping[str, Any]) -> str | None:
    """Return the first structured reference: a text in 1.3.11, an object in other versions."""
    values = transaction.get("remittanceInformationStructuredArray")
    candidates = list(values) if isinstance(values, list) else []
    candidates.insert(0, transaction.get("remittanceInformationStructured"))
    for candidate in candidates:
        if isinstance(candidate, str) and candidate.strip():
            return candidate.strip()
        if isinstance(candidate, dict) and _text(candidate, "reference"):
            return _text(candidate, "reference")
    return None


def _remittance(transaction: Mapping[str, Any]) -> tuple[str, ...]:
    lines = transaction.get("remittanceInformationUnstructuredArray")
    if not isinstance(lines, list):
        lines = [transaction.get("remittanceInformationUnstructured")]
    return tuple(line.strip() for line in lines if isinstance(line, str) and line.strip())
