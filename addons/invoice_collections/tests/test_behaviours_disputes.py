from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .interrupts_common import InterruptsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehaviourDisputes(InterruptsCommon):
    """What is disputed waits, all the rest is chased; a decision sets the clock going again."""

    def test_behaviour_08_one_of_five_is_disputed_and_four_are_dunned(self):
        moves = self._invoices([{"days_overdue": 7, "amount": 100.0 + n} for n in range(5)])
        self._dispute({moves[4]: None})
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.due_amount), ("queued", 406.0))
        listed = touchpoint.item_ids.filtered(lambda item: item.block == "due")
        self.assertEqual(listed.move_line_id.move_id, moves[:4])
        left_out = touchpoint.item_ids.filtered(lambda item: item.block == "held")
        self.assertEqual((left_out.move_id, left_out.hold_reasons), (moves[4], "dispute"))
        self.assertEqual(self._case().state, "dunning")

    def test_behaviour_08_later_runs_still_handle_all_five(self):
        moves = self._invoices([{"days_overdue": 7}] * 5)
        dispute = self._dispute({moves[4]: None})
        self._run()
        with self._day(1):
            dispute._resolve({}, "It is right")
        with self._day(7):
            self._run()
            later = self._touchpoints(date=TODAY + timedelta(days=7))
            due = later.item_ids.filtered(lambda item: item.block == "due")
            self.assertEqual(due.move_line_id.move_id, moves)
            self.assertEqual((later.tone, later.due_amount), ("4", 500.0))

    def test_behaviour_09_a_partial_dispute_leaves_the_rest_to_be_dunned(self):
        invoice = self._invoice(7, 1000.0)
        self._dispute({invoice: 200.0})
        self.assertEqual(
            self._lines(invoice)._collection_withheld(), {self._lines(invoice).id: 20000}
        )
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.due_amount), ("queued", 800.0))
        self.assertIn("800.00", touchpoint.message_id.body)
        self.assertNotIn("1,000.00", touchpoint.message_id.body)

    def test_behaviour_09_a_dispute_after_queueing_is_in_the_mail_that_leaves(self):
        invoice = self._invoice(7, 1000.0)
        self._run()
        self._dispute({invoice: 200.0})
        self.assertIn("800.00", self._touchpoints().message_id.body)
        self.assertEqual(len(self._send_queue()), 1)

    def test_a_whole_dispute_after_queueing_withdraws_the_mail(self):
        invoice = self._invoice(7)
        self._run()
        self._dispute({invoice: None})
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "dispute"))
        self.assertEqual(self._send_queue(), [])
        case = self._case()
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "dispute"))

    def test_behaviour_10_a_rejected_dispute_resumes_at_the_step_it_left(self):
        invoice = self._invoice(7)
        self._run()
        self._send_queue()
        dispute = self._dispute({invoice: None})
        with self._day(24):
            self.assertEqual(self._run()["sent"], 0)
            dispute._resolve({}, "The price is as agreed")
            self.assertEqual((dispute.state, self._case().state), ("rejected", "dunning"))
            self.assertEqual(self._run()["sent"], 0)
            self.assertEqual(self._case().next_action_date, TODAY + timedelta(days=29))
        with self._day(28):
            self.assertEqual(self._run()["planned"], 0)
        with self._day(29):
            self.assertEqual(self._run()["sent"], 1)
            self.assertEqual(self._touchpoints(date=TODAY + timedelta(days=29)).tone, "4")

    def test_behaviour_10_a_step_the_calendar_passed_by_is_taken_after_all(self):
        invoice = self._invoice(4)
        dispute = self._dispute({invoice: None})
        with self._day(20):
            dispute.action_withdraw()
        with self._day(27):
            self._run()
            self.assertEqual(self._touchpoints(date=TODAY + timedelta(days=27)).tone, "3")

    def test_what_was_granted_is_not_chased_while_its_credit_note_waits(self):
        invoice = self._invoice(7, 1000.0)
        dispute = self._dispute({invoice: 300.0})
        [line] = dispute.line_ids
        credit = dispute._resolve({line: 100.0}, "Three were missing, one hundred is fair")
        self.assertEqual((dispute.state, dispute.granted_amount), ("partial", 100.0))
        self.assertEqual((credit.state, credit.amount_total), ("draft", 100.0))
        receivable = self._lines(invoice)
        self.assertEqual(receivable._collection_withheld(), {receivable.id: 10000})
        credit.sudo().action_post()
        self.assertEqual(receivable._collection_withheld(), {})
        self.assertEqual(receivable.amount_residual, 900.0)

    def test_a_credit_note_takes_the_taxes_of_the_invoice_to_the_cent(self):
        tax = self.env["account.tax"].create(
            {"name": "Nineteen", "amount": 19.0, "company_id": self.company.id}
        )
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": TODAY - timedelta(days=40),
                "invoice_date_due": TODAY - timedelta(days=7),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "A", "price_unit": 33.33, "tax_ids": [tax.id]}),
                    Command.create({"name": "B", "price_unit": 17.77, "tax_ids": [tax.id]}),
                    Command.create({"name": "C", "price_unit": 9.99, "tax_ids": False}),
                ],
            }
        )
        invoice.action_post()
        for amount in (0.01, 13.37, 50.0):
            with self.subTest(amount=amount):
                dispute = self._dispute({invoice: amount})
                credit = dispute._resolve({dispute.line_ids: amount}, "")
                self.assertEqual(credit.amount_total, amount)
                credit.sudo().action_post()
        # 50.00 of 70.80, of which 9.71 are tax.
        self.assertEqual(credit.amount_tax, 6.86)
        self.assertAlmostEqual(self._lines(invoice).amount_residual, 70.80 - 63.38)

    def test_more_than_is_open_cannot_be_disputed_nor_twice(self):
        invoice = self._invoice(7, 100.0)
        with self.assertRaises(UserError):
            self._dispute({invoice: 100.01})
        with self.assertRaises(UserError):
            self._dispute({invoice: -1.0})
        self._dispute({invoice: 60.0})
        with self.assertRaises(UserError):
            self._dispute({invoice: 40.01})
        self._dispute({invoice: 40.0})

    def test_an_invoice_of_somebody_else_cannot_be_disputed(self):
        self._invoice(7)
        foreign = self._invoice(7, partner=self._customer("Somebody Else"))
        with self.assertRaises(UserError):
            self._dispute({foreign: None})

    def test_the_owner_gets_one_task_with_the_deadline_and_it_ends_with_the_decision(self):
        self.policy.write({"user_id": self.collector.id, "dispute_days": 4})
        dispute = self._dispute({self._invoice(7): None})
        task = dispute.activity_ids
        self.assertEqual(
            (task.user_id, task.date_deadline), (self.collector, TODAY + timedelta(days=4))
        )
        self.assertEqual(dispute.deadline, TODAY + timedelta(days=4))
        with self._day(5):
            dispute.invalidate_recordset(["is_late"])
            self.assertTrue(dispute.is_late)
            self.assertIn(dispute, dispute.search([("is_late", "=", True)]))
            dispute._resolve({}, "No")
            self.assertFalse(dispute.activity_ids)

    def test_evidence_stays_with_the_dispute(self):
        dispute = self._dispute({self._invoice(7): None}, attachments=[("photo.png", b"broken")])
        files = (
            self.env["ir.attachment"]
            .with_user(self.collector)
            .search([("res_model", "=", "collection.dispute"), ("res_id", "=", dispute.id)])
        )
        self.assertEqual((files.name, files.raw), ("photo.png", b"broken"))

    def test_state_and_amounts_are_not_written_by_hand(self):
        dispute = self._dispute({self._invoice(7): None})
        dispute.category = "quality"
        for values in ({"state": "upheld"}, {"amount": 1.0}, {"granted_amount": 1.0}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                dispute.write(values)

    def test_a_decided_dispute_stays_decided(self):
        dispute = self._dispute({self._invoice(7): None})
        dispute._resolve({}, "No")
        with self.assertRaises(UserError):
            dispute._resolve({dispute.line_ids: 1.0}, "Yes after all")

    def test_every_step_of_a_dispute_is_an_event(self):
        dispute = self._dispute({self._invoice(7): None})
        dispute.action_review()
        dispute.action_withdraw()
        kinds = self._case().event_ids.sorted("id").mapped("kind")
        self.assertEqual(
            [kind for kind in kinds if "dispute" in kind],
            ["dispute_new", "dispute_review", "dispute_withdrawn"],
        )
