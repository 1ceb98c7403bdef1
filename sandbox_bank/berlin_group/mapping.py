"""From the bank's books to the JSON of the standard."""

from .. import clock, entries, identifiers, ledger, money
from ..entries import Detail, Entry
from ..ledger import ONE_DAY, Account
from ..web import Bank, api_url

# Both are the names of ISO 20022: an ISO 11649 reference is of type SCOR.
CREDITOR_REFERENCE_TYPE = "SCOR"


def amount(minor: int, currency: str) -> dict:
    """Return an amount; money that leaves the account is signed by minus."""
    return {"currency": currency, "amount": money.to_text(minor, currency)}


def account_reference(account: Account) -> dict:
    """Return what names an account without doubt."""
    return {"iban": account.iban, "currency": account.currency}


def links(**paths: str) -> dict:
    """Return a ``_links`` object of absolute addresses."""
    return {name: {"href": api_url(path)} for name, path in paths.items()}


def account_path(account: Account, *tail: str) -> str:
    """Return the path of an account or of a resource below it."""
    return "/".join(["/v1/accounts", account.resource_id, *tail])


def account_details(grant, balances: list[dict] | None) -> dict:
    """Return an account as its consent allows to show it."""
    account = grant.account
    details = {
        "resourceId": account.resource_id,
        **account_reference(account),
        "name": account.name[:70],
        "product": "Current account",
        "cashAccountType": "CACC",
        "status": "enabled",
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

    ``closingBooked`` is what is booked up to now. As long as the bank's day lasts, it can move.
    """
    closing = ledger.balance(bank.connection, account.id, bank.today)
    opening = ledger.balance(bank.connection, account.id, bank.today - ONE_DAY)
    coming = sum(entry.amount for entry in entries.pending(bank.connection, account))
    last = bank.connection.execute(
        "SELECT entry_reference, booking_date FROM entry"
        " WHERE account_id = ? AND booked_number IS NOT NULL ORDER BY booked_number DESC LIMIT 1",
        (account.id,),
    ).fetchone()
    today = bank.today.isoformat()
    changed_on = last["booking_date"] if last else account.opened_on.isoformat()
    closing_booked = {
        "balanceType": "closingBooked",
        "balanceAmount": amount(closing, account.currency),
        "lastChangeDateTime": f"{changed_on}{clock.CUT_OFF}",
        "referenceDate": today,
    }
    if last:
        closing_booked["lastCommittedTransaction"] = last["entry_reference"]
    return [
        closing_booked,
        {
            "balanceType": "openingBooked",
            "balanceAmount": amount(opening, account.currency),
            "referenceDate": today,
        },
        {
            "balanceType": "expected",
            "balanceAmount": amount(closing + coming, account.currency),
            "referenceDate": today,
        },
    ]


def transaction(entry: Entry, account: Account) -> dict:
    """Return an entry. A pending one has no booking date and no entry reference yet."""
    values = {
        "transactionId": entry.transaction_id,
        "entryReference": entry.entry_reference,
        "bookingDate": entry.booking_date.isoformat() if entry.is_booked else None,
        "valueDate": entry.value_date.isoformat(),
        "transactionAmount": amount(entry.amount, account.currency),
        **_parties(entry),
        "purposeCode": entry.purpose_code,
        "bankTransactionCode": entry.bank_transaction_code,
    }
    if entry.details:
        values["batchIndicator"] = True
        values["batchNumberOfTransactions"] = len(entry.details)
        values["entryDetails"] = [_detail(detail, account) for detail in entry.details]
    return _without_none(values)


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
