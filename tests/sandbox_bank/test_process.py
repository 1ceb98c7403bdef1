"""The bank as a process: many callers at once, killed without warning, started again."""

import concurrent.futures
import contextlib
import http.client
import json
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import pytest

ROOT = pathlib.Path(__file__).parents[2]
START_SECONDS = 30


class RunningBank:
    """The bank in a process of its own, on a free port of the loopback."""

    def __init__(self, database):
        self.database = database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self, *arguments):
        command = [sys.executable, "-m", "sandbox_bank", "--port", str(self.port)]
        command += ["--database", str(self.database), *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError):
                return self.call("/sim/clock")
            assert self.process.poll() is None, "the bank did not start"
            assert time.monotonic() < deadline, "the bank does not answer"
            time.sleep(0.05)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def call(self, path, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data,
            {"Content-Type": "application/json", "X-Request-ID": str(uuid.uuid4()), **names},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (loopback)
            return json.load(answer)


@pytest.fixture
def bank(tmp_path):
    """Return a bank that is not started; whatever happens, its process ends with the test."""
    running = RunningBank(tmp_path / "bank.sqlite")
    yield running
    if running.process and running.process.poll() is None:
        running.kill()


def balance_and_sum(account):
    cents = [round(float(entry["amount"]) * 100) for entry in account["entries"]]
    return round(float(account["balance"]) * 100), sum(cents) + 25_000_00


def test_a_killed_bank_comes_back_with_its_books(bank):
    bank.start("--today", "2026-03-02")
    account = bank.call("/sim/truth")["accounts"][0]["resource_id"]
    payments = [{"amount": "1.00"}] * 50
    acknowledged = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        calls = [
            pool.submit(bank.call, "/sim/payments", {"account": account, "payments": payments})
            for _number in range(40)
        ]
        for call in concurrent.futures.as_completed(calls):
            acknowledged += call.exception() is None
            if acknowledged == 5:
                bank.kill()
    assert bank.process.poll() is not None
    # Another first day is given and not taken: the clock goes on where it stood.
    assert bank.start("--today", "2030-01-01")["today"] == "2026-03-02"
    after = bank.call("/sim/truth")["accounts"][0]
    count = len(after["entries"])
    assert count >= acknowledged * len(payments), "an acknowledged payment was lost"
    assert count % len(payments) == 0, "half a request was booked"
    assert balance_and_sum(after)[0] == balance_and_sum(after)[1]
    bank.call("/sim/payments", {"account": account, "payments": payments})
    assert len(bank.call("/sim/truth")["accounts"][0]["entries"]) == count + len(payments)


def test_callers_at_the_same_time_lose_nothing(bank):
    bank.start("--today", "2026-03-02", "--page-size", "7")
    account = bank.call("/sim/truth")["accounts"][0]["resource_id"]

    def pay(number):
        body = {"account": account, "payments": [{"amount": f"{number + 1}.00"}] * 3}
        return bank.call("/sim/payments", body)

    def look(_number):
        return balance_and_sum(bank.call("/sim/truth")["accounts"][0])

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        paid = [pool.submit(pay, number) for number in range(40)]
        seen = [pool.submit(look, number) for number in range(40)]
    assert all(call.result() for call in paid)
    # Whenever somebody looked, balance and entries belonged to one moment.
    assert all(booked == total for booked, total in (call.result() for call in seen))
    entries = bank.call("/sim/truth")["accounts"][0]["entries"]
    references = [entry["entry_reference"] for entry in entries]
    assert len(set(references)) == len(references) == 120


def test_a_decision_made_twice_at_once_counts_once(bank):
    bank.start("--today", "2026-03-02")
    body = {
        "access": {"allPsd2": "allAccounts"},
        "recurringIndicator": True,
        "validUntil": "2026-05-31",
        "frequencyPerDay": 4,
        "combinedServiceIndicator": False,
    }
    consent_id = bank.call("/v1/consents", body, PSU_IP_Address="127.0.0.1")["consentId"]

    def approve(_number):
        try:
            return bank.call(f"/sim/consents/{consent_id}", {"decision": "approve"})["status"]
        except urllib.error.HTTPError as error:
            return error.code

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = sorted(map(str, pool.map(approve, range(6))))
    assert results == ["409"] * 5 + ["valid"]
    assert len(bank.call("/v1/accounts", Consent_ID=consent_id)["accounts"]) == 2


def test_a_broken_line_cuts_the_answer_off(bank):
    bank.start("--today", "2026-03-02")
    bank.call("/sim/faults", {"kind": "truncated"})
    line = http.client.HTTPConnection("127.0.0.1", bank.port, timeout=30)
    line.request("GET", "/v1/accounts", headers={"X-Request-ID": str(uuid.uuid4())})
    answer = line.getresponse()
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    line.close()


@pytest.mark.parametrize(("kind", "executed"), [("reset", 0), ("reset_after", 1)])
def test_a_line_that_is_reset_leaves_the_caller_in_doubt(bank, kind, executed):
    bank.start("--today", "2026-03-02")
    bank.call("/sim/orders", {"progress": "at_once"})
    bank.call("/sim/faults", {"kind": kind, "path": "/v1/payments"})
    account = bank.call("/sim/truth")["accounts"][0]
    order = {
        "debtorAccount": {"iban": account["iban"]},
        "instructedAmount": {"currency": "EUR", "amount": "12.34"},
        "creditorName": "Ada",
        "creditorAccount": {"iban": "DE89370400440532013000"},
        "endToEndIdentification": "E2E-1",
    }
    path = "/v1/payments/sepa-credit-transfers"
    with pytest.raises(ConnectionError):
        bank.call(path, order, PSU_IP_Address="127.0.0.1")
    entries = bank.call("/sim/truth")["accounts"][0]["entries"]
    assert [entry["amount"] for entry in entries] == ["-12.34"] * executed
    found = bank.call(f"{path}?endToEndIdentification=E2E-1")["payments"]
    assert [each["transactionStatus"] for each in found] == ["ACSC"] * executed


def test_a_slow_bank_holds_back_its_answer(bank):
    bank.start("--today", "2026-03-02")
    bank.call("/sim/faults", {"kind": "slow", "seconds": 5})
    line = http.client.HTTPConnection("127.0.0.1", bank.port, timeout=0.5)
    line.request("GET", "/v1/accounts", headers={"X-Request-ID": str(uuid.uuid4())})
    with pytest.raises(TimeoutError):
        line.getresponse()
    line.close()
    # The others are served meanwhile.
    assert bank.call("/sim/clock")["today"] == "2026-03-02"


def test_without_a_database_the_bank_says_how_to_start_it():
    command = [sys.executable, "-m", "sandbox_bank"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "--database" in result.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [("table", "of version 0"), ("text", "not a database"), ("folder", "unable to open")],
)
def test_a_file_that_is_no_bank_is_left_alone(tmp_path, content, words):
    path = tmp_path / "bank.sqlite"
    if content == "folder":
        path.mkdir()
    elif content == "text":
        path.write_text("precious notes " * 100)
    else:
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE precious (note TEXT)")
    command = [sys.executable, "-m", "sandbox_bank", "--database", str(path), "--port", "0"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    if content == "text":
        assert path.read_text() == "precious notes " * 100
