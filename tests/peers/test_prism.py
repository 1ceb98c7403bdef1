"""Our requests and our reading, judged by the standards' own documents."""

import datetime

import pytest
import requests

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.berlin_group import BerlinGroupAdapter
from odoo.addons.bank_sync.connectors.open_banking_uk import OpenBankingUkAdapter
from odoo.addons.bank_sync.connectors.transport import StaticToken, Transport

TODAY = datetime.date(2026, 3, 2)
START = TODAY - datetime.timedelta(days=10)
ACCOUNT = "3dc3d5b3-7023-4848-9853-f5400a64e80f"


def no_pause(_seconds):
    """Do not sleep between two tries."""


def consent(adapter):
    return adapter.start_consent(
        redirect_url="https://odoo.example/back?state=x",
        cancel_url="https://odoo.example/back?state=x&cancelled=1",
        valid_until=TODAY + datetime.timedelta(days=90),
        user_ip="192.0.2.1",
    )


# === PRISM AS A BANK === #


@pytest.fixture
def mocked(berlin_group):
    """Return a maker of adapters; Prism answers as the named example of the document says."""

    def make(prefer=None, profile=None):
        transport = Transport(berlin_group.url, token="hush-hush", sleep=no_pause)
        if prefer:
            plain = transport._wire.exchange

            def preferring(method, url, headers, *more):
                return plain(method, url, {**headers, "Prefer": prefer}, *more)

            transport._wire.exchange = preferring
        return BerlinGroupAdapter(transport, profile or BerlinGroupAdapter.default_profile)

    return make


def test_a_consent_of_the_document_is_understood(mocked, violations):
    start = consent(mocked())
    assert start.consent_id == "1234-wertiq-983"
    assert start.redirect_url == "https://www.testbank.com/authentication/1234-wertiq-983"
    assert mocked().consent_state("1234").status == "valid"
    mocked().revoke_consent("1234")
    assert not violations.ours()


def test_every_way_to_approve_is_asked_for_as_the_document_allows(mocked, violations):
    for approval in ("redirect", "decoupled", "oauth"):
        profile = base.BankProfile(approval=approval, user_id="maison.tilleul")
        consent(mocked(profile=profile))
    assert not violations.ours()


def test_accounts_and_balances_of_the_document_are_understood(mocked, violations):
    found = mocked().accounts("C1")
    assert [(a.iban, a.currency) for a in found] == [
        ("DE2310010010123456789", "EUR"),
        ("DE2310010010123456788", "USD"),
    ]
    booked, expected = mocked().balances("C1", ACCOUNT)
    assert (booked.kind, booked.amount) == ("closingBooked", 50000)
    assert (expected.kind, expected.amount) == ("expected", 90000)
    assert not violations.ours()


def test_case_075_the_documents_account_of_two_currencies_is_two_accounts(mocked):
    found = mocked("example=Example 3").accounts("C1")
    assert sorted(account.currency for account in found) == ["EUR", "USD"]


def test_entries_of_the_document_are_understood(mocked, violations):
    adapter = mocked()
    [page] = adapter.pages("C1", ACCOUNT, date_from=START)
    entries = adapter.read_page(page.content, media_type=page.media_type, resource_id=ACCOUNT)
    assert [entry.amount for entry in entries] == [25667, 34301, -10003]
    assert [entry.pending for entry in entries] == [False, False, True]
    assert entries[1].counterparty_name == "Paul Simpson"
    assert not violations.ours()


def test_case_048_the_documents_download_leads_to_another_host_and_is_not_followed(mocked):
    with pytest.raises(base.ContractViolation) as caught:
        list(mocked("example=Example 2").pages("C1", ACCOUNT, date_from=START))
    assert caught.value.code == "foreign_link"


def test_case_035_the_documents_own_429_is_a_used_up_day(mocked):
    with pytest.raises(base.QuotaExceeded) as caught:
        mocked("code=429").balances("C1", ACCOUNT)
    assert caught.value.per_day


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 408, 415, 429, 500, 503])
def test_every_error_of_the_document_is_one_of_ours(mocked, status):
    with pytest.raises(base.BankError):
        mocked(f"code={status}").balances("C1", ACCOUNT)


def test_case_074_amounts_the_schema_allows_are_exact_or_refused(mocked):
    adapter = mocked("dynamic=true")
    read = 0
    for _time in range(40):
        try:
            for page in adapter.pages("C1", ACCOUNT, date_from=START):
                for entry in adapter.read_page(page.content):
                    assert isinstance(entry.amount, int)
                    read += 1
        except base.ContractViolation:
            continue
    assert read


def test_a_payment_of_the_document_is_understood(mocked, violations):
    body = {
        "instructedAmount": {"currency": "EUR", "amount": "123.50"},
        "debtorAccount": {"iban": "DE40100100103307118608"},
        "creditorName": "Merchant123",
        "creditorAccount": {"iban": "DE02100100109307118603"},
        "endToEndIdentification": "E2E-1",
    }
    order = base.Order("payment", "k", "E2E-1", body, "192.0.2.1", "https://odoo.example/paid")
    state = mocked().submit(None, order)
    assert (state.reference, state.status) == ("1234-wertiq-983", "RCVD")
    assert mocked().order_state(None, state.reference, "payment").status == "ACCP"
    assert not violations.ours()


def test_prism_would_notice(berlin_group):
    answer = requests.get(f"{berlin_group.url}/v1/accounts", timeout=30)
    assert "sl-violations" in answer.headers


# === UK === #


@pytest.fixture
def uk(open_banking_uk):
    """Return an adapter; the document has no examples, so Prism makes up whatever it allows."""
    transport = Transport(open_banking_uk.url, token=StaticToken("hush-hush"), sleep=no_pause)
    plain = transport._wire.exchange

    def preferring(method, url, headers, *more):
        return plain(method, url, {**headers, "Prefer": "dynamic=true"}, *more)

    transport._wire.exchange = preferring
    return OpenBankingUkAdapter(transport)


def test_the_uk_document_is_spoken_and_understood(uk, violations):
    start = consent(uk)
    assert start.consent_id
    assert start.oauth.intent == start.consent_id
    assert uk.consent_state(start.consent_id).status in {
        "received", "valid", "rejected", "revokedByPsu", "expired",
    }  # fmt: skip
    uk.revoke_consent(start.consent_id)
    assert not violations.ours()


def test_whatever_the_uk_schema_allows_is_read_exactly_or_refused(uk, violations):
    calls = {
        "accounts": lambda: uk.accounts("C1"),
        "balances": lambda: uk.balances("C1", "22289"),
        # The first page alone: Prism makes up where the next one is, too.
        "entries": lambda: uk.read_page(
            next(uk.pages("C1", "22289", date_from=START, date_to=TODAY)).content
        ),
    }
    read = dict.fromkeys(calls, 0)
    for name, call in calls.items():
        for _time in range(30):
            try:
                found = call()
            except base.ContractViolation:
                continue
            read[name] += len(found)
            assert all(isinstance(getattr(each, "amount", 0), int) for each in found)
    assert all(read.values()), read
    assert not violations.ours()


# === PRISM BETWEEN US AND THE SANDBOX BANK === #


def lever(bank, name, **body):
    answer = requests.post(f"{bank.url}/sim/{name}", json=body, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def test_everything_said_on_either_side_is_what_the_document_says(bank, through_prism, violations):
    account = lever(bank, "accounts", owner="Maison Tilleul", currency="EUR", opening="50.00")
    adapter = BerlinGroupAdapter(Transport(through_prism.url, sleep=no_pause))
    start = consent(adapter)
    assert adapter.consent_state(start.consent_id).status == "received"
    lever(
        bank,
        f"consents/{start.consent_id}",
        decision="approve",
        accounts=[account["resource_id"]],
    )
    assert adapter.consent_state(start.consent_id).status == "valid"
    invoices = [
        {"reference": f"INV/2026/{n:05d}", "amount": f"{n}.50", "customer": f"Ada {n % 5} SARL"}
        for n in range(1, 40)
    ]
    lever(bank, "customers-pay", account=account["iban"], seed=3, invoices=invoices)
    [remote] = adapter.accounts(start.consent_id)
    pages = list(adapter.pages(start.consent_id, remote.resource_id, date_from=START))
    assert len(pages) > 3
    entries = [e for p in pages for e in adapter.read_page(p.content, media_type=p.media_type)]
    booked = sum(entry.amount for entry in entries if not entry.pending)
    balances = adapter.balances(start.consent_id, remote.resource_id)
    closing = next(b.amount for b in balances if b.kind == "closingBooked")
    assert booked + 5000 == closing
    assert not violations
    # A camt file matches each of the document's three alike schemas, where it wants exactly one.
    statement = adapter.statement(
        start.consent_id, remote.resource_id, date_from=START, date_to=TODAY
    )
    assert statement.content.startswith(b"<?xml")
    violations.clear()
    adapter.revoke_consent(start.consent_id)
    with pytest.raises(base.ConsentInvalid):
        adapter.accounts(start.consent_id)
    assert not violations


class TokenIsConsent:
    """The sandbox bank has no OAuth server for people: a consent's id is its token."""

    consent = None

    def bearer(self, grant):
        return self.consent if grant == "account" else "ourselves"

    def renew(self, grant, refused):
        return None


def test_everything_said_in_uk_open_banking_is_what_the_document_says(
    bank, uk_through_prism, violations
):
    account = lever(bank, "accounts", owner="Maison Tilleul", currency="GBP", opening="50.00")
    tokens = TokenIsConsent()
    adapter = OpenBankingUkAdapter(Transport(uk_through_prism.url, token=tokens, sleep=no_pause))
    start = consent(adapter)
    tokens.consent = start.consent_id
    assert adapter.consent_state(start.consent_id).status == "received"
    lever(
        bank,
        f"consents/{start.consent_id}",
        decision="approve",
        accounts=[account["resource_id"]],
    )
    assert adapter.consent_state(start.consent_id).status == "valid"
    invoices = [
        {"reference": f"INV/2026/{n:05d}", "amount": f"{n}.50", "customer": f"Ada {n % 5} Ltd"}
        for n in range(1, 40)
    ]
    lever(bank, "customers-pay", account=account["iban"], seed=3, invoices=invoices)
    [remote] = adapter.accounts(start.consent_id)
    pages = list(adapter.pages(start.consent_id, remote.resource_id, date_from=START))
    assert len(pages) > 3
    entries = [e for p in pages for e in adapter.read_page(p.content, media_type=p.media_type)]
    booked = sum(entry.amount for entry in entries if not entry.pending)
    balances = adapter.balances(start.consent_id, remote.resource_id)
    closing = next(b.amount for b in balances if b.kind == "closingBooked")
    assert booked + 5000 == closing
    adapter.revoke_consent(start.consent_id)
    with pytest.raises((base.ConsentInvalid, base.AuthExpired)):
        adapter.accounts(start.consent_id)
    assert not violations
