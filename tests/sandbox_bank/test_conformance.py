"""The answers conform to the official document of NextGenPSD2 1.3.11.

Every other test of the bank compares its answers with the document too (see ``conftest.py``).
Here stands that the comparison works, and that it has seen every answer of the interface; and
Schemathesis calls a running bank with data of its own, right and wrong.
"""

from importlib import import_module

import pytest
from flask import Response
from flask import request as flask_request
from hypothesis import HealthCheck, Phase, given, settings

ACCOUNT = "/v1/accounts/<resource_id>"
OPERATIONS = {
    ("POST", "/v1/consents", 201),
    ("GET", "/v1/consents/<consent_id>", 200),
    ("GET", "/v1/consents/<consent_id>/status", 200),
    ("GET", "/v1/accounts", 200),
    ("GET", ACCOUNT, 200),
    ("GET", f"{ACCOUNT}/balances", 200),
    ("GET", f"{ACCOUNT}/transactions", 200),
    ("GET", f"{ACCOUNT}/transactions/<transaction_id>", 200),
    ("DELETE", "/v1/consents/<consent_id>", 204),
    ("GET", "/v1/consents/<consent_id>/authorisations", 200),
    ("GET", "/v1/consents/<consent_id>/authorisations/<authorisation_id>", 200),
    ("POST", "/v1/payments/<product>", 201),
    ("GET", "/v1/payments/<product>/<order_id>", 200),
    ("GET", "/v1/payments/<product>/<order_id>/status", 200),
    ("DELETE", "/v1/payments/<product>/<order_id>", 204),
}
OFFERED = (
    "/v1/consents",
    "/v1/consents/{consentId}",
    "/v1/consents/{consentId}/status",
    "/v1/consents/{consentId}/authorisations",
    "/v1/consents/{consentId}/authorisations/{authorisationId}",
    "/v1/{payment-service}/{payment-product}",
    "/v1/{payment-service}/{payment-product}/{paymentId}",
    "/v1/{payment-service}/{payment-product}/{paymentId}/status",
    "/v1/accounts",
    "/v1/accounts/{account-id}",
    "/v1/accounts/{account-id}/balances",
    "/v1/accounts/{account-id}/transactions",
    "/v1/accounts/{account-id}/transactions/{transactionId}",
)
# Authorisations begin by themselves and are decided at the bank.
NOT_OFFERED = ("post", "put")
# Few examples and no search for the smallest one: seconds, and the same ones each time.
SETTINGS = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_every_answer_of_the_interface_conforms(judged, third_party, client, euro):
    invoices = [
        {"reference": f"INV/2026/{n:05d}", "amount": f"{n}.50", "customer": f"Ada {n % 5} SARL"}
        for n in range(1, 120)
    ]
    body = {"account": euro["iban"], "seed": 2, "spread_days": 3, "invoices": invoices}
    client.post("/sim/customers-pay", json=body)
    judged.seen.clear()
    headers = {"TPP-Redirect-URI": "https://books.example/back?state=1"}
    assert third_party.ask(headers=headers).status_code == 201
    consent_id = third_party.connect(access={"allPsd2": "allAccountsWithOwnerName"})
    third_party.get("/v1/accounts", withBalance="true")
    account = f"/v1/accounts/{euro['resource_id']}"
    third_party.get(account, withBalance="true")
    third_party.get(f"{account}/balances")
    found = []
    for report in third_party.transactions(
        euro["resource_id"], bookingStatus="both", withBalance="true"
    ):
        found += report["booked"] + report.get("pending", [])
    assert len(found) > 100
    assert any("entryDetails" in entry for entry in found)
    assert any("remittanceInformationStructured" in entry for entry in found)
    third_party.get(f"{account}/transactions/{found[0]['transactionId']}")
    third_party.get(f"/v1/consents/{consent_id}")
    third_party.get(f"/v1/consents/{consent_id}/status")
    path = f"/v1/consents/{consent_id}/authorisations"
    (signature,) = third_party.get(path).json["authorisationIds"]
    third_party.get(f"{path}/{signature}")
    order = third_party.pay(euro).json["_links"]["self"]["href"].removeprefix("http://localhost")
    third_party.get(order)
    third_party.get(f"{order}/status")
    client.delete(order, headers=third_party.headers())
    client.delete(f"/v1/consents/{consent_id}", headers=third_party.headers())
    assert judged.seen >= OPERATIONS


def test_the_referee_would_notice(judged, app, third_party):
    """Spoil answers one by one; each must be found."""
    third_party.connect()
    spoiled = [
        lambda r: r.set_data(r.get_data().replace(b'"iban":"LU', b'"iban":"7')),
        lambda r: r.set_data(r.get_data().replace(b'"currency":"EUR"', b'"currency":"E"')),
        lambda r: r.set_data(r.get_data().replace(b'"currency":"EUR",', b"")),
        lambda r: r.set_data(r.get_data().replace(b'"usage":"ORGA"', b'"usage":"FIRM"')),
        lambda r: r.set_data(r.get_data().replace(b'"resourceId"', b'"resourceID"')),
        lambda r: r.set_data(b'{"accountList": []}'),
        lambda r: r.headers.remove("X-Request-ID"),
        lambda r: setattr(r, "status_code", 201),
    ]
    with app.test_request_context("/v1/accounts", headers=third_party.headers()):
        whole = third_party.get("/v1/accounts")
        assert judged.check(flask_request, _copy(whole)) is None
        for spoil in spoiled:
            answer = _copy(whole)
            spoil(answer)
            assert judged.check(flask_request, answer)


def _copy(answer):
    return Response(answer.data, answer.status_code, answer.headers)


@pytest.fixture
def operations(judged, document):
    """Return the operations of the document that the bank offers, ready to make calls."""
    schemathesis = pytest.importorskip("schemathesis", reason="it calls the bank with its own data")
    document["paths"] = {path: document["paths"][path] for path in OFFERED}
    for path, methods in document["paths"].items():
        for method in NOT_OFFERED if "authorisations" in path else ():
            methods.pop(method, None)
    found = schemathesis.openapi.from_dict(document).get_all_operations()
    return schemathesis, [each.ok() for each in found]


def call_with(operation, mode, running, third_party, real):
    """Let Schemathesis call one operation; return the statuses of the answers."""
    statuses = set()
    # The bank has reasons to refuse what the schema allows: a day in the past, no account named,
    # no body at all.
    checks = [import_module("schemathesis.specs.openapi.checks").positive_data_acceptance]

    @given(case=operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def call(case):
        parts = case.meta.components
        wrong = {place.value for place, part in parts.items() if part.mode.name == "NEGATIVE"}
        # Where nothing is meant to be wrong, real values let the call get past the first check.
        if "header" not in wrong:
            case.headers.update(third_party.headers())
        if "path" not in wrong:
            case.path_parameters.update({k: real[k] for k in case.path_parameters})
        if "query" not in wrong and "bookingStatus" in case.query:
            case.query.update(bookingStatus="both", dateFrom="2020-01-01")
            for name in ("pageIndex", "deltaList", "entryReferenceFrom"):
                case.query.pop(name, None)
        answer = case.call(base_url=running)
        case.validate_response(answer, excluded_checks=checks)
        statuses.add(answer.status_code)

    call()
    return statuses


def offered_and_real(operations, third_party, euro, pay, mode):
    schemathesis, offered = operations
    (payment, *_others) = pay("1.00", "-2.00", booking_date="2026-02-01")
    for operation in offered:
        consent_id = third_party.connect()
        real = {
            "account-id": euro["resource_id"],
            "transactionId": payment["id"],
            "consentId": consent_id,
            "authorisationId": third_party.get(f"/v1/consents/{consent_id}/authorisations").json[
                "authorisationIds"
            ][0],
            "payment-service": "payments",
            "payment-product": "sepa-credit-transfers",
            "paymentId": third_party.pay(euro).json["paymentId"],
        }
        yield operation, schemathesis.GenerationMode[mode], real


def test_right_data_is_answered_as_the_document_says(operations, running, third_party, euro, pay):
    for operation, mode, real in offered_and_real(operations, third_party, euro, pay, "POSITIVE"):
        statuses = call_with(operation, mode, running, third_party, real)
        assert max(statuses) < 500
        if operation.method != "post":
            assert min(statuses) < 300, f"{operation.label} never said yes"


def test_wrong_data_is_refused_as_the_document_says(operations, running, third_party, euro, pay):
    for operation, mode, real in offered_and_real(operations, third_party, euro, pay, "NEGATIVE"):
        statuses = call_with(operation, mode, running, third_party, real)
        assert max(statuses) < 500
        assert max(statuses) >= 400
