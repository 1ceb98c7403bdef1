from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .test_behaviours_channels import TOMORROW, ChannelCase


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestOutbox(ChannelCase):
    """What waits for a person: approved, cancelled, or overtaken by a payment."""

    def _waiting(self):
        self.policy.cadence_id.step_ids.sudo().write({"needs_approval": True})
        invoice = self._invoice(7)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.mail_id.id), ("waiting", False))
        return invoice, touchpoint

    def test_nothing_leaves_before_it_is_approved(self):
        _invoice, touchpoint = self._waiting()
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(self._run(TOMORROW)["sent"], 0, "the step is in hand")
        touchpoint.with_user(self.manager).action_approve()
        self.assertEqual((touchpoint.state, touchpoint.approved_by_id), ("queued", self.manager))
        self.assertEqual(self._send_queue(), [self.customer.email])
        self.assertIn("touchpoint_approved", self._case().event_ids.mapped("kind"))

    def test_only_a_manager_approves(self):
        _invoice, touchpoint = self._waiting()
        with self.assertRaises(AccessError):
            touchpoint.with_user(self.collector).action_approve()

    def test_behaviour_01_what_was_paid_while_it_waited_is_not_sent(self):
        invoice, touchpoint = self._waiting()
        self._pay(invoice)
        touchpoint.with_user(self.manager).action_approve()
        self.assertEqual((touchpoint.state, self._send_queue()), ("superseded", []))

    def test_a_cancelled_step_does_not_come_back(self):
        _invoice, touchpoint = self._waiting()
        touchpoint.with_user(self.collector).action_cancel()
        self.assertEqual(touchpoint.state, "cancelled")
        for days in (1, 2, 3):
            self.assertFalse(self._run(TODAY + timedelta(days=days))["planned"])

    def test_what_is_in_the_queue_can_still_be_cancelled(self):
        self._invoice(7)
        self._run()
        touchpoint = self._touchpoints()
        touchpoint.with_user(self.collector).action_cancel()
        self.assertEqual((touchpoint.state, self._send_queue()), ("cancelled", []))

    def test_what_was_compared_can_be_read(self):
        self._invoice(7)
        self._run()
        story = self._touchpoints().with_user(self.collector).channel_story
        self.assertIn("E-mail: chance 0.300, cost 0.01, worth 0.06 (chosen)", story)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCalls(ChannelCase):
    """Calls are tasks of people, with a script and a result."""

    def _call(self):
        steps = self.policy.cadence_id.step_ids.sudo().filtered("template_id")
        steps.write({"channel": "call"})
        self._invoice(7)
        self._case_of_collector()
        self._run()
        return self._touchpoints()

    def _case_of_collector(self):
        self.company._collection_evaluate()
        self._case().user_id = self.collector

    def _save(self, touchpoint, result):
        wizard = self.env["collection.call.result"].with_user(self.collector)
        return wizard.create(
            {"touchpoint_id": touchpoint.id, "result": result, "note": "asked for Ann"}
        ).action_save()

    def test_who_says_it_is_paid_is_asked_when(self):
        call = self._call()
        self.assertIsNone(self._save(call, "reached"))
        self.env["collection.touchpoint"].sudo().search([]).unlink()
        action = self._save(self._call(), "payment_sent")
        self.assertEqual(action["res_model"], "collection.paid.claim.take")
        self.assertEqual(action["context"]["default_case_id"], self._case().id)

    def test_a_call_is_a_task_with_a_script(self):
        call = self._call()
        self.assertEqual((call.channel, call.state), ("call", "queued"))
        task = call.activity_id
        self.assertEqual((task.user_id, task.activity_category), (self.collector, "phonecall"))
        self.assertIn("100.00", task.note)
        self.assertIn("33612345678", task.summary)

    def test_the_result_is_taken_down(self):
        for result, state in (("reached", "delivered"), ("voicemail", "sent")):
            with self.subTest(result=result):
                self.env["collection.touchpoint"].sudo().search([]).unlink()
                call = self._call()
                self._save(call, result)
                self.assertEqual(call.state, state)
                self.assertFalse(call.activity_id)

    def test_behaviour_21_a_wrong_number_is_dead(self):
        call = self._call()
        self._save(call, "wrong_number")
        self.assertEqual((call.state, call.contact_point_id.health), ("bounced", "hard"))

    def test_behaviour_01_a_call_about_a_paid_invoice_is_no_task_any_more(self):
        call = self._call()
        task = call.activity_id
        self._pay(call.item_ids.move_line_id.move_id)
        self.assertEqual((call.state, bool(task.exists())), ("superseded", False))


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestLearning(ChannelCase):
    """What contacts bring moves what is believed of a channel, customer by customer."""

    def _learn(self, days):
        self.env["collection.channel.stat"].sudo()._learn(
            self.company, TODAY + timedelta(days=days)
        )
        return self._case().channel_stat_ids

    def test_a_payment_after_the_contact_is_a_success(self):
        self._sent()
        self._pay(self._touchpoints().item_ids.move_line_id.move_id)
        self.assertFalse(self._learn(13), "the window is still open")
        stat = self._learn(14)
        self.assertEqual((stat.channel, stat.successes, stat.failures), ("email", 1, 0))
        self.assertAlmostEqual(stat.chance, 4 / 11, places=3)
        self._learn(15)
        self.assertEqual(stat.successes, 1, "each contact counts once")

    def test_silence_is_a_failure(self):
        self._sent()
        stat = self._learn(14)
        self.assertEqual((stat.successes, stat.failures), (0, 1))
        self.assertAlmostEqual(stat.chance, 3 / 11, places=3)

    def test_a_bounce_says_nothing_of_the_channel(self):
        self._sent()._record_bounce(permanent=True, reason="gone")
        self.assertFalse(self._learn(14))

    def test_some_customers_are_left_alone_at_soft_steps_only(self):
        self.policy.holdout_share = 50
        customers = [self._customer(f"Held {number}") for number in range(20)]
        self._invoices([{"days_overdue": 0, "partner": customer} for customer in customers])
        counts = self._run()
        held = counts["blocked"].get("holdout", 0)
        self.assertEqual(counts["sent"] + held, 20)
        self.assertTrue(0 < held < 20)
        self.assertEqual(self._run()["sent"], 0, "always the same ones")
        self.policy.holdout_share = 0
        self.assertEqual(self._run()["sent"], held)

    def test_a_notice_in_the_portal_is_seen_by_its_customer_only(self):
        self._channels("portal", "email")
        steps = self.policy.cadence_id.step_ids.sudo().filtered("template_id")
        steps.write({"channel": "portal", "channel_2": "email"})
        self.env["res.users"].sudo().create(
            {
                "name": "Reader",
                "login": "reader",
                "partner_id": self.customer.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        other = self._customer("Without Login")
        self._invoice(7)
        self._invoice(7, partner=other)
        self._run()
        self.assertEqual(self._touchpoints().mapped("channel"), ["portal", "email"])
        self.assertEqual(len(self.customer.sudo()._collection_notices()), 1)
        self.assertFalse(other.sudo()._collection_notices())
