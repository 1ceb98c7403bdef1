"""The life of a consent: asked for, decided on the bank's page, ended."""

import html
import re

import pytest

RETURN = {
    "TPP-Redirect-URI": "https://books.example/callback?state=a%20b&x=1",
    "TPP-Nok-Redirect-URI": "https://books.example/cancelled?state=a%20b",
}


def status_of(third_party, consent_id):
    return third_party.get(f"/v1/consents/{consent_id}/status").json["consentStatus"]


def test_a_consent_waits_until_the_customer_decides(third_party):
    answer = third_party.ask()
    assert answer.status_code == 201
    assert answer.json["consentStatus"] == "received"
    consent_id = answer.json["consentId"]
    assert answer.headers["Location"].endswith(f"/v1/consents/{consent_id}")
    assert answer.headers["ASPSP-SCA-Approach"] == "REDIRECT"
    third_party.consent_id = consent_id
    refused = third_party.get("/v1/accounts")
    assert refused.status_code == 401
    assert refused.json["tppMessages"][0]["code"] == "CONSENT_INVALID"


def test_approval_leads_back_with_the_query_kept(third_party, client):
    answer = third_party.ask(headers=RETURN)
    page = answer.json["_links"]["scaRedirect"]["href"]
    assert page == f"http://localhost/sca/{answer.json['consentId']}"
    decided = client.post(page, data={"decision": "approve"})
    assert decided.status_code == 302
    assert decided.headers["Location"] == RETURN["TPP-Redirect-URI"]
    third_party.consent_id = answer.json["consentId"]
    accounts = third_party.get("/v1/accounts").json["accounts"]
    assert [account["currency"] for account in accounts] == ["EUR", "USD"]


def test_the_form_as_a_browser_sends_it_shares_only_ticked_accounts(third_party, client):
    consent_id = third_party.ask().json["consentId"]
    page = client.get(f"/sca/{consent_id}").text
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    boxes = [name for name in fields if name.startswith("account-")]
    assert len(boxes) == 2
    del fields[boxes[0]]
    client.post(f"/sca/{consent_id}", data={**fields, "decision": "approve"})
    third_party.consent_id = consent_id
    (account,) = third_party.get("/v1/accounts").json["accounts"]
    assert account["currency"] == "USD"


def test_nothing_ticked_shares_nothing(third_party, client):
    consent_id = third_party.ask().json["consentId"]
    data = {"accounts_shown": "1", "decision": "approve"}
    answer = client.post(f"/sca/{consent_id}", data=data)
    assert answer.status_code == 422
    assert "Choose at least one account" in answer.text
    assert status_of(third_party, consent_id) == "received"


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        (RETURN, RETURN["TPP-Nok-Redirect-URI"]),
        (
            {"TPP-Redirect-URI": "https://books.example/c?state=1"},
            "https://books.example/c?state=1&error=access_denied",
        ),
    ],
)
def test_cancel_rejects_and_leads_back(third_party, client, headers, address):
    consent_id = third_party.ask(headers=headers).json["consentId"]
    answer = client.post(f"/sca/{consent_id}", data={"decision": "cancel"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert status_of(third_party, consent_id) == "rejected"
    third_party.consent_id = consent_id
    assert third_party.get("/v1/accounts").status_code == 401


def test_without_a_return_address_the_page_says_what_happened(third_party, client):
    consent_id = third_party.ask().json["consentId"]
    answer = client.post(f"/sca/{consent_id}", data={"decision": "approve"})
    assert answer.status_code == 200
    assert "Access allowed" in answer.text


@pytest.mark.parametrize("second", ["approve", "cancel"])
def test_a_decision_is_final(third_party, client, second):
    consent_id = third_party.connect()
    answer = client.post(f"/sca/{consent_id}", data={"decision": second})
    assert answer.status_code == 409
    assert "already allowed" in answer.text
    assert status_of(third_party, consent_id) == "valid"


def test_another_site_can_neither_end_an_access_nor_pull_levers(third_party, client, contents):
    consent_id = third_party.connect()
    before = contents()
    for path in (f"/sca/{consent_id}/end", "/sim/reset", "/sim/clock", "/v1/consents"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.post(path, data='{"advance_days": 1}', headers=headers)
            assert answer.status_code == 403, path
    assert contents() == before


def test_a_form_of_another_site_is_refused(third_party, client):
    consent_id = third_party.ask().json["consentId"]
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = client.post(f"/sca/{consent_id}", data={"decision": "approve"}, headers=headers)
        assert answer.status_code == 403
    assert status_of(third_party, consent_id) == "received"
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    client.post(f"/sca/{consent_id}", data={"decision": "approve"}, headers=headers)
    assert status_of(third_party, consent_id) == "valid"


def test_a_consent_ends_after_its_last_day_by_the_banks_clock(third_party, client):
    consent_id = third_party.connect(validUntil="2026-03-05")
    client.post("/sim/clock", json={"today": "2026-03-05"})
    assert third_party.get("/v1/accounts").status_code == 200
    client.post("/sim/clock", json={"advance_days": 1})
    refused = third_party.get("/v1/accounts")
    assert refused.status_code == 401
    assert refused.json["tppMessages"][0]["code"] == "CONSENT_EXPIRED"
    assert status_of(third_party, consent_id) == "expired"


def test_a_request_nobody_decided_expires_too(third_party, client):
    consent_id = third_party.ask(validUntil="2026-03-03").json["consentId"]
    client.post("/sim/clock", json={"today": "2026-03-04"})
    assert client.post(f"/sca/{consent_id}", data={"decision": "approve"}).status_code == 409
    assert status_of(third_party, consent_id) == "expired"


def test_a_consent_for_one_access_ends_with_its_day(third_party, client):
    third_party.connect(recurringIndicator=False, frequencyPerDay=1)
    assert third_party.get("/v1/accounts").status_code == 200
    client.post("/sim/clock", json={"advance_days": 1})
    assert third_party.get("/v1/accounts").status_code == 401


def test_the_bank_shortens_a_consent_to_180_days(third_party):
    consent_id = third_party.ask(validUntil="9999-12-31").json["consentId"]
    consent = third_party.get(f"/v1/consents/{consent_id}").json
    assert consent["validUntil"] == "2026-08-29"


def test_a_third_party_gives_a_consent_back_and_can_repeat_it(third_party, client):
    consent_id = third_party.connect()
    for _attempt in range(2):
        answer = client.delete(f"/v1/consents/{consent_id}", headers=third_party.headers())
        assert (answer.status_code, answer.data) == (204, b"")
    assert status_of(third_party, consent_id) == "terminatedByTpp"
    assert third_party.get("/v1/accounts").status_code == 401


def test_a_customer_takes_a_consent_back_on_the_start_page(third_party, client):
    consent_id = third_party.connect()
    action = f'action="/sca/{consent_id}/end"'
    assert action in client.get("/").text
    assert client.post(f"/sca/{consent_id}/end").status_code == 303
    assert status_of(third_party, consent_id) == "revokedByPsu"
    assert third_party.get("/v1/accounts").json["tppMessages"][0]["code"] == "CONSENT_INVALID"
    assert action not in client.get("/").text


def test_a_consent_grants_exactly_what_was_asked(third_party, euro):
    access = {"balances": [{"iban": euro["iban"]}]}
    consent_id = third_party.connect(access=access)
    (account,) = third_party.get("/v1/accounts", withBalance="true").json["accounts"]
    assert account["iban"] == euro["iban"]
    assert "ownerName" not in account
    assert set(account["_links"]) == {"balances"}
    assert account["balances"][0]["balanceAmount"] == {"currency": "EUR", "amount": "25000.00"}
    query = {"bookingStatus": "booked", "dateFrom": "2026-01-01"}
    refused = third_party.get(f"/v1/accounts/{euro['resource_id']}/transactions", **query)
    assert refused.status_code == 401
    assert refused.json["tppMessages"][0]["code"] == "CONSENT_INVALID"
    granted = third_party.get(f"/v1/consents/{consent_id}").json["access"]
    reference = [{"iban": euro["iban"], "currency": "EUR"}]
    assert granted == {"accounts": reference, "balances": reference}


def test_an_account_outside_the_consent_is_unknown(third_party, client, euro):
    dollar = client.get("/sim/truth").json["accounts"][1]
    third_party.connect(access={"accounts": [{"iban": euro["iban"]}]})
    assert third_party.get(f"/v1/accounts/{euro['resource_id']}").status_code == 200
    answer = third_party.get(f"/v1/accounts/{dollar['resource_id']}")
    assert answer.status_code == 404
    assert answer.json["tppMessages"][0]["code"] == "RESOURCE_UNKNOWN"


def test_the_owner_is_named_when_the_consent_says_so(third_party):
    third_party.connect(access={"allPsd2": "allAccountsWithOwnerName"})
    account = third_party.get("/v1/accounts").json["accounts"][0]
    assert account["ownerName"] == "Maison Tilleul"


def test_customers_share_their_own_accounts_only(third_party, client):
    other = client.post(
        "/sim/accounts", json={"owner": "Other & Co", "currency": "EUR", "opening": "1.00"}
    ).json
    consent_id = third_party.ask().json["consentId"]
    page = client.get(f"/sca/{consent_id}").text
    assert other["resource_id"] not in page
    assert "Other &amp; Co" in page
    page = client.get(f"/sca/{consent_id}?customer=Other+%26+Co").text
    assert other["resource_id"] in page
    assert "Accounts of Other &amp; Co" in page


def test_the_page_says_who_asks_what_and_until_when(third_party, client):
    headers = {**RETURN, "TPP-Brand-Logging-Information": "Books & <b>More</b>"}
    consent_id = third_party.ask(headers=headers, frequencyPerDay=1).json["consentId"]
    answer = client.get(f"/sca/{consent_id}")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "<b>More" not in answer.text
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
    for words in (
        "Sandbox Bank",
        "Books & <b>More</b> asks to read your account data",
        "After your decision you return to books.example",
        "LU62 0284 1002 0030 0001",
        "How much money is on the account",
        "Incoming and outgoing payments",
        "Until 31 May 2026 (90 days)",
        "Up to 1 time a day",
        "Approve",
        "Cancel",
    ):
        assert words in text


def test_an_unknown_request_has_a_friendly_page(client):
    answer = client.get("/sca/nothing")
    assert answer.status_code == 404
    assert "The bank knows no such request." in answer.text
    assert client.post("/sca/nothing", data={"decision": "approve"}).status_code == 404


def test_a_program_can_decide_without_a_browser(third_party, client, euro):
    consent_id = third_party.ask(headers=RETURN).json["consentId"]
    body = {"decision": "approve", "accounts": [euro["iban"]]}
    answer = client.post(f"/sim/consents/{consent_id}", json=body)
    assert answer.json == {"status": "valid", "location": RETURN["TPP-Redirect-URI"]}
    third_party.consent_id = consent_id
    assert len(third_party.get("/v1/accounts").json["accounts"]) == 1
    assert client.post(f"/sim/consents/{consent_id}", json=body).status_code == 409
    answer = client.post(f"/sim/consents/{consent_id}", json={"decision": "revoke"})
    assert answer.json == {"status": "revokedByPsu", "location": None}
