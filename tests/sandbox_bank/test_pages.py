"""Pages and reading: nothing changes by looking, and names cannot break out of a page."""

HOSTILE = '<script>alert(1)</script>" onload="x'


def test_looking_changes_nothing(third_party, client, euro, pay, contents):
    (payment,) = pay("1.00")
    pay("2.00", booking_date="2026-03-09")
    waiting = third_party.ask().json["consentId"]
    consent_id = third_party.connect()
    before = contents()
    account = f"/v1/accounts/{euro['resource_id']}"
    query = "bookingStatus=both&dateFrom=2026-01-01&withBalance=true"
    for path in (
        "/",
        f"/sca/{waiting}",
        f"/sca/{consent_id}",
        f"/sca/{waiting}?decision=approve",
        "/v1/accounts?withBalance=true",
        account,
        f"{account}/balances",
        f"{account}/transactions?{query}",
        f"{account}/transactions/{payment['id']}",
        f"/v1/consents/{waiting}",
        f"/v1/consents/{waiting}/status",
        "/sim/truth",
        "/sim/clock",
        f"/sim/statement?account={euro['iban']}",
    ):
        assert third_party.get(path).status_code == 200, path
        client.head(path, headers=third_party.headers())
    for path in (f"/sca/{consent_id}/end", "/sim/reset", "/sim/faults", "/sim/payments"):
        assert client.get(path).status_code == 405, path
    assert contents() == before


def test_names_are_shown_as_text(third_party, client, euro, pay):
    client.post("/sim/accounts", json={"owner": HOSTILE, "name": HOSTILE, "currency": "EUR"})
    pay("1.00", debtor_name=HOSTILE, remittance=[HOSTILE], creditor_reference=HOSTILE[:35])
    headers = {"TPP-Brand-Logging-Information": HOSTILE}
    consent_id = third_party.ask(headers=headers).json["consentId"]
    for path in ("/", f"/sca/{consent_id}", f"/sca/{consent_id}?customer={HOSTILE}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert 'onload="' not in answer.text
        assert "&lt;script&gt;" in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_text_that_looks_like_sql_is_text(third_party, client, euro, pay):
    text = "Robert'); DROP TABLE posting;--"
    pay("1.00", debtor_name=text, remittance=[text])
    for path in (
        f"/v1/accounts/{text}",
        f"/sca/{text}",
        f"/sim/statement?account={text}",
        f"/v1/consents/{text}",
    ):
        third_party.consent_id = text
        assert third_party.get(path).status_code in (400, 403, 404)
    assert client.get("/sim/truth").json["accounts"][0]["balance"] == "25001.00"
    assert text.replace("'", "&#39;") in client.get("/").text


def test_the_start_page_shows_the_books(third_party, client, euro, pay):
    pay("1234.50", debtor_name="Ada", remittance=["INV/7"])
    pay("2.00", booking_date="2026-03-09")
    pay("-7.00")
    third_party.connect()
    page = client.get("/").text
    for words in (
        "Monday, 2 March 2026",
        "26,227.50 EUR",
        "10,000.00 USD",
        "Ada",
        "INV/7",
        "1 announced, 2.00 EUR",
        "\N{MINUS SIGN}7.00 EUR",
        "allowed",
        f"account={euro['resource_id']}&amp;date=2026-03-02",
    ):
        assert words in page


def test_a_wrong_address_has_a_page_with_a_way_out(client):
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert 'href="/"' in answer.text
