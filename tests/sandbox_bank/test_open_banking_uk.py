"""Open Banking UK over the same books: consents, accounts, balances, entries and their moments."""

import decimal

import pytest


def signed(found):
    return sorted(
        decimal.Decimal(each["Amount"]["Amount"])
        * (-1 if each["CreditDebitIndicator"] == "Debit" else 1)
        for each in found
    )


def test_a_consent_goes_its_way(uk, client):
    asked = uk.ask(headers={"TPP-Redirect-URI": "https://books.example/back"})
    assert asked.status_code == 201
    data = asked.json["Data"]
    consent = f"/account-access-consents/{data['ConsentId']}"
    uk.token = data["ConsentId"]
    assert (data["Status"], uk.get("/accounts").status_code) == ("AWAU", 401)
    approved = client.post(f"/sca/{data['ConsentId']}", data={"decision": "approve"})
    assert approved.headers["Location"] == "https://books.example/back"
    assert uk.get(consent).json["Data"]["Status"] == "AUTH"
    assert len(uk.get("/accounts").json["Data"]["Account"]) == 2
    answer = client.delete(f"/open-banking/v4.0/aisp{consent}", headers=uk.headers())
    assert answer.status_code == 204
    assert uk.get(consent).json["Data"]["Status"] == "CANC"
    assert uk.get("/accounts").status_code == 401


def test_consents_end_by_the_customer_and_by_time(uk, client):
    first = uk.connect()
    client.post(f"/sca/{first}/end")
    assert uk.get(f"/account-access-consents/{first}").json["Data"]["Status"] == "CANC"
    second = uk.ask(ExpirationDateTime="2026-03-05T00:00:00Z").json["Data"]["ConsentId"]
    client.post("/sim/clock", json={"today": "2026-03-06"})
    assert uk.get(f"/account-access-consents/{second}").json["Data"]["Status"] == "EXPD"
    third = uk.ask().json["Data"]["ConsentId"]
    client.post(f"/sca/{third}", data={"decision": "cancel"})
    assert uk.get(f"/account-access-consents/{third}").json["Data"]["Status"] == "RJCT"


def test_the_two_interfaces_do_not_know_each_others_consents(uk, third_party):
    third_party.consent_id = uk.connect()
    assert third_party.get("/v1/accounts").status_code == 400
    assert third_party.get(f"/v1/consents/{uk.token}").status_code == 403
    uk.token = third_party.connect()
    assert uk.get("/accounts").status_code == 401


def test_permissions_decide_what_is_told(uk, pay, euro):
    pay("5.00", "-3.00", remittance=["Rechnung 7"])
    uk.connect("ReadAccountsBasic", "ReadTransactionsBasic", "ReadTransactionsCredits")
    account = uk.get("/accounts").json["Data"]["Account"][0]
    assert "Account" not in account
    (entry,) = uk.transactions(euro["resource_id"])
    assert entry["Amount"]["Amount"] == "5.00"
    assert "TransactionInformation" not in entry
    assert uk.get(f"/accounts/{euro['resource_id']}/balances").status_code == 403
    uk.connect()
    account = uk.get("/accounts").json["Data"]["Account"][0]
    assert account["Account"][0]["Identification"] == euro["iban"]
    found = uk.transactions(euro["resource_id"])
    assert signed(found) == [-3, 5]
    assert {each["TransactionInformation"] for each in found} == {"Rechnung 7"}


def test_balances_come_from_the_ledger(uk, pay, euro):
    uk.connect()
    pay("5.00")
    pay("-1.00", booking_date="2026-03-09")
    path = f"/accounts/{euro['resource_id']}/balances"
    found = {each["Type"]: each for each in uk.get(path).json["Data"]["Balance"]}
    amounts = {kind: each["Amount"]["Amount"] for kind, each in found.items()}
    assert amounts == {"CLBD": "25005.00", "OPBD": "25000.00", "XPCD": "25004.00"}
    assert len(uk.get("/balances").json["Data"]["Balance"]) == 6


def test_pages_hold_every_entry_once_while_others_arrive(uk, pay, euro):
    uk.connect()
    pay(*[f"{number}.00" for number in range(1, 26)])
    answer = uk.get(f"/accounts/{euro['resource_id']}/transactions")
    found = answer.json["Data"]["Transaction"]
    assert answer.json["Meta"]["TotalPages"] == 3
    pay("99.00", booking_date="2026-02-27")
    while "Next" in answer.json["Links"]:
        answer = uk.get(answer.json["Links"]["Next"].removeprefix("http://localhost"))
        found += answer.json["Data"]["Transaction"]
    assert signed(found) == list(range(1, 26))
    assert len({each["TransactionId"] for each in found}) == 25


def test_after_midnight_greenwich_is_still_on_the_day_before(uk, pay, euro, client):
    uk.connect()
    client.post("/sim/clock", json={"now": "2026-03-03T00:30"})
    pay("1.00")
    (entry,) = uk.transactions(euro["resource_id"])
    assert entry["BookingDateTime"] == "2026-03-02T23:30:00Z"
    found = uk.transactions(euro["resource_id"], fromBookingDateTime="2026-03-03T00:00:00")
    assert found == []
    found = uk.transactions(euro["resource_id"], toBookingDateTime="2026-03-02T23:30:00+05:00")
    assert len(found) == 1


def test_pending_entries_are_told_as_pending(uk, pay, euro):
    uk.connect()
    pay("1.00", booking_date="2026-03-09")
    (entry,) = uk.transactions(euro["resource_id"])
    assert entry["Status"] == "PDNG"


def test_charges_exchange_batches_and_references_are_told(uk, pay, euro, client):
    uk.connect()
    exchange = {"currency": "USD", "amount": "110.00", "rate": "1.10"}
    pay("100.00", exchange=exchange, charges="2.50", creditor_reference="RF18539007547034")
    invoices = [
        {"reference": f"I{n}", "amount": "5.00", "customer": f"C{n}", "behaviour": "batch"}
        for n in range(3)
    ]
    body = {"account": euro["iban"], "invoices": invoices, "other_entries": 2}
    client.post("/sim/customers-pay", json=body)
    found = uk.transactions(euro["resource_id"])
    (bought,) = [each for each in found if "ChargeAmount" in each]
    assert bought["ChargeAmount"] == {"Amount": "2.50", "Currency": "EUR"}
    assert bought["CurrencyExchange"]["InstructedAmount"]["Amount"] == "110.00"
    assert bought["TransactionReference"] == "RF18539007547034"
    assert any("BatchDetails" in each.get("SupplementaryData", {}) for each in found)


def test_quirks_and_quotas_count_here_too(uk, pay, euro, client):
    uk.connect()
    pay(*["1.00"] * 3, "-2.00")
    path = f"/accounts/{euro['resource_id']}/transactions"

    def give(**quirks):
        client.post("/sim/quirks", json={"account": euro["iban"], "quirks": quirks})
        return uk.get(path).json.get("Data", {}).get("Transaction")

    assert all("TransactionId" not in each for each in give(no_ids=True))
    assert signed(give(sign={"kind": "reversed"})) == [-1, -1, -1, 2]
    assert "-2.00" in [each["Amount"]["Amount"] for each in give(sign={"kind": "unsigned"})]
    assert len(give(twice_on_wire={"every": 1})) == 8
    give(closed=True)
    assert uk.get(path).status_code == 403
    assert uk.get("/accounts").json["Data"]["Account"][0]["Status"] == "Deleted"
    give()
    client.post("/sim/quotas", json={"reads_per_day": 1, "retry_after": "seconds"})
    alone = {"x-fapi-customer-ip-address": None}
    answers = [uk.get(path, alone) for _number in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert (answers[1].data, int(answers[1].headers["Retry-After"]) > 0) == (b"", True)
    assert uk.get(path).status_code == 200


@pytest.mark.parametrize(
    ("permissions", "data"),
    [
        (["ReadEverything"], {}),
        (["ReadTransactionsBasic"], {}),
        (["ReadTransactionsCredits"], {}),
        (["ReadBalances"], {"ExpirationDateTime": "2026-03-01T00:00:00Z"}),
        (["ReadBalances"], {"ExpirationDateTime": "2026-05-01T00:00:00"}),
        (["ReadBalances"], {"TransactionFromDateTime": "soon"}),
    ],
)
def test_consents_that_make_no_sense_are_refused(uk, contents, permissions, data):
    before = contents()
    answer = uk.ask(*permissions, **data)
    assert answer.status_code == 400
    assert answer.json["Errors"][0]["ErrorCode"] == "U003"
    assert contents() == before


def test_calls_that_break_the_standard_are_refused(uk, client, euro):
    uk.connect()
    path = f"/accounts/{euro['resource_id']}/transactions"
    assert uk.get("/accounts", {"Authorization": None}).status_code == 401
    assert uk.get("/accounts", {"Authorization": "Basic abc"}).status_code == 401
    assert uk.get("/accounts", {"Accept": "text/html"}).status_code == 406
    assert uk.get("/accounts", {"x-fapi-auth-date": "yesterday"}).status_code == 400
    assert uk.get(path, fromBookingDateTime="yesterday").status_code == 400
    assert uk.get(path, pageToken="AAAA").status_code == 400
    assert uk.get("/accounts/nothing").status_code == 403
    assert uk.get("/account-access-consents/nothing").status_code == 400
    assert uk.get("/nothing").status_code == 404
    assert (
        client.delete("/open-banking/v4.0/aisp/accounts", headers=uk.headers()).status_code == 405
    )
