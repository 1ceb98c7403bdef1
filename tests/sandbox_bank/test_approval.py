"""Ways of approval: in the app, with two signatures, with no way back, under other names."""

import pytest

BACK = {"TPP-Redirect-URI": "https://books.example/back?state=1"}


@pytest.fixture
def ways(client):
    """Return a function that changes how this bank lets consents be approved."""

    def change(**values):
        answer = client.post("/sim/approval", json=values)
        assert answer.status_code == 200, answer.text
        return answer.json

    return change


def status(third_party, consent_id):
    return third_party.get(f"/v1/consents/{consent_id}/status").json["consentStatus"]


def signatures(third_party, consent_id):
    path = f"/v1/consents/{consent_id}/authorisations"
    found = third_party.get(path).json["authorisationIds"]
    return [third_party.get(f"{path}/{each}").json["scaStatus"] for each in found]


def test_decoupled_approval_happens_in_the_app(ways, third_party, client):
    ways(approach="decoupled")
    asked = third_party.ask(headers=BACK)
    assert asked.headers["ASPSP-SCA-Approach"] == "DECOUPLED"
    assert "scaRedirect" not in asked.json["_links"]
    assert "app" in asked.json["psuMessage"]
    consent_id = asked.json["consentId"]
    assert f"/sca/{consent_id}" in client.get("/app").text
    assert signatures(third_party, consent_id) == ["received"]
    answer = client.post(f"/sca/{consent_id}", data={"decision": "approve"})
    assert (answer.status_code, "Access allowed" in answer.text) == (200, True)
    assert status(third_party, consent_id) == "valid"
    assert signatures(third_party, consent_id) == ["finalised"]
    assert f"/sca/{consent_id}" not in client.get("/app").text


def test_decoupled_only_for_those_who_prefer_it(ways, third_party):
    ways(approach="preferred")
    assert third_party.ask().headers["ASPSP-SCA-Approach"] == "REDIRECT"
    answer = third_party.ask(headers={"TPP-Decoupled-Preferred": "true"})
    assert answer.headers["ASPSP-SCA-Approach"] == "DECOUPLED"


def test_two_signatures_make_a_consent(ways, third_party, client, euro):
    ways(signatories="two")
    consent_id = third_party.ask(headers=BACK).json["consentId"]
    form = {"decision": "approve", "accounts_shown": "1", f"account-{euro['resource_id']}": "share"}
    assert client.post(f"/sca/{consent_id}", data=form).status_code == 302
    assert status(third_party, consent_id) == "partiallyAuthorised"
    assert signatures(third_party, consent_id) == ["finalised", "received"]
    third_party.consent_id = consent_id
    assert third_party.get("/v1/accounts").status_code == 401
    assert "second signatory" in client.get(f"/sca/{consent_id}").text
    assert client.post(f"/sca/{consent_id}", data={"decision": "approve"}).status_code == 302
    assert status(third_party, consent_id) == "valid"
    assert signatures(third_party, consent_id) == ["finalised", "finalised"]
    assert len(third_party.get("/v1/accounts").json["accounts"]) == 1, "the first one chose"
    assert client.post(f"/sca/{consent_id}", data={"decision": "approve"}).status_code == 409


def test_the_second_signatory_can_say_no(ways, third_party, client):
    ways(signatories="two")
    consent_id = third_party.ask().json["consentId"]
    for decision in ("approve", "cancel"):
        client.post(f"/sca/{consent_id}", data={"decision": decision})
    assert status(third_party, consent_id) == "rejected"
    assert signatures(third_party, consent_id) == ["finalised", "failed"]


def test_a_bank_that_sends_nobody_back(ways, third_party, client):
    ways(comes_back="never")
    consent_id = third_party.ask(headers=BACK).json["consentId"]
    answer = client.post(f"/sca/{consent_id}", data={"decision": "approve"})
    assert (answer.status_code, "Access allowed" in answer.text) == (200, True)
    assert status(third_party, consent_id) == "valid"


def test_a_bank_that_does_not_say_what_was_decided(ways, third_party, client):
    ways(comes_back="without_error")
    consent_id = third_party.ask(headers=BACK).json["consentId"]
    answer = client.post(f"/sca/{consent_id}", data={"decision": "cancel"})
    assert answer.headers["Location"] == BACK["TPP-Redirect-URI"]
    assert status(third_party, consent_id) == "rejected"


def test_accounts_are_called_otherwise_in_the_next_consent(ways, third_party, client, euro, pay):
    ways(resource_ids="per_consent")
    pay("5.00")

    def called():
        return [each["resourceId"] for each in third_party.get("/v1/accounts").json["accounts"]]

    third_party.connect()
    first = called()
    third_party.connect()
    second = called()
    assert not set(first) & set(second)
    assert euro["resource_id"] not in first + second
    (report,) = third_party.transactions(second[0])
    assert len(report["booked"]) == 1
    assert third_party.get(f"/v1/accounts/{first[0]}").status_code == 404
    third_party.get("/v1/accounts", withBalance="true")


def test_a_new_consent_can_end_the_older_one(ways, third_party):
    first = third_party.connect()
    ways(older_consents="end")
    waiting = third_party.ask().json["consentId"]
    assert status(third_party, first) == "valid", "asking alone ends nothing"
    second = third_party.connect()
    states = [status(third_party, each) for each in (first, second, waiting)]
    assert states == ["expired", "valid", "received"]


def test_an_account_can_fall_out_of_a_consent(third_party, client, euro):
    consent_id = third_party.connect()
    body = {"decision": "omit", "accounts": [euro["iban"]]}
    assert client.post(f"/sim/consents/{consent_id}", json=body).json["status"] == "valid"
    (left,) = third_party.get("/v1/accounts").json["accounts"]
    assert left["currency"] == "USD"
    assert third_party.get(f"/v1/accounts/{euro['resource_id']}/balances").status_code == 404


def test_unknown_ways_are_refused(client, contents):
    before = contents()
    assert client.post("/sim/approval", json={"approach": "pigeon"}).status_code == 400
    assert contents() == before
