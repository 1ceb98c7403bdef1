"""Orders to pay: their way through the bank, what goes wrong on it, and the books behind."""

import pytest

OWN_IBAN = "LU620284100200300001"


@pytest.fixture
def handle(client):
    """Return a function that changes how this bank handles orders."""

    def change(**values):
        answer = client.post("/sim/orders", json=values)
        assert answer.status_code == 200, answer.text
        return answer.json

    return change


@pytest.fixture
def wait(client):
    """Return a function that lets minutes pass at the bank."""
    return lambda minutes: client.post("/sim/clock", json={"advance_minutes": minutes})


def ordered(third_party, euro, **changes):
    answer = third_party.pay(euro, **changes)
    assert answer.status_code == 201, answer.text
    assert answer.json["transactionStatus"] == "RCVD"
    return answer.json["paymentId"]


def status(third_party, order_id):
    path = f"/v1/payments/sepa-credit-transfers/{order_id}/status"
    return third_party.get(path).json["transactionStatus"]


def books(client):
    account = client.get("/sim/truth").json["accounts"][0]
    return account["balance"], [entry["amount"] for entry in account["entries"]]


def test_an_order_is_received_accepted_executed_and_booked(third_party, client, euro, wait):
    order_id = ordered(third_party, euro)
    assert status(third_party, order_id) == "RCVD"
    wait(1)
    assert status(third_party, order_id) == "ACCP"
    assert books(client) == ("25000.00", [])
    wait(59)
    assert status(third_party, order_id) == "ACSC"
    assert books(client) == ("24987.66", ["-12.34"])
    (entry,) = client.get("/sim/truth").json["accounts"][0]["entries"]
    assert (entry["end_to_end_id"], entry["remittance"]) == ("E2E-1", ["Rechnung 7"])
    wait(600)
    assert books(client) == ("24987.66", ["-12.34"])


def test_after_the_cut_off_an_order_waits_for_the_next_day(third_party, client, euro, wait):
    client.post("/sim/clock", json={"now": "2026-03-06T18:30", "weekends": "closed"})
    order_id = ordered(third_party, euro)
    wait(24 * 60)
    assert status(third_party, order_id) == "ACCP"
    client.post("/sim/clock", json={"now": "2026-03-09T09:00"})
    assert status(third_party, order_id) == "ACSC"
    (entry,) = client.get("/sim/truth").json["accounts"][0]["entries"]
    assert entry["booking_date"] == "2026-03-09"


def test_a_jump_of_days_executes_orders_on_their_day(third_party, client, euro):
    ordered(third_party, euro, requestedExecutionDate="2026-03-10")
    client.post("/sim/clock", json={"today": "2026-03-31"})
    (entry,) = client.get("/sim/truth").json["accounts"][0]["entries"]
    assert entry["booking_date"] == "2026-03-10"


def test_looks_can_move_an_order(third_party, euro, handle):
    handle(progress="on_query")
    order_id = ordered(third_party, euro)
    assert [status(third_party, order_id) for _look in range(3)] == ["ACCP", "ACSC", "ACSC"]


def test_an_order_can_be_executed_at_once(third_party, client, euro, handle):
    handle(progress="at_once")
    order_id = ordered(third_party, euro)
    assert status(third_party, order_id) == "ACSC"
    assert books(client)[1] == ["-12.34"]


def test_orders_are_rejected_with_a_reason(third_party, client, euro, handle, wait):
    handle(reject=["AC04", "RR04"])
    first, second, third = (ordered(third_party, euro) for _number in range(3))
    wait(60)
    states = [status(third_party, each) for each in (first, second, third)]
    assert states == ["RJCT", "RJCT", "ACSC"]
    path = f"/v1/payments/sepa-credit-transfers/{second}/status"
    assert third_party.get(path).json["tppMessages"][0]["text"] == "RR04"
    assert books(client)[1] == ["-12.34"]


def test_a_bank_that_looks_pays_nothing_without_money(third_party, client, euro, handle, wait):
    handle(funds="checked")
    amount = {"currency": "EUR", "amount": "20000.00"}
    first, second = (ordered(third_party, euro, instructedAmount=amount) for _number in range(2))
    wait(60)
    assert sorted([status(third_party, first), status(third_party, second)]) == ["ACSC", "RJCT"]
    reasons = [order["reason"] for order in client.get("/sim/orders").json["orders"]]
    assert sorted(reasons, key=str) == ["AM04", None]


def test_the_same_order_twice_is_paid_twice(third_party, client, euro, wait):
    headers = {"Idempotency-Key": "once"}
    first = ordered(third_party, euro, headers=headers)
    second = ordered(third_party, euro, headers=headers)
    assert first != second
    wait(60)
    assert books(client)[1] == ["-12.34", "-12.34"]


def test_where_the_bank_knows_keys_a_repeated_order_is_one(third_party, client, euro, handle, wait):
    handle(idempotency="header")
    headers = {"Idempotency-Key": "once"}
    first = ordered(third_party, euro, headers=headers)
    assert ordered(third_party, euro, headers=headers) == first
    other = third_party.pay(euro, headers=headers, endToEndIdentification="E2E-2")
    assert other.status_code == 422
    assert ordered(third_party, euro) != first
    wait(60)
    assert books(client)[1] == ["-12.34", "-12.34"]


def test_orders_are_found_by_their_end_to_end_id(third_party, euro):
    first = ordered(third_party, euro)
    second = ordered(third_party, euro)
    ordered(third_party, euro, endToEndIdentification="E2E-2")
    path = "/v1/payments/sepa-credit-transfers"
    found = third_party.get(path, endToEndIdentification="E2E-1").json["payments"]
    assert [each["paymentId"] for each in found] == [first, second]
    assert found[0]["transactionStatus"] == "RCVD"
    assert found[0]["instructedAmount"] == {"currency": "EUR", "amount": "12.34"}
    assert third_party.get(path, endToEndIdentification="nothing").json == {"payments": []}
    assert third_party.get(path).status_code == 400


def test_an_order_can_need_the_customers_approval(third_party, client, euro, handle, wait):
    handle(approval="redirect")
    back = {"TPP-Redirect-URI": "https://books.example/back?order=1"}
    answer = third_party.pay(euro, headers=back)
    page = answer.json["_links"]["scaRedirect"]["href"].removeprefix("http://localhost")
    order_id = answer.json["paymentId"]
    wait(600)
    assert status(third_party, order_id) == "RCVD"
    shown = client.get(page).text
    for words in ("12.34 EUR", "Wollweberei Hartmann KG", "Rechnung 7", "DE89 3704"):
        assert words in shown
    approved = client.post(page, data={"decision": "approve"})
    assert approved.headers["Location"] == back["TPP-Redirect-URI"]
    assert client.post(page, data={"decision": "approve"}).status_code == 409
    wait(60)
    assert status(third_party, order_id) == "ACSC"
    declined = third_party.pay(euro, headers=back)
    page = declined.json["_links"]["scaRedirect"]["href"].removeprefix("http://localhost")
    answer = client.post(page, data={"decision": "cancel"})
    assert answer.headers["Location"].endswith("?order=1&error=access_denied")
    assert status(third_party, declined.json["paymentId"]) == "RJCT"
    assert books(client)[1] == ["-12.34"]


def test_an_order_can_be_taken_back_until_it_is_executed(third_party, client, euro, wait):
    first, second = ordered(third_party, euro), ordered(third_party, euro)
    path = "/v1/payments/sepa-credit-transfers"
    answer = client.delete(f"{path}/{first}", headers=third_party.headers())
    assert answer.status_code == 204
    wait(60)
    assert [status(third_party, each) for each in (first, second)] == ["CANC", "ACSC"]
    answer = client.delete(f"{path}/{second}", headers=third_party.headers())
    assert (answer.status_code, answer.json["tppMessages"][0]["code"]) == (
        405,
        "CANCELLATION_INVALID",
    )


def test_money_between_two_accounts_of_the_bank_arrives(third_party, client, euro, wait):
    body = {"owner": "Ada", "currency": "EUR"}
    other = client.post("/sim/accounts", json=body).json
    ordered(third_party, euro, creditorAccount={"iban": other["iban"]})
    wait(60)
    accounts = {a["iban"]: a for a in client.get("/sim/truth").json["accounts"]}
    (received,) = accounts[other["iban"]]["entries"]
    assert (received["amount"], received["counterparty_name"]) == ("12.34", "Maison Tilleul")


def test_a_test_can_give_an_order_any_status(third_party, client, euro):
    order_id = ordered(third_party, euro)
    for code in ("ACWC", "PATC", "RCVD"):
        client.post(f"/sim/orders/{order_id}", json={"status": code})
        assert status(third_party, order_id) == code


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"debtorAccount": None}, "$.debtorAccount"),
        ({"debtorAccount": {"iban": "DE89370400440532013000"}}, "$.debtorAccount"),
        ({"instructedAmount": {"currency": "EUR", "amount": "-1.00"}}, "$.instructedAmount.amount"),
        ({"instructedAmount": {"currency": "EUR", "amount": "0.00"}}, "$.instructedAmount.amount"),
        ({"instructedAmount": {"currency": "USD", "amount": "1.00"}}, "$.instructedAmount"),
        ({"creditorAccount": {"iban": "DE88370400440532013000"}}, "$.creditorAccount.iban"),
        ({"creditorName": None}, "$.creditorName"),
        ({"endToEndIdentification": "x" * 36}, "$.endToEndIdentification"),
        ({"requestedExecutionDate": "2026-03-01"}, "$.requestedExecutionDate"),
    ],
)
def test_orders_that_make_no_sense_are_refused(third_party, euro, contents, changes, place):
    before = contents()
    answer = third_party.pay(euro, **changes)
    assert answer.status_code == 400
    assert answer.json["tppMessages"][0]["path"].startswith(place)
    assert contents() == before


def test_only_transfers_are_offered(third_party, client):
    answer = client.post("/v1/payments/pigeons", json={}, headers=third_party.headers())
    assert (answer.status_code, answer.json["tppMessages"][0]["code"]) == (404, "PRODUCT_UNKNOWN")
