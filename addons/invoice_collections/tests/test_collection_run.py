from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCollectionRun(CollectionCommon):
    """Who gets what: consolidation, credits, currencies, installments, idempotence."""

    def test_each_step_is_told_on_its_day_in_its_tone(self):
        for days, tone in ((-7, "1"), (0, "2"), (7, "3"), (14, "4")):
            with self.subTest(days=days):
                customer = self._customer(f"Customer {days}")
                self._invoice(days, partner=customer)
                self._run()
                touchpoint = self._touchpoints(partner_id=customer.id)
                self.assertEqual((touchpoint.state, touchpoint.tone), ("queued", tone))

    def test_between_two_steps_nothing_is_said(self):
        self._invoice(4)
        self._invoice(-8)
        self.assertEqual(self._run()["planned"], 0)
        self.assertFalse(self._touchpoints())

    def test_behaviour_01_an_invoice_paid_before_the_mail_leaves_is_not_chased(self):
        invoice = self._invoice(7)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.state, "queued")
        self._pay(invoice)
        self.assertEqual(touchpoint.state, "superseded")
        self.assertEqual(touchpoint.mail_id.state, "cancel")
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(self._case().state, "clear")

    def test_what_is_paid_of_several_is_taken_out_of_the_waiting_mail(self):
        paid, rest = self._invoice(7, 100.0), self._invoice(8, 55.0)
        self._run()
        touchpoint = self._touchpoints()
        self.assertIn(rest.name, touchpoint.mail_id.body_html)
        late = self._invoice(7, 20.0, partner=self._customer("Someone Else"))
        self._pay(rest)
        self.assertEqual(touchpoint.state, "queued")
        self.assertNotIn(rest.name, touchpoint.mail_id.body_html)
        self.assertNotIn(rest.name, touchpoint.message_id.body)
        self.assertIn(paid.name, touchpoint.mail_id.body_html)
        self.assertEqual(touchpoint.net_amount, 100.0)
        self.assertTrue(late)

    def test_a_part_payment_changes_the_amount_in_the_waiting_mail(self):
        invoice = self._invoice(7, 100.0)
        self._run()
        self._pay(invoice, 40.0)
        touchpoint = self._touchpoints()
        self.assertEqual(self._send_queue(), ["corner.bookshop@customer.example"])
        self.assertEqual(touchpoint.net_amount, 60.0)
        self.assertIn("60.00", touchpoint.mail_id.body_html)
        self.assertEqual(touchpoint.state, "sent")

    def test_behaviour_03_an_open_credit_note_is_deducted(self):
        self._invoice(7, 100.0)
        self._invoice(1, 30.0, move_type="out_refund")
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.credit_amount, touchpoint.net_amount), (30.0, 70.0))
        self.assertIn("70.00", touchpoint.mail_id.body_html)

    def test_behaviour_05_five_overdue_invoices_at_three_levels_make_one_firm_message(self):
        invoices = self._invoices([{"days_overdue": days} for days in (1, 3, 7, 8, 14)])
        counts = self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((counts["sent"], len(touchpoint), touchpoint.tone), (1, 1, "4"))
        for invoice in invoices:
            self.assertIn(invoice.name, touchpoint.mail_id.body_html)

    def test_behaviour_06_two_currencies_make_two_messages_and_convert_the_smallest_amount(self):
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 10.0)])
        self.policy.min_amount = 50.0
        self._invoice(7, 60.0)
        # Ten EUR are one of the company's currency here, so 400 is less than the 50 we ask for.
        self._invoice(7, 400.0, currency=other)
        self._run()
        by_currency = {t.currency_id: (t.state, t.block_reason) for t in self._touchpoints()}
        self.assertEqual(by_currency[self.company.currency_id], ("queued", False))
        self.assertEqual(by_currency[other], ("blocked", "min_amount"))

    def test_behaviour_07_of_three_installments_only_the_overdue_one_is_dunned(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Three installments",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50.0, "nb_days": 33}),
                    Command.create({"value": "percent", "value_amount": 30.0, "nb_days": 60}),
                    Command.create({"value": "percent", "value_amount": 20.0, "nb_days": 90}),
                ],
            }
        )
        self._invoice(0, 300.0, term=term)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.due_amount, 150.0)
        self.assertEqual(touchpoint.item_ids.mapped("due_date"), [TODAY - timedelta(days=7)])

    def test_behaviour_08_a_held_invoice_is_left_out_and_later_runs_go_on_without_it(self):
        invoices = self._invoices([{"days_overdue": 7}] * 4 + [{"days_overdue": 14}])
        disputed = invoices[4]
        with self._held(disputed, "dispute"):
            self._run()
            self._run(TODAY + timedelta(days=7))
        first, second = self._touchpoints()
        for touchpoint in first + second:
            self.assertEqual(touchpoint.state, "queued")
            self.assertNotIn(disputed.name, touchpoint.mail_id.body_html)
            self.assertEqual(touchpoint.due_amount, 400.0)
        self.assertEqual((first.tone, second.tone), ("3", "4"))

    def test_drafts_cancelled_and_excluded_invoices_are_never_chased(self):
        draft, cancelled, excluded = self._invoices([{"days_overdue": 7}] * 3)
        draft.button_draft()
        cancelled.button_draft()
        cancelled.button_cancel()
        excluded.no_followup = True
        self.assertEqual(self._run()["planned"], 0)

    def test_an_invoice_blocked_for_payment_but_settled_is_not_chased(self):
        invoice = self._invoice(7)
        invoice.action_toggle_block_payment()
        self._pay(invoice)
        self.assertEqual(invoice.payment_state, "blocked")
        self.assertEqual(self._run()["planned"], 0)

    def test_a_cancelled_invoice_is_taken_out_of_the_queue_before_sending(self):
        invoice = self._invoice(7)
        self._run()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(self._touchpoints().state, "superseded")

    def test_a_step_missed_while_the_server_was_off_is_caught_up_for_three_days_only(self):
        self._invoice(10)
        self._invoice(11, partner=self._customer("Too Late"))
        self._run()
        self.assertEqual(self._touchpoints().partner_id, self.customer)

    def test_behaviour_39_a_second_run_on_the_same_day_sends_nothing(self):
        self._invoice(7)
        self.assertEqual(self._run()["sent"], 1)
        self.assertEqual(self._send_queue(), ["corner.bookshop@customer.example"])
        for _again in range(2):
            self.assertEqual(self._run()["sent"], 0)
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(len(self._touchpoints()), 1)

    def test_behaviour_39_the_next_day_does_not_repeat_the_step(self):
        self._invoice(7)
        self._run()
        for days in range(1, 7):
            self.assertEqual(self._run(TODAY + timedelta(days=days))["planned"], 0, days)
        self.assertEqual(self._run(TODAY + timedelta(days=7))["sent"], 1)
        self.assertEqual(self._touchpoints().mapped("tone"), ["3", "4"])

    def test_behaviour_39_a_crash_half_way_leaves_nothing_half_and_loses_nothing(self):
        customers = [self._customer(f"Customer {number}") for number in range(5)]
        self._invoices([{"days_overdue": 7, "partner": customer} for customer in customers])
        engine = type(self.env["collection.engine"])
        original, calls = engine._act, []

        def crash_in_third_batch(records, planned, today, counts):
            calls.append(len(planned))
            original(records, planned, today, counts)
            if len(calls) == 3:
                raise ZeroDivisionError

        batch_size = "odoo.addons.invoice_collections.models.collection_engine.BATCH_SIZE"
        committed = []
        with (
            patch(batch_size, 1),
            patch.object(engine, "_act", crash_in_third_batch),
            self.assertRaises(ZeroDivisionError),
            self.env.cr.savepoint(),
        ):
            self.company._collection_run(commit=lambda: committed.append(1))
        # The savepoint stands for the lost transaction; what two batches had committed would
        # have stayed, so here everything is told by the second run, and only once.
        self.assertEqual((calls, len(committed)), ([1, 1, 1], 2))
        self.assertFalse(self._touchpoints())
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "collection.case")]))
        self.assertEqual(self._run()["sent"], 5)
        self.assertEqual(len(self._send_queue()), 5)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_second_touchpoint_of_a_day(self):
        self._invoice(7)
        self._run()
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self._touchpoints().copy()
        self.assertEqual(
            caught.exception.diag.constraint_name, "collection_touchpoint_one_message_a_day"
        )

    def test_two_companies_write_to_one_customer_each_for_itself(self):
        other = self._create_company(name="Second Seller")
        self._invoice(7)
        self._run()
        self.assertEqual(self._touchpoints().company_id, self.company)
        self.assertEqual(other._collection_run()["planned"], 0)

    def test_the_day_is_the_companys_day(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        with freeze_time("2026-03-10 12:30:00"):
            self.assertEqual(self.company._collection_today(), TODAY + timedelta(days=1))
            self._invoice(6)
            self.assertEqual(self._run()["sent"], 1)

    def test_the_night_runs_every_company_and_one_that_fails_stops_no_other(self):
        self._invoice(7)
        broken = self._create_company(name="Broken")
        model = type(self.env["res.company"])
        original = model._collection_run

        def run(company, **kwargs):
            if company == broken:
                raise ZeroDivisionError
            return original(company, **kwargs)

        with (
            patch.object(model, "_collection_run", run),
            mute_logger("odoo.addons.invoice_collections.models.collection_case"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("invoice_collections.collection_case_cron_nightly").method_direct_trigger()
        self.assertEqual(self._touchpoints().mapped("state"), ["queued"])
        self.assertTrue(all(self._case().event_ids.mapped("hash")))
