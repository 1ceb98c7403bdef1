"""Berlin Group NextGenPSD2 1.3 JSON → the bank's books as values.

Source: Berlin Group, "NextGenPSD2 XS2A Interoperability Framework", version 1.3.11, schemas
``accountDetails``, ``balance`` and ``transactions``. Of a transaction only
``transactionAmount`` is mandatory; everything else may be missing, empty or blank.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..core.statement import Entry, EntryDetail
from .base import Balance, BankProfile, RemoteAccount
from .errors import ContractViolation
from .json_values import as_list, as_object, bank_date, exact_amount, first_text, text_of

#: A bank that does as the standard says.
STANDARD = BankProfile()


def read_account(value: Any) -> RemoteAccount:
    """Return one element of ``accounts``.

    :raise ContractViolation: without a resource id or a currency
    """
    account = as_object(value, "account")
    resource_id, currency = text_of(account, "resourceId"), text_of(account, "currency")
    if not resource_id or not currency:
        raise ContractViolation("incomplete", "An account comes without resourceId or currency.")
    return RemoteAccount(
        resource_id=resource_id,
        iban=text_of(account, "iban"),
        currency=currency,
        owner_name=text_of(account, "ownerName"),
        name=text_of(account, "name") or text_of(account, "product"),
        usable=text_of(account, "status") in {None, "enabled"},
    )


def read_balance(value: Any) -> Balance:
    """Return one element of ``balances``.

    >>> read_balance({"balanceType": "closingBooked",
    ...               "balanceAmount": {"currency": "EUR", "amount": "500.00"}})
    Balance(kind='closingBooked', amount=50000, currency='EUR', reference_date=None)

    :raise ContractViolation: without a type or an exact amount
    """
    balance = as_object(value, "balance")
    kind = text_of(balance, "balanceType")
    if not kind:
        raise ContractViolation("incomplete", "A balance comes without its type.")
    amount, currency = exact_amount(balance.get("balanceAmount"), "amount", "currency")
    return Balance(kind, amount, currency, bank_date(balance, "referenceDate"))


def read_transaction(value: Any, *, pending: bool, profile: BankProfile = STANDARD) -> Entry:
    """Return one element of ``booked`` or ``pending``.

    The sign of the amount is taken as sent: negative is money out. Some banks do it otherwise
    (``BankProfile.signs``); the balance proof finds out before anything is booked.

    >>> entry = read_transaction({"transactionAmount": {"currency": "EUR", "amount": "12.3"},
    ...     "debtorName": "Ada", "transactionId": " ", "bookingDate": "2026-03-02",
    ...     "remittanceInformationUnstructured": "INV/2026/00007"}, pending=False)
    >>> entry.amount, entry.counterparty_name, entry.entry_reference, entry.remittance
    (1230, 'Ada', None, ('INV/2026/00007',))

    :param profile: where this bank departs from the standard
    :raise ContractViolation: when the amount or a date cannot be read exactly
    """
    transaction = as_object(value, "transaction")
    amount, currency = exact_amount(transaction.get("transactionAmount"), "amount", "currency")
    amount = _signed(amount, transaction, profile.signs)
    transaction_id = text_of(transaction, "transactionId")
    entry_reference = text_of(transaction, "entryReference")
    here, there = ("debtor", "creditor") if amount >= 0 else ("creditor", "debtor")
    return Entry(
        booking_date=bank_date(transaction, "bookingDate", profile.zone),
        value_date=bank_date(transaction, "valueDate", profile.zone),
        amount=amount,
        currency=currency,
        entry_reference=entry_reference or transaction_id,
        servicer_reference=transaction_id if entry_reference else None,
        end_to_end_id=_end_to_end_id(transaction),
        mandate_id=text_of(transaction, "mandateId"),
        creditor_reference=_creditor_reference(transaction),
        counterparty_name=first_text(transaction, f"{here}Name", f"{there}Name"),
        counterparty_account=_account(transaction, f"{here}Account", f"{there}Account"),
        remittance=_remittance(transaction),
        bank_transaction_code=first_text(
            transaction, "bankTransactionCode", "proprietaryBankTransactionCode"
        ),
        pending=pending,
        details=tuple(
            _detail(value, profile.signs) for value in as_list(transaction, "entryDetails")
        ),
        description=text_of(transaction, "additionalInformation"),
        batch_size=_count(transaction, "batchNumberOfTransactions"),
        original_currency=_exchange(transaction, "sourceCurrency", currency),
        exchange_rate=_rate(transaction),
    )


def _signed(amount: int, transaction: Mapping[str, Any], signs: str) -> int:
    """Return the amount with money out negative, however this bank writes it."""
    if signs == "reversed":
        return -amount
    if signs == "by_party":
        is_out = any(transaction.get(key) for key in ("creditorName", "creditorAccount"))
        return -abs(amount) if is_out else abs(amount)
    return amount


def _exchange(transaction: Mapping[str, Any], key: str, currency: str) -> str | None:
    """Return a value of the first currency exchange, if it is about another currency."""
    exchanges = transaction.get("currencyExchange")
    first = exchanges[0] if isinstance(exchanges, list) and exchanges else exchanges
    if not isinstance(first, dict) or text_of(first, "sourceCurrency") in {None, currency}:
        return None
    return text_of(first, key)


def _rate(transaction: Mapping[str, Any]) -> Decimal | None:
    """Return the exchange rate as the bank quotes it; a rate nobody can read is none."""
    amount = transaction["transactionAmount"]
    text = _exchange(transaction, "exchangeRate", amount["currency"])
    try:
        rate = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return rate if rate is not None and rate.is_finite() and rate > 0 else None


def _count(value: Mapping[str, Any], key: str) -> int | None:
    text = str(value.get(key) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _detail(value: Any, signs: str) -> EntryDetail:
    """Return one transaction inside a batch."""
    detail = as_object(value, "detail of a transaction")
    amount, currency = exact_amount(detail.get("transactionAmount"), "amount", "currency")
    amount = _signed(amount, detail, signs)
    side = "debtor" if amount >= 0 else "creditor"
    return EntryDetail(
        amount=amount,
        currency=currency,
        end_to_end_id=_end_to_end_id(detail),
        mandate_id=text_of(detail, "mandateId"),
        creditor_reference=_creditor_reference(detail),
        counterparty_name=text_of(detail, f"{side}Name"),
        counterparty_account=_account(detail, f"{side}Account"),
        remittance=_remittance(detail),
    )


def _account(value: Mapping[str, Any], *keys: str) -> str | None:
    """Return the number of the first account reference that has one."""
    found = (value.get(key) for key in keys)
    numbers = (
        first_text(account, "iban", "bban") for account in found if isinstance(account, dict)
    )
    return next((number for number in numbers if number), None)


def _end_to_end_id(transaction: Mapping[str, Any]) -> str | None:
    """Return the payer's id; the standard's placeholder for "none" is none."""
    text = text_of(transaction, "endToEndId")
    return None if text == "NOTPROVIDED" else text


def _creditor_reference(transaction: Mapping[str, Any]) -> str | None:
    """Return the first structured reference: a text in 1.3.11, an object in other versions."""
    values = transaction.get("remittanceInformationStructuredArray")
    candidates = list(values) if isinstance(values, list) else []
    candidates.insert(0, transaction.get("remittanceInformationStructured"))
    for candidate in candidates:
        if isinstance(candidate, str) and candidate.strip():
            return candidate.strip()
        if isinstance(candidate, dict) and text_of(candidate, "reference"):
            return text_of(candidate, "reference")
    return None


def _remittance(transaction: Mapping[str, Any]) -> tuple[str, ...]:
    lines = transaction.get("remittanceInformationUnstructuredArray")
    if not isinstance(lines, list):
        lines = [transaction.get("remittanceInformationUnstructured")]
    return tuple(line.strip() for line in lines if isinstance(line, str) and line.strip())
