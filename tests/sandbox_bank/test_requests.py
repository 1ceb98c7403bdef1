"""A strict bank: what breaks the standard is refused, with the status and code of the standard."""

import json
import uuid

import pytest

UNKNOWN = str(uuid.uuid4())


def refusal(answer):
    """Return status and message code, having checked the form of a refusal."""
    (message,) = answer.json["tppMessages"]
    assert message["category"] == "ERROR"
    assert message["text"]
    assert set(message) <= {"category", "code", "text", "path"}
    uuid.UUID(answer.headers["X-Request-ID"])
    return answer.status_code, message["code"]


@pytest.mark.parametrize("value", [None, "", "1", "not-a-uuid", "{" + UNKNOWN + "}", UNKNOWN * 2])
def test_every_call_needs_a_request_id(third_party, value):
    answer = third_party.get("/v1/accounts", headers={"X-Request-ID": value})
    assert refusal(answer) == (400, "FORMAT_ERROR")


def test_the_request_id_comes_back(third_party):
    third_party.connect()
    for request_id in (UNKNOWN, UNKNOWN.upper()):
        answer = third_party.get("/v1/accounts", headers={"X-Request-ID": request_id})
        assert answer.headers["X-Request-ID"] == request_id


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("PSU-IP-Address", "localhost"),
        ("PSU-IP-Address", "300.1.1.1"),
        ("PSU-Device-ID", "phone"),
        ("PSU-Http-Method", "FETCH"),
        ("PSU-Geo-Location", "GEO:1;2"),
        ("TPP-Redirect-Preferred", "yes"),
    ],
)
def test_headers_of_the_wrong_form_are_refused(third_party, header, value):
    third_party.connect()
    answer = third_party.get("/v1/accounts", headers={header: value})
    assert refusal(answer) == (400, "FORMAT_ERROR")
    assert answer.json["tppMessages"][0]["path"] == header


@pytest.mark.parametrize(
    ("consent_id", "expected"),
    [(None, (400, "FORMAT_ERROR")), ("nothing", (400, "CONSENT_UNKNOWN"))],
)
def test_account_data_needs_a_known_consent(third_party, euro, consent_id, expected):
    path = f"/v1/accounts/{euro['resource_id']}"
    query = "?bookingStatus=booked&dateFrom=2026-01-01"
    paths = ("/v1/accounts", path, f"{path}/balances", f"{path}/transactions{query}")
    for each in (*paths, f"{path}/transactions/{UNKNOWN}"):
        answer = third_party.get(each, headers={"Consent-ID": consent_id})
        assert refusal(answer) == expected


def test_an_unknown_consent_in_the_path_is_forbidden(third_party, client):
    assert refusal(third_party.get("/v1/consents/nothing")) == (403, "CONSENT_UNKNOWN")
    assert refusal(third_party.get("/v1/consents/nothing/status")) == (403, "CONSENT_UNKNOWN")
    answer = client.delete("/v1/consents/nothing", headers=third_party.headers())
    assert refusal(answer) == (403, "CONSENT_UNKNOWN")


@pytest.mark.parametrize("tail", ["", "/balances", "/transactions?bookingStatus=booked"])
def test_an_unknown_account_is_not_found(third_party, tail):
    third_party.connect()
    tail += "&dateFrom=2026-01-01" if "?" in tail else ""
    answer = third_party.get(f"/v1/accounts/{UNKNOWN}{tail}")
    assert refusal(answer) == (404, "RESOURCE_UNKNOWN")


def test_unknown_addresses_and_methods_are_refused(third_party, client, euro):
    third_party.connect()
    assert refusal(third_party.get("/v1/nothing")) == (404, "RESOURCE_UNKNOWN")
    for path in ("/v1/accounts", f"/v1/accounts/{euro['resource_id']}/balances"):
        for method in ("post", "put", "delete", "patch"):
            answer = getattr(client, method)(path, headers=third_party.headers())
            assert refusal(answer) == (405, "SERVICE_INVALID")
            assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "accept", ["text/html", "application/pdf", "application/xml", "text/plain"]
)
def test_formats_the_bank_does_not_speak_are_refused(third_party, accept):
    third_party.connect()
    answer = third_party.get("/v1/accounts", headers={"Accept": accept})
    assert refusal(answer) == (406, "REQUESTED_FORMATS_INVALID")


@pytest.mark.parametrize("accept", ["", "*/*", "application/*", "text/html, */*;q=0.1"])
def test_formats_the_bank_speaks_are_found(third_party, accept):
    third_party.connect()
    answer = third_party.get("/v1/accounts", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "FORMAT_ERROR"),
        ({"dateFrom": "2026-01-01"}, "FORMAT_ERROR"),
        ({"dateFrom": "2026-01-01", "bookingStatus": "Booked"}, "FORMAT_ERROR"),
        ({"dateFrom": "2026-01-01", "bookingStatus": "information"}, "PARAMETER_NOT_SUPPORTED"),
        ({"dateFrom": "2026-01-01", "bookingStatus": "all"}, "PARAMETER_NOT_SUPPORTED"),
        ({"bookingStatus": "booked"}, "FORMAT_ERROR"),
        ({"bookingStatus": "booked", "dateFrom": ""}, "FORMAT_ERROR"),
        ({"bookingStatus": "booked", "dateFrom": "2026-02-30"}, "FORMAT_ERROR"),
        ({"bookingStatus": "booked", "dateFrom": "20260201"}, "FORMAT_ERROR"),
        (
            {
                "bookingStatus": "booked",
                "dateFrom": "\u0662\u0660\u0662\u0666-\u0660\u0662-\u0660\u0661",
            },
            "FORMAT_ERROR",
        ),
        ({"bookingStatus": "booked", "dateFrom": "01.02.2026"}, "FORMAT_ERROR"),
        ({"bookingStatus": "booked", "dateFrom": "2026-01-01", "dateTo": "soon"}, "FORMAT_ERROR"),
        (
            {"bookingStatus": "booked", "dateFrom": "2026-02-02", "dateTo": "2026-02-01"},
            "PERIOD_INVALID",
        ),
        ({"bookingStatus": "booked", "dateFrom": "2026-03-03"}, "PERIOD_INVALID"),
        (
            {"bookingStatus": "booked", "dateFrom": "2026-01-01", "pageIndex": "2"},
            "PARAMETER_NOT_SUPPORTED",
        ),
        (
            {"bookingStatus": "booked", "dateFrom": "2026-01-01", "deltaList": "true"},
            "PARAMETER_NOT_SUPPORTED",
        ),
        (
            {"bookingStatus": "booked", "dateFrom": "2026-01-01", "withBalance": "1"},
            "FORMAT_ERROR",
        ),
        (
            {"bookingStatus": "booked", "dateFrom": "2026-01-01", "itemsPerPage": "0"},
            "FORMAT_ERROR",
        ),
        (
            {"bookingStatus": "booked", "dateFrom": "2026-01-01", "itemsPerPage": "٣"},
            "FORMAT_ERROR",
        ),
        ({"bookingStatus": "booked", "entryReferenceFrom": "nothing"}, "RESOURCE_UNKNOWN"),
    ],
)
def test_a_transaction_list_needs_a_sound_period(third_party, euro, query, code):
    third_party.connect()
    answer = third_party.get(f"/v1/accounts/{euro['resource_id']}/transactions", **query)
    assert refusal(answer) == (400, code)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"access": None}, "$.access"),
        ({"access": []}, "$.access"),
        ({"access": {}}, "$.access"),
        ({"access": {"accounts": "all"}}, "$.access.accounts"),
        ({"access": {"accounts": [{}]}}, "$.access.accounts[0]"),
        ({"access": {"accounts": [{"iban": 7}]}}, "$.access.accounts[0].iban"),
        ({"access": {"accounts": ["LU62"]}}, "$.access.accounts[0]"),
        ({"access": {"allPsd2": "everything"}}, "$.access.allPsd2"),
        ({"access": {"allPsd2": "allAccounts", "accounts": []}}, "$.access"),
        ({"access": {"balances": [], "transactions": [{"iban": "LU620284100200300001"}]}}, "$"),
        ({"recurringIndicator": "true"}, "$.recurringIndicator"),
        ({"recurringIndicator": 1}, "$.recurringIndicator"),
        ({"validUntil": "2026-03-01"}, "$.validUntil"),
        ({"validUntil": "tomorrow"}, "$.validUntil"),
        ({"validUntil": 20260531}, "$.validUntil"),
        ({"frequencyPerDay": 0}, "$.frequencyPerDay"),
        ({"frequencyPerDay": True}, "$.frequencyPerDay"),
        ({"frequencyPerDay": 1.5}, "$.frequencyPerDay"),
        ({"combinedServiceIndicator": "no"}, "$.combinedServiceIndicator"),
    ],
)
def test_a_consent_with_a_wrong_body_is_refused(third_party, contents, changes, place):
    before = contents()
    answer = third_party.ask(**changes)
    assert refusal(answer) == (400, "FORMAT_ERROR")
    assert answer.json["tppMessages"][0]["path"].startswith(place)
    assert contents() == before


@pytest.mark.parametrize(
    "name",
    ["access", "recurringIndicator", "validUntil", "frequencyPerDay", "combinedServiceIndicator"],
)
def test_every_mandatory_member_of_a_consent_is_mandatory(third_party, client, name):
    body = {
        "access": {"allPsd2": "allAccounts"},
        "recurringIndicator": True,
        "validUntil": "2026-05-31",
        "frequencyPerDay": 4,
        "combinedServiceIndicator": False,
    }
    del body[name]
    answer = client.post("/v1/consents", json=body, headers=third_party.headers())
    assert refusal(answer) == (400, "FORMAT_ERROR")


def test_a_consent_for_what_the_bank_does_not_have_is_refused(third_party):
    unknown = {"accounts": [{"iban": "DE89370400440532013000"}]}
    assert refusal(third_party.ask(access=unknown)) == (400, "RESOURCE_UNKNOWN")
    wrong_currency = {"accounts": [{"iban": "LU620284100200300001", "currency": "CHF"}]}
    assert refusal(third_party.ask(access=wrong_currency)) == (400, "RESOURCE_UNKNOWN")
    combined = third_party.ask(combinedServiceIndicator=True)
    assert refusal(combined) == (400, "SESSIONS_NOT_SUPPORTED")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "books.example",
        "javascript:alert(1)",
        "https://",
        "ftp://books.example",
        "http://[",
        "/x",
    ],
)
def test_a_return_address_must_be_a_web_address(third_party, address):
    answer = third_party.ask(headers={"TPP-Redirect-URI": address})
    assert refusal(answer) == (400, "FORMAT_ERROR")


def test_a_consent_needs_the_customers_address(third_party):
    answer = third_party.ask(headers={"PSU-IP-Address": None})
    assert refusal(answer) == (400, "FORMAT_ERROR")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"access": NaN}'],
    ids=["empty", "cut", "null", "list", "text", "bytes", "deep", "nan"],
)
def test_a_body_that_is_no_json_object_is_refused(third_party, client, body):
    answer = client.post(
        "/v1/consents", data=body, headers=third_party.headers(), content_type="application/json"
    )
    assert refusal(answer) == (400, "FORMAT_ERROR")


def test_a_body_of_another_type_is_refused(third_party, client):
    headers = third_party.headers()
    answer = client.post("/v1/consents", data="x=1", headers=headers, content_type="text/plain")
    assert refusal(answer)[0] == 415


def test_a_huge_body_is_refused_before_it_is_read(third_party, client, contents):
    before = contents()
    body = json.dumps({"access": {"accounts": ["x" * 300_000]}})
    headers = third_party.headers()
    answer = client.post(
        "/v1/consents", data=body, headers=headers, content_type="application/json"
    )
    assert refusal(answer)[0] == 413
    answer = client.post("/sim/payments", data=b" " * (17 * 1024 * 1024))
    assert answer.status_code == 413
    assert contents() == before
