"""What is particular to UK Open Banking: the consent's life, codes of two versions, headers."""

import datetime
import uuid

import pytest

from odoo.addons.bank_sync.connectors import base

from .dialects import Line, OpenBankingUk
from .reading import pages_of, read
from .scripted_bank import Reply

DIALECT = OpenBankingUk()
#: The kind of bank these tests are about.
ONLY = "open_banking_uk"


def start(adapter):
    return adapter.start_consent(
        redirect_url="https://odoo.example/back",
        cancel_url="https://odoo.example/no",
        valid_until=datetime.date(2026, 8, 1),
        user_ip="192.0.2.1",
    )


def test_a_consent_is_named_in_the_sign_in(bank, adapter):
    body = {"Data": {"ConsentId": "C1", "Status": "AWAU"}, "Risk": {}}
    bank.on("POST", DIALECT.consents, Reply(201, body))
    consent = start(adapter())
    assert (consent.consent_id, consent.status, consent.redirect_url) == ("C1", "received", None)
    assert consent.oauth.intent == "C1"
    assert consent.oauth.scope == "openid accounts"
    assert bank.asked[0].headers["x-fapi-customer-ip-address"] == "192.0.2.1"
    uuid.UUID(bank.asked[0].headers["x-fapi-interaction-id"])


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("AWAU", "received"),
        ("AwaitingAuthorisation", "received"),
        ("AUTH", "valid"),
        ("Authorised", "valid"),
        ("RJCT", "rejected"),
        ("Rejected", "rejected"),
        ("CANC", "revokedByPsu"),
        ("Revoked", "revokedByPsu"),
        ("EXPD", "expired"),
    ],
)
def test_both_versions_words_for_a_consent_are_known(bank, adapter, word, status):
    body = {"Data": {"ConsentId": "C1", "Status": word}}
    bank.on("GET", DIALECT.consent, Reply(200, body))
    assert adapter().consent_state("C1").status == status


@pytest.mark.parametrize("status", [400, 404])
def test_a_consent_the_bank_does_not_know_has_ended(bank, adapter, status):
    for method in ("GET", "DELETE"):
        bank.on(method, DIALECT.consent, Reply(status, DIALECT.error("U011")))
    with pytest.raises(base.ConsentInvalid):
        adapter().consent_state("C1")
    adapter().revoke_consent("C1")


@pytest.mark.parametrize(
    ("word", "pending"),
    [("BOOK", False), ("Booked", False), ("PDNG", True), ("Pending", True)],
)
def test_both_versions_words_for_an_entry_are_known(bank, adapter, word, pending):
    page = DIALECT.page(Line("1.00"))
    page["Data"]["Transaction"][0]["Status"] = word
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    assert [entry.pending for entry in read(adapter())] == [pending]


@pytest.mark.parametrize("word", ["RJCT", "Rejected", "FUTR", "INFO", "Something"])
def test_what_is_in_no_books_is_no_entry(bank, adapter, word):
    page = DIALECT.page(Line("1.00"), Line("2.00"))
    page["Data"]["Transaction"][0]["Status"] = word
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    assert [entry.amount for entry in read(adapter())] == [200]


def test_the_direction_decides_also_where_the_amount_repeats_the_sign(bank, adapter):
    page = DIALECT.page(Line("-5.00"))
    page["Data"]["Transaction"][0]["Amount"]["Amount"] = "-5.00"
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    assert [entry.amount for entry in read(adapter())] == [-500]


def test_an_amount_without_direction_is_refused(bank, adapter):
    page = DIALECT.page(Line("5.00"))
    del page["Data"]["Transaction"][0]["CreditDebitIndicator"]
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    with pytest.raises(base.ContractViolation):
        read(adapter())


def test_midnight_in_london_in_summer_is_the_day_there(bank, adapter):
    page = DIALECT.page(Line("1.00"))
    entry = page["Data"]["Transaction"][0]
    entry["BookingDateTime"] = "2026-07-01T23:30:00+00:00"
    entry["ValueDateTime"] = "2026-07-01T00:00:00+01:00"
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    [found] = read(adapter())
    assert found.booking_date == datetime.date(2026, 7, 2)
    assert found.value_date == datetime.date(2026, 7, 1)


def test_everything_the_bank_says_is_kept(bank, adapter):
    page = DIALECT.page(Line("12.30", id="T1"))
    page["Data"]["Transaction"][0] |= {
        "TransactionReference": "INV-7",
        "DebtorAccount": {
            "SchemeName": "UK.OBIE.SortCodeAccountNumber",
            "Identification": "80200110203345",
            "Name": "Ada Ltd",
        },
        "BankTransactionCode": {"Code": "ReceivedCreditTransfer", "SubCode": "DomesticCredit"},
        "ProprietaryBankTransactionCode": {"Code": "BGC"},
        "CurrencyExchange": {
            "SourceCurrency": "USD",
            "ExchangeRate": 1.25,
            "InstructedAmount": {"Amount": "15.38", "Currency": "USD"},
        },
    }
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    [entry] = read(adapter())
    assert entry.counterparty_name == "Ada Ltd"
    assert entry.counterparty_account == "80200110203345"
    assert entry.remittance == ("Invoice", "INV-7")
    assert entry.bank_transaction_code == "ReceivedCreditTransfer-DomesticCredit"
    assert (entry.original_amount, entry.original_currency) == (1538, "USD")
    assert str(entry.exchange_rate) == "1.25"
    assert entry.entry_reference == "T1"


def test_the_banks_own_code_stands_in_where_there_is_no_other(bank, adapter):
    page = DIALECT.page(Line("-1.00"))
    page["Data"]["Transaction"][0] |= {
        "ProprietaryBankTransactionCode": {"Code": "BGC", "Issuer": "Bank"},
        "MerchantDetails": {"MerchantName": "Tea Shop", "MerchantCategoryCode": "5499"},
    }
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    [entry] = read(adapter())
    assert (entry.bank_transaction_code, entry.counterparty_name) == ("BGC", "Tea Shop")


def test_an_iban_wins_over_a_sort_code(bank, adapter):
    numbers = [
        {"SchemeName": "UK.OBIE.SortCodeAccountNumber", "Identification": "80200110203345"},
        {"SchemeName": "UK.OBIE.IBAN", "Identification": "GB33BUKB20201555555555", "Name": "Us"},
    ]
    account = {"AccountId": "A1", "Currency": "GBP", "Account": numbers, "Nickname": "Main"}
    closed = {"AccountId": "A2", "Currency": "GBP", "Status": "Deleted", "Account": numbers[:1]}
    bank.on("GET", DIALECT.accounts, Reply(200, {"Data": {"Account": [account, closed]}}))
    first, second = adapter().accounts("C1")
    assert (first.iban, first.owner_name, first.name) == ("GB33BUKB20201555555555", "Us", "Main")
    assert (second.iban, first.usable, second.usable) == ("80200110203345", True, False)


def test_days_are_asked_for_as_moments(bank, adapter):
    bank.on("GET", DIALECT.transactions, Reply(200, DIALECT.page()))
    pages_of(adapter(), date_to=datetime.date(2026, 3, 5))
    assert bank.asked[0].query == {
        "fromBookingDateTime": "2026-03-01T00:00:00Z",
        "toBookingDateTime": "2026-03-05T23:59:59Z",
    }
