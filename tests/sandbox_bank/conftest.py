"""A bank in a temporary file, and a third party that calls it as the standard demands."""

import datetime
import pathlib
import sys
import uuid

import pytest

ROOT = pathlib.Path(__file__).parents[2]
# `python -m pytest` looks for packages in the repository's root, plain `pytest` does not.
sys.path.insert(0, str(ROOT))

from sandbox_bank import storage  # noqa: E402 (after the path is set)
from sandbox_bank.app import create_app  # noqa: E402
from sandbox_bank.web import Settings  # noqa: E402

TODAY = datetime.date(2026, 3, 2)
CONSENT = {
    "access": {"accounts": [], "balances": [], "transactions": []},
    "recurringIndicator": True,
    "validUntil": "2026-05-31",
    "frequencyPerDay": 4,
    "combinedServiceIndicator": False,
}


class ThirdParty:
    """Calls the bank through Flask's test client, with the headers every call needs."""

    def __init__(self, client):
        self.client = client
        self.consent_id = None

    def headers(self, changes=None):
        """Return the usual headers; a change to None leaves one out."""
        headers = {"X-Request-ID": str(uuid.uuid4()), "PSU-IP-Address": "192.0.2.7"}
        if self.consent_id:
            headers["Consent-ID"] = self.consent_id
        headers.update(changes or {})
        return {name: value for name, value in headers.items() if value is not None}

    def get(self, path, headers=None, **query):
        """GET a resource; keywords become the query."""
        return self.client.get(path, headers=self.headers(headers), query_string=query or None)

    def ask(self, headers=None, **changes):
        """Ask for a consent; keywords replace members of the body."""
        return self.client.post(
            "/v1/consents", json={**CONSENT, **changes}, headers=self.headers(headers)
        )

    def connect(self, **changes):
        """Ask for a consent, approve it as the customer, and use it from now on."""
        self.consent_id = None
        consent_id = self.ask(**changes).json["consentId"]
        self.client.post(f"/sca/{consent_id}", data={"decision": "approve"})
        self.consent_id = consent_id
        return consent_id

    def transactions(self, resource_id, **query):
        """Return a transaction list from the beginning of time, page by page."""
        query = {"bookingStatus": "booked", "dateFrom": "2020-01-01", **query}
        answer = self.get(f"/v1/accounts/{resource_id}/transactions", **query)
        while True:
            assert answer.status_code == 200, answer.text
            report = answer.json["transactions"]
            yield report
            if "next" not in report["_links"]:
                return
            answer = self.get(report["_links"]["next"]["href"].removeprefix("http://localhost"))


@pytest.fixture
def path(tmp_path):
    """Return the bank's database file."""
    return tmp_path / "bank.sqlite"


@pytest.fixture
def app(path):
    """Return the application of a bank founded on `TODAY`, with short pages."""
    return create_app(path, TODAY, Settings(page_size=10))


@pytest.fixture
def client(app):
    """Return Flask's test client."""
    return app.test_client()


@pytest.fixture
def third_party(client):
    """Return a third party without a consent yet."""
    return ThirdParty(client)


@pytest.fixture
def euro(client):
    """Return the demo account in euro, as `/sim/truth` shows it."""
    return client.get("/sim/truth").json["accounts"][0]


@pytest.fixture
def pay(client, euro):
    """Return a function that books amounts on the euro account, by default today."""

    def book(*amounts, **values):
        payments = [{"amount": amount, "currency": "EUR", **values} for amount in amounts]
        answer = client.post(
            "/sim/payments", json={"account": euro["resource_id"], "payments": payments}
        )
        assert answer.status_code == 201, answer.text
        return answer.json["payments"]

    return book


@pytest.fixture
def contents(path):
    """Return a function that returns everything in the database as SQL text."""

    def dump():
        with storage.Database(path).read() as connection:
            return list(connection.iterdump())

    return dump
