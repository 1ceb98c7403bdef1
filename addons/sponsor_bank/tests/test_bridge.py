from datetime import timedelta

from odoo.tests import tagged

from .common import SponsorBankCommon


@tagged("post_install", "-at_install")
class TestBridge(SponsorBankCommon):
    def test_an_invoice_that_a_receipt_probably_pays_is_held(self):
        other = self.create_open_invoice(400.0, days_overdue=10)
        # The number is there and the amount is short: certain enough to wait, not to book.
        self.create_receipt(f"{self.invoice.name} less our charges", 990.0)
        self.env["bank.match.suggestion"]._run(self.company)
        reasons = (self.invoice + other)._collection_hold_reasons()
        self.assertIn("pending_money", reasons[self.invoice])
        self.assertNotIn("pending_money", reasons[other])

    def test_the_hold_ends_when_the_accountant_has_decided(self):
        self.create_receipt(f"{self.invoice.name} less our charges", 990.0)
        self.env["bank.match.suggestion"]._run(self.company)
        self.env["bank.match.suggestion"].search([("company_id", "=", self.company.id)]).filtered(
            lambda suggestion: suggestion.state == "open"
        ).action_reject()
        self.assertNotIn("pending_money", self.invoice._collection_hold_reasons()[self.invoice])

    def test_reminders_wait_for_a_stale_or_unproven_feed_and_not_without_a_bank(self):
        self.assertFalse(self.company._collection_feed_reason())
        account = self.env["bank.connection.account"].create(
            {
                "company_id": self.company.id,
                "iban": "LU280019400644750000",
                "currency_id": self.company.currency_id.id,
                "journal_id": self.company_data["default_journal_bank"].id,
                "covered_until": self.today - timedelta(days=30),
                "last_proof": "proved",
            }
        )
        self.assertEqual(self.company._collection_feed_reason(), "stale_feed")
        account.covered_until = self.today
        self.assertFalse(self.company._collection_feed_reason())
        account.last_proof = "failed"
        self.assertEqual(self.company._collection_feed_reason(), "unproven_feed")

    def test_the_night_sends_nothing_overdue_while_the_feed_is_stale(self):
        self.env["bank.connection.account"].create(
            {
                "company_id": self.company.id,
                "iban": "LU280019400644750000",
                "currency_id": self.company.currency_id.id,
                "journal_id": self.company_data["default_journal_bank"].id,
                "covered_until": self.today - timedelta(days=30),
                "last_proof": "proved",
            }
        )
        self.create_open_invoice(250.0, days_overdue=7)
        result = self.company._collection_run(today=self.today)
        self.assertEqual(result["blocked"].get("stale_feed"), 1)
        self.assertFalse(result["sent"])
