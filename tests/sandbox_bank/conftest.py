"""A bank in a temporary file, a third party that calls it, and a referee between them.

The referee compares every answer of every test with the official document of NextGenPSD2 1.3.11.
The document is not part of the repository: the environment variable BANK_SYNC_SPEC_DIR names the
folder that holds ``bg-1.3.11.yaml``. Without it the comparisons are skipped.
"""

import datetime
import os
import pathlib
import sys
import uuid

import pytest
import yaml
from flask import g, request
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from openapi_core.templating.paths.exceptions import PathError

ROOT = pathlib.Path(__file__).parents[2]
# `python -m pytest` looks for packages in the repository's root, plain `pytest` does not.
sys.path.insert(0, str(ROOT))

from sandbox_bank import storage  # noqa: E402 (after the path is set)
from sandbox_bank.app import create_app  # noqa: E402
from sandbox_bank.web import Settings  # noqa: E402

TODAY = datetime.date(2026, 3, 2)
DOCUMENT = "bg-1.3.11.yaml"
# What the document does not describe: bodies too large.
UNDOCUMENTED = {413}
CONSENT = {
    "access": {"accounts": [], "balances": [], "transactions": []},
    "recurringIndicator": True,
    "validUntil": "2026-05-31",
    "frequencyPerDay": 4,
    "combinedServiceIndicator": False,
}


def close(schema):
    """Forbid, in place, what the document does not name: a misspelled member must not pass."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            close(value)
    elif isinstance(schema, list):
        for value in schema:
            close(value)


class Referee:
    """Checks answers and remembers what it saw."""

    def __init__(self, document):
        close(document["components"])
        self.openapi = OpenAPI.from_dict(document)
        self.seen = set()

    def check(self, request, response):
        """Return what is wrong with an answer, None when the document allows it."""
        is_json = response.mimetype == "application/json" or not response.data
        if response.status_code in UNDOCUMENTED or request.method == "HEAD" or not is_json:
            return None
        try:
            self.openapi.validate_response(
                WerkzeugOpenAPIRequest(request), WerkzeugOpenAPIResponse(response)
            )
        except PathError:
            # No such address or method: the refusal itself is all there is to say.
            return None if response.status_code in (404, 405) else "an undocumented address"
        except Exception as error:  # noqa: BLE001 (any complaint of the validator is a finding)
            return f"{error!r} {error.__cause__!r}"
        self.seen.add((request.method, str(request.url_rule), response.status_code))
        return None


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

    def pay(self, account, headers=None, **changes):
        """Order a payment of 12.34 from an account of the truth; keywords replace members."""
        body = {
            "debtorAccount": {"iban": account["iban"]},
            "instructedAmount": {"currency": account["currency"], "amount": "12.34"},
            "creditorName": "Wollweberei Hartmann KG",
            "creditorAccount": {"iban": "DE89370400440532013000"},
            "endToEndIdentification": "E2E-1",
            "remittanceInformationUnstructured": "Rechnung 7",
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not None}
        path = "/v1/payments/sepa-credit-transfers"
        return self.client.post(path, json=body, headers=self.headers(headers))

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


@pytest.fixture(scope="session")
def document_path():
    """Return the official document, None when nobody says where it is."""
    folder = os.environ.get("BANK_SYNC_SPEC_DIR")
    return pathlib.Path(folder) / DOCUMENT if folder else None


@pytest.fixture(scope="session")
def referee(document_path):
    """Return who compares answers with the official document, None without the document."""
    if not document_path:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(document_path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    document["servers"] = [{"url": "/"}]
    return Referee(document)


@pytest.fixture
def app(path, referee):
    """Return the application of a bank founded on `TODAY`, with short pages.

    Every answer to a third party is compared with the official document, in every test.
    """
    application = create_app(path, TODAY, Settings(page_size=10))
    findings = []

    def compare(response):
        if request.path.startswith("/v1/") and not g.get("fault"):
            finding = referee.check(request, response)
            if finding:
                findings.append(f"{request.method} {request.path} {response.status}: {finding}")
        return response

    if referee:
        # Registered first, so run last: after every header is set.
        application.after_request_funcs.setdefault(None, []).insert(0, compare)
    yield application
    assert not findings


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
