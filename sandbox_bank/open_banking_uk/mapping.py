"""From the bank's books to the JSON of Open Banking UK."""

import datetime

from .. import clock, entries, identifiers, ledger, money, quirks
from ..entries import Entry
from ..ledger import ONE_DAY, Account
from ..quirks import wire
from ..web import Bank

IBAN = "UK.OBIE.IBAN"
BALANCE_TYPES = {"closingBooked": "CLBD", "expected": "XPCD", "interimAvailable": "ITAV"}


def amount(minor: int, currency: str) -> dict:
    """Return an amount without sign."""
    return {"Amount": money.to_text(abs(minor), currency), "Currency": currency}


def direction(minor: int) -> str:
    """Return which way money went."""
    return "Debit" if minor < 0 else "Credit"


def account(bank: Bank, grant, permissions: tuple[str, ...]) -> dict:
    """Return an account as far as its consent permits."""
    found = grant.account
    is_closed = "closed" in quirks.of_account(bank.connection, found.id)
    values = {
        "AccountId": found.resource_id,
        "Status": "Deleted" if is_closed else "Enabled",
        "Currency": found.currency,
        "AccountCategory": "Business",
        "AccountTypeCode": "CACC",
        "Description": found.name[:35],
        "OpeningDate": f"{found.opened_on.isoformat()}T00:00:00Z",
    }
    if "ReadAccountsDetail" in permissions:
        name = found.owner[:350]
        values["Account"] = [{"SchemeName": IBAN, "Identification": found.iban, "Name": name}]
        values["Servicer"] = {
            "SchemeName": "UK.OBIE.BICFI",
            "Identification": identifiers.BIC,
            "Name": identifiers.BANK_NAME,
        }
    return values


def balances(bank: Bank, found: Account) -> list[dict]:
    """Return the balances of today, or those a quirk leaves of them."""
    options = quirks.of_account(bank.connection, found.id).get("balances", {})
    day = bank.today - options.get("days_late", 0) * ONE_DAY
    closing = ledger.balance(bank.connection, found.id, day)
    coming = sum(entry.amount for entry in entries.pending(bank.connection, found))
    minor = {
        "CLBD": closing,
        "OPBD": ledger.balance(bank.connection, found.id, day - ONE_DAY),
        "XPCD": closing + coming,
        "ITAV": closing + coming,
    }
    kind = options.get("types")
    types = [BALANCE_TYPES[kind]] if kind in BALANCE_TYPES else ["CLBD", "OPBD", "XPCD"]
    moment = clock.now(bank.connection) - options.get("days_late", 0) * ONE_DAY
    return [
        {
            "AccountId": found.resource_id,
            "CreditDebitIndicator": direction(minor[each]),
            "Type": each,
            "DateTime": clock.in_utc(moment),
            "Amount": amount(minor[each], found.currency),
        }
        for each in (() if kind == "none" else types)
    ]


def booked_at(bank: Bank, entry: Entry) -> str:
    """Return the moment of booking in UTC: the day before, for what is booked after midnight."""
    hour = datetime.time.fromisoformat(entry.booked_time or f"{clock.OPENING:%H:%M:%S}")
    zone = clock.zone(bank.connection)
    return clock.in_utc(datetime.datetime.combine(entry.booking_date, hour, zone))


def transaction(
    bank: Bank, entry: Entry, found: Account, permissions: tuple[str, ...], odd: dict
) -> dict:
    """Return an entry as far as its consent permits.

    :param odd: the quirks of the account
    """
    signed = -entry.amount if odd.get("sign", {}).get("kind") == "reversed" else entry.amount
    values: dict = {
        "AccountId": found.resource_id,
        "TransactionId": entry.transaction_id,
        "CreditDebitIndicator": direction(signed),
        "Status": "BOOK" if entry.is_booked else "PDNG",
        "BookingDateTime": booked_at(bank, entry),
        "ValueDateTime": f"{entry.value_date.isoformat()}T00:00:00Z",
        "Amount": amount(entry.amount, found.currency),
        "ProprietaryBankTransactionCode": {
            "Code": entry.bank_transaction_code,
            "Issuer": identifiers.BANK_NAME,
        },
    }
    if "ReadTransactionsDetail" in permissions:
        values |= _detail(entry, found)
    return {name: value for name, value in values.items() if value is not None}


def _detail(entry: Entry, found: Account) -> dict:
    side = "Debtor" if entry.amount > 0 else "Creditor"
    other = {"Name": entry.counterparty_name and entry.counterparty_name[:350]}
    if entry.counterparty_iban:
        other |= {"SchemeName": IBAN, "Identification": entry.counterparty_iban}
    other = {name: value for name, value in other.items() if value}
    charges = entry.extra.get("charges")
    exchange = entry.extra.get("exchange")
    supplement = {
        "EndToEndIdentification": entry.end_to_end_id,
        "CreditorReference": entry.creditor_reference,
        "RemittanceLines": list(entry.remittance) or None,
        "BatchDetails": _batch(entry, found),
    }
    supplement = {name: value for name, value in supplement.items() if value}
    return {
        "TransactionReference": entry.creditor_reference or entry.end_to_end_id,
        "TransactionInformation": " ".join(entry.remittance)[:500] or None,
        f"{side}Account": other or None,
        "ChargeAmount": amount(charges, found.currency) if charges else None,
        "CurrencyExchange": _exchange(exchange, found) if exchange else None,
        "SupplementaryData": supplement or None,
    }


def _batch(entry: Entry, found: Account) -> list[dict]:
    return [
        {
            "Amount": amount(detail.amount, found.currency),
            "Name": detail.counterparty_name,
            "RemittanceLines": list(detail.remittance),
        }
        for detail in entry.details
    ]


def _exchange(exchange: dict, found: Account) -> dict:
    return {
        "SourceCurrency": exchange["currency"],
        "TargetCurrency": found.currency,
        "UnitCurrency": exchange["currency"],
        "ExchangeRate": float(exchange["rate"]),
        "InstructedAmount": amount(exchange["amount"], exchange["currency"]),
    }


def odd_sign(values: dict, entry: Entry, odd: dict) -> bool:
    """Sign the amount of a debit as well, where the account does that; tell whether it did."""
    if odd.get("sign", {}).get("kind") != "unsigned" or entry.amount > 0:
        return False
    values["Amount"] = {**values["Amount"], "Amount": f"-{values['Amount']['Amount']}"}
    return wire.signed(odd, entry.amount) > 0
