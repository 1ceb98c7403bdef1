"""A bank in a temporary file, a third party that calls it, and a referee between them.

The referees compare every answer of every test with the official documents of NextGenPSD2 1.3.11
and of Open Banking UK 4.0. The documents are not part of the repository: the environment variable
BANK_SYNC_SPEC_DIR names the folder that holds ``bg-1.3.11.yaml`` and ``obie4-account-info.yaml``.
Without it the comparisons are skipped.
"""

import datetime
import os
import pathlib
import sys
import threading
import uuid

import pytest
import waitress
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
UK_DOCUMENT = "obie4-account-info.yaml"
UK_PREFIX = "/open-banking/v4.0/aisp"
# What the document does not describe: bodies too large.
UNDOCUMENTED = {413}
UK_PERMISSIONS = (
    "ReadAccountsDetail",
    "ReadBalances",
    "ReadTransactionsCredits",
    "ReadTransactionsDebits",
    "ReadTransactionsDetail",
)
NEEDED = "BANK_SYNC_SPEC_DIR is not set: NO ANSWER OF THE BANK IS COMPARED WITH THE STANDARD"
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


class UkThirdParty:
    """Calls the interface of Open Banking UK through Flask's test client."""

    def __init__(self, client):
        self.client = client
        self.token = "client-credentials"

    def headers(self, changes=None):
        """Return the usual headers; a change to None leaves one out."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "x-fapi-interaction-id": str(uuid.uuid4()),
            "x-fapi-customer-ip-address": "192.0.2.7",
            **(changes or {}),
        }
        return {name: value for name, value in headers.items() if value is not None}

    def get(self, path, headers=None, **query):
        """GET a resource below the interface, or at the address a link named."""
        path = path if path.startswith("/open-banking") else f"{UK_PREFIX}{path}"
        return self.client.get(path, headers=self.headers(headers), query_string=query or None)

    def ask(self, *permissions, headers=None, **data):
        """Ask for a consent."""
        body = {"Data": {"Permissions": list(permissions or UK_PERMISSIONS), **data}, "Risk": {}}
        path = f"{UK_PREFIX}/account-access-consents"
        return self.client.post(path, json=body, headers=self.headers(headers))

    def connect(self, *permissions):
        """Ask for a consent, approve it as the customer, and use it from now on."""
        consent_id = self.ask(*permissions).json["Data"]["ConsentId"]
        self.client.post(f"/sca/{consent_id}", data={"decision": "approve"})
        self.token = consent_id
        return consent_id

    def transactions(self, account_id, headers=None, **query):
        """Return all entries of an account, following the pages."""
        answer = self.get(f"/accounts/{account_id}/transactions", headers, **query)
        found = []
        while True:
            assert answer.status_code == 200, answer.text
            found += answer.json["Data"]["Transaction"]
            following = answer.json["Links"].get("Next")
            if not following:
                return found
            answer = self.get(following.removeprefix("http://localhost"), headers)


@pytest.fixture
def path(tmp_path):
    """Return the bank's database file."""
    return tmp_path / "bank.sqlite"


@pytest.fixture(scope="session")
def document_folder():
    """Return the folder of the official documents, None when nobody says where they are."""
    folder = os.environ.get("BANK_SYNC_SPEC_DIR")
    return pathlib.Path(folder) if folder else None


@pytest.fixture(scope="session")
def document_path(document_folder):
    """Return the official document of NextGenPSD2."""
    return document_folder / DOCUMENT if document_folder else None


def load(path, prefix):
    """Return an official document with its operations below ``prefix``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    document["servers"] = [{"url": prefix}]
    return document


@pytest.fixture
def document(document_path):
    """Return the official document of NextGenPSD2, to be changed at will."""
    return load(document_path, "/")


@pytest.fixture
def uk_document(document_folder):
    """Return the official document of Open Banking UK, to be changed at will."""
    return load(document_folder / UK_DOCUMENT, UK_PREFIX)


@pytest.fixture(scope="session")
def referee(document_path):
    """Return who compares answers with NextGenPSD2, None without the document."""
    return Referee(load(document_path, "/")) if document_path else None


@pytest.fixture(scope="session")
def uk_referee(document_folder):
    """Return who compares answers with Open Banking UK, None without the document."""
    if not document_folder:
        return None
    return Referee(load(document_folder / UK_DOCUMENT, UK_PREFIX))


@pytest.fixture
def judged(referee):
    """Return the referee; without the document its tests would prove nothing."""
    if not referee:
        pytest.skip(NEEDED)
    return referee


@pytest.fixture
def uk_judged(uk_referee):
    """Return the referee of Open Banking UK; without the document it would prove nothing."""
    if not uk_referee:
        pytest.skip(NEEDED)
    return uk_referee


@pytest.fixture
def app(path, referee, uk_referee):
    """Return the application of a bank founded on `TODAY`, with short pages.

    Every answer to a third party is compared with the official documents, in every test.
    """
    application = create_app(path, TODAY, Settings(page_size=10, files=str(path.parent)))
    findings = []

    def compare(response):
        judges = {"/v1/": referee, UK_PREFIX: uk_referee}
        judge = next((j for start, j in judges.items() if request.path.startswith(start)), None)
        if judge and not g.get("fault"):
            finding = judge.check(request, response)
            if finding:
                findings.append(f"{request.method} {request.path} {response.status}: {finding}")
        return response

    if referee:
        # Registered first, so run last: after every header is set.
        application.after_request_funcs.setdefault(None, []).insert(0, compare)
    yield application
    assert not findings


@pytest.fixture
def running(app):
    """Serve the bank on a free port of the loopback; answer its address."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@pytest.fixture
def client(app):
    """Return Flask's test client."""
    return app.test_client()


@pytest.fixture
def third_party(client):
    """Return a third party without a consent yet."""
    return ThirdParty(client)


@pytest.fixture
def uk(client):
    """Return a third party of Open Banking UK without a consent yet."""
    return UkThirdParty(client)


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
