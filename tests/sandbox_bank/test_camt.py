"""camt.053 statements: they add up, and they say the same as the JSON and the truth."""

from decimal import Decimal

import pytest

etree = pytest.importorskip("lxml.etree", reason="lxml reads the statements back")

NAMESPACE = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}
# Order of the children as the XML schema demands it, for every element the bank writes.
ORDER = {
    "Stmt": "Id ElctrncSeqNb CreDtTm FrToDt Acct Bal TxsSummry Ntry",
    "Ntry": "NtryRef Amt CdtDbtInd Sts BookgDt ValDt AcctSvcrRef BkTxCd NtryDtls",
    "Btch": "NbOfTxs TtlAmt CdtDbtInd",
    "TxDtls": "Refs Amt CdtDbtInd RltdPties Purp RmtInf",
    "RltdPties": "Dbtr DbtrAcct Cdtr CdtrAcct",
    "Acct": "Id Ccy Ownr Svcr",
    "Bal": "Tp Amt CdtDbtInd Dt",
    "RmtInf": "Ustrd Strd",
}


def signed(element):
    amount = Decimal(element.findtext("c:Amt", namespaces=NAMESPACE))
    return amount if element.findtext("c:CdtDbtInd", namespaces=NAMESPACE) == "CRDT" else -amount


def read(answer):
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/xml"
    return etree.fromstring(answer.data)


def balances(statement):
    return {
        balance.findtext("c:Tp/c:CdOrPrtry/c:Cd", namespaces=NAMESPACE): signed(balance)
        for balance in statement.iterfind(".//c:Bal", NAMESPACE)
    }


@pytest.fixture
def busy(client, euro):
    """Let 150 invoices be paid over ten days, and go to the last of them."""
    invoices = [
        {
            "reference": f"INV/2026/{number:05d}",
            "amount": f"{number}.{number % 100:02d}",
            "currency": "EUR",
            "customer": f"Müller & <Söhne> {number % 9}",
        }
        for number in range(1, 151)
    ]
    body = {"account": euro["iban"], "seed": 4, "invoices": invoices}
    body |= {"booking_date": "2026-02-25", "spread_days": 10}
    assert client.post("/sim/customers-pay", json=body).status_code == 201
    client.post("/sim/clock", json={"today": "2026-03-08"})
    return euro


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-02-25", "2026-03-08"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-08", "2026-03-08"),
        ("2025-03-02", "2025-03-02"),
    ],
)
def test_opening_plus_entries_is_closing(client, busy, first, last):
    query = {"account": busy["resource_id"], "from": first, "to": last}
    statement = read(client.get("/sim/statement", query_string=query))
    found = [signed(entry) for entry in statement.iterfind(".//c:Ntry", NAMESPACE)]
    assert balances(statement)["OPBD"] + sum(found) == balances(statement)["CLBD"]
    summary = statement.find(".//c:TxsSummry", NAMESPACE)
    credit = summary.findtext("c:TtlCdtNtries/c:Sum", namespaces=NAMESPACE)
    debit = summary.findtext("c:TtlDbtNtries/c:Sum", namespaces=NAMESPACE)
    assert Decimal(credit) - Decimal(debit) == sum(found)
    assert summary.findtext("c:TtlNtries/c:NbOfNtries", namespaces=NAMESPACE) == str(len(found))


def test_the_statements_of_following_days_join(client, busy):
    closing, numbers = None, []
    for day in range(1, 9):
        query = {"account": busy["iban"], "date": f"2026-03-{day:02d}"}
        statement = read(client.get("/sim/statement", query_string=query))
        assert closing in (None, balances(statement)["OPBD"])
        closing = balances(statement)["CLBD"]
        numbers.append(int(statement.findtext(".//c:ElctrncSeqNb", namespaces=NAMESPACE)))
    assert numbers == list(range(numbers[0], numbers[0] + 8))


def test_json_statement_and_truth_say_the_same(client, third_party, busy):
    third_party.connect()
    resource_id = busy["resource_id"]
    booked = [
        entry
        for report in third_party.transactions(resource_id, dateTo="2026-03-08")
        for entry in report["booked"]
    ]
    query = {"bookingStatus": "booked", "dateFrom": "2020-01-01"}
    path = f"/v1/accounts/{resource_id}/transactions"
    statement = read(third_party.get(path, headers={"Accept": "application/xml"}, **query))
    truth = client.get("/sim/truth").json["accounts"][0]
    in_json = {e["entryReference"]: Decimal(e["transactionAmount"]["amount"]) for e in booked}
    in_camt = {
        entry.findtext("c:NtryRef", namespaces=NAMESPACE): signed(entry)
        for entry in statement.iterfind(".//c:Ntry", NAMESPACE)
    }
    in_truth = {e["entry_reference"]: Decimal(e["amount"]) for e in truth["entries"]}
    assert in_json == in_camt == in_truth
    assert len(booked) == len(in_json) >= 150
    (closing, *_others) = third_party.get(f"/v1/accounts/{resource_id}/balances").json["balances"]
    assert closing["balanceType"] == "closingBooked"
    assert (
        Decimal(truth["balance"])
        == Decimal(closing["balanceAmount"]["amount"])
        == balances(statement)["CLBD"]
        == Decimal(truth["opening"]) + sum(in_truth.values())
    )


def test_a_batch_is_one_entry_with_details_that_add_up(client, busy):
    query = {"account": busy["iban"], "from": "2026-02-25", "to": "2026-03-08"}
    statement = read(client.get("/sim/statement", query_string=query))
    batches = statement.xpath("//c:Ntry[c:NtryDtls/c:Btch]", namespaces=NAMESPACE)
    assert batches
    for entry in batches:
        details = entry.findall("c:NtryDtls/c:TxDtls", NAMESPACE)
        assert sum(map(signed, details)) == signed(entry)
        count = entry.findtext("c:NtryDtls/c:Btch/c:NbOfTxs", namespaces=NAMESPACE)
        assert count == str(len(details))


def test_elements_stand_in_the_order_of_the_schema(client, busy):
    query = {"account": busy["iban"], "from": "2026-02-25", "to": "2026-03-08"}
    statement = read(client.get("/sim/statement", query_string=query))
    seen = set()
    for element in statement.iter():
        name = etree.QName(element).localname
        if name in ORDER:
            seen.add(name)
            order = ORDER[name].split()
            places = [order.index(etree.QName(child).localname) for child in element]
            assert places == sorted(places)
    assert seen == set(ORDER)


def test_hostile_text_stays_text(client, euro, pay):
    text = "</Ustrd><x>&amp;]]> \N{GRINNING FACE} ' OR 1=1 --"
    pay("1.00", debtor_name='<Nm a="b">&', remittance=[text])
    statement = read(client.get("/sim/statement", query_string={"account": euro["iban"]}))
    assert statement.findtext(".//c:Ustrd", namespaces=NAMESPACE) == text
    assert statement.findtext(".//c:Dbtr/c:Pty/c:Nm", namespaces=NAMESPACE) == '<Nm a="b">&'


def test_a_statement_needs_an_account_and_past_days(client, euro):
    for query, status in (
        ({}, 404),
        ({"account": "nothing"}, 404),
        ({"account": euro["iban"], "date": "today"}, 400),
        ({"account": euro["iban"], "date": "2026-03-03"}, 400),
        ({"account": euro["iban"], "date": "2025-03-01"}, 400),
        ({"account": euro["iban"], "from": "2026-03-02", "to": "2026-03-01"}, 400),
    ):
        assert client.get("/sim/statement", query_string=query).status_code == status


def test_third_parties_get_booked_entries_only_as_statement(third_party, euro, pay):
    pay("1.00")
    pay("2.00", booking_date="2026-03-09")
    third_party.connect()
    path = f"/v1/accounts/{euro['resource_id']}/transactions"
    headers = {"Accept": "application/xml"}
    query = {"dateFrom": "2026-03-01"}
    for status in ("booked", "both"):
        answer = third_party.get(path, headers=headers, bookingStatus=status, **query)
        assert len(read(answer).findall(".//c:Ntry", NAMESPACE)) == 1
    answer = third_party.get(path, headers=headers, bookingStatus="pending", **query)
    assert answer.status_code == 400
