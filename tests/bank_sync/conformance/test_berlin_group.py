"""What is particular to NextGenPSD2: ways to approve, several currencies, files, payments."""

import datetime
import importlib

import pytest

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.berlin_group import BerlinGroupAdapter

from .dialects import START, BerlinGroup, Line
from .reading import pages_of, read
from .scripted_bank import Reply

DIALECT = BerlinGroup()
#: The kind of bank these tests are about.
ONLY = "berlin_group"
LINKS = {"status": {"href": "/v1/consents/C1/status"}}


def start(adapter):
    return adapter.start_consent(
        redirect_url="https://odoo.example/back",
        cancel_url="https://odoo.example/no",
        valid_until=datetime.date(2026, 8, 1),
        user_ip="192.0.2.1",
    )


def opened(**more):
    links = {**LINKS, **more.pop("links", {})}
    return Reply(201, {"consentStatus": "received", "consentId": "C1", "_links": links, **more})


# === WAYS TO APPROVE === #


def test_a_redirect_leads_to_the_banks_page(bank, adapter):
    page = {"scaRedirect": {"href": "https://bank.example/approve/C1"}}
    bank.on("POST", DIALECT.consents, opened(links=page))
    consent = start(adapter())
    assert consent.redirect_url == "https://bank.example/approve/C1"
    assert bank.asked[0].headers["tpp-redirect-preferred"] == "true"
    assert "tpp-decoupled-preferred" not in bank.asked[0].headers


def test_an_app_is_asked_for_and_the_person_told_where_to_look(bank, adapter):
    status = {"scaStatus": {"href": "/psd2/v1/consents/C1/authorisations/AU7"}}
    bank.on("POST", DIALECT.consents, opened(links=status, psuMessage="Open your app"))
    consent = start(adapter(base.BankProfile(approval="decoupled", user_id="maison.tilleul")))
    assert consent.redirect_url is None
    assert consent.oauth is None
    assert consent.message == "Open your app"
    headers = bank.asked[0].headers
    assert headers["tpp-decoupled-preferred"] == "true"
    assert headers["tpp-redirect-preferred"] == "false"
    assert headers["psu-id"] == "maison.tilleul"


def test_signing_in_at_the_banks_server_is_handed_on(bank, adapter):
    server = {"scaOAuth": {"href": "https://login.bank.example/.well-known/x"}}
    bank.on("POST", DIALECT.consents, opened(links=server))
    consent = start(adapter())
    assert consent.redirect_url is None
    assert consent.oauth.scope == "AIS:C1"


def test_an_approval_the_bank_wants_opened_by_itself_is_opened(bank, adapter):
    path = f"{DIALECT.consent}/authorisations"
    bank.on("POST", DIALECT.consents, opened(links={"startAuthorisation": {"href": path}}))
    answer = {
        "scaStatus": "received",
        "authorisationId": "AU9",
        "_links": {"scaRedirect": {"href": "https://bank.example/approve/AU9"}},
    }
    bank.on("POST", path, Reply(201, answer))
    consent = start(adapter())
    assert consent.redirect_url == "https://bank.example/approve/AU9"


@pytest.mark.parametrize("links", [{}, {"scaRedirect": {"href": "javascript:alert(1)"}}])
def test_a_consent_nobody_can_approve_is_refused(bank, adapter, links):
    bank.on("POST", DIALECT.consents, opened(links=links))
    with pytest.raises(base.ContractViolation):
        start(adapter())


def test_a_consent_that_lacks_an_approval_costs_one_question(bank, adapter):
    bank.on("GET", DIALECT.consent, Reply(200, {"consentStatus": "partiallyAuthorised"}))
    assert adapter().consent_state("C1").status == "partiallyAuthorised"
    assert len(bank.asked) == 1


# === SEVERAL CURRENCIES === #


def account(resource_id, currency, iban="DE40100100103307118608"):
    return {"resourceId": resource_id, "iban": iban, "currency": currency}


def several(*currencies):
    return {
        "balances": [
            {"balanceType": "closingBooked", "balanceAmount": {"currency": c, "amount": a}}
            for c, a in currencies
        ]
    }


def test_case_075_sub_accounts_are_accounts_and_their_sum_is_none(bank, adapter):
    listed = [account("A", "XXX"), account("E", "EUR"), account("U", "USD")]
    bank.on("GET", DIALECT.accounts, Reply(200, {"accounts": listed}))
    found = adapter().accounts("C1")
    assert [(each.resource_id, each.currency) for each in found] == [("E", "EUR"), ("U", "USD")]


def test_case_075_an_account_of_several_currencies_is_one_for_each(bank, adapter):
    bank.on("GET", DIALECT.accounts, Reply(200, {"accounts": [account("A1", "XXX")]}))
    bank.on("GET", DIALECT.balances, Reply(200, several(("EUR", "10.00"), ("USD", "7.00"))))
    page = DIALECT.page(Line("1.00"), Line("2.00", currency="USD"), Line("3.00"))
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    one = adapter()
    euro, dollar = one.accounts("C1")
    assert (euro.currency, dollar.currency) == ("EUR", "USD")
    assert euro.resource_id != dollar.resource_id
    assert [each.amount for each in one.balances("C1", dollar.resource_id)] == [700]
    for remote, expected in ((euro, [100, 300]), (dollar, [200])):
        [got] = one.pages("C1", remote.resource_id, date_from=START)
        entries = one.read_page(got.content, resource_id=remote.resource_id)
        assert [entry.amount for entry in entries] == expected


# === FILES INSTEAD OF LISTS === #


@pytest.fixture
def camt():
    """Return a camt.053 file of one entry of 12.30 EUR, built by the builders of the suite."""
    builders = importlib.import_module("tests.bank_sync.conftest")
    return builders.document(
        builders.statement(
            builders.balance("OPBD", "0.00"),
            builders.balance("CLBD", "12.30"),
            builders.entry("12.30"),
        )
    )


@pytest.mark.parametrize("outside", [True, False])
def test_case_048_a_file_the_bank_has_ready_is_fetched_and_read(bank, adapter, camt, outside):
    link = {"download": {"href": f"127.0.0.1:{bank.port}/psd2/v1/accounts/A1/transactions/d/9"}}
    body = {"_links": link} if outside else {"transactions": {"_links": link}}
    bank.on("GET", DIALECT.transactions, Reply(200, body))
    file = Reply(200, camt, content_type="application/xml")
    bank.on("GET", f"{DIALECT.transactions}/d/9", file)
    one = adapter()
    assert [page.content for page in pages_of(one)][1] == camt
    assert [entry.amount for entry in read(one)] == [1230]
    assert bank.asked[-1].headers["consent-id"] == "C1"


def test_case_048_a_file_on_another_host_is_not_fetched(bank, adapter):
    body = {"_links": {"download": {"href": "www.test-api.com/xs2a/v1/accounts/1/download/"}}}
    bank.on("GET", DIALECT.transactions, Reply(200, body))
    with pytest.raises(base.ContractViolation) as caught:
        pages_of(adapter())
    assert caught.value.code == "foreign_link"


def test_case_048_a_file_that_is_none_is_refused_and_kept(bank, adapter):
    body = {"_links": {"download": {"href": f"{DIALECT.transactions}/d/9"}}}
    bank.on("GET", DIALECT.transactions, Reply(200, body))
    bank.on("GET", f"{DIALECT.transactions}/d/9", Reply(200, b"<?xml version='1.0'?><nothing/>"))
    with pytest.raises(base.ContractViolation) as caught:
        read(adapter())
    assert (caught.value.code, caught.value.raw[:5]) == ("unreadable_file", b"<?xml")


def test_entries_can_be_asked_for_as_camt(bank, adapter, camt):
    bank.on("GET", DIALECT.transactions, Reply(200, camt, content_type="application/xml"))
    assert [e.amount for e in read(adapter(base.BankProfile(reads="camt")))] == [1230]
    [asked] = bank.asked
    assert asked.headers["accept"] == "application/xml"
    assert asked.query["bookingStatus"] == "booked"


MT940 = (
    ":20:START\r\n:25:DE40100100103307118608\r\n:28C:1/1\r\n:60F:C260301EUR0,00\r\n"
    ":61:2603020302C12,30NTRFE2E-1//B1\r\n:86:Invoice 7\r\n:62F:C260302EUR12,30\r\n-\r\n"
)


def test_entries_can_be_asked_for_as_mt940(bank, adapter):
    bank.on("GET", DIALECT.transactions, Reply(200, MT940, content_type="text/plain"))
    assert [e.amount for e in read(adapter(base.BankProfile(reads="mt940")))] == [1230]
    assert bank.asked[0].headers["accept"] == "text/plain"


# === DATES === #


@pytest.mark.parametrize(("zone", "day"), [("UTC", 2), ("Europe/Paris", 3), ("America/Lima", 2)])
def test_a_moment_becomes_a_day_where_the_bank_is_and_a_day_stays(bank, adapter, zone, day):
    lines = (Line("1.00", day="2026-03-02T23:30:00Z"), Line("2.00", day="2026-03-02"))
    bank.on("GET", DIALECT.transactions, Reply(200, DIALECT.page(*lines)))
    moment, date = read(adapter(base.BankProfile(zone=zone)))
    assert moment.booking_date == datetime.date(2026, 3, day)
    assert date.booking_date == datetime.date(2026, 3, 2)


def test_unsigned_amounts_follow_the_named_party(bank, adapter):
    page = DIALECT.page(Line("5.00"), Line("7.00"))
    page["transactions"]["booked"][1]["creditorName"] = "Shop"
    bank.on("GET", DIALECT.transactions, Reply(200, page))
    found = read(adapter(base.BankProfile(signs="by_party")))
    assert [entry.amount for entry in found] == [500, -700]


# === PAYMENTS === #

PAYMENTS = "/psd2/v1/payments/sepa-credit-transfers"
ORDER = base.Order(
    kind="payment",
    key="k1",
    end_to_end_id="E2E-1",
    body={"instructedAmount": {"currency": "EUR", "amount": "12.30"}, "creditorName": "Zoë"},
    user_ip="192.0.2.1",
    redirect_url="https://odoo.example/paid",
)


def test_a_payment_is_handed_in_once_and_followed(bank, adapter):
    page = {"scaRedirect": {"href": "https://bank.example/pay/P1"}}
    answer = {"transactionStatus": "RCVD", "paymentId": "P1", "_links": page}
    bank.on("POST", PAYMENTS, Reply(201, answer))
    status = {"transactionStatus": "RJCT", "tppMessages": [{"category": "ERROR", "code": "AM04"}]}
    bank.on("GET", f"{PAYMENTS}/P1/status", Reply(200, status))
    one = adapter()
    state = one.submit(None, ORDER)
    assert (state.reference, state.status) == ("P1", "RCVD")
    assert state.redirect_url == "https://bank.example/pay/P1"
    sent = bank.asked[0]
    assert sent.headers["psu-ip-address"] == "192.0.2.1"
    assert sent.headers["tpp-redirect-uri"] == "https://odoo.example/paid"
    assert "Zoë".encode() in sent.body
    state = one.order_state(None, "P1", "payment")
    assert (state.status, state.reason) == ("RJCT", "AM04")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(fault="reset"),
        Reply(fault="empty"),
        Reply(500, b""),
        Reply(502, b"<html>"),
        Reply(504, b""),
        Reply(201, b"{}", fault="short"),
        Reply(201, b"<html>thank you</html>"),
        Reply(201, {"transactionStatus": "RCVD"}),
        Reply(302, b"", headers={"Location": "https://evil.example"}),
    ],
    ids=["reset", "empty", "500", "502", "504", "short", "page", "no_id", "redirect"],
)
def test_case_003_a_payment_without_a_clear_answer_is_ambiguous_and_sent_once(bank, adapter, reply):
    bank.on("POST", PAYMENTS, reply)
    with pytest.raises(base.Ambiguous):
        adapter().submit(None, ORDER)
    assert len(bank.asked) == 1


@pytest.mark.parametrize(("status", "error"), [(400, base.Permanent), (429, base.QuotaExceeded)])
def test_a_payment_the_bank_refuses_is_not_ambiguous(bank, adapter, status, error):
    bank.on("POST", PAYMENTS, Reply(status, DIALECT.error("FORMAT_ERROR")))
    with pytest.raises(error):
        adapter().submit(None, ORDER)


def test_a_payment_is_looked_up_only_where_the_bank_agreed(bank, adapter):
    with pytest.raises(base.Permanent) as caught:
        adapter().find_order(None, "E2E-1", "payment")
    assert caught.value.code == "not_supported"
    found = {"paymentId": "P1", "transactionStatus": "ACSC", "endToEndIdentification": "E2E-1"}
    other = {**found, "paymentId": "P2", "endToEndIdentification": "E2E-10"}
    bank.on("GET", PAYMENTS, Reply(200, {"payments": [other, found]}))
    one = adapter(base.BankProfile(order_search=True))
    assert one.find_order(None, "E2E-1", "payment").reference == "P1"
    assert one.find_order(None, "E2E-3", "payment") is None


def test_an_orders_key_is_sent_only_where_the_bank_agreed_to_know_it(bank, adapter):
    bank.on("POST", PAYMENTS, Reply(201, {"transactionStatus": "RCVD", "paymentId": "P1"}))
    agreed = adapter(base.BankProfile(order_key_seconds=86_400))
    for one in (adapter(), agreed):
        one.submit(None, ORDER)
    without, with_key = bank.asked
    assert "idempotency-key" not in without.headers
    assert with_key.headers["idempotency-key"] == "k1"
    assert agreed.capabilities.idempotency_seconds == 86_400
    assert BerlinGroupAdapter.capabilities.idempotency_seconds == 0


def test_an_unknown_kind_of_order_or_nobody_ordering_is_refused_before_any_call(bank, adapter):
    one = adapter(base.BankProfile(order_search=True))
    calls = [
        lambda: one.submit(None, base.Order("loan", "k", "e", {}, user_ip="192.0.2.1")),
        lambda: one.submit(None, base.Order("payment", "k", "e", {})),
        lambda: one.order_state(None, "P1", "loan"),
    ]
    for call in calls:
        with pytest.raises(base.Permanent):
            call()
    assert not bank.asked
    assert BerlinGroupAdapter.capabilities.idempotency_seconds == 0
