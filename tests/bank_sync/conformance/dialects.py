"""The same situations in each bank's own words, so that one test holds for every adapter.

Written from the standards' documents; nothing here uses our mapping code.
"""

import datetime
from dataclasses import dataclass

from odoo.addons.bank_sync.connectors.berlin_group import BerlinGroupAdapter
from odoo.addons.bank_sync.connectors.open_banking_uk import OpenBankingUkAdapter

from .scripted_bank import Reply

START = datetime.date(2026, 3, 1)


@dataclass(frozen=True)
class Line:
    """One entry: signed amount, text, and perhaps an id."""

    amount: str
    text: str = "Invoice"
    id: str | None = None
    day: str = "2026-03-02"
    currency: str = "EUR"


class BerlinGroup:
    """NextGenPSD2 1.3.11."""

    name = "berlin_group"
    adapter = BerlinGroupAdapter
    base = "/psd2"
    consents = "/psd2/v1/consents"
    consent = "/psd2/v1/consents/C1"
    accounts = "/psd2/v1/accounts"
    transactions = "/psd2/v1/accounts/A1/transactions"
    balances = "/psd2/v1/accounts/A1/balances"

    def page(self, *lines, following=None, pending=()):
        links = {"account": {"href": "/psd2/v1/accounts/A1"}}
        if following:
            links["next"] = {"href": following}
        report = {"booked": [self._entry(each) for each in lines], "_links": links}
        if pending:
            report["pending"] = [self._entry(each) for each in pending]
        return {"account": {"iban": "DE40100100103307118608"}, "transactions": report}

    def _entry(self, line):
        entry = {
            "transactionAmount": {"currency": line.currency, "amount": line.amount},
            "bookingDate": line.day,
            "remittanceInformationUnstructured": line.text,
        }
        if line.id is not None:
            entry["transactionId"] = line.id
        return entry

    def error(self, code, text=""):
        return {"tppMessages": [{"category": "ERROR", "code": code, "text": text}]}

    def consent_with(self, status):
        words = {"valid": "valid", "rejected": "rejected", "expired": "expired"}
        return {"consentStatus": words[status], "validUntil": "2026-08-01"}

    def balance(self, amount):
        money = {"currency": "EUR", "amount": amount}
        return {"balances": [{"balanceType": "closingBooked", "balanceAmount": money}]}

    dead_consent = (401, "CONSENT_EXPIRED")
    too_old = (400, "PERIOD_INVALID")
    quota = (429, "ACCESS_EXCEEDED")


class OpenBankingUk:
    """UK Open Banking 4.0."""

    name = "open_banking_uk"
    adapter = OpenBankingUkAdapter
    base = "/open-banking/v4.0/aisp"
    consents = "/open-banking/v4.0/aisp/account-access-consents"
    consent = "/open-banking/v4.0/aisp/account-access-consents/C1"
    accounts = "/open-banking/v4.0/aisp/accounts"
    transactions = "/open-banking/v4.0/aisp/accounts/A1/transactions"
    balances = "/open-banking/v4.0/aisp/accounts/A1/balances"

    def page(self, *lines, following=None, pending=()):
        entries = [self._entry(each, "BOOK") for each in lines]
        entries += [self._entry(each, "PDNG") for each in pending]
        links = {"Self": "https://bank.example/self"}
        if following:
            links["Next"] = following
        return {"Data": {"Transaction": entries}, "Links": links, "Meta": {}}

    def _entry(self, line, status):
        entry = {
            "AccountId": "A1",
            "CreditDebitIndicator": "Debit" if line.amount.startswith("-") else "Credit",
            "Status": status,
            "BookingDateTime": f"{line.day}T12:00:00+00:00",
            "Amount": {"Amount": line.amount.lstrip("-"), "Currency": line.currency},
            "TransactionInformation": line.text,
        }
        if line.id is not None:
            entry["TransactionId"] = line.id
        return entry

    def error(self, code, text=""):
        problem = {"ErrorCode": code, "Message": text or "No"}
        return {"Id": "1", "Code": "400 BadRequest", "Message": "No", "Errors": [problem]}

    def consent_with(self, status):
        words = {"valid": "AUTH", "rejected": "RJCT", "expired": "EXPD"}
        until = "2026-08-01T23:59:59+00:00"
        return {"Data": {"ConsentId": "C1", "Status": words[status], "ExpirationDateTime": until}}

    def balance(self, amount):
        value = {
            "AccountId": "A1",
            "CreditDebitIndicator": "Debit" if amount.startswith("-") else "Credit",
            "Type": "CLBD",
            "DateTime": "2026-03-02T23:59:59+00:00",
            "Amount": {"Amount": amount.lstrip("-"), "Currency": "EUR"},
        }
        return {"Data": {"Balance": [value]}}

    dead_consent = (403, "UK.OBIE.Resource.InvalidConsentStatus")
    too_old = (400, "UK.OBIE.Field.InvalidDate")
    quota = (429, "UK.OBIE.Rules.FailsControlParameters")


DIALECTS = [BerlinGroup(), OpenBankingUk()]


def ok(body, **options):
    return Reply(200, body, **options)
