"""The levers: clock, accounts, payments, faults, starting over; and what they refuse."""

import json
import pathlib

import pytest

from sandbox_bank.sim import behaviours
from sandbox_bank.sim.faults import KINDS


def test_the_clock_goes_forward_and_back_only_over_empty_days(client, pay):
    assert client.get("/sim/clock").json["today"] == "2026-03-02"
    assert client.post("/sim/clock", json={"today": "2026-01-05"}).json["today"] == "2026-01-05"
    pay("1.00")
    assert client.post("/sim/clock", json={"advance_days": 3}).json["today"] == "2026-01-08"
    assert client.post("/sim/clock", json={"today": "2026-01-04"}).status_code == 409
    assert client.get("/sim/clock").json["today"] == "2026-01-08"


@pytest.mark.parametrize(
    "body", [{"today": "soon"}, {"advance_days": -1}, {"advance_days": "3"}, [], "x", 7]
)
def test_a_clock_that_makes_no_sense_is_refused(client, body):
    assert client.post("/sim/clock", json=body).status_code == 400
    assert client.get("/sim/clock").json["today"] == "2026-03-02"


def test_the_clock_ends(client):
    assert client.post("/sim/clock", json={"today": "9999-12-31"}).status_code == 409
    assert client.post("/sim/clock", json={"advance_days": 36_500}).status_code == 200


def test_accounts_are_opened_with_a_balance_and_a_number(client):
    body = {"owner": "Ny & Co", "currency": "JPY", "opening": "-1200"}
    account = client.post("/sim/accounts", json=body).json
    assert account["iban"].startswith("LU")
    assert account["balance"] == "-1200"
    again = client.post("/sim/accounts", json={**body, "iban": account["iban"]})
    assert again.status_code == 409
    other = client.post("/sim/accounts", json={**body, "currency": "EUR", "opening": "1.50"})
    assert other.json["iban"] != account["iban"]


@pytest.mark.parametrize(
    "change",
    [
        {"owner": ""},
        {"owner": 5},
        {"owner": "\x00"},
        {"owner": "\ud800"},
        {"owner": "x" * 71},
        {"currency": "eur"},
        {"iban": "LU630284100200300001"},
        {"opening": 12},
        {"opening": "1e3"},
    ],
)
def test_an_account_that_makes_no_sense_is_refused(client, contents, change):
    before = contents()
    body = json.dumps({"owner": "Ny", "currency": "EUR", **change})
    assert client.post("/sim/accounts", data=body).status_code == 400
    assert contents() == before


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "0.00"},
        {"amount": 1.5},
        {"amount": "1.005"},
        {"currency": "USD"},
        {"debtor_iban": "DE00"},
        {"debtor_name": "x\ny"},
        {"remittance": "text"},
        {"remittance": ["x" * 141]},
        {"remittance": [None]},
        {"end_to_end_id": "x" * 36},
        {"booking_date": "2025-03-01"},
    ],
)
def test_one_wrong_payment_books_none(client, euro, contents, change):
    before = contents()
    payments = [{"amount": "1.00"}, {"amount": "1.00", **change}]
    body = {"account": euro["iban"], "payments": payments}
    answer = client.post("/sim/payments", json=body)
    assert answer.status_code == 400
    assert answer.json["path"].startswith("$.payments[1]")
    assert contents() == before


def test_customers_pay_as_they_are_told(client, euro):
    behaviours = ["exact", "structured", "damaged", "twice", "short", "over", "other_name"]
    invoices = [
        {"reference": f"INV/{n}2345", "amount": "99.90", "customer": "A", "behaviour": behaviour}
        for n, behaviour in enumerate(behaviours)
    ]
    body = {"account": euro["iban"], "seed": 1, "invoices": invoices}
    answer = client.post("/sim/customers-pay", json=body).json
    assert answer["behaviours"] == {f"INV/{n}2345": b for n, b in enumerate(behaviours)}
    assert len(answer["payments"]) == len(behaviours) + 1
    entries = client.get("/sim/truth").json["accounts"][0]["entries"]
    assert sorted(e["id"] for e in entries) == sorted(p["id"] for p in answer["payments"])


def test_the_same_seed_books_the_same_in_two_banks(client, euro):
    invoices = [
        {"reference": f"INV/2026/{n:05d}", "amount": f"{n}.00", "customer": f"C{n % 4}"}
        for n in range(1, 81)
    ]
    body = {"account": euro["iban"], "seed": 9, "spread_days": 5, "invoices": invoices}
    truths = []
    for _bank in range(2):
        client.post("/sim/reset")
        assert client.post("/sim/customers-pay", json=body).status_code == 201
        truths.append(client.get("/sim/truth").json)
    assert truths[0] == truths[1]
    assert len(truths[0]["accounts"][0]["entries"]) > 60


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "-1.00"},
        {"amount": "0"},
        {"behaviour": "never"},
        {"reference": ""},
        {"customer": None},
        {"customer_iban": "x"},
        {"currency": "USD"},
    ],
)
def test_invoices_that_make_no_sense_are_refused(client, euro, contents, change):
    before = contents()
    invoice = {"reference": "INV/1", "amount": "1.00", "customer": "A", **change}
    body = {"account": euro["iban"], "invoices": [invoice]}
    assert client.post("/sim/customers-pay", json=body).status_code == 400
    assert contents() == before


def test_reset_founds_the_bank_again(client, third_party, pay):
    fresh = client.get("/sim/truth").json
    third_party.connect()
    pay("1.00")
    client.post("/sim/faults", json={"kind": "down", "times": 5})
    assert client.post("/sim/reset").json["today"] == "2026-03-02"
    assert client.get("/sim/truth").json == fresh
    assert third_party.get("/v1/accounts").json["tppMessages"][0]["code"] == "CONSENT_UNKNOWN"
    answer = client.post("/sim/reset", json={"today": "2025-01-01", "demo_accounts": False})
    assert answer.json == {"today": "2025-01-01", "accounts": []}
    assert client.get("/").status_code == 200


def test_a_fault_strikes_as_often_as_it_is_told(third_party, client):
    third_party.connect()
    client.post("/sim/faults", json={"kind": "down", "times": 2, "skip": 1})
    statuses = [third_party.get("/v1/accounts").status_code for _call in range(5)]
    assert statuses == [200, 503, 503, 200, 200]


def test_a_fault_can_be_kept_to_one_place_and_lifted(third_party, client, euro):
    third_party.connect()
    path = f"/v1/accounts/{euro['resource_id']}/balances"
    client.post("/sim/faults", json={"kind": "rate_limited", "times": 9, "path": path})
    assert third_party.get("/v1/accounts").status_code == 200
    answer = third_party.get(path)
    assert answer.status_code == 429
    assert answer.json["tppMessages"][0]["code"] == "ACCESS_EXCEEDED"
    client.post("/sim/faults", json={"kind": "none"})
    assert third_party.get(path).status_code == 200


def test_garbage_and_half_answers_look_like_the_real_thing(third_party, client):
    third_party.connect()
    whole = third_party.get("/v1/accounts").data
    client.post("/sim/faults", json={"kind": "garbage"})
    answer = third_party.get("/v1/accounts")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    client.post("/sim/faults", json={"kind": "truncated"})
    answer = third_party.get("/v1/accounts")
    assert answer.data == whole[: len(whole) // 2]
    assert answer.headers["Content-Length"] == str(len(whole))
    assert third_party.get("/v1/accounts").data == whole


def test_faults_never_touch_the_simulation_and_the_pages(client):
    client.post("/sim/faults", json={"kind": "down", "times": 100})
    assert client.get("/sim/truth").status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("body", [{}, {"kind": "fire"}, {"kind": "down", "times": -1}])
def test_a_fault_that_makes_no_sense_is_refused(client, body):
    assert client.post("/sim/faults", json=body).status_code == 400


def test_every_lever_stands_in_the_readme(app):
    readme = (pathlib.Path(app.root_path) / "README.md").read_text(encoding="utf-8")
    levers = [str(rule).partition("<")[0] for rule in app.url_map.iter_rules()]
    levers = [lever for lever in levers if lever.startswith("/sim")]
    assert len(levers) >= 10
    assert [lever for lever in levers if lever not in readme] == []
    assert [name for name in (*behaviours.MIX, *KINDS) if f"`{name}`" not in readme] == []
