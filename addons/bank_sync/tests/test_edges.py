"""What went wrong once, or would have: each test is named after what a person would have seen."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import BankSyncCommon


@tagged("post_install", "-at_install")
class TestSuggestionEdges(BankSyncCommon):
    def suggested(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(60.0, f"part of {invoice.name}")
        self.match()
        return invoice, line, line.bank_suggestion_ids

    def book_by_hand(self, line):
        suspense = line._seek_for_lines()[1]
        account = self.company_data["default_account_revenue"]
        line.move_id.sudo().button_draft()
        suspense.sudo().account_id = account
        line.move_id.sudo().action_post()
        self.assertTrue(line.is_reconciled)

    def test_a_line_booked_by_hand_meanwhile_is_not_accepted(self):
        _invoice, line, suggestion = self.suggested()
        self.book_by_hand(line)
        with self.assertRaises(UserError):
            suggestion.action_accept()

    def test_a_line_booked_by_hand_holds_its_suggested_invoice_no_longer(self):
        invoice, line, suggestion = self.suggested()
        self.assertTrue(invoice._bank_pending_receipts())
        self.book_by_hand(line)
        self.match()
        self.assertEqual(suggestion.state, "superseded")
        self.assertFalse(invoice._bank_pending_receipts())
        self.assertFalse(line.bank_match_state)

    def test_a_suggestion_follows_what_is_left_of_its_invoice(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(150.0, f"for {invoice.name}")
        self.match()
        self.assertEqual(line.bank_suggestion_ids.line_ids.claim_amount, 100.0)
        paid = self.bank_line(40.0, "cash")
        suspense = paid._seek_for_lines()[1]
        receivable = invoice.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        paid.move_id.sudo().button_draft()
        suspense.sudo().write(
            {"account_id": receivable.account_id.id, "partner_id": self.customer.id}
        )
        paid.move_id.sudo().action_post()
        (suspense | receivable).sudo().reconcile()
        self.match()
        current = line.bank_suggestion_ids.filtered(lambda one: one.state == "open")
        self.assertEqual(current.line_ids.claim_amount, 60.0)
        current.action_accept()
        self.assertEqual(invoice.payment_state, "paid")

    def test_no_call_from_outside_writes_a_suggestion(self):
        _invoice, _line, suggestion = self.suggested()
        for values in ({"state": "accepted"}, {"score": 1.0}, {"line_ids": [Command.clear()]}):
            with self.subTest(values), self.assertRaises(AccessError):
                suggestion.write(values)
        suggestion.action_accept()
        self.assertEqual(suggestion.state, "accepted")
