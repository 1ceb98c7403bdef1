"""Accounts that behave like those of real banks: what is told changes, the truth stays sound."""

import pathlib

import pytest

QUIRKS_OF_BOOKS = ("text_changes", "date_moves", "removes", "back_dated", "booked_twice")


@pytest.fixture
def give(client, euro):
    """Return a function that gives the euro account quirks and no others."""

    def switch(**quirks):
        body = {"account": euro["resource_id"], "quirks": quirks}
        answer = client.post("/sim/quirks", json=body)
        assert answer.status_code == 200, answer.text

    return switch


@pytest.fixture
def fetch(third_party, euro):
    """Return a function that reads all pages of the euro account."""
    third_party.connect()

    def walk(**query):
        found = []
        for report in third_party.transactions(euro["resource_id"], **query):
            found += report["booked"]
        return found

    return walk


def ids(found):
    return [entry.get("transactionId") for entry in found]


def amounts(found):
    return sorted(entry["transactionAmount"]["amount"] for entry in found)


def truth(client):
    return client.get("/sim/truth").json["accounts"][0]


def books_add_up(client):
    account = truth(client)
    cents = sum(
        round(float(entry["amount"]) * 100)
        for entry in account["entries"]
        if entry["status"] == "booked"
    )
    return round(float(account["balance"]) * 100) - round(float(account["opening"]) * 100) == cents


def test_entries_without_ids(give, fetch, pay):
    pay("1.00", "2.00")
    give(no_ids=True)
    assert ids(fetch()) == [None, None]
    give(blank_ids=True)
    assert ids(fetch()) == [" ", " "]
    give(blank_ids={"text": ""})
    assert ids(fetch()) == ["", ""]
    give()
    assert all(len(name) == 36 for name in ids(fetch()))


def test_ids_that_last_for_one_call(give, fetch, pay):
    pay("1.00", "2.00")
    give(id_per_session=True)
    first, second = fetch(), fetch()
    assert amounts(first) == amounts(second)
    assert not set(ids(first)) & set(ids(second))


def test_an_id_used_again_and_again(give, fetch, pay):
    pay(*["1.00"] * 6)
    give(id_reused={"every": 2})
    assert ids(fetch()).count("9998") == 3


def test_elements_twice_on_the_wire(give, fetch, pay):
    pay(*["1.00"] * 6)
    give(twice_on_wire={"every": 3})
    found = ids(fetch())
    assert len(found) == 8
    assert len(set(found)) == 6


def test_pages_that_overlap(give, fetch, pay):
    pay(*[f"{number}.00" for number in range(1, 26)])
    give(page_overlap={"entries": 3})
    found = ids(fetch())
    assert len(set(found)) == 25
    assert len(found) == 10 + 10 + 10 + 4, "four pages, three of them begin with three again"


def test_a_flaky_bank_loses_a_line_now_and_then(give, fetch, pay):
    pay(*["1.00"] * 8)
    give(flaky={"percent": 50})
    sizes = {len(fetch()) for _number in range(30)}
    assert sizes == {7, 8}


@pytest.mark.parametrize(
    ("kind", "expected"), [("reversed", ["-5.00", "3.00"]), ("unsigned", ["3.00", "5.00"])]
)
def test_signs_of_its_own(give, fetch, pay, third_party, euro, kind, expected):
    pay("5.00", "-3.00")
    give(sign={"kind": kind})
    assert amounts(fetch()) == expected
    answer = third_party.get(f"/v1/accounts/{euro['resource_id']}/balances").json
    assert answer["balances"][0]["balanceAmount"]["amount"] == "25002.00"


def test_other_balances_older_ones_and_none(give, third_party, euro, pay):
    third_party.connect()
    pay("1.00", booking_date="2026-03-01")
    pay("2.00")

    def balances():
        answer = third_party.get(f"/v1/accounts/{euro['resource_id']}/balances").json
        return [
            (each["balanceType"], each["balanceAmount"]["amount"], each["referenceDate"])
            for each in answer["balances"]
        ]

    give(balances={"types": "expected"})
    assert balances() == [("expected", "25003.00", "2026-03-02")]
    give(balances={"types": "closingBooked", "days_late": 1})
    assert balances() == [("closingBooked", "25001.00", "2026-03-01")]
    give(balances={"types": "none"})
    assert balances() == []


def test_a_history_that_ends_silently_or_is_refused(give, fetch, pay, third_party, euro):
    pay("1.00", booking_date="2025-12-01")
    pay("2.00", booking_date="2025-12-02")
    give(history={"days": 90})
    assert amounts(fetch()) == ["2.00"]
    give(history={"days": 90, "how": "refuse"})
    path = f"/v1/accounts/{euro['resource_id']}/transactions"
    answer = third_party.get(path, bookingStatus="booked", dateFrom="2025-12-01")
    assert (answer.status_code, answer.json["tppMessages"][0]["code"]) == (400, "PERIOD_INVALID")
    answer = third_party.get(path, bookingStatus="booked", dateFrom="2025-12-02")
    assert amounts(answer.json["transactions"]["booked"]) == ["2.00"]


def test_entries_outside_the_days_asked_for(give, third_party, euro, pay):
    third_party.connect()
    pay("1.00", booking_date="2026-02-20")
    give(outside_range=True)
    path = f"/v1/accounts/{euro['resource_id']}/transactions"
    answer = third_party.get(path, bookingStatus="booked", dateFrom="2026-03-01")
    assert amounts(answer.json["transactions"]["booked"]) == ["1.00"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("self", "http://localhost/v1/accounts/{id}/transactions?bookingStatus=booked"),
        ("null_path", "null/v1/accounts/{id}/transactions?"),
        ("relative", "/v1/accounts/{id}/transactions?"),
        ("no_scheme", "localhost/v1/accounts/{id}/transactions?"),
        ("not_found", "http://localhost/v1/accounts/{id}/transactions-of-yesterday?"),
        ("other_host", "https://elsewhere.example/v1/accounts/{id}/transactions?"),
        ("balances", "http://localhost/v1/accounts/{id}/balances"),
    ],
)
def test_next_addresses_that_lead_astray(give, third_party, euro, pay, kind, expected):
    third_party.connect()
    pay(*["1.00"] * 11)
    give(next={"kind": kind})
    path = f"/v1/accounts/{euro['resource_id']}/transactions"
    query = {"bookingStatus": "booked", "dateFrom": "2026-01-01"}
    answer = third_party.get(path, **query)
    href = answer.json["transactions"]["_links"]["next"]["href"]
    assert href.startswith(expected.format(id=euro["resource_id"]))
    if kind == "not_found":
        assert third_party.get(href.removeprefix("http://localhost")).status_code == 404


def test_an_entry_that_arrives_between_two_pages_shifts_them(give, fetch, pay):
    pay(*[f"{number}.00" for number in range(1, 21)])
    give(unstable_pages={"how": "added"})
    first = ids(fetch())
    assert len(first) == 21
    assert len(set(first)) == 20, "one is told twice, the new one not at all"
    assert len(set(ids(fetch()))) == 21, "the next walk is whole"


def test_an_entry_that_leaves_between_two_pages_hides_another(give, fetch, pay, client):
    pay(*[f"{number}.00" for number in range(1, 22)])
    give(unstable_pages={"how": "removed"})
    assert len(set(ids(fetch()))) == 20
    assert len(set(ids(fetch()))) == 20
    assert books_add_up(client)


@pytest.mark.parametrize("address", ["absolute", "relative", "no_scheme"])
def test_a_file_instead_of_a_list(give, third_party, euro, pay, address):
    third_party.connect()
    pay("7.00")
    give(download={"address": address})
    path = f"/v1/accounts/{euro['resource_id']}/transactions"
    answer = third_party.get(path, bookingStatus="booked", dateFrom="2026-01-01")
    assert set(answer.json) == {"_links"}
    href = answer.json["_links"]["download"]["href"]
    path = href[href.index("/v1") :]
    file = third_party.get(path)
    assert file.mimetype == "application/xml"
    assert b">7.00</Amt>" in file.data
    assert (
        third_party.get(href[href.index("/v1") :], headers={"Consent-ID": "x"}).status_code == 400
    )


def test_a_closed_account_is_listed_and_not_read(give, third_party, euro):
    third_party.connect()
    give(closed=True)
    states = [each["status"] for each in third_party.get("/v1/accounts").json["accounts"]]
    assert states == ["deleted", "enabled"]
    answer = third_party.get(f"/v1/accounts/{euro['resource_id']}/balances")
    assert (answer.status_code, answer.json["tppMessages"][0]["code"]) == (403, "RESOURCE_EXPIRED")


def test_several_currencies_under_one_iban(give, fetch, pay, client, third_party, euro):
    body = {"owner": "Maison Tilleul", "currency": "CHF", "iban": euro["iban"], "opening": "7.00"}
    francs = client.post("/sim/accounts", json=body).json["resource_id"]
    third_party.connect()
    pay(*[f"{number}.00" for number in range(1, 12)])
    body = {"account": francs, "payments": [{"amount": "5.00"}, {"amount": "-1.00"}]}
    client.post("/sim/payments", json=body)
    assert len(third_party.get("/v1/accounts").json["accounts"]) == 3
    give(multi_currency=True)
    shown = third_party.get("/v1/accounts", withBalance="true").json["accounts"]
    assert [each["currency"] for each in shown] == ["XXX", "USD"]
    found = [entry["transactionAmount"] for entry in fetch()]
    assert len(found) == 13
    assert sorted(e["amount"] for e in found if e["currency"] == "CHF") == ["-1.00", "5.00"]
    balances = third_party.get(f"/v1/accounts/{euro['resource_id']}/balances").json["balances"]
    closing = [b["balanceAmount"] for b in balances if b["balanceType"] == "closingBooked"]
    assert [(b["currency"], b["amount"]) for b in closing] == [
        ("EUR", "25066.00"),
        ("CHF", "11.00"),
    ]


def test_texts_that_change_days_later(give, fetch, pay, client):
    give(text_changes={"every": 1, "after_days": 2})
    pay("1.00", remittance=["Rechnung 7"])
    client.post("/sim/clock", json={"advance_days": 1})
    assert fetch()[0]["remittanceInformationUnstructured"] == "Rechnung 7"
    client.post("/sim/clock", json={"advance_days": 1})
    changed = fetch()[0]["remittanceInformationUnstructured"]
    assert changed == "VALUTA / DATE VALEUR RECHNUNG 7"
    client.post("/sim/clock", json={"advance_days": 5})
    assert fetch()[0]["remittanceInformationUnstructured"] == changed
    assert truth(client)["entries"][0]["remittance"] == [changed]


def test_booking_dates_that_move(give, fetch, pay, client):
    give(date_moves={"every": 1, "days": 2, "after_days": 3})
    pay("1.00", booking_date="2026-02-27")
    client.post("/sim/clock", json={"advance_days": 1})
    assert fetch()[0]["bookingDate"] == "2026-03-01"
    assert books_add_up(client)
    camt = client.get(f"/sim/statement?account={truth(client)['iban']}&date=2026-02-27")
    assert b"<Ntry>" not in camt.data


def test_entries_that_are_removed(give, fetch, pay, client):
    give(removes={"every": 2, "after_days": 1})
    pay("1.00", "2.00", "4.00", "8.00")
    client.post("/sim/clock", json={"advance_days": 1})
    assert amounts(fetch()) == ["1.00", "4.00"]
    assert books_add_up(client)
    assert [entry["status"] for entry in truth(client)["removed"]] == ["removed"] * 2


def test_entries_back_in_time_and_booked_twice(give, fetch, pay, client):
    give(back_dated={"every": 2, "days": 5}, booked_twice={"every": 4})
    pay("1.00", "2.00", "4.00", "8.00")
    dates = sorted(entry["bookingDate"] for entry in fetch())
    assert dates == ["2026-02-25"] * 3 + ["2026-03-02"] * 2
    assert amounts(fetch()) == ["1.00", "2.00", "4.00", "8.00", "8.00"]
    assert books_add_up(client)


def test_pending_entries_change_when_booked_or_vanish(give, fetch, pay, client, third_party, euro):
    give(pending_changes={"minor_units": -12})
    pay("-10.00", booking_date="2026-03-03")
    (report,) = third_party.transactions(euro["resource_id"], bookingStatus="both")
    (announced,) = report["pending"]
    client.post("/sim/clock", json={"advance_days": 1})
    (booked,) = fetch()
    assert booked["transactionAmount"]["amount"] == "-10.12"
    assert booked["transactionId"] != announced["transactionId"]
    give(pending_vanishes={"every": 1})
    pay("-3.00", booking_date="2026-03-04")
    client.post("/sim/clock", json={"advance_days": 1})
    (report,) = third_party.transactions(euro["resource_id"], bookingStatus="both")
    assert (len(report["booked"]), report["pending"]) == (1, [])
    assert books_add_up(client)


def test_single_entries_can_be_changed_by_hand(client, fetch, pay):
    gone, moved, said = pay("1.00", "2.00", "4.00", booking_date="2026-03-01")
    client.post(f"/sim/entries/{gone['id']}", json={"action": "remove"})
    body = {"action": "move", "booking_date": "2026-03-02"}
    client.post(f"/sim/entries/{moved['id']}", json=body)
    body = {"action": "change_text", "remittance": ["Anders"]}
    client.post(f"/sim/entries/{said['id']}", json=body)
    found = {entry["transactionId"]: entry for entry in fetch()}
    assert set(found) == {moved["id"], said["id"]}
    assert found[moved["id"]]["bookingDate"] == "2026-03-02"
    assert found[said["id"]]["remittanceInformationUnstructured"] == "Anders"
    assert books_add_up(client)
    assert client.post(f"/sim/entries/{gone['id']}", json={"action": "remove"}).status_code == 404


def test_charges_exchange_and_mandates_are_told(fetch, pay):
    exchange = {"currency": "USD", "amount": "110.00", "rate": "1.10"}
    pay("100.00", exchange=exchange, charges="2.50", mandate_id="M-1", creditor_id="LU12ZZZ1")
    (entry,) = fetch()
    assert entry["currencyExchange"][0]["sourceCurrency"] == "USD"
    assert entry["currencyExchange"][0]["exchangeRate"] == "1.10"
    assert entry["additionalInformation"] == "OCMT USD 110.00 / CHGS EUR 2.50"
    assert (entry["mandateId"], entry["creditorId"]) == ("M-1", "LU12ZZZ1")


def test_every_quirk_stands_in_the_readme(app, client):
    readme = (pathlib.Path(app.root_path) / "README.md").read_text(encoding="utf-8")
    offered = client.get("/sim/quirks").json["offered"]
    assert [name for name in offered if f"`{name}`" not in readme] == []


@pytest.mark.parametrize(
    ("quirks", "place"),
    [
        ({"moody": True}, "$.quirks.moody"),
        ({"flaky": {"percent": 0}}, "$.quirks.flaky.percent"),
        ({"flaky": {"often": 1}}, "$.quirks.flaky.often"),
        ({"next": {"kind": "nowhere"}}, "$.quirks.next.kind"),
        ([], "$.quirks"),
    ],
)
def test_quirks_that_do_not_exist_are_refused(client, euro, quirks, place, contents):
    before = contents()
    answer = client.post("/sim/quirks", json={"account": euro["iban"], "quirks": quirks})
    assert (answer.status_code, answer.json["path"]) == (400, place)
    assert contents() == before


def test_sixty_days_with_every_quirk_of_the_books_add_up(client, give, pay, third_party, euro):
    give(**dict.fromkeys(QUIRKS_OF_BOOKS, True), pending_changes=True, pending_vanishes=True)
    third_party.connect()
    for day in range(60):
        pay(f"{day + 1}.10", f"-{day + 1}.05")
        pay(f"{day + 1}.99", booking_date=f"2026-05-{day % 28 + 1:02d}")
        client.post("/sim/clock", json={"advance_days": 1})
        if not day % 10:
            assert books_add_up(client)
    assert books_add_up(client)
    statement = client.get(
        f"/sim/statement?account={euro['iban']}&from={euro['opened_on']}&to=2026-05-01"
    )
    assert statement.status_code == 200
