from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, CollectionsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 09:00:00")
class TestReminders(CollectionsCommon):
    """Who is told what, and when."""

    # === THE CADENCE === #

    def test_the_standard_cadence_writes_seven_days_before_on_the_day_and_7_and_14_after(self):
        invoice = self.invoice(100.0, due_in=7)
        told = {}
        for days in range(-1, 30):
            if self.run_on(days)["sent"]:
                touchpoint = self.touchpoint_of(days=days)
                told[days - 7] = touchpoint.tone
                self.assertEqual(touchpoint.move_line_ids.move_id, invoice)
        # -7 is a Tuesday, and so are all the others.
        self.assertEqual(told, {-7: "1", 0: "2", 7: "3", 14: "4"})

    def test_a_step_missed_for_the_catch_up_days_is_still_taken(self):
        self.invoice(100.0, due_in=-7 - 3)
        self.assertEqual(self.run_on()["sent"], 1)
        self.assertEqual(self.touchpoint_of().step_id, self.steps[7])

    def test_a_step_missed_for_longer_is_skipped_and_the_next_one_applies(self):
        self.invoice(100.0, due_in=-7 - 4)
        self.assertEqual(self.run_on()["sent"], 0)
        self.assertEqual(self.run_on(3)["sent"], 1)
        self.assertEqual(self.touchpoint_of(days=3).step_id, self.steps[14])

    def test_a_step_before_the_due_date_is_not_caught_up_after_it(self):
        self.policy.catch_up_days = 10
        self.steps[0].sudo().unlink()
        self.invoice(100.0, due_in=1)
        self.assertEqual(self.run_on()["sent"], 1)
        self.invoice(100.0, due_in=0, customer=(other := self.new_customer("Late Entry")))
        self.run_on()
        self.assertFalse(self.touchpoint_of(other))

    def test_a_customer_with_a_cadence_of_their_own_is_told_by_it(self):
        cadence = self.policy.cadence_id.copy({"company_id": self.company.id})
        cadence.step_ids.filtered(lambda step: step.offset_days != 0).unlink()
        cadence.step_ids.offset_days = 3
        self.invoice(100.0, due_in=-3)
        self.run_on()
        self.assertFalse(self.touchpoint_of())
        self.case_of().cadence_id = cadence
        self.run_on()
        self.assertEqual(self.touchpoint_of().step_id, cadence.step_ids)

    # === WHAT IS OWED === #

    def test_an_invoice_paid_between_planning_and_sending_sends_nothing(self):
        invoice = self.invoice(100.0, due_in=-7)
        self.run_on()
        self.assertEqual(self.touchpoint_of().state, "queued")
        self.pay(invoice)
        self.assertEqual(self.touchpoint_of().state, "superseded")
        self.assertEqual(self.send_mails(), [])
        self.assertEqual(self.touchpoint_of().state, "superseded")
        self.assertEqual(self.touchpoint_of().mail_id.sudo().state, "cancel")

    def test_an_invoice_settled_behind_the_hook_sends_nothing_either(self):
        invoice = self.invoice(100.0, due_in=-7)
        self.run_on()
        with patch.object(type(invoice), "_collection_settled", lambda self: None):
            self.pay(invoice)
        self.assertEqual(self.touchpoint_of().state, "queued")
        self.assertEqual(self.send_mails(), [])
        self.assertEqual(self.touchpoint_of().state, "superseded")

    def test_a_payment_of_one_invoice_rewrites_the_waiting_mail(self):
        paid, late = self.invoice(100.0, due_in=-7), self.invoice(40.0, due_in=-14)
        self.run_on()
        self.assertIn(paid.name, self.touchpoint_of().message_id.body)
        self.pay(paid)
        [mail] = self.send_mails()
        self.assertNotIn(paid.name, mail["body"])
        self.assertIn(late.name, mail["body"])
        self.assertEqual(self.touchpoint_of().net_amount, 40.0)

    def test_a_partial_payment_leaves_the_rest_to_be_asked_for(self):
        invoice = self.invoice(100.0, due_in=-7)
        self.pay(invoice, amount=99.99)
        self.policy.min_amount = 0.01
        self.run_on()
        self.assertEqual(self.touchpoint_of().net_amount, 0.01)

    def test_a_cancelled_invoice_is_never_chased(self):
        invoice = self.invoice(100.0, due_in=-7)
        self.run_on()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(self.send_mails(), [])
        self.assertEqual(self.touchpoint_of().state, "superseded")
        self.assertEqual(self.run_on(7)["planned"], 0)

    def test_an_item_marked_no_follow_up_is_never_chased(self):
        invoice = self.invoice(100.0, due_in=-7)
        invoice.line_ids.filtered("date_maturity").no_followup = True
        self.assertEqual(self.run_on()["planned"], 0)

    def test_an_open_credit_note_is_deducted_and_the_threshold_uses_the_rest(self):
        invoice = self.invoice(100.0, due_in=-7)
        self.invoice(60.0, due_in=0, move_type="out_refund")
        self.policy.min_amount = 40.0
        self.run_on()
        touchpoint = self.touchpoint_of()
        self.assertEqual(touchpoint.state, "queued")
        self.assertEqual(self.listed(touchpoint), invoice)
        self.assertEqual((touchpoint.due_amount, touchpoint.net_amount), (100.0, 40.0))
        self.policy.min_amount = 40.01
        other = self.new_customer("Below The Bar")
        self.invoice(100.0, -7, other)
        self.invoice(60.0, 0, other, move_type="out_refund")
        self.run_on()
        self.assertBlocked(self.touchpoint_of(other), "min_amount")

    def test_a_credit_that_covers_the_debt_blocks_as_pending_money(self):
        self.invoice(100.0, due_in=-7)
        self.invoice(100.0, due_in=0, move_type="out_refund")
        self.run_on()
        self.assertBlocked(self.touchpoint_of(), "pending_money", retry=1)

    def test_of_an_invoice_in_three_installments_only_the_late_one_is_chased(self):
        terms = self.env["account.payment.term"].with_user(self.accountant)
        term = terms.create(
            {
                "name": "Three parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((50.0, 23), (30.0, 60), (20.0, 90))
                ],
            }
        )
        invoice = self.invoice(
            1000.0,
            due_in=0,
            invoice_date=TODAY - timedelta(days=30),
            invoice_payment_term_id=term.id,
        )
        self.run_on()
        touchpoint = self.touchpoint_of()
        self.assertEqual(touchpoint.state, "queued")
        self.assertEqual(touchpoint.net_amount, 500.0)
        self.assertEqual(
            touchpoint.move_line_ids, invoice.line_ids.filtered("date_maturity").sorted()[:1]
        )

    # === ONE MESSAGE === #

    def test_five_late_invoices_of_three_tones_make_one_message_of_the_firmest(self):
        late = self.env["account.move"]
        for due_in in (0, -7, -7, -14, -10):
            late |= self.invoice(100.0, due_in)
        self.assertEqual(self.run_on()["sent"], 1)
        touchpoint = self.touchpoint_of()
        self.assertEqual(touchpoint.step_id, self.steps[14])
        self.assertEqual(self.listed(touchpoint), late)
        self.assertEqual(touchpoint.net_amount, 500.0)

    def test_what_is_upcoming_stands_apart_and_is_not_asked_for_together_with_late_items(self):
        late, soon = self.invoice(100.0, due_in=-7), self.invoice(30.0, due_in=7)
        self.run_on()
        touchpoint = self.touchpoint_of()
        self.assertEqual(self.listed(touchpoint), late)
        self.assertEqual(self.listed(touchpoint, "upcoming"), soon)
        self.assertEqual(touchpoint.net_amount, 100.0)

    def test_two_currencies_make_two_messages_each_with_its_own_sum(self):
        self.invoice(100.0, due_in=-7)
        self.invoice(55.0, due_in=-7, currency_id=self.usd.id)
        self.assertEqual(self.run_on()["sent"], 2)
        self.assertEqual(self.touchpoint_of(currency=self.eur).net_amount, 100.0)
        self.assertEqual(self.touchpoint_of(currency=self.usd).net_amount, 55.0)

    def test_the_smallest_sum_is_converted_from_company_currency_to_the_invoices(self):
        self.env["res.currency.rate"].sudo().create(
            {
                "name": "2026-01-01",
                "currency_id": self.usd.id,
                "rate": 2.0,
                "company_id": self.company.id,
            }
        )
        self.policy.min_amount = 50.0
        enough, short = self.new_customer("Enough"), self.new_customer("Short")
        self.invoice(100.0, -7, enough, currency_id=self.usd.id)
        self.invoice(99.99, -7, short, currency_id=self.usd.id)
        self.run_on()
        self.assertEqual(self.touchpoint_of(enough, currency=self.usd).state, "queued")
        self.assertBlocked(self.touchpoint_of(short, currency=self.usd), "min_amount")

    def test_invoices_of_a_contact_are_told_to_the_company_they_belong_to(self):
        shop = self.new_customer("Shop", parent_id=self.customer.id, is_company=False)
        mine, theirs = self.invoice(10.0, -7), self.invoice(20.0, -7, shop)
        self.run_on()
        self.assertEqual(self.listed(self.touchpoint_of()), mine | theirs)

    def test_a_disputed_invoice_is_left_out_and_the_other_four_are_chased_now_and_later(self):
        invoices = self.env["account.move"]
        for _number in range(5):
            invoices |= self.invoice(100.0, due_in=-7)
        disputed = invoices[2]
        original = type(invoices)._collection_hold_reasons

        def reasons(moves):
            held = original(moves)
            for move in moves & disputed:
                held[move].add("dispute")
            return held

        with patch.object(type(invoices), "_collection_hold_reasons", reasons):
            for days in (0, 7):
                self.run_on(days)
                touchpoint = self.touchpoint_of(days=days)
                self.assertEqual(self.listed(touchpoint), invoices - disputed)
                self.assertEqual(self.listed(touchpoint, "held"), disputed)
                self.assertEqual(touchpoint.net_amount, 400.0)

    # === NEVER TWICE === #

    def test_a_second_run_of_the_day_sends_nothing(self):
        self.invoice(100.0, due_in=-7)
        self.assertEqual(self.run_on()["sent"], 1)
        self.assertEqual(self.run_on()["sent"], 0)
        self.assertEqual(len(self.send_mails()), 1)
        self.assertEqual(self.run_on()["sent"], 0)
        self.assertEqual(self.send_mails(), [])

    def test_the_days_after_a_step_do_not_repeat_it(self):
        self.invoice(100.0, due_in=-7)
        self.run_on()
        for days in (1, 2, 3):
            self.assertEqual(self.run_on(days)["planned"], 0)

    def test_an_invoice_that_comes_late_on_the_day_of_a_message_is_told_the_day_after(self):
        self.invoice(100.0, due_in=-7)
        self.run_on()
        second = self.invoice(70.0, due_in=-7)
        self.assertEqual(self.run_on()["sent"], 0)
        self.run_on(1)
        touchpoint = self.touchpoint_of(days=1)
        self.assertEqual(touchpoint.state, "queued")
        steps = touchpoint.item_ids.filtered("is_step")
        self.assertEqual(steps.move_line_id.move_id, second)

    def test_an_invoice_that_is_open_again_goes_on_with_the_next_step(self):
        invoice = self.invoice(100.0, due_in=-7)
        self.run_on()
        self.send_mails()
        payment = self.pay(invoice)
        self.assertEqual(self.case_of().state, "clear")
        payment.action_draft()
        self.assertEqual(self.run_on(7)["sent"], 1)
        self.assertEqual(self.touchpoint_of(days=7).step_id, self.steps[14])
        self.assertEqual(self.case_of().state, "dunning")
