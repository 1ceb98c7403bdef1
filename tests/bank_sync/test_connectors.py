"""The adapters against answers no decent bank gives."""

import json
import logging
from datetime import date

import pytest
import requests
import responses

from odoo.addons.bank_sync.connectors import base, berlin_group
from odoo.addons.bank_sync.connectors.berlin_group_mapping import read_transaction
from odoo.addons.bank_sync.connectors.transport import Transport

BANK = "https://bank.example/psd2"
ACCOUNT = f"{BANK}/v1/accounts/A1/transactions"


def adapter(**options):
    """Return an adapter that never sleeps."""
    transport = Transport(BANK, token="hush-hush", sleep=lambda _seconds: None, **options)
    return berlin_group.BerlinGroupAdapter(transport)


def pages(bank):
    """Return all pages of account A1."""
    return list(bank.pages("C1", "A1", date_from=date(2026, 3, 1)))


def report(*amounts, next_href=None):
    """Return the JSON of one page."""
    booked = [{"transactionAmount": {"currency": "EUR", "amount": amount}} for amount in amounts]
    links = {"next": {"href": next_href}} if next_href else {}
    return {"transactions": {"booked": booked, "_links": links}}


@pytest.fixture
def wire():
    """Answer instead of the network, and refuse everything unexpected."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_every_registered_adapter_keeps_the_protocol():
    promised = {name for name in vars(base.BankAdapter) if not name.startswith("_")}
    for cls in base.REGISTRY.values():
        assert promised <= set(dir(cls)) | set(cls.__dict__)


def test_two_adapters_cannot_share_a_code():
    class Impostor:
        code = "berlin_group"

    with pytest.raises(ValueError, match="taken"):
        base.register(Impostor)


@pytest.mark.parametrize(
    "address",
    ["http://bank.example", "ftp://127.0.0.1", "http://localhost.example", "bank.example"],
)
def test_only_this_machine_may_be_reached_without_tls(address):
    with pytest.raises(base.Permanent) as caught:
        Transport(address)
    assert caught.value.code == "insecure_address"


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8070", "http://[::1]:1", "https://b.example"]
)
def test_this_machine_and_tls_are_fine(address):
    Transport(address)


def test_a_listed_host_may_be_reached_without_tls():
    Transport("http://sandbox:8070", insecure_hosts={"sandbox"})


def test_the_environment_of_the_machine_changes_nothing(wire, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine bank.example login evil password evil")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    wire.get(ACCOUNT, json=report("1.00"))
    pages(adapter())
    assert wire.calls[0].request.headers["Authorization"] == "Bearer hush-hush"
    assert wire.calls[0].request.req_kwargs["verify"] is True
    assert not wire.calls[0].request.req_kwargs["proxies"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_never_followed(wire, status):
    wire.add(responses.GET, ACCOUNT, status=status, headers={"Location": "https://evil.example"})
    with pytest.raises(base.ContractViolation) as caught:
        pages(adapter())
    assert caught.value.code == "redirect"
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, "", base.Temporary),
        (503, "<html>", base.Temporary),
        (429, '[{"category":"ERROR","code":"ACCESS_EXCEEDED"}]', base.QuotaExceeded),
        (429, "", base.QuotaExceeded),
        (401, '{"tppMessages":[{"code":"CONSENT_EXPIRED"}]}', base.ConsentInvalid),
        (403, '{"tppMessages":[{"code":"CONSENT_UNKNOWN"}]}', base.ConsentInvalid),
        (401, '{"tppMessages":[{"code":"TOKEN_EXPIRED"}]}', base.AuthExpired),
        (401, "", base.AuthExpired),
        (404, "", base.Permanent),
        (400, '{"tppMessages":[{"code":"PERIOD_INVALID","text":"x"}]}', base.PeriodTooOld),
        (200, "<html>Maintenance</html>", base.ContractViolation),
        (200, "[]", base.ContractViolation),
        (200, "{}", base.ContractViolation),
        (200, '{"transactions": {"booked": [', base.ContractViolation),
        (200, "[" * 100_000, base.ContractViolation),
    ],
)
def test_every_answer_becomes_one_error_of_the_closed_set(wire, status, body, error):
    wire.add(responses.GET, ACCOUNT, status=status, body=body)
    with pytest.raises(error) as caught:
        pages(adapter())
    assert type(caught.value) is error
    assert caught.value.request_id
    assert caught.value.code


def test_a_read_is_tried_three_times_and_a_quota_only_once(wire):
    wire.add(responses.GET, ACCOUNT, body=requests.ConnectionError("reset"))
    with pytest.raises(base.Temporary):
        pages(adapter())
    assert len(wire.calls) == 3
    wire.replace(responses.GET, ACCOUNT, status=429, headers={"Retry-After": "7200"})
    with pytest.raises(base.QuotaExceeded) as caught:
        pages(adapter())
    assert len(wire.calls) == 4
    assert caught.value.retry_after == 7200


def test_an_order_is_sent_once_and_an_unknown_outcome_is_ambiguous(wire):
    wire.add(responses.POST, f"{BANK}/v1/consents", body=requests.ReadTimeout("silence"))
    with pytest.raises(base.Ambiguous):
        adapter().start_consent(
            redirect_url="https://x", cancel_url="https://y",
            valid_until=date(2026, 9, 1), user_ip="192.0.2.1",
        )  # fmt: skip
    assert len(wire.calls) == 1


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_a_page_to_approve_on_is_never_a_script(wire, address):
    answer = {"consentId": "C1", "_links": {"scaRedirect": {"href": address}}}
    wire.add(responses.POST, f"{BANK}/v1/consents", json=answer, status=201)
    with pytest.raises(base.ContractViolation):
        adapter().start_consent(
            redirect_url="https://x", cancel_url="https://y",
            valid_until=date(2026, 9, 1), user_ip="192.0.2.1",
        )  # fmt: skip


def test_a_person_is_claimed_only_where_one_is(wire):
    wire.get(ACCOUNT, json=report())
    pages(adapter())
    assert "PSU-IP-Address" not in wire.calls[0].request.headers
    list(adapter().pages("C1", "A1", date_from=date(2026, 3, 1), user_ip="192.0.2.1"))
    assert wire.calls[1].request.headers["PSU-IP-Address"] == "192.0.2.1"


def test_an_endless_answer_is_cut(wire):
    wire.get(ACCOUNT, body=b"x" * 5_000_000)
    with pytest.raises(base.ContractViolation) as caught:
        pages(adapter(max_bytes=1_000_000))
    assert caught.value.code == "too_large"


def test_a_dribbling_answer_ends_at_the_deadline(wire):
    wire.get(ACCOUNT, body=b"x" * 500_000)
    ticks = iter(range(0, 10_000, 30))
    with pytest.raises(base.Temporary) as caught:
        pages(adapter(clock=lambda: float(next(ticks)), deadline=60.0))
    assert caught.value.code == "too_slow"


@pytest.mark.parametrize(
    "href",
    ["?page=2", "/psd2/v1/accounts/A1/transactions?page=2",
     f"{ACCOUNT}?page=2", "//bank.example/psd2/v1/accounts/A1/transactions?page=2"],
)  # fmt: skip
def test_the_next_page_is_found_however_it_is_written(wire, href):
    if href.startswith("?"):
        href = f"v1/accounts/A1/transactions{href}"
    wire.get(ACCOUNT, json=report("1.00", next_href=href))
    wire.get(f"{ACCOUNT}?page=2", json=report("2.00"))
    bank = adapter()
    found = [entry.amount for page in pages(bank) for entry in bank.read_page(page.content)]
    assert found == [100, 200]


@pytest.mark.parametrize(
    "href",
    ["https://evil.example/psd2/v1/accounts/A1/transactions", "http://bank.example/psd2/v1/x",
     "https://bank.example/other", f"{BANK}/v1/accounts/A2/transactions", "null/x",
     "https://bank.example@evil.example/psd2/v1/accounts/A1/transactions"],
)  # fmt: skip
def test_a_link_that_leads_elsewhere_is_refused(wire, href):
    wire.get(ACCOUNT, json=report("1.00", next_href=href))
    with pytest.raises(base.ContractViolation):
        pages(adapter())
    assert len(wire.calls) == 1


def test_a_circle_of_pages_is_noticed(wire):
    wire.get(ACCOUNT, json=report("1.00", next_href=f"{ACCOUNT}?page=1"))
    with pytest.raises(base.ContractViolation) as caught:
        pages(adapter())
    assert caught.value.code == "page_loop"


def test_every_page_is_handed_over_before_it_is_understood(wire):
    wire.get(ACCOUNT, body=b"<html>")
    stream = adapter().pages("C1", "A1", date_from=date(2026, 3, 1))
    assert next(stream).content == b"<html>"
    with pytest.raises(base.ContractViolation):
        next(stream)


def test_an_id_with_a_slash_stays_one_part_of_the_path(wire):
    wire.get(f"{BANK}/v1/consents/..%2Faccounts", json={"consentStatus": "valid"})
    assert adapter().consent_state("../accounts").status == "valid"


def test_logs_hold_neither_secrets_nor_texts(wire, caplog):
    wire.get(ACCOUNT, json=report("1.00", next_href=f"{ACCOUNT}?page=DE89370400440532013000"))
    with caplog.at_level(logging.DEBUG), pytest.raises(base.ContractViolation):
        pages(adapter())
    ours = "\n".join(r.getMessage() for r in caplog.records if "bank_sync" in r.name)
    assert "/v1/accounts/A1/transactions" in ours
    assert not any(secret in ours for secret in ("hush-hush", "DE89", "dateFrom", "C1"))


@pytest.mark.parametrize(
    "amount", ["1,00", "1e3", "NaN", "Infinity", "", "1.005", "--1", None, "1 000.00", "٣"]
)
def test_an_amount_that_is_not_exact_is_refused(amount):
    with pytest.raises(base.ContractViolation):
        read_transaction(
            {"transactionAmount": {"currency": "EUR", "amount": amount}}, pending=False
        )


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("5768.2", "EUR", 576820), ("1056", "EUR", 105600), ("-12.30", "EUR", -1230),
     ("1.234", "KWD", 1234), ("500", "JPY", 500), ("99999999999999.99", "EUR", 9999999999999999)],
)  # fmt: skip
def test_amounts_are_exact(amount, currency, minor):
    value = {"transactionAmount": {"currency": currency, "amount": amount}}
    assert read_transaction(value, pending=False).amount == minor


def test_a_number_instead_of_a_text_is_still_exact(wire):
    body = json.dumps(report()).replace(
        '"booked": []', '"booked": [{"transactionAmount": {"currency": "EUR", "amount": 1.10}}]'
    )
    assert adapter().read_page(body.encode())[0].amount == 110


def test_only_the_amount_is_mandatory():
    entry = read_transaction(
        {"transactionAmount": {"currency": "EUR", "amount": "1"}}, pending=True
    )
    assert entry.pending
    assert (entry.booking_date, entry.counterparty_name, entry.remittance) == (None, None, ())


@pytest.mark.parametrize("text", ["", " ", "\t", None, 7, [], {}])
def test_blank_ids_are_none(text):
    value = {"transactionAmount": {"currency": "EUR", "amount": "1"}, "transactionId": text}
    assert read_transaction(value, pending=False).entry_reference is None


def test_the_other_side_is_the_one_who_is_not_us():
    value = {
        "transactionAmount": {"currency": "EUR", "amount": "-1.00"},
        "creditorName": "Shop", "creditorAccount": {"iban": "X1"},
        "debtorName": "We", "debtorAccount": {"iban": "X2"},
    }  # fmt: skip
    entry = read_transaction(value, pending=False)
    assert (entry.counterparty_name, entry.counterparty_account) == ("Shop", "X1")


@pytest.mark.parametrize(
    "structured",
    ["RF18", {"reference": "RF18", "referenceType": "SCOR"}],
)
def test_a_structured_reference_is_read_in_either_shape(structured):
    value = {
        "transactionAmount": {"currency": "EUR", "amount": "1"},
        "remittanceInformationStructured": structured,
    }
    assert read_transaction(value, pending=False).creditor_reference == "RF18"
