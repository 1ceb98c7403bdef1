"""From the bank's books to the JSON of the standard."""

import datetime

from .. import clock, entries, identifiers, ledger, money, quirks
from ..entries import Detail, Entry
from ..ledger import ONE_DAY, Account
from ..quirks import wire
from ..web import Bank, api_url

# Both are the names of ISO 20022: an ISO 11649 reference is of type SCOR.
CREDITOR_REFERENCE_TYPE = "SCOR"
# Member of the standard: name in `Entry.extra`.
EXTRA_NAMES = {
    "mandateId": "mandate_id",
    "creditorId": "creditor_id",
    "additionalInformation": "additional_information",
}


def amount(minor: int, currency: str) -> dict:
    """Return an amount; money that leaves the account is signed by minus."""
    return {"currency": currency, "amount": money.to_text(minor, currency)}


def account_reference(account: Account, found: dict | None = None) -> dict:
    """Return what names an account without doubt.

    :param found: its quirks; several currencies together are named XXX
    """
    together = found is not None and "multi_currency" in found
    return {"iban": account.iban, "currency": "XXX" if together else account.currency}


def all_balances(bank: Bank, accounts: list[Account]) -> list[dict]:
    """Return the balances of accounts that are shown together."""
    return [each for account in accounts for each in balance_list(bank, account)]


def links(**paths: str) -> dict:
    """Return a ``_links`` object of absolute addresses."""
    return {name: {"href": api_url(path)} for name, path in paths.items()}


def account_path(account: Account, *tail: str) -> str:
    """Return the path of an account or of a resource below it."""
    return "/".join(["/v1/accounts", account.resource_id, *tail])


def account_details(grant, balances: list[dict] | None, found: dict) -> dict:
    """Return an account as its consent allows to show it.

    :param found: the quirks of the account
    """
    account = grant.account
    details = {
        "resourceId": account.resource_id,
        **account_reference(account, found),
        "name": account.name[:70],
        "product": "Current account",
        "cashAccountType": "CACC",
        "status": "deleted" if "closed" in found else "enabled",
        "bic": identifiers.BIC,
        "usage": "ORGA",
    }
    if grant.owner_name:
        details["ownerName"] = account.owner
    if balances is not None:
        details["balances"] = balances
    rights = [name for name in ("balances", "transactions") if getattr(grant, name)]
    details["_links"] = links(**{name: account_path(account, name) for name in rights})
    return details


def balance_list(bank: Bank, account: Account) -> list[dict]:
    """Return the balances of today: booked at its end and its beginning, and with what is coming.

    ``closingBooked`` is what is booked up to now. As long as the bank's day lasts, it can move. An
    account may have the quirk that it shows others, or older ones.
    """
    options = quirks.of_account(bank.connection, account.id).get("balances")
    if not options:
        return _usual_balances(bank, account, bank.today)
    day = bank.today - options["days_late"] * ONE_DAY
    usual = {balance["balanceType"]: balance for balance in _usual_balances(bank, account, day)}
    kind = options["types"]
    if kind == "none":
        return []
    balance = usual["expected" if kind == "interimAvailable" else kind]
    return [{**balance, "balanceType": kind}]


def _usual_balances(bank: Bank, account: Account, day: datetime.date) -> list[dict]:
    closing = ledger.balance(bank.connection, account.id, day)
    opening = ledger.balance(bank.connection, account.id, day - ONE_DAY)
    coming = sum(entry.amount for entry in entries.pending(bank.connection, account))
    last = bank.connection.execute(
        "SELECT entry_reference, booking_date FROM shown_entry"
        " WHERE account_id = ? AND booked_number IS NOT NULL ORDER BY booked_number DESC LIMIT 1",
        (account.id,),
    ).fetchone()
    changed_on = datetime.date.fromisoformat(last["booking_date"]) if last else account.opened_on
    closing_booked = {
        "balanceType": "closingBooked",
        "balanceAmount": amount(closing, account.currency),
        "lastChangeDateTime": clock.at_cut_off(bank.connection, changed_on),
        "referenceDate": day.isoformat(),
    }
    if last:
        closing_booked["lastCommittedTransaction"] = last["entry_reference"]
    opening_booked = {
        "balanceType": "openingBooked",
        "balanceAmount": amount(opening, account.currency),
        "referenceDate": day.isoformat(),
    }
    expected = {
        "balanceType": "expected",
        "balanceAmount": amount(closing + coming, account.currency),
        "referenceDate": day.isoformat(),
    }
    return [closing_booked, opening_booked, expected]


def transaction(entry: Entry, account: Account, found: dict) -> dict:
    """Return an entry. A pending one has no booking date and no entry reference yet.

    :param found: the quirks of the account
    """
    shown = amount(wire.signed(found, entry.amount), account.currency)
    values = {
        "transactionId": entry.transaction_id,
        "entryReference": entry.entry_reference,
        "bookingDate": entry.booking_date.isoformat() if entry.is_booked else None,
        "valueDate": entry.value_date.isoformat(),
        "transactionAmount": shown,
        **_parties(entry),
        **_extra(entry, account),
        "purposeCode": entry.purpose_code,
        "bankTransactionCode": entry.bank_transaction_code,
    }
    if entry.details:
        values["batchIndicator"] = True
        values["batchNumberOfTransactions"] = len(entry.details)
        values["entryDetails"] = [_detail(detail, account) for detail in entry.details]
    return _without_none(values)


def _extra(entry: Entry, account: Account) -> dict:
    """Return what only some entries have: a currency bought, a mandate, a note of the bank."""
    values: dict = {
        name: entry.extra[member] for name, member in EXTRA_NAMES.items() if member in entry.extra
    }
    exchange = entry.extra.get("exchange")
    if exchange:
        values["currencyExchange"] = [
            {
                "sourceCurrency": exchange["currency"],
                "exchangeRate": exchange["rate"],
                "unitCurrency": exchange["currency"],
                "targetCurrency": account.currency,
                "quotationDate": entry.value_date.isoformat(),
            }
        ]
    notes = [values.get("additionalInformation"), _foreign(exchange), _charges(entry, account)]
    text = " / ".join(note for note in notes if note)
    return {**values, "additionalInformation": text or None}


def _foreign(exchange: dict | None) -> str:
    if not exchange:
        return ""
    return f"OCMT {exchange['currency']} {money.to_text(exchange['amount'], exchange['currency'])}"


def _charges(entry: Entry, account: Account) -> str:
    charges = entry.extra.get("charges")
    return f"CHGS {account.currency} {money.to_text(charges, account.currency)}" if charges else ""


def _detail(detail: Detail, account: Account) -> dict:
    values = {"transactionAmount": amount(detail.amount, account.currency), **_parties(detail)}
    return _without_none(values)


def _parties(item: Entry | Detail) -> dict:
    side = "debtor" if item.amount > 0 else "creditor"
    iban = item.counterparty_iban
    lines = list(item.remittance)
    reference = item.creditor_reference
    return {
        "endToEndId": item.end_to_end_id,
        f"{side}Name": item.counterparty_name,
        f"{side}Account": {"iban": iban} if iban else None,
        # One or the other, never both: a reader that takes both must not see the text twice.
        "remittanceInformationUnstructured": lines[0] if len(lines) == 1 else None,
        "remittanceInformationUnstructuredArray": lines if len(lines) > 1 else None,
        "remittanceInformationStructured": (
            {"reference": reference, "referenceType": CREDITOR_REFERENCE_TYPE}
            if reference
            else None
        ),
    }


def _without_none(values: dict) -> dict:
    return {key: value for key, value in values.items() if value is not None}
