from datetime import timedelta

from odoo.tests import tagged

from .common import SponsorBankCommon


@tagged("post_install", "-at_install")
class TestBridge(SponsorBankCommon):
    def _report_paid(self, invoice, reference):
        """Let the customer say that the invoice is paid, with that text."""
        self.company._collection_evaluate()
        case = (
            self.env["collection.case"]
            .sudo()
            .search([("partner_id", "=", self.debtor.id), ("company_id", "=", self.company.id)])
        )
        lines = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return self.env["collection.paid.claim"]._take(
            case, lines, invoice.amount_residual, self.today, reference
        )

    def _orders(self, invoice):
        items = self.env["account.move.line"]._get_open_items(self.company)
        return {
            order for item in items if item.key in invoice.line_ids.ids for order in item.orders
        }

    def test_what_a_customer_wrote_into_the_transfer_helps_to_find_it(self):
        # A second invoice of the same amount: without the hint nobody can tell which is meant.
        other = self.create_open_invoice(1000.0, days_overdue=20)
        self._report_paid(self.invoice, "FLOUR 47110815")
        self.assertIn("FLOUR 47110815", self._orders(self.invoice))
        self.assertNotIn("FLOUR 47110815", self._orders(other))
        line = self.create_receipt("FLOUR 47110815", 1000.0)
        self.env["bank.match.suggestion"]._run(self.company)
        best = line.sudo().bank_suggestion_ids.sorted("rank")[:1]
        items = (
            best.line_ids.move_line_id if best else line.line_ids.matched_debit_ids.debit_move_id
        )
        self.assertEqual(items.move_id, self.invoice)

    def test_a_customer_cannot_point_at_somebody_elses_payment(self):
        other = self.create_open_invoice(400.0, days_overdue=10)
        for text in (other.name, f"for {other.name.lower()}", "thanks", "42"):
            with self.subTest(text=text):
                self._report_paid(self.invoice, text)
                self.assertNotIn(text, self._orders(self.invoice))

    def test_an_invoice_that_a_receipt_probably_pays_is_held(self):
        other = self.create_open_invoice(400.0, days_overdue=10)
        # The number is there and the amount is short: certain enough to wait, not to book.
        self.create_receipt(f"{self.invoice.name} in part", 900.0, "Somebody Else")
        self.env["bank.match.suggestion"]._run(self.company)
        reasons = (self.invoice + other)._collection_hold_reasons()
        self.assertIn("pending_money", reasons[self.invoice])
        self.assertNotIn("pending_money", reasons[other])

    def test_the_hold_ends_when_the_accountant_has_decided(self):
        self.create_receipt(f"{self.invoice.name} in part", 900.0, "Somebody Else")
        self.env["bank.match.suggestion"]._run(self.company)
        suggestions = self.env["bank.match.suggestion"].with_user(self.accountant)
        suggestions.search([("state", "=", "open")]).action_reject()
        self.assertNotIn("pending_money", self.invoice._collection_hold_reasons()[self.invoice])

    def test_reminders_wait_for_a_stale_or_unproven_feed_and_not_without_a_bank(self):
        self.assertFalse(self.company._collection_feed_reason())
        account_sudo = self.connect_account(complete_until=self.today - timedelta(days=30))
        self.assertEqual(self.company._collection_feed_reason(), "stale_feed")
        account_sudo.covered_until = self.today
        self.assertFalse(self.company._collection_feed_reason())
        account_sudo.last_proof = "failed"
        self.assertEqual(self.company._collection_feed_reason(), "unproven_feed")

    def test_the_night_sends_nothing_overdue_while_the_feed_is_stale(self):
        self.connect_account(complete_until=self.today - timedelta(days=30))
        self.create_open_invoice(250.0, days_overdue=7)
        result = self.company._collection_run(today=self.today)
        self.assertEqual(result["blocked"], {"stale_feed": 1})
        self.assertFalse(result["sent"])

    def test_a_fresh_feed_lets_the_same_reminder_go(self):
        self.company._collection_policy().working_days_only = False
        self.connect_account(complete_until=self.today)
        self.create_open_invoice(250.0, days_overdue=7)
        self.assertEqual(self.company._collection_run(today=self.today)["sent"], 1)

    def test_the_dashboard_counts_what_waits_for_the_accountant(self):
        def tile_of(user):
            data = self.company.with_user(user)._collection_dashboard()
            return next((tile for tile in data["tiles"] if tile["key"] == "bank_to_decide"), None)

        self.assertFalse(tile_of(self.collector), "no bank is connected")
        self.connect_account(complete_until=self.today)
        self.create_receipt(f"{self.invoice.name} in part", 900.0, "Somebody Else")
        self.env["bank.match.suggestion"]._run(self.company)
        self.assertEqual(tile_of(self.collector)["value"], 1)
        self.assertFalse(tile_of(self.collector)["action"], "a collector decides on no payment")
        self.accountant.group_ids += self.env.ref("invoice_collections.group_user")
        self.assertTrue(tile_of(self.accountant)["action"])
