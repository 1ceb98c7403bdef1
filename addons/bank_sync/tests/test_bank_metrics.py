"""What a monitoring system sees, and who may look."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import config

from odoo.addons.bank_sync.connectors.base import QuotaExceeded, Temporary
from odoo.addons.bank_sync.controllers.bank_metrics import METRICS_OPTION
from odoo.addons.bank_sync.models.bank_metrics import BankMetrics

from .fake_bank import IBAN, FakeBankCommon


@tagged("post_install", "-at_install")
class TestBankMetrics(FakeBankCommon):
    def setUp(self):
        super().setUp()
        self.account = self.connect()

    def metrics(self):
        """Return metric with labels → value for our connection."""
        text = BankMetrics(self.env(su=True), fields.Datetime.now()).text()
        rows = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        mine = f'connection="{self.connection.id}"'
        return {name.split("{")[0]: int(value) for name, value in rows if mine in name}

    def test_a_well_connection_in_numbers(self):
        self.read_alone()
        numbers = self.metrics()
        self.assertLess(numbers["bank_sync_last_complete_seconds"], 60)
        self.assertEqual(numbers["bank_sync_account_unproven"], 0)
        self.assertEqual(numbers["bank_sync_quota_left"], 3)
        self.assertEqual(numbers["bank_sync_breaker"], 0)
        self.assertIn(numbers["bank_sync_consent_days_left"], (179, 180))

    def test_trouble_in_numbers(self):
        self.read_alone()
        self.account.sudo().write({"last_complete_at": "2020-01-01", "last_proof": "failed"})
        self.bank.fails["pages"] = Temporary("refused", request_id="r")
        for _time in range(5):
            self.read_waiting()
        numbers = self.metrics()
        self.assertGreater(numbers["bank_sync_last_complete_seconds"], 26 * 3600)
        self.assertEqual(numbers["bank_sync_account_unproven"], 1)
        self.assertEqual(numbers["bank_sync_breaker"], 2)

    def test_a_quota_the_bank_closed_is_used_up(self):
        self.bank.fails["pages"] = QuotaExceeded("quota", request_id="r", per_day=True)
        self.read_alone()
        self.assertEqual(self.metrics()["bank_sync_quota_left"], 0)

    def test_no_name_and_no_number_leaves(self):
        self.read_alone()
        text = BankMetrics(self.env(su=True), fields.Datetime.now()).text()
        for secret in (IBAN, self.connection.name, "Tilleul"):
            self.assertNotIn(secret, text)


@tagged("post_install", "-at_install")
class TestWhoMayLook(HttpCase):
    def get(self, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.url_open("/bank_sync/metrics", headers=headers)

    def test_without_a_configured_token_there_is_nothing(self):
        self.assertEqual(self.get().status_code, 404)
        self.assertEqual(self.get("").status_code, 404)

    def test_only_the_configured_token_opens(self):
        self.startPatcher(patch.dict(config.options.maps[0], {METRICS_OPTION: "monitor"}))
        self.assertEqual(self.get("guess").status_code, 404)
        answer = self.get("monitor")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("# TYPE bank_sync_last_complete_seconds gauge", answer.text)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
