from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .interrupts_common import InterruptsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehaviourPromises(InterruptsCommon):
    """Until the promised day and the grace after it we wait; then the payments say what it was."""

    FRIDAY = TODAY + timedelta(days=3)

    def test_behaviour_11_no_dunning_before_the_promised_day_and_its_grace(self):
        invoice = self._invoice(5)
        promise = self._promise(invoice, self.FRIDAY)
        self.assertEqual(promise.last_day, self.FRIDAY + timedelta(days=2))
        case = self._case()
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "promise"))
        for days in range(6):
            with self._day(days):
                self.assertEqual(self._run()["sent"], 0)
        blocked = self._touchpoints(state="blocked")
        self.assertEqual(set(blocked.mapped("block_reason")), {"promise"})
        with self._day(6):
            self.assertEqual(self._run()["sent"], 1)

    def test_behaviour_11_one_friendly_note_on_the_promised_day_at_most(self):
        self.policy.promise_text_id = self.promise_text
        self._promise(self._invoice(5), self.FRIDAY)
        for days in range(6):
            with self._day(days):
                self.assertEqual(self._run()["sent"], int(days == 3))
                self.assertEqual(self._run()["sent"], 0)
        note = self._touchpoints(state="queued")
        self.assertEqual((note.note, note.date, note.tone), ("promise_day", self.FRIDAY, "1"))

    def test_behaviour_12_kept_in_full_within_the_grace(self):
        invoice = self._invoice(5)
        promise = self._promise(invoice, self.FRIDAY)
        with self._day(5):
            self._pay_on(invoice, 100.0, TODAY + timedelta(days=5))
            self._run()
        self.assertEqual((promise.state, promise.paid_amount), ("kept", 100.0))
        self.assertEqual(self._case().state, "clear")

    def test_behaviour_12_money_dated_in_time_and_read_later_keeps_it(self):
        invoice = self._invoice(5)
        promise = self._promise(invoice, self.FRIDAY)
        with self._day(8):
            self._pay_on(invoice, 100.0, TODAY + timedelta(days=5))
            self._run()
        self.assertEqual(promise.state, "kept")

    def test_behaviour_12_four_fifths_paid_is_part_kept_and_the_rest_is_dunned(self):
        invoice = self._invoice(5)
        promise = self._promise(invoice, self.FRIDAY)
        with self._day(3):
            self._pay_on(invoice, 80.0, self.FRIDAY)
            self.assertEqual(self._run()["sent"], 0)
            self.assertEqual(promise.state, "open")
        with self._day(6):
            self._run()
            self.assertEqual((promise.state, promise.paid_amount), ("part_kept", 80.0))
            self.assertEqual(self._touchpoints(state="queued").due_amount, 20.0)

    def test_behaviour_13_a_broken_promise_goes_to_the_next_firmer_step(self):
        invoice = self._invoice(7)
        self._run()
        self._send_queue()
        promise = self._promise(invoice, TODAY + timedelta(days=1))
        with self._day(3):
            self.assertEqual(self._run()["sent"], 0)
        with self._day(6):
            # The calendar would give the firm step on the seventh day only.
            self._run()
            self.assertEqual(promise.state, "broken")
            touchpoint = self._touchpoints(date=TODAY + timedelta(days=6))
            self.assertEqual((touchpoint.state, touchpoint.tone), ("queued", "4"))

    def test_behaviour_13_the_third_broken_promise_ends_self_service(self):
        for number in range(3):
            with self._day(20 * number):
                invoice = self._invoice(5 - 20 * number)
                self.assertTrue(self._case_or_new().can_promise)
                self._promise(invoice, TODAY + timedelta(days=20 * number + 1), source="customer")
            with self._day(20 * number + 10):
                self._run()
        with self._day(60):
            case = self._case()
            case.invalidate_recordset(["can_promise"])
            self.assertEqual(case.promise_ids.mapped("state"), ["broken"] * 3)
            self.assertFalse(case.can_promise)
            with self.assertRaisesRegex(UserError, "contact us"):
                self._promise(invoice, TODAY + timedelta(days=61), source="customer")
            self._promise(invoice, TODAY + timedelta(days=61), source="phone")
        with self._day(400):
            case.invalidate_recordset(["can_promise"])
            self.assertTrue(case.can_promise)

    def _case_or_new(self):
        self.company._collection_evaluate()
        case = self._case()
        case.invalidate_recordset(["can_promise"])
        return case

    def test_a_promise_for_a_part_leaves_the_rest_to_be_dunned(self):
        invoice = self._invoice(7, 1000.0)
        self._promise(invoice, self.FRIDAY, 400.0)
        self._run()
        self.assertEqual(self._touchpoints().due_amount, 600.0)

    def test_a_promise_is_not_broken_while_the_books_are_not_complete(self):
        invoice = self._invoice(5)
        promise = self._promise(invoice, self.FRIDAY)
        with self._day(6):
            with self._feed("stale_feed"):
                self._run()
            self.assertEqual(promise.state, "open")
            with self._held(invoice, "pending_money"):
                self._run()
            self.assertEqual(promise.state, "open")
            self._run()
            self.assertEqual(promise.state, "broken")

    def test_a_credit_note_is_no_payment_but_nobody_pays_what_is_credited(self):
        invoice = self._invoice(5)
        promise = self._promise(invoice, self.FRIDAY)
        [credit] = invoice._reverse_moves([{"invoice_date": TODAY}])
        credit.invoice_line_ids.price_unit = 30.0
        credit.action_post()
        self._pay_on(invoice, 70.0, self.FRIDAY)
        self._run()
        self.assertEqual((promise.state, promise.paid_amount), ("kept", 70.0))

    def test_a_cancelled_invoice_breaks_no_promise(self):
        invoice = self._invoice(5)
        promise = self._promise(invoice, self.FRIDAY)
        invoice.button_draft()
        invoice.button_cancel()
        with self._day(6):
            self._run()
        self.assertEqual(promise.state, "cancelled")

    def test_a_new_promise_takes_the_place_of_the_old_one(self):
        invoice = self._invoice(5)
        first = self._promise(invoice, self.FRIDAY)
        second = self._promise(invoice, self.FRIDAY + timedelta(days=3))
        self.assertEqual((first.state, second.state), ("cancelled", "open"))
        with self.assertRaisesRegex(UserError, "already"):
            self._promise(invoice, self.FRIDAY, source="customer")

    def test_what_cannot_be_promised_is_refused(self):
        invoice = self._invoice(5)
        for date, amount, source in (
            (TODAY - timedelta(days=1), None, "phone"),
            (self.FRIDAY, 0.0, "phone"),
            (self.FRIDAY, 100.01, "phone"),
            (TODAY + timedelta(days=31), None, "customer"),
        ):
            with self.subTest(date=date, amount=amount), self.assertRaises(UserError):
                self._promise(invoice, date, amount, source)
        self._promise(invoice, TODAY, 0.01)

    def test_a_promise_taken_back_lets_the_reminder_go(self):
        promise = self._promise(self._invoice(7), self.FRIDAY)
        self.assertEqual(self._run()["sent"], 0)
        promise.action_cancel()
        self.assertEqual(self._run()["sent"], 1)

    def test_the_cents_of_a_promise_add_up_over_its_invoices(self):
        moves = self._invoices([{"days_overdue": 9, "amount": 33.33}, {"days_overdue": 5}])
        promise = self._promise(moves, self.FRIDAY, 50.0)
        self.assertEqual(promise.line_ids.mapped("amount"), [33.33, 16.67])
