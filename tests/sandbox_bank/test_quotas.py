"""Reads without the customer are counted and limited, and banks have many words for it."""

import email.utils

import pytest

ALONE = {"PSU-IP-Address": None}


def limit(client, reads, **values):
    answer = client.post("/sim/quotas", json={"reads_per_day": reads, **values})
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def read(third_party, euro):
    """Return a function that reads the euro account, alone unless told otherwise."""
    third_party.connect()

    def call(endpoint="/transactions", headers=ALONE, **query):
        if endpoint == "/transactions":
            query = {"bookingStatus": "booked", "dateFrom": "2026-01-01", **query}
        path = f"/v1/accounts/{euro['resource_id']}{endpoint}"
        return third_party.get(path, headers=headers, **query)

    return call


def test_without_a_rule_nothing_is_counted(client, read, contents):
    before = contents()
    assert all(read().status_code == 200 for _number in range(6))
    assert contents() == before


def test_the_fifth_read_of_a_day_is_refused_for_each_endpoint_alone(client, read, third_party):
    limit(client, 4)
    for endpoint in ("/transactions", "/balances", ""):
        assert [read(endpoint).status_code for _number in range(5)] == [200] * 4 + [429]
    lists = [third_party.get("/v1/accounts", headers=ALONE).status_code for _number in range(5)]
    assert lists == [200] * 4 + [429]
    used = client.get("/sim/quotas").json
    assert used["accounts"][0]["used"] == {"transactions": 4, "balances": 4, "details": 4}
    assert used["list_of_accounts"] == 4


def test_a_customer_who_is_there_is_never_counted(client, read):
    limit(client, 1)
    assert [read(headers={}).status_code for _number in range(3)] == [200] * 3
    assert [read().status_code for _number in range(2)] == [200, 429]
    assert read(headers={}).status_code == 200


def test_a_new_day_of_the_bank_begins_anew(client, read):
    limit(client, 1)
    assert [read().status_code for _number in range(2)] == [200, 429]
    client.post("/sim/clock", json={"now": "2026-03-02T23:59"})
    assert read().status_code == 429
    client.post("/sim/clock", json={"advance_minutes": 1})
    assert [read().status_code for _number in range(2)] == [200, 429]


def test_further_pages_belong_to_the_read_unless_the_bank_counts_them(client, read, pay, euro):
    pay(*["1.00"] * 25)
    limit(client, 1)

    def walk():
        answer = read()
        statuses = [answer.status_code]
        while answer.status_code == 200 and "next" in answer.json["transactions"]["_links"]:
            href = answer.json["transactions"]["_links"]["next"]["href"]
            answer = read(href.partition(euro["resource_id"])[2])
            statuses.append(answer.status_code)
        return statuses

    assert walk() == [200, 200, 200]
    limit(client, 2, count_pages=True, forget=True)
    assert walk() == [200, 200, 429]


def test_an_account_can_have_a_rule_of_its_own(client, read, euro):
    limit(client, 0)
    limit(client, 2, account=euro["iban"])
    assert [read().status_code for _number in range(3)] == [200, 200, 429]
    limit(client, None, account=euro["iban"])
    assert read().status_code == 429
    limit(client, None)
    assert read().status_code == 200


@pytest.mark.parametrize(
    ("wording", "words"),
    [
        ("json", '{"tppMessages": [{"category": "ERROR", "code": "ACCESS_EXCEEDED"'),
        ("bare_list", '[{"category": "ERROR", "code": "ACCESS_EXCEEDED"'),
        ("hub046", "[HUB046] Allowed number of accesses exceeded for consent"),
        ("plain", "Access exceeded"),
        ("multiplicity", "consented multiplicity per day"),
        ("clo03941", "CLO03941"),
    ],
)
def test_banks_say_it_in_their_own_words(client, read, wording, words):
    limit(client, 0, wording=wording, status=403 if wording == "hub046" else 429)
    answer = read()
    assert answer.status_code == (403 if wording == "hub046" else 429)
    assert words in answer.text
    assert "Retry-After" not in answer.headers


def test_a_bank_may_say_when_to_come_back(client, read):
    client.post("/sim/clock", json={"now": "2026-03-02T22:30"})
    limit(client, 0, retry_after="seconds")
    assert read().headers["Retry-After"] == str(90 * 60)
    limit(client, 0, retry_after="date")
    again = email.utils.parsedate_to_datetime(read().headers["Retry-After"])
    # Midnight of the bank, one hour before that of Greenwich.
    assert again.isoformat() == "2026-03-02T23:00:00+00:00"
