"""Broken lines, made by WireMock; its journal is the proof of what a bank really received."""

import time

import pytest

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.berlin_group import BerlinGroupAdapter
from odoo.addons.bank_sync.connectors.transport import Transport

from .conftest import TODAY

PATH = "/v1/accounts/A1/transactions"
PAYMENTS = "/v1/payments/sepa-credit-transfers"
PAGE = {
    "account": {"iban": "DE40100100103307118608"},
    "transactions": {
        "booked": [{"transactionAmount": {"currency": "EUR", "amount": "1.00"}}],
        "_links": {"account": {"href": "/v1/accounts/A1"}},
    },
}
ORDER = base.Order("payment", "k", "E2E-1", {"endToEndIdentification": "E2E-1"}, "192.0.2.1")


@pytest.fixture
def adapter(wiremock):
    def make(**options):
        return BerlinGroupAdapter(Transport(wiremock.url, sleep=lambda _s: None, **options))

    return make


def pages(adapter):
    return list(adapter.pages("C1", "A1", date_from=TODAY))


@pytest.mark.parametrize(
    "fault",
    ["CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK",
     "RANDOM_DATA_THEN_CLOSE"],
)  # fmt: skip
def test_case_005_a_broken_read_is_tried_three_times(wiremock, adapter, fault):
    wiremock.stub("GET", PATH, {"status": 200, "fault": fault})
    with pytest.raises(base.Temporary) as caught:
        pages(adapter())
    assert caught.value.code == "cut_off"
    assert wiremock.received("GET", PATH) == 3


def test_case_002_a_read_that_comes_through_at_last_is_whole(wiremock, adapter):
    first = {"scenarioName": "s", "requiredScenarioState": "Started", "newScenarioState": "2"}
    wiremock.stub("GET", PATH, {"fault": "CONNECTION_RESET_BY_PEER"}, **first)
    second = {"scenarioName": "s", "requiredScenarioState": "2"}
    wiremock.stub("GET", PATH, {"status": 200, "jsonBody": PAGE}, **second)
    one = adapter()
    assert [e.amount for p in pages(one) for e in one.read_page(p.content)] == [100]


@pytest.mark.parametrize(
    "response",
    [
        {"fault": "CONNECTION_RESET_BY_PEER"},
        {"fault": "EMPTY_RESPONSE"},
        {"fault": "MALFORMED_RESPONSE_CHUNK"},
        {"fault": "RANDOM_DATA_THEN_CLOSE"},
        {"status": 504},
        {"status": 302, "headers": {"Location": "https://evil.example/"}},
        {"status": 201, "body": "<html>", "headers": {"Content-Type": "text/html"}},
    ],
    ids=["reset", "empty", "chunk", "garbage", "504", "redirect", "page"],
)
def test_case_003_the_bank_receives_an_unclear_payment_once(wiremock, adapter, response):
    wiremock.stub("POST", PAYMENTS, response)
    with pytest.raises(base.Ambiguous):
        adapter().submit(None, ORDER)
    assert wiremock.received("POST", PAYMENTS) == 1


@pytest.mark.parametrize(
    "slow",
    [
        {"fixedDelayMilliseconds": 8000},
        {"chunkedDribbleDelay": {"numberOfChunks": 40, "totalDuration": 8000}},
    ],
    ids=["slow", "dribble"],
)
def test_case_007_the_deadline_ends_slow_and_dribbling_answers(wiremock, adapter, slow):
    wiremock.stub("GET", PATH, {"status": 200, "jsonBody": PAGE, **slow})
    started = time.monotonic()
    with pytest.raises(base.Temporary):
        pages(adapter(deadline=1.0))
    assert time.monotonic() - started < 6


def test_case_034_a_pause_of_the_bank_is_taken_over(wiremock, adapter):
    wiremock.stub("GET", PATH, {"status": 429, "headers": {"Retry-After": "3600"}})
    with pytest.raises(base.QuotaExceeded) as caught:
        pages(adapter())
    assert caught.value.retry_after == 3600
    assert wiremock.received("GET", PATH) == 1


def test_case_042_a_next_page_that_is_missing_leaves_the_stretch_incomplete(wiremock, adapter):
    links = {"next": {"href": f"{PATH}/2"}}
    body = {**PAGE, "transactions": {**PAGE["transactions"], "_links": links}}
    wiremock.stub("GET", PATH, {"status": 200, "jsonBody": body})
    with pytest.raises(base.Temporary) as caught:
        pages(adapter())
    assert caught.value.code == "page_missing"
