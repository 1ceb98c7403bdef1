"""The Berlin Group adapter against the sandbox bank, a process of its own over a real socket."""

import io
import pathlib
import socket
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
import requests

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.berlin_group import BerlinGroupAdapter
from odoo.addons.bank_sync.connectors.transport import Transport
from odoo.addons.bank_sync.core.camt import read_camt
from odoo.addons.bank_sync.core.identity import Coverage, KnownEntry, reconcile_window

pytest.importorskip("flask", reason="the sandbox bank needs Flask")
pytest.importorskip("waitress", reason="the sandbox bank needs waitress")

ROOT = pathlib.Path(__file__).parents[2]
TODAY = date(2026, 3, 2)
START = TODAY - timedelta(days=10)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """Run the bank and return its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    ledger = tmp_path_factory.mktemp("bank") / "bank.sqlite"
    command = [sys.executable, "-m", "sandbox_bank", "--port", str(port), "--database", str(ledger)]
    command += ["--today", TODAY.isoformat(), "--page-size", "7"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(process, url):
    """Return as soon as the bank answers."""
    for _attempt in range(150):
        assert process.poll() is None, "the bank did not start"
        try:
            requests.get(f"{url}/sim/truth", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the bank does not answer")


def lever(bank, name, **body):
    """Use a lever of the simulation."""
    answer = requests.post(f"{bank}/sim/{name}", json=body, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


@pytest.fixture
def linked(bank):
    """Return adapter, account and valid consent."""
    lever(bank, "faults", kind="none")
    account = lever(bank, "accounts", owner="Maison Tilleul", currency="EUR", opening="50.00")
    adapter = BerlinGroupAdapter(Transport(bank, sleep=lambda _seconds: None))
    start = adapter.start_consent(
        redirect_url="https://odoo.example/back?state=x",
        cancel_url="https://odoo.example/back?state=x&cancelled=1",
        valid_until=TODAY + timedelta(days=90),
        user_ip="192.0.2.1",
    )
    assert start.redirect_url.startswith(bank)
    assert adapter.consent_state(start.consent_id).status == "received"
    lever(
        bank,
        f"consents/{start.consent_id}",
        decision="approve",
        accounts=[account["resource_id"]],
    )
    assert adapter.consent_state(start.consent_id).status == "valid"
    return adapter, account, start.consent_id


def read(linked, *, start=START):
    """Return the booked entries as the adapter reads them."""
    adapter, account, consent = linked
    pages = list(adapter.pages(consent, account["resource_id"], date_from=start))
    entries = [entry for page in pages for entry in adapter.read_page(page.content)]
    return [entry for entry in entries if not entry.pending]


def pay(bank, linked, *amounts):
    """Let money arrive."""
    payments = [
        {"amount": amount, "remittance": [f"payment {number}"], "debtor_name": "Ada Lovelace"}
        for number, amount in enumerate(amounts)
    ]
    lever(bank, "payments", account=linked[1]["resource_id"], payments=payments)


def test_a_consent_opens_exactly_its_accounts(linked):
    adapter, account, consent = linked
    (remote,) = adapter.accounts(consent)
    assert (remote.resource_id, remote.iban, remote.currency) == (
        account["resource_id"],
        account["iban"],
        "EUR",
    )


def test_all_pages_together_are_the_banks_books(bank, linked):
    pay(bank, linked, *[f"{number}.00" for number in range(1, 31)])
    entries = read(linked)
    assert sorted(entry.amount for entry in entries) == [100 * n for n in range(1, 31)]
    adapter, account, consent = linked
    balances = {b.kind: b for b in adapter.balances(consent, account["resource_id"])}
    assert balances["closingBooked"].amount == 5_000 + sum(entry.amount for entry in entries)
    assert balances["closingBooked"].reference_date == TODAY


def test_the_statement_file_and_the_interface_tell_the_same(bank, linked):
    pay(bank, linked, "12.30", "12.30", "-4.00")
    adapter, account, consent = linked
    page = adapter.statement(consent, account["resource_id"], date_from=TODAY, date_to=TODAY)
    (statement,) = read_camt(io.BytesIO(page.content)).statements
    known = [KnownEntry(number, entry) for number, entry in enumerate(read(linked))]
    plan = reconcile_window(known, statement.entries, Coverage("proved"), trust_ids=False)
    assert not plan.added
    assert len(plan.matched) + len(plan.changed) + len(plan.presumed) == 3


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("down", base.Temporary),
        ("garbage", base.ContractViolation),
        ("truncated", base.Temporary),
        ("rate_limited", base.QuotaExceeded),
    ],
)
def test_a_broken_answer_is_an_error_and_the_next_read_is_whole(bank, linked, kind, error):
    pay(bank, linked, *[f"{number}.00" for number in range(1, 20)])
    lever(bank, "faults", kind=kind, times=100, skip=1)
    with pytest.raises(error) as caught:
        read(linked)
    assert type(caught.value) is error
    lever(bank, "faults", kind="none")
    assert len(read(linked)) == 19


def test_one_hiccup_is_read_over(bank, linked):
    pay(bank, linked, "1.00")
    lever(bank, "faults", kind="truncated", times=1)
    assert len(read(linked)) == 1


def test_a_withdrawn_consent_is_told_apart_from_a_failure(bank, linked):
    lever(bank, f"consents/{linked[2]}", decision="revoke")
    with pytest.raises(base.ConsentInvalid):
        read(linked)
    linked[0].revoke_consent(linked[2])


def test_ending_a_consent_ends_it_at_the_bank(linked):
    adapter, _account, consent = linked
    adapter.revoke_consent(consent)
    assert adapter.consent_state(consent).status == "terminatedByTpp"
    with pytest.raises(base.ConsentInvalid):
        read(linked)


def test_nobody_home_is_temporary_and_an_order_was_never_sent():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    transport = Transport(url, sleep=lambda _seconds: None)
    with pytest.raises(base.Temporary) as caught:
        transport.post("v1/consents", headers={}, body={})
    assert caught.value.code == "refused"
