from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .interrupts_common import InterruptsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestNotes(InterruptsCommon):
    """Courtesies beside the cadence: one a day at most, true when they leave, no reminders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.promise_text_id = cls.promise_text
        cls.thanks_text = cls.env.ref("invoice_collections.mail_template_thanks")

    def _note(self):
        return self._touchpoints().filtered("note")

    # === THE PROMISED DAY === #

    def test_the_note_says_what_was_promised_in_the_customers_language(self):
        germans = self._customer("Blumen Beck", lang="de_DE")
        invoice = self._invoice(5, 1000.0, partner=germans)
        case = self.company._collection_evaluate() and self._case(germans)
        self.env["collection.promise"].with_user(self.collector)._take(
            case.with_user(self.collector), self._lines(invoice), 400.0, TODAY, "phone"
        )
        self._run()
        note = self._note()
        self.assertEqual((note.state, note.lang, note.net_amount), ("queued", "de_DE", 400.0))
        self.assertIn(invoice.name, note.mail_id.body_html)
        self.assertIn("400", note.mail_id.body_html)
        self.assertEqual(self._send_queue(), ["blumen.beck@customer.example"])

    def test_what_is_paid_in_part_is_deducted(self):
        invoice = self._invoice(5)
        self._promise(invoice, TODAY)
        self._pay_on(invoice, 30.0, TODAY)
        self._run()
        self.assertEqual(self._note().net_amount, 70.0)

    def test_who_has_paid_gets_no_note(self):
        invoice = self._invoice(5)
        self._promise(invoice, TODAY)
        self._pay_on(invoice, 100.0, TODAY)
        self._run()
        self.assertFalse(self._note())

    def test_money_that_comes_after_queueing_withdraws_the_note(self):
        invoice = self._invoice(5)
        self._promise(invoice, TODAY)
        self._run()
        self._pay_on(invoice, 40.0, TODAY)
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(self._note().state, "superseded")

    def test_a_promise_taken_back_withdraws_the_note(self):
        promise = self._promise(self._invoice(5), TODAY)
        self._run()
        promise.action_cancel()
        self.assertEqual(self._send_queue(), [])

    def test_a_note_that_stayed_over_night_is_dropped(self):
        self._promise(self._invoice(5), TODAY)
        self._run()
        with self._day(1):
            self.assertEqual(self._send_queue(), [])

    def test_who_hears_of_another_invoice_that_day_gets_no_note(self):
        self._promise(self._invoice(5), TODAY)
        self._invoice(7, 60.0)
        self.assertEqual(self._run()["sent"], 1)
        self.assertFalse(self._note())

    def test_guard_and_holds_hold_for_notes_too(self):
        invoice = self._invoice(5)
        self._promise(invoice, TODAY)
        with self._held(invoice, "legal_stop"):
            self._run()
        self.assertFalse(self._note())
        self.policy.kill_switch = True
        self._run()
        self.assertFalse(self._note())
        self.policy.kill_switch = False
        with self._feed("stale_feed"):
            self._run()
        self.assertFalse(self._note())
        self.customer.email = False
        self.customer.write({"street": "Main Street 1", "city": "Paris", "zip": "75001"})
        self._run()
        self.assertFalse(self._note(), "No letter is posted for a courtesy.")

    def test_a_note_takes_no_step_of_the_cadence(self):
        promise = self._promise(self._invoice(7), TODAY)
        self._run()
        promise.action_cancel()
        with self._day(1):
            self._run()
            touchpoint = self._touchpoints(date=TODAY + timedelta(days=1))
            self.assertEqual((touchpoint.state, touchpoint.tone), ("queued", "3"))

    def test_a_note_costs_no_fee(self):
        self._promise(self._invoice(5), TODAY)
        self._run()
        self._send_queue()
        self.assertEqual(self._note().item_ids.mapped("block"), ["promised"])
        late = self.env["collection.late.payment"]._reminders(self._note().move_line_ids)
        self.assertFalse(any(late.values()))

    # === THANKS === #

    def _reminded_and_paid(self):
        invoice = self._invoice(7)
        self._run()
        self._send_queue()
        self._pay_on(invoice, 100.0, TODAY)
        return invoice

    def test_nobody_is_thanked_unless_the_policy_says_so(self):
        self._reminded_and_paid()
        with self._day(1):
            self.assertEqual(self._run()["sent"], 0)

    def test_who_paid_after_a_reminder_is_thanked_once(self):
        self.policy.thanks_text_id = self.thanks_text
        invoice = self._reminded_and_paid()
        for days in range(1, 5):
            with self._day(days):
                self.assertEqual(self._run()["sent"], int(days == 1))
        note = self._note()
        self.assertEqual((note.note, note.net_amount, note.due_amount), ("thanks", 0.0, 0.0))
        self.assertIn(invoice.name, note.mail_id.body_html)

    def test_thanks_wait_until_nothing_is_overdue(self):
        self.policy.thanks_text_id = self.thanks_text
        self._invoice(10, 80.0)
        self._reminded_and_paid()
        with self._day(1):
            self._run()
            self.assertFalse(self._note())

    def test_a_credit_note_is_not_thanked_for(self):
        self.policy.thanks_text_id = self.thanks_text
        invoice = self._invoice(7)
        self._run()
        self._send_queue()
        invoice._reverse_moves([{"invoice_date": TODAY}], cancel=True)
        with self._day(1):
            self._run()
            self.assertFalse(self._note())

    def test_a_payment_that_comes_back_withdraws_the_thanks(self):
        self.policy.thanks_text_id = self.thanks_text
        invoice = self._reminded_and_paid()
        with self._day(1):
            self._run()
            self.assertEqual(self._note().state, "queued")
            self._lines(invoice).remove_move_reconcile()
            self.assertEqual(self._send_queue(), [])
            self.assertEqual(self._note().state, "superseded")

    def test_an_old_payment_is_not_thanked_for(self):
        self._reminded_and_paid()
        self.policy.thanks_text_id = self.thanks_text
        with self._day(20):
            self._run()
            self.assertFalse(self._note())

    def test_notes_need_the_same_queries_for_many(self):
        for number in range(4):
            partner = self._customer(f"Promiser {number}")
            invoice = self._invoice(5, partner=partner)
            self.company._collection_evaluate()
            self.env["collection.promise"]._take(
                self._case(partner), self._lines(invoice), None, TODAY, "phone"
            )
        engine = self.env["collection.engine"].sudo()

        def queries(customers):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            notes = engine._promise_notes(self.company, TODAY, customers)
            self.assertEqual(len(notes), len(customers))
            return self.env.cr.sql_log_count - before

        promises = self.env["collection.promise"].sudo()
        customers = promises.search([("date", "=", TODAY)]).partner_id.ids
        queries(customers[:1])
        self.assertEqual(queries(customers[:1]), queries(customers[:4]))
