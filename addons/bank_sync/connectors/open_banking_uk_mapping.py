"""UK Open Banking Read/Write JSON → the bank's books as values.

Source: Open Banking Limited, "Read/Write API Specification", Account and Transaction API, versions
3.1.11 and 4.0. They differ in spelling only: 3.1 writes ``Booked`` and ``ClosingBooked`` where 4.0
has the ISO codes ``BOOK`` and ``CLBD``. Amounts never have a sign; ``CreditDebitIndicator`` says
it. ``TransactionId`` is optional.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..core.statement import Entry
from .base import Balance, BankProfile, RemoteAccount
from .errors import ContractViolation
from .json_values import as_list, as_object, bank_date, exact_amount, first_text, text_of

#: Kinds of balance → the words the rest of the house knows (those of NextGenPSD2).
BALANCE_KINDS = {
    "CLBD": "closingBooked", "ClosingBooked": "closingBooked",
    "OPBD": "openingBooked", "OpeningBooked": "openingBooked",
    "ITBD": "interimBooked", "InterimBooked": "interimBooked",
    "ITAV": "interimAvailable", "InterimAvailable": "interimAvailable",
    "XPCD": "expected", "Expected": "expected",
    "FWAV": "forwardAvailable", "ForwardAvailable": "forwardAvailable",
}  # fmt: skip
#: Status of an entry → whether it is still pending. What is neither is no entry of the books.
PENDING = {"BOOK": False, "Booked": False, "PDNG": True, "Pending": True}
#: Our word for a consent's state.
CONSENT_STATUS = {
    "AWAU": "received", "AwaitingAuthorisation": "received",
    "AUTH": "valid", "Authorised": "valid",
    "RJCT": "rejected", "Rejected": "rejected",
    "CANC": "revokedByPsu", "Revoked": "revokedByPsu",
    "EXPD": "expired", "Expired": "expired",
}  # fmt: skip
#: ``SchemeName`` with and without the namespace some banks leave out.
_IBAN_SCHEMES = {"UK.OBIE.IBAN", "IBAN"}


def read_account(value: Any) -> RemoteAccount:
    """Return one element of ``Data.Account``.

    :raise ContractViolation: without an id or a currency
    """
    account = as_object(value, "account")
    resource_id, currency = text_of(account, "AccountId"), text_of(account, "Currency")
    if not resource_id or not currency:
        raise ContractViolation("incomplete", "An account comes without AccountId or Currency.")
    numbers = [as_object(each, "account number") for each in as_list(account, "Account")]
    return RemoteAccount(
        resource_id=resource_id,
        iban=_number(numbers),
        currency=currency,
        owner_name=next((name for name in (text_of(n, "Name") for n in numbers) if name), None),
        name=first_text(account, "Nickname", "Description"),
        usable=text_of(account, "Status") in {None, "Enabled", "ENAB", "Pending"},
    )


def _number(numbers: list[Mapping[str, Any]]) -> str | None:
    """Return the IBAN where there is one, else the sort code with the account number."""
    ibans = [n for n in numbers if text_of(n, "SchemeName") in _IBAN_SCHEMES]
    return next((i for i in (text_of(n, "Identification") for n in [*ibans, *numbers]) if i), None)


def read_balance(value: Any, profile: BankProfile) -> Balance:
    """Return one element of ``Data.Balance``.

    >>> balance = read_balance({"AccountId": "1", "CreditDebitIndicator": "Debit", "Type": "CLBD",
    ...     "DateTime": "2026-03-02T23:59:59+00:00",
    ...     "Amount": {"Amount": "5.00", "Currency": "GBP"}}, BankProfile(zone="Europe/London"))
    >>> balance.kind, balance.amount, balance.reference_date
    ('closingBooked', -500, datetime.date(2026, 3, 2))

    :raise ContractViolation: without a type, a sign or an exact amount
    """
    balance = as_object(value, "balance")
    kind = text_of(balance, "Type")
    if not kind:
        raise ContractViolation("incomplete", "A balance comes without its type.")
    amount, currency = _signed(balance, BankProfile())
    on = bank_date(balance, "DateTime", profile.zone)
    return Balance(BALANCE_KINDS.get(kind, kind), amount, currency, on)


def read_transaction(value: Any, profile: BankProfile) -> Entry | None:
    """Return one element of ``Data.Transaction``; ``None`` for what is in no books.

    Refused, future and merely informative transactions are not entries.

    :raise ContractViolation: when amount, sign or a date cannot be read exactly
    """
    transaction = as_object(value, "transaction")
    pending = PENDING.get(text_of(transaction, "Status") or "")
    if pending is None:
        return None
    amount, currency = _signed(transaction, profile)
    side = "Debtor" if amount >= 0 else "Creditor"
    account = transaction.get(f"{side}Account")
    account = account if isinstance(account, dict) else {}
    exchange = _exchange(transaction, currency)
    original, original_currency = _original(exchange, currency, 1 if amount >= 0 else -1)
    return Entry(
        booking_date=bank_date(transaction, "BookingDateTime", profile.zone),
        value_date=bank_date(transaction, "ValueDateTime", profile.zone),
        amount=amount,
        currency=currency,
        entry_reference=text_of(transaction, "TransactionId"),
        servicer_reference=None,
        end_to_end_id=_end_to_end_id(transaction),
        creditor_reference=_creditor_reference(transaction),
        counterparty_name=_name(transaction, account, side),
        counterparty_account=text_of(account, "Identification"),
        remittance=_remittance(transaction),
        bank_transaction_code=_code(transaction),
        pending=pending,
        original_amount=original,
        original_currency=original_currency,
        exchange_rate=_rate(exchange),
    )


def _signed(value: Mapping[str, Any], profile: BankProfile) -> tuple[int, str]:
    """Return the amount with money out negative.

    Some banks repeat the sign in the amount, against the standard; the indicator decides.
    """
    amount, currency = exact_amount(value.get("Amount"), "Amount", "Currency")
    indicator = text_of(value, "CreditDebitIndicator")
    if indicator not in {"Credit", "Debit", "CRDT", "DBIT"}:
        raise ContractViolation("bad_amount", "An amount comes without its direction.")
    is_out = indicator in {"Debit", "DBIT"}
    if profile.signs == "reversed":
        is_out = not is_out
    return (-abs(amount) if is_out else abs(amount)), currency


def _exchange(transaction: Mapping[str, Any], currency: str) -> Mapping[str, Any]:
    """Return the currency exchange, if it is about another currency; else nothing."""
    exchange = transaction.get("CurrencyExchange")
    if not isinstance(exchange, dict) or text_of(exchange, "SourceCurrency") in {None, currency}:
        return {}
    return exchange


def _original(
    exchange: Mapping[str, Any], currency: str, sign: int
) -> tuple[int | None, str | None]:
    if not isinstance(exchange.get("InstructedAmount"), dict):
        return None, text_of(exchange, "SourceCurrency")
    amount, original = exact_amount(exchange["InstructedAmount"], "Amount", "Currency")
    return (sign * abs(amount), original) if original != currency else (None, None)


def _rate(exchange: Mapping[str, Any]) -> Decimal | None:
    text = exchange.get("ExchangeRate")
    try:
        rate = Decimal(text if isinstance(text, int | str) else "")
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and rate > 0 else None


def _name(transaction: Mapping[str, Any], account: Mapping[str, Any], side: str) -> str | None:
    """Return who is on the other side; a card payment names the merchant."""
    merchant = transaction.get("MerchantDetails")
    ultimate = transaction.get(f"Ultimate{side}")
    return (
        text_of(account, "Name")
        or (text_of(merchant, "MerchantName") if isinstance(merchant, dict) else None)
        or (text_of(ultimate, "Name") if isinstance(ultimate, dict) else None)
    )


def _code(transaction: Mapping[str, Any]) -> str | None:
    """Return the bank transaction code; the bank's own one where there is no ISO code."""
    code = transaction.get("BankTransactionCode")
    if isinstance(code, dict) and (parts := [text_of(code, k) for k in ("Code", "SubCode")]):
        text = "-".join(part for part in parts if part)
        if text:
            return text
    own = transaction.get("ProprietaryBankTransactionCode")
    return text_of(own, "Code") if isinstance(own, dict) else None


def _structured(transaction: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return ``RemittanceInformation``, which exists from 4.0 on."""
    found = transaction.get("RemittanceInformation")
    return found if isinstance(found, dict) else {}


def _creditor_reference(transaction: Mapping[str, Any]) -> str | None:
    for each in as_list(_structured(transaction), "Structured"):
        reference = each.get("CreditorReferenceInformation") if isinstance(each, dict) else None
        if isinstance(reference, dict) and (text := text_of(reference, "Reference")):
            return text
    return None


def _end_to_end_id(transaction: Mapping[str, Any]) -> str | None:
    extra = transaction.get("SupplementaryData")
    text = text_of(extra, "EndToEndIdentification") if isinstance(extra, dict) else None
    return None if text == "NOTPROVIDED" else text


def _remittance(transaction: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the payer's lines; before 4.0 banks have one text and sometimes a reference."""
    lines = as_list(_structured(transaction), "Unstructured")
    lines = lines or [transaction.get("TransactionInformation")]
    reference = text_of(transaction, "TransactionReference")
    texts = [line.strip() for line in lines if isinstance(line, str) and line.strip()]
    if reference and not any(reference in text for text in texts):
        texts.append(reference)
    return tuple(texts)
