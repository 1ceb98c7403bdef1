"""Statements in all formats and versions, and files that are laid down whole or not."""

import doctest
import xml.etree.ElementTree as ET
from decimal import Decimal

import mt940 as other_mt940
import pytest

from sandbox_bank import camt, mt940


@pytest.fixture
def statement(client, euro):
    """Return a function that fetches the statement of the month in a format."""

    def fetch(name):
        query = {"account": euro["iban"], "from": "2026-02-01", "to": "2026-03-02", "format": name}
        answer = client.get("/sim/statement", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.data

    return fetch


@pytest.fixture
def busy(pay, client, euro):
    """Book a month of all kinds of entries."""
    pay("5.00", booking_date="2026-02-10", remittance=["Rechnung Nr. 7, Straße Ä?:-"])
    pay("-3.00", booking_date="2026-02-11", debtor_iban="DE89370400440532013000")
    exchange = {"currency": "USD", "amount": "110.00", "rate": "1.10"}
    pay("100.00", exchange=exchange, charges="2.50", mandate_id="M-1")
    pay("7.00", reversal=True, return_reason="AC04", additional_information="Rückgabe")
    pay("-8.00", reversal=True)
    invoices = [
        {"reference": f"I{n}", "amount": "50.00", "customer": f"Käufer {n}"} for n in range(40)
    ]
    client.post("/sim/customers-pay", json={"account": euro["iban"], "invoices": invoices})
    invoices = [{**each, "behaviour": "batch"} for each in invoices[:5]]
    client.post("/sim/customers-pay", json={"account": euro["iban"], "invoices": invoices})


def truth(client):
    return client.get("/sim/truth").json["accounts"][0]


def amounts(client):
    return sorted(Decimal(entry["amount"]) for entry in truth(client)["entries"])


def test_the_examples_in_the_documentation_are_true():
    assert not doctest.testmod(mt940).failed


@pytest.mark.parametrize("name", camt.FORMATS)
def test_every_version_of_camt_has_all_entries_and_adds_up(statement, busy, client, name):
    root = ET.fromstring(statement(name))  # noqa: S314 (our own file)
    kind, version = int(name[5:8]), int(name[-2:])
    namespace = {"c": f"urn:iso:std:iso:20022:tech:xsd:{name}"}

    def texts(path):
        return [element.text for element in root.iterfind(f".//{path}", namespace)]

    signs = [1 if text == "CRDT" else -1 for text in texts("c:Ntry/c:CdtDbtInd")]
    found = [s * Decimal(t) for s, t in zip(signs, texts("c:Ntry/c:Amt"), strict=True)]
    assert sorted(found) == amounts(client)
    balances = [
        Decimal(text) * (1 if sign == "CRDT" else -1)
        for text, sign in zip(texts("c:Bal/c:Amt"), texts("c:Bal/c:CdtDbtInd"), strict=True)
    ]
    if kind == 54:
        assert balances == []
    else:
        assert balances[1] - balances[0] == sum(found)
        assert balances[1] == Decimal(truth(client)["balance"])
    assert bool(texts("c:BIC")) == (version == 2)
    assert bool(texts("c:Dbtr/c:Pty/c:Nm")) == (version >= 8)
    assert bool(texts("c:TxDtls/c:Amt")) == (version > 2)
    assert texts("c:RtrInf/c:Rsn/c:Cd") == ["AC04"]
    assert texts("c:RvslInd") == ["true", "true"]


@pytest.mark.parametrize("name", mt940.NAMES)
def test_another_reader_of_mt940_finds_the_same(statement, busy, client, name):
    data = statement(name)
    assert all(len(line) <= 65 + len(":86:") for line in data.split(b"\r\n"))
    found = other_mt940.parse(data.decode("ascii"))
    # The other reader knows that D is minus, and leaves it to us that RC, a credit taken back, is.
    signed = [
        each.data["amount"].amount * (-1 if each.data["status"] == "RC" else 1) for each in found
    ]
    assert sorted(signed) == amounts(client)
    closing = found.data["final_closing_balance"].amount
    opening = found.data["final_opening_balance"].amount
    assert closing.amount == Decimal(truth(client)["balance"])
    assert closing.amount - opening.amount == sum(amounts(client))
    marks = {each.data["status"] for each in found}
    assert marks == {"C", "D", "RC", "RD"}
    dates = {str(each.data["entry_date"]) for each in found}
    assert dates == {entry["booking_date"] for entry in truth(client)["entries"]}
    if name == "mt940":
        ibans = {each.data.get("applicant_name") for each in found}
        assert "DE89370400440532013000" in ibans


def test_a_file_appears_whole_under_its_name(client, euro, pay, tmp_path, statement):
    pay("5.00")
    body = {"account": euro["iban"], "from": "2026-02-01", "to": "2026-03-02", "format": "mt940"}
    answer = client.post("/sim/files", json=body)
    assert answer.status_code == 201
    assert (tmp_path / answer.json["name"]).read_bytes() == statement("mt940")
    assert not list(tmp_path.glob("*.part"))
    assert answer.json["name"] in client.get("/sim/files").json["files"]


def test_uploads_that_last(client, euro, pay, tmp_path):
    pay("5.00")
    body = {"account": euro["iban"], "name": "a.xml"}
    client.post("/sim/files", json={**body, "way": "part_only"})
    assert [path.name for path in tmp_path.glob("a.xml*")] == ["a.xml.part"]
    client.post("/sim/files", json={**body, "way": "half"})
    half = (tmp_path / "a.xml").read_bytes()
    with pytest.raises(ET.ParseError):
        ET.fromstring(half)  # noqa: S314 (our own file)
    client.post("/sim/files", json={**body, "way": "rest"})
    ET.fromstring((tmp_path / "a.xml").read_bytes())  # noqa: S314 (our own file)


@pytest.mark.parametrize("name", ["../a.xml", "a/b", "..", "."])
def test_names_that_lead_out_of_the_folder_are_refused(client, euro, name):
    answer = client.post("/sim/files", json={"account": euro["iban"], "name": name})
    assert answer.status_code == 400


def test_a_format_the_bank_does_not_write_is_refused(client, euro):
    for name in ("camt.053.001.99", "pdf"):
        query = {"account": euro["iban"], "format": name}
        assert client.get("/sim/statement", query_string=query).status_code == 400
