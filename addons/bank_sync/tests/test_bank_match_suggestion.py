from unittest.mock import patch

from odoo.exceptions import LockError, UserError
from odoo.tests import tagged

from .common import BankSyncCommon


@tagged("post_install", "-at_install")
class TestBankMatchSuggestion(BankSyncCommon):
    def setUp(self):
        super().setUp()
        self.open_invoice = self.invoice(200.0)
        self.line = self.bank_line(150.0, self.open_invoice.name)
        self.match()
        self.suggestion = self.line.bank_suggestion_ids

    def test_accepting_books_what_was_shown(self):
        self.suggestion.action_accept()
        self.assertEqual(self.suggestion.state, "accepted")
        self.assertEqual(self.suggestion.decided_by_id, self.env.user)
        self.assertEqual(self.open_invoice.amount_residual, 50.0)
        self.assertEqual(self.open_invoice.payment_state, "partial")
        self.assertEqual(self.line.bank_match_state, "accepted")
        self.assertTrue(self.line.is_reconciled)
        event = self.env["bank.event"].search([("kind", "=", "line_booked")], limit=1)
        self.assertEqual(event.payload["by"], "person")
        self.assertEqual(event.actor_id, self.env.user)

    def test_who_comes_second_is_told_and_nothing_is_booked_twice(self):
        self.suggestion.action_accept()
        with self.assertRaisesRegex(UserError, "was decided"):
            self.suggestion.action_accept()
        with self.assertRaisesRegex(UserError, "was decided"):
            self.suggestion.action_reject()
        self.assertEqual(self.open_invoice.amount_residual, 50.0)

    def test_an_invoice_paid_in_between_is_not_paid_again(self):
        other = self.bank_line(200.0, "by hand")
        counterpart = other._seek_for_lines()[1]
        receivable = self.open_invoice.line_ids.filtered(
            lambda item: item.display_type == "payment_term"
        )
        counterpart.write({"account_id": receivable.account_id.id})
        (counterpart | receivable).reconcile()
        with self.assertRaisesRegex(UserError, "no longer has the amount open"):
            self.suggestion.action_accept()
        self.assertFalse(self.line.is_reconciled)

    def test_a_line_another_person_is_deciding_on_is_left_alone(self):
        lines = type(self.line)
        with (
            patch.object(lines, "lock_for_update", side_effect=LockError("held")),
            self.assertRaisesRegex(UserError, "Somebody else is deciding"),
        ):
            self.suggestion.action_accept()
        self.assertFalse(self.line.is_reconciled)

    def test_rejecting_is_final_for_the_line(self):
        self.suggestion.action_reject()
        self.assertEqual(self.line.bank_match_state, "exception")
        self.match()
        self.assertFalse(self.line.bank_suggestion_ids.filtered(lambda item: item.state == "open"))

    def test_matching_again_keeps_what_still_holds(self):
        self.match()
        self.assertEqual(self.line.bank_suggestion_ids, self.suggestion)
        self.assertEqual(self.suggestion.state, "open")

    def test_a_paid_over_rest_stays_as_the_customers_credit(self):
        line = self.bank_line(230.0, f"{self.open_invoice.name} and a bit more")
        self.suggestion.action_reject()
        self.match()
        line.bank_suggestion_ids[0].action_accept()
        self.assertEqual(self.open_invoice.payment_state, "paid")
        receivable = line.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(receivable.amount_residual, -30.0)
        self.assertEqual(receivable.partner_id, self.customer)

    def test_two_proposals_for_one_item_are_not_accepted_together(self):
        copy = self.suggestion.sudo().copy()
        copy.line_ids = self.suggestion.line_ids.sudo().copy({"suggestion_id": copy.id})
        with self.assertRaisesRegex(UserError, "same line or the same item"):
            (self.suggestion | copy.sudo(False)).action_accept()

    def test_pending_receipts_are_told_to_whoever_asks(self):
        self.assertEqual(
            self.open_invoice._bank_pending_receipts(), {self.open_invoice: [self.line]}
        )
        self.assertEqual(self.open_invoice.bank_suggestion_count, 1)
        self.suggestion.action_accept()
        self.assertFalse(self.open_invoice._bank_pending_receipts())

    def test_a_name_and_an_amount_are_proposed_with_their_reasons(self):
        invoice = self.invoice(77.0)
        line = self.bank_line(77.0, "danke", partner_name="BOULANGERIE MARTIN")
        self.match()
        self.assertEqual(line.bank_suggestion_ids.line_ids.move_id, invoice)
        self.assertEqual(
            [code for code in line.bank_suggestion_ids.reasons if code != "not_earned_yet"],
            ["nothing_quoted", "exact_amount", "payer_amount_unique", "name_same"],
        )
        self.assertIn("Same name", line.bank_suggestion_ids.reason_text)
        french = line.bank_suggestion_ids.with_context(lang="fr_FR")
        self.assertTrue(french.reason_text)
