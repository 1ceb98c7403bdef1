from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestReminders(CollectionCommon):
    """What the customer gets when the books, the rules or the words change after the planning."""

    def _queued(self, days_overdue=7, amount=100.0, **values):
        """Return an invoice and the touchpoint that waits in the mail queue about it."""
        invoice = self._invoice(days_overdue, amount, **values)
        self._run()
        touchpoint = self._touchpoints(partner_id=invoice.partner_id.id)
        self.assertEqual(touchpoint.state, "queued")
        return invoice, touchpoint

    def assertWithdrawn(self, touchpoint, state, reason=False):
        """Fail unless nothing leaves, and the touchpoint says why."""
        self.assertEqual(self._send_queue(), [])
        self.assertEqual((touchpoint.state, touchpoint.block_reason), (state, reason))
        self.assertEqual(touchpoint.mail_id.state, "cancel")
        self.assertEqual(
            touchpoint.message_id.notification_ids.mapped("notification_status"), ["canceled"]
        )

    # === THE LAST LOOK BEFORE A MAIL LEAVES === #

    def test_an_invoice_settled_past_the_hook_is_seen_before_sending(self):
        invoice, touchpoint = self._queued()
        with patch.object(type(invoice), "_collection_settled", lambda move: None):
            self._pay(invoice)
        self.assertEqual(touchpoint.state, "queued")
        self.assertWithdrawn(touchpoint, "superseded")

    def test_money_that_comes_in_unassigned_after_queueing_holds_the_mail(self):
        _invoice, touchpoint = self._queued(amount=100.0)
        self._credit(100.0)
        self.assertWithdrawn(touchpoint, "blocked", "pending_money")

    def test_money_that_covers_a_part_is_deducted_in_the_waiting_mail(self):
        _invoice, touchpoint = self._queued(amount=100.0)
        self._credit(99.0)
        self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual((touchpoint.credit_amount, touchpoint.net_amount), (99.0, 1.0))
        self.assertIn("99.00", touchpoint.mail_id.body_html)

    def test_a_credit_used_elsewhere_is_not_deducted_any_more(self):
        credit = self._invoice(1, 30.0, move_type="out_refund")
        _invoice, touchpoint = self._queued(amount=100.0)
        self.assertEqual(touchpoint.net_amount, 70.0)
        credit.button_draft()
        self._send_queue()
        self.assertEqual((touchpoint.credit_amount, touchpoint.net_amount), (0.0, 100.0))

    def test_dry_run_holds_what_waits_in_the_queue_too(self):
        _invoice, touchpoint = self._queued()
        self.policy.dry_run = True
        self.assertWithdrawn(touchpoint, "blocked", "dry_run")

    def test_books_that_grow_stale_after_queueing_hold_overdue_mails_only(self):
        _late, overdue = self._queued()
        _soon, upcoming = self._queued(-7, partner=self._customer("In Good Time"))
        with self._feed("stale_feed"):
            self.assertEqual(self._send_queue(), ["in.good.time@customer.example"])
        self.assertEqual((overdue.state, overdue.block_reason), ("blocked", "stale_feed"))
        self.assertEqual(overdue.retry_date, TODAY + timedelta(days=1))
        self.assertEqual(upcoming.state, "sent")

    def test_what_was_held_at_the_last_moment_goes_out_when_the_reason_is_gone(self):
        _invoice, touchpoint = self._queued()
        with self._feed("stale_feed"):
            self.assertEqual(self._send_queue(), [])
        self.assertEqual(self._run()["sent"], 1)
        self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("sent", False))

    def test_a_mail_that_stayed_in_the_queue_too_long_is_dropped(self):
        _invoice, touchpoint = self._queued()
        with freeze_time(f"{TODAY + timedelta(days=4)} 12:00:00"):
            self.assertWithdrawn(touchpoint, "superseded")

    def test_a_mail_that_stayed_for_the_days_of_catching_up_still_goes_out(self):
        _invoice, touchpoint = self._queued()
        with freeze_time(f"{TODAY + timedelta(days=3)} 12:00:00"):
            self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual(touchpoint.state, "sent")

    def test_after_a_day_without_mail_server_the_customer_gets_one_message_not_two(self):
        _first, old = self._queued()
        self._invoice(6, 50.0)
        with freeze_time(f"{TODAY + timedelta(days=1)} 12:00:00"):
            self._run()
            self.assertEqual(len(self._send_queue()), 1)
        new = self._touchpoints(date=TODAY + timedelta(days=1))
        self.assertEqual((old.state, new.state, new.due_amount), ("superseded", "sent", 150.0))

    @mute_logger("odoo.addons.invoice_collections.models.collection_recheck")
    def test_a_fault_of_ours_does_not_stop_the_mails_of_others(self):
        _invoice, touchpoint = self._queued()
        foreign = self.env["mail.mail"].create(
            {"subject": "Yours", "body_html": "<p>x</p>", "email_to": "a@other.example"}
        )
        broken = patch.object(type(touchpoint), "_follow_books", side_effect=ValueError)
        with self.mock_mail_gateway(), broken:
            (touchpoint.mail_id | foreign).send()
            self.assertEqual([mail["email_to"] for mail in self._mails], [["a@other.example"]])
        self.assertEqual(touchpoint.mail_id.state, "outgoing")
        self.assertEqual(self._send_queue(), ["corner.bookshop@customer.example"])

    # === WORDS WITH A MISTAKE === #

    @mute_logger(
        "odoo.addons.invoice_collections.models.collection_letter",
        "odoo.addons.mail.models.mail_render_mixin",
    )
    def test_a_mistake_in_one_text_holds_back_its_own_step_only(self):
        steps = self.policy.cadence_id.step_ids.grouped("offset_days")
        # It shows only where this much is asked for: nobody can see it when it is written.
        steps[7].template_id.body_html = '<p t-out="1 / (object.net_amount - 100.0)"/>'
        other = self._customer("Fourteen Days")
        self._invoices([{"days_overdue": 7}, {"days_overdue": 14, "partner": other}])
        counts = self._run()
        self.assertEqual((counts["sent"], counts["blocked"]), (1, {"broken_text": 1}))
        held = self._touchpoints(partner_id=self.customer.id)
        self.assertEqual((held.state, held.block_reason), ("blocked", "broken_text"))
        self.assertEqual(len(self._case().activity_ids), 1)
        self.assertEqual(self._send_queue(), ["fourteen.days@customer.example"])
        steps[7].template_id.body_html = "<p>Please pay.</p>"
        self.assertEqual(self._run()["sent"], 1)

    # === STEPS AND PEOPLE === #

    def test_a_step_before_the_due_date_is_not_caught_up_after_it(self):
        steps = self.policy.cadence_id.step_ids.grouped("offset_days")
        steps[0].unlink()
        steps[-7].offset_days = -2
        self._invoice(-1, partner=(early := self._customer("The Day Before")))
        self._invoice(0, partner=(late := self._customer("On The Day")))
        self._run()
        self.assertTrue(self._touchpoints(partner_id=early.id))
        self.assertFalse(self._touchpoints(partner_id=late.id))

    def test_a_customer_hears_every_step_of_an_invoice_once_day_after_day(self):
        self._invoice(-8)
        told = {}
        for days in range(28):
            day = TODAY + timedelta(days=days)
            with freeze_time(f"{day} 12:00:00"):
                if self._run()["sent"]:
                    told[days - 8] = self._touchpoints(date=day).tone
                    self.assertEqual(len(self._send_queue()), 1)
        # The step on day 7 fell due 11 March 2026, a Wednesday, like all others of the cadence.
        self.assertEqual(told, {-7: "1", 0: "2", 7: "3", 14: "4"})

    def test_an_invoice_that_comes_late_on_the_day_of_a_message_is_told_the_day_after(self):
        self._queued()
        second = self._invoice(7, 70.0)
        self.assertEqual(self._run()["sent"], 0)
        self.assertEqual(self._run(TODAY + timedelta(days=1))["sent"], 1)
        steps = self._touchpoints(date=TODAY + timedelta(days=1)).item_ids.filtered("is_step")
        self.assertEqual(steps.move_line_id.move_id, second)

    def test_an_invoice_whose_payment_came_back_goes_on_with_the_next_step(self):
        invoice, _touchpoint = self._queued()
        self._send_queue()
        payment = self._pay(invoice)
        self.assertEqual(self._case().state, "clear")
        invoice.line_ids.remove_move_reconcile()
        payment.action_draft()
        self.assertEqual(self._run(TODAY + timedelta(days=7))["sent"], 1)
        self.assertEqual(self._touchpoints(date=TODAY + timedelta(days=7)).tone, "4")
        self.assertEqual(self._case().state, "dunning")

    def test_invoices_of_a_contact_are_told_to_the_company_it_belongs_to(self):
        shop = self._customer("Shop", parent_id=self.customer.id, is_company=False)
        mine, theirs = self._invoices(
            [{"days_overdue": 7}, {"days_overdue": 7, "partner": shop, "amount": 20.0}]
        )
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.partner_id, self.customer)
        self.assertEqual(touchpoint.move_line_ids.move_id, mine | theirs)

    def test_the_smallest_sum_is_measured_after_credits(self):
        self.policy.min_amount = 40.0
        short = self._customer("A Cent Short")
        for customer, credit in ((self.customer, 60.0), (short, 60.01)):
            self._invoice(7, 100.0, customer)
            self._invoice(1, credit, customer, move_type="out_refund")
        self._run()
        self.assertEqual(self._touchpoints(partner_id=self.customer.id).state, "queued")
        self.assertEqual(self._touchpoints(partner_id=short.id).block_reason, "min_amount")

    # === BY HAND === #

    def test_nobody_writes_state_or_figures_of_a_case_past_the_events(self):
        self._queued()
        case = self._case().with_user(self.collector)
        for values in (
            {"state": "clear"},
            {"hold_until": TODAY},
            {"overdue_amount": 0.0},
            {"user_id": self.collector.id, "next_action_date": False},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                case.write(values)
        case.write({"user_id": self.collector.id, "opt_out": True})
        self.assertEqual((case.user_id, case.opt_out), (self.collector, True))

    def test_a_stranger_cannot_hold_a_case(self):
        self._queued()
        stranger = self.env["res.users"].search([("login", "=", "portal")]) or self.env.ref(
            "base.public_user"
        )
        with self.assertRaises(AccessError):
            self._case().with_user(stranger)._hold("hold")

    def test_a_first_letter_never_speaks_of_an_earlier_one(self):
        """A step may be the first one told: the ones before it fell before the installation."""
        _invoice, touchpoint = self._queued(14)
        letter = f"{touchpoint.subject} {touchpoint.message_id.body}".lower()
        for word in ("second", "again", "our reminder", "last reminder"):
            self.assertNotIn(word, letter)
