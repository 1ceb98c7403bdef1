from datetime import timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .cadence_common import CadenceCommon
from .common import NOON, TODAY
from .test_gateways import SECRET, GatewayCase

#: The customer's evening begins: in Paris it is one hour later.
BEFORE_SIX, AFTER_SIX, NEXT_MORNING = (
    "2026-03-10 16:57:00",
    "2026-03-10 17:02:00",
    "2026-03-11 07:00:00",
)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestQuietRetries(GatewayCase, CadenceCommon):
    """What could not leave at its moment leaves at the next one that suits, and not before."""

    def _postponed(self):
        return self._case().event_ids.filtered(lambda event: event.kind == "touchpoint_postponed")

    def test_a_text_a_gateway_could_not_take_does_not_ring_in_the_evening(self):
        with freeze_time(BEFORE_SIX):
            _invoice, touchpoint = self._queued("sms")
            self.gateway.answers = [(503, {}), (201, {"sid": "SM9"})]
            self._send_texts()
        for _attempt in range(2):
            with freeze_time(AFTER_SIX):
                self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("queued", 1))
        self.assertEqual(str(touchpoint.next_try_at), NEXT_MORNING)
        self.assertEqual(self._postponed().mapped("payload"), [{"until": f"{NEXT_MORNING}Z"}])
        with freeze_time("2026-03-11 06:59:00"):
            self._send_texts()
        self.assertEqual(len(self.gateway.asked), 1)
        with freeze_time(NEXT_MORNING):
            self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("sent", 2))

    def test_the_cron_comes_back_at_the_hour(self):
        with freeze_time(BEFORE_SIX):
            self._queued("sms")
        with freeze_time(AFTER_SIX):
            self._send_texts()
        cron = self.env.ref("sms.ir_cron_sms_scheduler_action")
        triggers = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)])
        self.assertIn(NEXT_MORNING, [str(trigger.call_at) for trigger in triggers])

    def test_a_text_of_friday_evening_waits_for_monday_and_is_tried_again_then(self):
        friday = TODAY + timedelta(days=3)
        self._lead("sms")
        self._invoice(4)
        with freeze_time(f"{friday} 16:57:00"):
            self._run()
            self.gateway.answers = [(503, {}), (503, {}), (201, {"sid": "SM9"})]
            self._send_texts()
        touchpoint = self._touchpoints()
        for moment in (f"{friday} 17:02:00", f"{friday + timedelta(days=1)} 10:00:00"):
            with freeze_time(moment):
                self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("queued", 1))
        monday = friday + timedelta(days=3)
        for moment in (f"{monday} 07:00:00", f"{monday} 07:06:00"):
            with freeze_time(moment):
                self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("sent", 3))

    def test_an_event_for_another_system_waits_too(self):
        self._rule(channel="any", has_hours=True, hour_from=8.0, hour_to=18.0)
        with freeze_time(BEFORE_SIX):
            _invoice, touchpoint = self._queued("webhook", SECRET)
            self.gateway.answers = [(503, {}), (204, b"")]
            self._relay()
        with freeze_time("2026-03-10 17:03:00"):
            self._relay()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("queued", 1))
        self.assertEqual(str(touchpoint.next_try_at), NEXT_MORNING)
        with freeze_time(NEXT_MORNING):
            self._relay()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("sent", 2))

    def test_a_mail_no_server_took_in_time_waits_for_the_morning(self):
        self._rule(channel="email", has_hours=True, hour_from=8.0, hour_to=18.0)
        self._invoice(7)
        with freeze_time(BEFORE_SIX):
            self._run()
            self._refuse_mails()
        with freeze_time(AFTER_SIX):
            self.assertEqual(self._send_queue(), [])
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.mail_id.state), ("queued", "outgoing"))
        self.assertEqual(str(touchpoint.mail_id.scheduled_date), NEXT_MORNING)
        with freeze_time(NEXT_MORNING):
            self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual(touchpoint.state, "sent")

    def test_a_mail_of_friday_that_no_server_took_does_not_leave_on_saturday(self):
        friday = TODAY + timedelta(days=3)
        self._invoice(4)
        with freeze_time(f"{friday} 12:00:00"):
            self._run()
            self._refuse_mails()
        with freeze_time(f"{friday + timedelta(days=1)} 12:00:00"):
            self.assertEqual(self._send_queue(), [])
        # Monday begins in Paris.
        self.assertEqual(str(self._touchpoints().next_try_at), "2026-03-15 23:00:00")
        with freeze_time(f"{friday + timedelta(days=3)} 12:00:00"):
            self.assertEqual(len(self._send_queue()), 1)

    def test_what_is_approved_in_the_evening_rings_in_the_morning_and_is_not_asked_again(self):
        self._lead("sms")
        self.policy.cadence_id.step_ids.sudo().needs_approval = True
        self._invoice(7)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.state, "waiting")
        with freeze_time("2026-03-10 19:00:00"):
            touchpoint.with_user(self.manager).action_approve()
            self._send_texts()
        self.assertEqual((touchpoint.state, self.gateway.asked), ("queued", []))
        with freeze_time(NEXT_MORNING):
            self._run()
            self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("sent", 1))
        self.assertEqual(len(self._touchpoints()), 1)

    def test_what_is_paid_while_it_waits_for_the_morning_is_not_sent(self):
        with freeze_time(BEFORE_SIX):
            invoice, touchpoint = self._queued("sms")
        with freeze_time(AFTER_SIX):
            self._send_texts()
            self._pay(invoice)
        with freeze_time(NEXT_MORNING):
            self._send_texts()
        self.assertEqual((touchpoint.state, self.gateway.asked), ("superseded", []))

    def test_on_the_nights_on_which_clocks_change_morning_is_what_the_clock_shows(self):
        self.policy.working_days_only = False
        self._rule(
            channel="email",
            has_hours=True,
            hour_from=8.0,
            hour_to=20.0,
            saturday_from=8.0,
            saturday_to=20.0,
            on_sunday=True,
        )
        # In Paris it is eight in the morning at six UTC in summer, at seven in winter.
        nights = {
            "2026-03-28": "2026-03-29 06:00:00",
            "2026-10-24": "2026-10-25 07:00:00",
            "2026-10-25": "2026-10-26 07:00:00",
        }
        for number, (day, morning) in enumerate(nights.items()):
            with self.subTest(day=day):
                customer = self._customer(f"Clock {number}", tz="Europe/Paris")
                invoice = self._invoice(7, partner=customer)
                with freeze_time(f"{day} 12:00:00"):
                    self._shift(invoice, day)
                    self._run()
                with freeze_time(f"{day} 21:30:00"):
                    self.assertEqual(self._send_queue(), [])
                touchpoint = self._touchpoints(partner_id=customer.id)
                self.assertEqual(str(touchpoint.next_try_at), morning)
                with freeze_time(morning):
                    self.assertEqual(len(self._send_queue()), 1)

    def _shift(self, invoice, day):
        """Let the step of seven days be due on ``day``."""
        other = self._touchpoints().move_line_ids.move_id
        other.line_ids.filtered("date_maturity").no_followup = True
        due = timedelta(days=-7)
        invoice.line_ids.filtered("date_maturity").date_maturity = (
            self.env["collection.touchpoint"]._fields["date"].to_date(day) + due
        )

    def _refuse_mails(self):
        with patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("no route")
        ):
            self._touchpoints().mail_id.send()
