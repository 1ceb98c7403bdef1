"""Transaction lists: what an entry carries, and pages that lose and repeat nothing."""

import pytest


def ids(reports, kind="booked"):
    return [entry["transactionId"] for report in reports for entry in report.get(kind, ())]


def test_an_entry_carries_what_was_paid_and_by_whom(third_party, euro, pay):
    pay(
        "12.30",
        debtor_name="Ada & Søn",
        debtor_iban="DE89370400440532013000",
        remittance=["INV/2026/00007", "merci"],
        creditor_reference="RF18539007547034",
        end_to_end_id="E2E-1",
        booking_date="2026-02-27",
    )
    third_party.connect()
    (report,) = third_party.transactions(euro["resource_id"])
    (entry,) = report["booked"]
    identification = entry.pop("transactionId")
    reference = entry.pop("entryReference")
    assert identification
    assert reference
    assert entry == {
        "bookingDate": "2026-02-27",
        "valueDate": "2026-02-27",
        "transactionAmount": {"currency": "EUR", "amount": "12.30"},
        "endToEndId": "E2E-1",
        "debtorName": "Ada & Søn",
        "debtorAccount": {"iban": "DE89370400440532013000"},
        "remittanceInformationUnstructuredArray": ["INV/2026/00007", "merci"],
        "remittanceInformationStructured": {
            "reference": "RF18539007547034",
            "referenceType": "SCOR",
        },
        "bankTransactionCode": "PMNT-RCDT-ESCT",
    }
    single = third_party.get(f"/v1/accounts/{euro['resource_id']}/transactions/{identification}")
    assert single.json["transactionsDetails"] == report["booked"][0] | {
        "transactionId": identification,
        "entryReference": reference,
    }


def test_money_out_is_negative_and_names_the_creditor(third_party, euro, pay):
    pay("-5.00", debtor_name="Landlord", remittance=["rent"])
    third_party.connect()
    (report,) = third_party.transactions(euro["resource_id"])
    (entry,) = report["booked"]
    assert entry["transactionAmount"]["amount"] == "-5.00"
    assert entry["creditorName"] == "Landlord"
    assert "debtorName" not in entry
    assert entry["remittanceInformationUnstructured"] == "rent"


def test_pending_entries_stand_apart_until_they_are_booked(third_party, client, euro, pay):
    pay("1.00")
    pay("2.00", booking_date="2026-03-04")
    third_party.connect()
    resource_id = euro["resource_id"]
    (report,) = third_party.transactions(resource_id, bookingStatus="both")
    (coming,) = report["pending"]
    assert coming["transactionAmount"]["amount"] == "2.00"
    assert "bookingDate" not in coming
    assert "entryReference" not in coming
    (report,) = third_party.transactions(resource_id, bookingStatus="pending")
    assert "booked" not in report
    assert report["pending"] == [coming]
    (report,) = third_party.transactions(resource_id)
    assert "pending" not in report
    balances = third_party.get(f"/v1/accounts/{resource_id}/balances").json["balances"]
    amounts = {b["balanceType"]: b["balanceAmount"]["amount"] for b in balances}
    assert amounts == {
        "closingBooked": "25001.00",
        "openingBooked": "25000.00",
        "expected": "25003.00",
    }
    client.post("/sim/clock", json={"today": "2026-03-04"})
    (report,) = third_party.transactions(resource_id, bookingStatus="both")
    assert report["pending"] == []
    assert report["booked"][0]["transactionId"] == coming["transactionId"]
    assert report["booked"][0]["bookingDate"] == "2026-03-04"


def test_a_period_includes_both_its_days(third_party, euro, pay):
    for day in ("2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"):
        pay("1.00", booking_date=day)
    third_party.connect()
    query = {"dateFrom": "2026-02-02", "dateTo": "2026-02-03"}
    (report,) = third_party.transactions(euro["resource_id"], **query)
    assert [e["bookingDate"] for e in report["booked"]] == ["2026-02-03", "2026-02-02"]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 35])
def test_pages_hold_every_entry_once_newest_first(third_party, euro, pay, count):
    for number in range(count):
        pay("1.00", booking_date=f"2026-02-{number % 7 + 10}")
    third_party.connect()
    reports = list(third_party.transactions(euro["resource_id"]))
    assert len(reports) == max(1, -(-count // 10))
    found = ids(reports)
    assert len(found) == len(set(found)) == count
    dates = [entry["bookingDate"] for report in reports for entry in report["booked"]]
    assert dates == sorted(dates, reverse=True)


def test_entries_that_arrive_while_paging_disturb_nothing(third_party, client, euro, pay):
    pay(*["1.00"] * 25, booking_date="2026-02-20")
    pay("3.00", booking_date="2026-03-03")
    third_party.connect()
    expected = {e["id"] for e in client.get("/sim/truth").json["accounts"][0]["entries"]}
    found = []
    for number, report in enumerate(
        third_party.transactions(euro["resource_id"], bookingStatus="both")
    ):
        found += ids([report]) + ids([report], "pending")
        # Back-dated in front of, among and behind the pages already read; and a day that passes.
        for day in ("2026-03-02", "2026-02-20", "2026-01-05"):
            pay("9.99", booking_date=day)
        if number == 0:
            client.post("/sim/clock", json={"advance_days": 1})
    assert sorted(found) == sorted(expected)
    again = ids(third_party.transactions(euro["resource_id"]))
    assert len(again) == len(set(again)) == 26 + 3 * 3


def test_the_caller_may_ask_for_shorter_pages_only(third_party, euro, pay):
    pay(*["1.00"] * 12)
    third_party.connect()
    resource_id = euro["resource_id"]
    assert len(list(third_party.transactions(resource_id, itemsPerPage="5"))) == 3
    assert len(list(third_party.transactions(resource_id, itemsPerPage="1000"))) == 2


def test_a_list_can_start_after_a_known_entry(third_party, euro, pay):
    pay("1.00", "2.00")
    third_party.connect()
    (report,) = third_party.transactions(euro["resource_id"])
    newest = report["booked"][0]["entryReference"]
    pay("3.00", booking_date="2026-01-07")
    query = {"bookingStatus": "booked", "entryReferenceFrom": newest}
    answer = third_party.get(f"/v1/accounts/{euro['resource_id']}/transactions", **query)
    amounts = [e["transactionAmount"]["amount"] for e in answer.json["transactions"]["booked"]]
    assert amounts == ["3.00"]


def test_a_page_belongs_to_its_list_and_its_bank(third_party, client, euro, pay):
    pay(*["1.00"] * 12)
    third_party.connect()
    first = next(third_party.transactions(euro["resource_id"]))
    address = first["_links"]["next"]["href"].removeprefix("http://localhost")
    dollar = client.get("/sim/truth").json["accounts"][1]["resource_id"]
    token = address.split("pageToken=")[1]
    for wrong in (
        address.replace(euro["resource_id"], dollar),
        address.replace("bookingStatus=booked", "bookingStatus=both"),
        address.replace("2020-01-01", "2020-01-02"),
        address.replace(token, "A" + token[1:] if token[0] != "A" else "B" + token[1:]),
        address.replace(token, token[:-6]),
        address.replace(token, "%C3%A9"),
        address.replace(token, ""),
    ):
        answer = third_party.get(wrong)
        assert answer.status_code == 400, wrong
        assert answer.json["tppMessages"][0]["path"] == "pageToken"


def test_a_transaction_of_another_account_is_unknown(third_party, client, pay):
    (payment,) = pay("1.00")
    dollar = client.get("/sim/truth").json["accounts"][1]["resource_id"]
    third_party.connect()
    answer = third_party.get(f"/v1/accounts/{dollar}/transactions/{payment['id']}")
    assert answer.status_code == 404
