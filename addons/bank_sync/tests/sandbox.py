"""The sandbox bank as a process of its own, for tests."""

import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import requests

from odoo import fields

ROOT = pathlib.Path(__file__).resolve().parents[3]


class SandboxBank:
    """A running bank with accounts of its own for each test.

    :raise unittest.SkipTest: where the addon is tested without the rest of the repository
    """

    def __init__(self):
        if not (ROOT / "sandbox_bank").is_dir():
            raise unittest.SkipTest("sandbox_bank is not beside the addons: bank tests are skipped")
        self._folder = tempfile.TemporaryDirectory()
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "sandbox_bank", "--port", str(port)]
        command += ["--database", f"{self._folder.name}/bank.sqlite", "--page-size", "10"]
        command += ["--today", fields.Date.to_string(fields.Date.today())]
        self._process = subprocess.Popen(  # noqa: S603 our own bank
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.http = requests.Session()
        self.http.trust_env = False
        self._wait()

    def _wait(self):
        for _attempt in range(150):
            if self._process.poll() is not None:
                raise AssertionError("the sandbox bank did not start")
            try:
                self.http.get(f"{self.url}/sim/truth", timeout=10)
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the sandbox bank does not answer")

    def stop(self):
        """End the process and forget its ledger."""
        self._process.terminate()
        self._process.wait(timeout=20)
        self._folder.cleanup()

    def post(self, lever, **body):
        """Use one of the bank's levers and return its answer."""
        answer = self.http.post(f"{self.url}/sim/{lever}", json=body, timeout=60)
        if not answer.ok:
            raise AssertionError(f"{lever}: {answer.status_code} {answer.text}")
        return answer.json()

    def open_account(self, currency="EUR", opening="1000.00"):
        """Open an account and return it as a dict with ``resource_id`` and ``iban``."""
        return self.post("accounts", owner="Maison Tilleul", currency=currency, opening=opening)

    def pay(self, account, *payments):
        """Let money arrive: each payment is (amount, text) or a dict of the bank."""
        items = [
            payment
            if isinstance(payment, dict)
            else {"amount": payment[0], "remittance": [payment[1]], "debtor_name": "Somebody"}
            for payment in payments
        ]
        return self.post("payments", account=account["resource_id"], payments=items)["payments"]

    def approve(self, consent_id, *accounts):
        """Approve a consent for the accounts, as the account holder does on the bank's page."""
        chosen = [account["resource_id"] for account in accounts]
        return self.post(f"consents/{consent_id}", decision="approve", accounts=chosen)

    def truth(self, account):
        """Return what the bank really knows of one account."""
        accounts = self.http.get(f"{self.url}/sim/truth", timeout=60).json()["accounts"]
        return next(row for row in accounts if row["resource_id"] == account["resource_id"])

    def statement(self, account):
        """Return the bank's camt.053 file of the account's whole life."""
        first = self.truth(account)["opened_on"]
        query = {"account": account["resource_id"], "from": first}
        return self.http.get(f"{self.url}/sim/statement", params=query, timeout=60).content
