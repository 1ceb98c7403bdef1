"""The answers of the second interface conform to the official document of Open Banking UK 4.0."""

from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, given, settings

PREFIX = "/open-banking/v4.0/aisp"

OFFERED = (
    "/account-access-consents",
    "/account-access-consents/{ConsentId}",
    "/accounts",
    "/accounts/{AccountId}",
    "/accounts/{AccountId}/balances",
    "/accounts/{AccountId}/transactions",
    "/balances",
)
OPERATIONS = {
    ("POST", "/account-access-consents", 201),
    ("GET", "/account-access-consents/<consent_id>", 200),
    ("DELETE", "/account-access-consents/<consent_id>", 204),
    ("GET", "/accounts", 200),
    ("GET", "/accounts/<account_id>", 200),
    ("GET", "/accounts/<account_id>/balances", 200),
    ("GET", "/accounts/<account_id>/transactions", 200),
    ("GET", "/balances", 200),
}
SETTINGS = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_every_answer_of_the_interface_conforms(uk_judged, uk, client, euro):
    invoices = [
        {"reference": f"INV/2026/{n:05d}", "amount": f"{n}.50", "customer": f"Ada {n % 5} SARL"}
        for n in range(1, 120)
    ]
    body = {"account": euro["iban"], "seed": 2, "spread_days": 3, "invoices": invoices}
    client.post("/sim/customers-pay", json=body)
    uk_judged.seen.clear()
    consent_id = uk.connect()
    uk.get(f"/account-access-consents/{consent_id}")
    uk.get("/accounts")
    account = f"/accounts/{euro['resource_id']}"
    uk.get(account)
    uk.get(f"{account}/balances")
    uk.get("/balances")
    assert len(uk.transactions(euro["resource_id"])) > 100
    path = f"{PREFIX}/account-access-consents/{consent_id}"
    client.delete(path, headers=uk.headers())
    seen = {(method, rule.removeprefix(PREFIX), status) for method, rule, status in uk_judged.seen}
    assert seen >= OPERATIONS


@pytest.fixture
def operations(uk_judged, uk_document):
    """Return the operations of the document that the bank offers, ready to make calls."""
    schemathesis = pytest.importorskip("schemathesis", reason="it calls the bank with its own data")
    uk_document["paths"] = {path: uk_document["paths"][path] for path in OFFERED}
    found = schemathesis.openapi.from_dict(uk_document).get_all_operations()
    return schemathesis, [each.ok() for each in found]


def call_with(operation, mode, address, uk, real, checks):
    """Let Schemathesis call one operation; return the statuses of the answers."""
    statuses = set()

    @given(case=operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def call(case):
        parts = case.meta.components
        wrong = {place.value for place, part in parts.items() if part.mode.name == "NEGATIVE"}
        if "header" not in wrong:
            case.headers.update(uk.headers())
        if "path" not in wrong:
            case.path_parameters.update({k: real[k] for k in case.path_parameters})
        answer = case.call(base_url=f"{address}{PREFIX}")
        case.validate_response(answer, excluded_checks=checks)
        statuses.add(answer.status_code)

    call()
    return statuses


@pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
def test_schemathesis_finds_nothing(operations, running, uk, euro, pay, mode):
    schemathesis, offered = operations
    checks = import_module("schemathesis.specs.openapi.checks")
    # The bank has reasons to refuse what the schema allows: a day in the past, half a permission;
    # and the document says nothing of tokens that its own examples could use.
    excluded = [checks.positive_data_acceptance, checks.ignored_auth]
    pay("1.00", "-2.00", booking_date="2026-02-01")
    for operation in offered:
        real = {"AccountId": euro["resource_id"], "ConsentId": uk.connect()}
        chosen = schemathesis.GenerationMode[mode]
        statuses = call_with(operation, chosen, running, uk, real, excluded)
        assert max(statuses) < 500
        assert mode == "POSITIVE" or max(statuses) >= 400 or not operation.path_parameters
