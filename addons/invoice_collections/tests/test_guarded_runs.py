from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestGuardedRuns(CollectionCommon):
    """Who is left alone today: the reason and the next day are stored."""

    def assertBlocked(self, code, retry=False, partner=None):
        touchpoint = self._touchpoints(partner_id=(partner or self.customer).id)
        self.assertEqual(
            (touchpoint.state, touchpoint.block_reason, touchpoint.retry_date),
            ("blocked", code, retry),
        )
        self.assertFalse(touchpoint.mail_id)
        return touchpoint

    def test_behaviour_02_unassigned_money_that_covers_the_debt_holds_the_reminder(self):
        self._invoice(7, 100.0)
        self._credit(100.0)
        self.assertEqual(self._run()["blocked"], {"pending_money": 1})
        self.assertBlocked("pending_money", TODAY + timedelta(days=1))

    def test_behaviour_02_unassigned_money_that_covers_a_part_is_deducted(self):
        self._invoice(7, 100.0)
        self._credit(99.0)
        self._run()
        self.assertEqual(self._touchpoints().net_amount, 1.0)

    def test_behaviour_02_a_receipt_another_addon_knows_of_holds_the_reminder(self):
        invoice = self._invoice(7)
        with self._held(invoice, "pending_money"):
            self._run()
        self.assertBlocked("pending_money", TODAY + timedelta(days=1))

    def test_behaviour_04_with_stale_books_only_notes_before_the_due_date_go_out(self):
        customer = self._customer("Both Kinds")
        self._invoices([{"days_overdue": 14}, {"days_overdue": -7}], customer)
        self._invoice(7)
        self._invoice(-7, partner=self._customer("Only Upcoming"))
        with self._feed("stale_feed"):
            counts = self._run()
        self.assertEqual((counts["sent"], counts["blocked"]), (2, {"stale_feed": 1}))
        self.assertBlocked("stale_feed", TODAY + timedelta(days=1))
        mixed = self._touchpoints(partner_id=customer.id)
        self.assertEqual((mixed.tone, mixed.due_amount, mixed.upcoming_amount), ("1", 0.0, 100.0))

    def test_a_reminder_held_back_this_morning_goes_out_when_the_reason_is_gone(self):
        self._invoice(7)
        with self._feed("stale_feed"):
            self._run()
        self.assertEqual(self._run()["sent"], 1)
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("queued", False))
        self.assertTrue(touchpoint.mail_id)

    def test_a_reason_that_stays_the_same_is_recorded_once(self):
        self._invoice(7)
        with self._feed("stale_feed"):
            self._run()
            self._run()
        kinds = self._case().event_ids.mapped("kind")
        self.assertEqual(kinds.count("touchpoint_blocked"), 1)

    def test_behaviour_22_without_an_address_a_person_gets_one_task(self):
        self.customer.email = False
        self._invoice(7)
        self.policy.user_id = self.collector
        self._run()
        self._run()
        self.assertBlocked("no_address")
        task = self._case().activity_ids
        self.assertEqual((len(task), task.user_id), (1, self.collector))

    def test_an_address_that_is_none_counts_as_missing(self):
        self.customer.email = "call us!"
        self._invoice(7)
        self._run()
        self.assertBlocked("no_address")

    def test_behaviour_25_at_a_weekend_the_reminder_waits_for_monday(self):
        saturday = TODAY + timedelta(days=4)
        self._invoice(3)
        self._run(saturday)
        self.assertBlocked("weekend", saturday + timedelta(days=2))
        self.assertEqual(self._case().next_action_date, saturday + timedelta(days=2))
        self.assertEqual(self._run(saturday + timedelta(days=2))["sent"], 1)

    def test_the_cap_counts_days_with_a_message(self):
        self.policy.cap_count = 1
        first = self._invoice(7, partner=self.customer)
        self._run()
        self._invoice(6)
        self._run(TODAY + timedelta(days=1))
        second = self._touchpoints(date=TODAY + timedelta(days=1))
        self.assertEqual(
            (second.block_reason, second.retry_date), ("frequency_cap", TODAY + timedelta(days=7))
        )
        self.assertTrue(first)

    def test_customers_who_opted_out_are_left_alone(self):
        blacklisted = self._customer("Black Listed")
        self.env["mail.blacklist"]._add(blacklisted.email)
        self._invoices([{"days_overdue": 7}, {"days_overdue": 7, "partner": blacklisted}])
        self.company._collection_evaluate()
        self._case().opt_out = True
        self._run()
        self.assertBlocked("opt_out")
        self.assertBlocked("opt_out", partner=blacklisted)

    def test_dry_run_plans_everything_and_sends_nothing(self):
        self.policy.dry_run = True
        self._invoice(7)
        self.assertEqual(self._run()["blocked"], {"dry_run": 1})
        self.assertBlocked("dry_run")
        self.assertEqual(self._send_queue(), [])

    def test_the_kill_switch_stops_what_waits_in_the_queue_too(self):
        self._invoice(7)
        self._run()
        self.policy.kill_switch = True
        self.assertEqual(self._send_queue(), [])
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "kill_switch"))

    def test_a_hold_that_comes_after_queueing_is_seen_before_sending(self):
        invoice = self._invoice(7)
        self._run()
        with self._held(invoice, "dispute"):
            self.assertEqual(self._send_queue(), [])
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "dispute"))
        self.assertEqual(touchpoint.mail_id.state, "cancel")

    def test_a_case_on_hold_is_left_alone_until_the_day_after_its_end(self):
        self._invoice(7)
        self.company._collection_evaluate()
        self._case()._hold("hold", TODAY + timedelta(days=2))
        self._run()
        self.assertBlocked("hold", TODAY + timedelta(days=3))
        self.assertEqual(self._run(TODAY + timedelta(days=2))["sent"], 0)
        self.assertEqual(self._case().state, "on_hold")
        self.assertEqual(self._run(TODAY + timedelta(days=3))["sent"], 1)
        self.assertEqual(self._case().state, "dunning")

    def test_an_online_payment_under_way_holds_the_reminder(self):
        invoice = self._invoice(7)
        provider = (
            self.env["payment.provider"]
            .sudo()
            .create({"name": "Some provider", "company_id": self.company.id})
        )
        method = self.env["payment.method"].sudo().search([], limit=1)
        self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "under-way",
                "amount": 100.0,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "state": "pending",
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        self._run()
        self.assertBlocked("pending_money", TODAY + timedelta(days=1))

    def test_a_mail_that_fails_is_told_to_a_person_and_tried_again_the_next_day(self):
        self._invoice(7)
        self._run()
        touchpoint = self._touchpoints()
        touchpoint.mail_id._postprocess_sent_message(
            [], [], failure_reason="mailbox full", failure_type="mail_smtp"
        )
        self.assertEqual((touchpoint.state, touchpoint.failure_reason), ("failed", "mailbox full"))
        self.assertEqual(len(self._case().activity_ids), 1)
        self.assertEqual(self._run()["sent"], 0)
        self.assertEqual(self._run(TODAY + timedelta(days=1))["sent"], 1)

    def test_an_unknown_reason_of_another_addon_is_kept_in_the_event(self):
        invoice = self._invoice(7)
        with self._held(invoice, "moon_phase"):
            self._run()
        self.assertBlocked("hold", TODAY + timedelta(days=1))
        event = self._case().event_ids.filtered(lambda e: e.kind == "touchpoint_blocked")
        self.assertEqual(event.payload["reason"], "moon_phase")
