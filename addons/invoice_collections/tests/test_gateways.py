import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from standardwebhooks.webhooks import Webhook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY
from .local_gateway import LocalGateway
from .test_behaviours_channels import ChannelCase

PASSWORD = "letmein"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class GatewayCase(ChannelCase):
    """A company whose channel leads to a gateway on this machine."""

    def setUp(self):
        super().setUp()
        gateway = LocalGateway()
        self.gateway = self.enterContext(gateway.running())

    @contextmanager
    def _progress(self):
        """Let a cron run inside the test's transaction: its commits become flushes."""
        cron = type(self.env["ir.cron"])
        with patch.object(
            cron, "_commit_progress", lambda record, *_done, **_kw: record.env.flush_all() or 60.0
        ):
            yield

    def _lead(self, code, secret=PASSWORD):
        """Let a channel lead to the gateway, and every step go out on it."""
        channel = (
            self.env["collection.channel"]
            .with_user(self.manager)
            .search([("company_id", "=", self.company.id), ("code", "=", code)])
        )
        channel.set_secret(secret)
        channel.write(
            {
                "url": self.gateway.url,
                "account": "AC1",
                "sender": "+33600000000",
                "enabled": True,
            }
        )
        steps = self.policy.cadence_id.step_ids.sudo().filtered("template_id")
        steps.write({"channel": code, "channel_2": False, "channel_3": False})
        return channel

    def _queued(self, code, secret=PASSWORD):
        self._lead(code, secret)
        invoice = self._invoice(7)
        self._run()
        touchpoint = self._touchpoints(partner_id=self.customer.id)
        self.assertEqual((touchpoint.channel, touchpoint.state), (code, "queued"))
        return invoice, touchpoint

    def _send_texts(self):
        with self._progress():
            self.env["sms.sms"].sudo()._process_queue()

    def _relay(self):
        with self._progress():
            self.env["collection.touchpoint"].sudo()._cron_relay()


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestTextMessages(GatewayCase):
    """Text messages through a gateway that speaks like Twilio's."""

    def test_a_text_reaches_the_gateway_once(self):
        _invoice, touchpoint = self._queued("sms")
        self._send_texts()
        self._send_texts()
        [form] = self.gateway.forms()
        self.assertEqual((form["To"], form["From"]), ("+33612345678", "+33600000000"))
        self.assertIn("$ 100.00", form["Body"])
        self.assertIn("/collections/", form["Body"])
        self.assertIn("STOP", form["Body"])
        self.assertEqual((touchpoint.state, touchpoint.gateway_reference), ("sent", "SM1"))
        self.assertIn("100.00", touchpoint.message_id.body)

    def test_a_gateway_that_answers_200_with_an_error_body_has_sent_nothing(self):
        _invoice, touchpoint = self._queued("sms")
        self.gateway.answers = [(200, {"status": "failed", "error_code": 30001, "sid": "SM2"})]
        self._send_texts()
        self.assertEqual(touchpoint.state, "failed")
        self.assertIn("30001", touchpoint.failure_reason)
        self.assertEqual(len(self._case().activity_ids), 1)

    def test_a_gateway_that_answers_200_with_anything_has_sent_nothing(self):
        self._lead("sms")
        for body in (b"", b"<html>Log in</html>", b"null", b"[]", {"error": "no credit"}):
            with self.subTest(body=body):
                self.gateway.answers = [(200, body)]
                customer = self._customer(f"Shop {body}", phone="+33 6 98 76 54 32")
                self._invoice(7, partner=customer)
                self._run()
                self._send_texts()
                touchpoint = self._touchpoints(partner_id=customer.id)
                self.assertEqual((touchpoint.channel, touchpoint.state), ("sms", "failed"))

    def test_behaviour_21_a_number_that_gets_no_texts_is_dead(self):
        _invoice, touchpoint = self._queued("sms")
        self.gateway.answers = [(400, {"code": 21614, "message": "not a mobile number"})]
        self._send_texts()
        self.assertEqual(touchpoint.state, "bounced")
        self.assertEqual(touchpoint.contact_point_id.health, "hard")

    def test_behaviour_23_a_stop_the_gateway_knows_of_is_ours_too(self):
        _invoice, touchpoint = self._queued("sms")
        self.gateway.answers = [(400, {"code": 21610, "message": "unsubscribed recipient"})]
        self._send_texts()
        self.assertEqual(self._case().opt_out_ids.channel, "sms")
        self.assertEqual(touchpoint.state, "bounced")

    def test_a_gateway_that_is_busy_is_asked_again(self):
        _invoice, touchpoint = self._queued("sms")
        self.gateway.answers = [(503, {}), (201, {"sid": "SM3", "status": "queued"})]
        self._send_texts()
        self.assertEqual(touchpoint.state, "queued")
        self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("sent", 2))

    def test_a_worker_that_was_killed_while_handing_over_sends_nothing_twice(self):
        _invoice, touchpoint = self._queued("sms")
        touchpoint.claimed_at = "2026-03-10 11:59:00"
        self._send_texts()
        self.assertEqual((touchpoint.state, self.gateway.asked), ("unknown", []))
        self.assertEqual(self._run(TODAY + timedelta(days=1))["sent"], 0)
        self.assertEqual(len(self._case().activity_ids), 1)

    def test_a_text_another_worker_has_in_hand_is_left_to_it(self):
        _invoice, touchpoint = self._queued("sms")
        with patch.object(type(touchpoint), "_lock_claim", lambda one: False):
            self._send_texts()
        self.assertEqual((touchpoint.state, self.gateway.asked), ("queued", []))
        self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("sent", 1))

    def test_a_text_that_cannot_be_checked_waits(self):
        _invoice, touchpoint = self._queued("sms")
        with (
            patch.object(type(touchpoint), "_recheck", side_effect=ValueError("a fault of ours")),
            mute_logger("odoo.addons.invoice_collections.models.collection_recheck"),
        ):
            self._send_texts()
        self.assertEqual((touchpoint.state, self.gateway.asked), ("queued", []))
        self._send_texts()
        self.assertEqual(touchpoint.state, "sent")

    def test_a_text_that_fails_stops_no_other_and_is_not_repeated(self):
        """Nobody knows whether it left: a person is asked, once."""
        _invoice, first = self._queued("sms")
        reader = self._customer("Reader", phone="+33 6 98 76 54 32")
        self._invoice(7, partner=reader)
        self._run()
        second = self._touchpoints(partner_id=reader.id)
        model = type(first)
        record = model._record_text_result

        def fail_once(one, result, texts):
            if one.id == first.id:
                raise ValueError
            return record(one, result, texts)

        cron = self.env.ref("sms.ir_cron_sms_scheduler_action")
        self.env.flush_all()
        with (
            patch.object(model, "_record_text_result", fail_once),
            mute_logger("odoo.addons.invoice_collections.models.sms_sms"),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("unknown", "sent"))
        self.assertEqual(len(self.gateway.asked), 2)
        self.assertEqual(len(self._case().activity_ids), 1)

    def test_a_text_sent_again_by_hand_is_looked_at_once_more(self):
        invoice, touchpoint = self._queued("sms")
        self.gateway.answers = [(200, {"error": "no credit"}), (201, {"sid": "SM4"})]
        self._send_texts()
        self.assertEqual(touchpoint.state, "failed")
        text = self.env["sms.sms"].sudo().search([("uuid", "=", touchpoint.sms_uuid)])
        self._pay(invoice)
        text.resend_failed()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("superseded", 1))
        self.assertEqual(text.state, "canceled")

    def test_a_gateway_that_breaks_off_is_not_asked_again(self):
        _invoice, touchpoint = self._queued("sms")
        self.gateway.answers = [(500, b"")]
        self._send_texts()
        self._send_texts()
        self.assertEqual((touchpoint.state, len(self.gateway.asked)), ("unknown", 1))
        self.assertEqual(self._run(TODAY + timedelta(days=1))["sent"], 0)

    def test_behaviour_01_a_text_about_a_paid_invoice_is_not_sent(self):
        invoice, touchpoint = self._queued("sms")
        self._pay(invoice)
        self._send_texts()
        self.assertEqual((touchpoint.state, self.gateway.asked), ("superseded", []))

    def test_a_text_says_what_is_owed_when_it_leaves(self):
        invoice, _touchpoint = self._queued("sms")
        self._pay(invoice, 40.0)
        self._send_texts()
        self.assertIn("60.00", self.gateway.forms()[0]["Body"])

    def test_texts_of_two_companies_stop_each_other_not(self):
        """Odoo's own queue stops at the second company."""
        _invoice, touchpoint = self._queued("sms")
        other = self._create_company(name="Second Seller")
        message = self.env["mail.message"].sudo().create({"record_company_id": other.id})
        self.env["sms.sms"].sudo().create(
            {"number": "+33600000001", "body": "Hello", "mail_message_id": message.id}
        )
        with mute_logger("odoo.addons.sms.models.sms_sms"):
            self._send_texts()
        self.assertEqual(touchpoint.state, "sent")


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestSignedEvents(GatewayCase):
    """Any channel through an API: signed events, receipts, calling systems."""

    def test_an_event_is_signed_and_says_all_that_is_needed(self):
        invoice, touchpoint = self._queued("webhook", SECRET)
        self.gateway.answers = [(200, {"id": "job-7"})]
        self._relay()
        headers, content = self.gateway.asked[0]
        lower = {name.lower(): value for name, value in headers.items()}
        Webhook(SECRET).verify(content, lower)
        [event] = self.gateway.events()
        data = event["data"]
        self.assertEqual(event["type"], "collection.reminder")
        self.assertEqual((data["amount"], data["currency"]), ("100.00", "USD"))
        self.assertEqual(data["documents"][0]["number"], invoice.name)
        self.assertIn("/collections/", data["page_url"])
        self.assertEqual((touchpoint.state, touchpoint.gateway_reference), ("sent", "job-7"))

    def test_a_system_that_is_down_is_asked_again_later_with_the_same_id(self):
        _invoice, touchpoint = self._queued("webhook", SECRET)
        self.gateway.answers = [(503, {}), (502, {}), (204, b"")]
        self._relay()
        self._relay()
        self.assertEqual((len(self.gateway.asked), touchpoint.tries), (1, 1), "it waits")
        for minutes in (6, 30):
            with freeze_time(f"2026-03-10 12:{minutes:02}:00"):
                self._relay()
        self.assertEqual(touchpoint.state, "sent")
        self.assertEqual(len({event["data"]["id"] for event in self.gateway.events()}), 1)

    def test_a_system_that_refuses_is_told_to_a_person(self):
        _invoice, touchpoint = self._queued("webhook", SECRET)
        self.gateway.answers = [(200, {"error": "unknown customer"})]
        self._relay()
        self.assertEqual(touchpoint.state, "failed")
        self.assertIn("unknown customer", touchpoint.failure_reason)

    def test_a_redirect_is_not_followed(self):
        _invoice, touchpoint = self._queued("webhook", SECRET)
        self.gateway.answers = [(302, {})]
        self._relay()
        self.assertEqual(touchpoint.state, "failed")

    def test_a_calling_system_gets_the_call_with_its_script(self):
        _invoice, touchpoint = self._queued("call", SECRET)
        self._relay()
        [event] = self.gateway.events()
        self.assertEqual(event["type"], "collection.call")
        self.assertIn("Say who you are", event["data"]["text"])
        self.assertFalse(touchpoint.activity_id)

    def test_push_goes_only_to_who_allowed_it(self):
        self._lead("push", SECRET)
        self._invoice(7)
        self._run()
        self.assertEqual(self._touchpoints().channel, "email")
        reader = self._customer("Reader")
        reader.with_user(self.collector).sudo().collection_push_id = "device-2"
        self._invoice(7, partner=reader)
        self._run()
        self.assertEqual(self._touchpoints().mapped("channel"), ["email", "push"])

    def test_a_gateway_needs_a_safe_address_and_a_secret(self):
        channel = self._lead("webhook", SECRET)
        with self.assertRaises(ValidationError):
            channel.url = "http://elsewhere.example/"
        with self.assertRaises(ValidationError):
            channel.url = False
        with self.assertRaises(UserError):
            channel.set_secret("short")
        with self.assertRaises(ValidationError):
            channel.set_secret("")

    def test_a_secret_is_never_shown(self):
        channel = self._lead("webhook", SECRET)
        self.assertNotIn("MfKQ", channel.sudo().secret_cipher)
        self.assertEqual(channel.sudo()._reveal_secret(), SECRET)
        self.assertFalse(channel.read(["new_secret"])[0]["new_secret"])
        with self.assertRaises(AccessError):
            channel.read(["secret_cipher"])
        with self.assertRaises(AccessError):
            channel.with_user(self.collector).set_secret("x")
        events = self.env["collection.event"].sudo().search([("kind", "like", "channel")])
        self.assertNotIn("MfKQ", str(events.mapped("payload")))


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestReceipts(GatewayCase, HttpCase):
    """What gateways say later, and what customers answer."""

    def _post(self, url, **kwargs):
        path = url.split("/collections/", 1)[1]
        return self.url_open(f"/collections/{path}", **kwargs)

    def _sent_text(self):
        _invoice, touchpoint = self._queued("sms")
        self._send_texts()
        return touchpoint, self.gateway.forms()[0]["StatusCallback"]

    def test_a_delivered_text_is_delivered_once(self):
        touchpoint, callback = self._sent_text()
        for _time in range(2):
            answer = self._post(callback, data={"MessageStatus": "delivered"})
            self.assertEqual(answer.status_code, 200)
        touchpoint.invalidate_recordset()
        self.assertEqual(touchpoint.state, "delivered")
        self.assertTrue(touchpoint.contact_point_id.verified_at)
        kinds = self._case().event_ids.mapped("kind")
        self.assertEqual(kinds.count("touchpoint_delivered"), 1)

    def test_behaviour_21_an_undelivered_text_takes_the_next_channel_the_next_day(self):
        touchpoint, callback = self._sent_text()
        self._post(
            callback,
            data=json.dumps({"status": "failed", "reason": "gone", "permanent": True}),
            headers={"Content-Type": "application/json"},
        )
        touchpoint.invalidate_recordset()
        self.assertEqual(touchpoint.state, "bounced")
        self._run(TODAY + timedelta(days=1))
        self.assertEqual(self._touchpoints(date=TODAY + timedelta(days=1)).channel, "email")

    def test_a_receipt_of_somebody_else_changes_nothing(self):
        touchpoint, callback = self._sent_text()
        forged = callback[:-6] + "AAAAAA"
        self.assertEqual(self._post(forged, data={"MessageStatus": "failed"}).status_code, 404)
        self._post(callback, data={"MessageStatus": "whatever"})
        self._post(callback, data=b"\xff{", headers={"Content-Type": "application/json"})
        touchpoint.invalidate_recordset()
        self.assertEqual(touchpoint.state, "sent")

    def test_behaviour_23_stop_by_text_is_honoured_at_once(self):
        touchpoint, _callback = self._sent_text()
        channel = self.env["collection.channel"]._of(self.company, "sms")
        self._post(channel.inbound_url, data={"From": "+33612345678", "Body": " Stop. "})
        case = self._case()
        case.invalidate_recordset()
        self.assertEqual(case.opt_out_ids.mapped("channel"), ["sms"])
        self.assertFalse(touchpoint.replied_at)

    def test_behaviour_29_an_answer_by_text_reaches_a_person(self):
        touchpoint, _callback = self._sent_text()
        channel = self.env["collection.channel"]._of(self.company, "sms")
        self._post(channel.inbound_url, data={"From": "+33612345678", "Body": "<b>Friday</b>"})
        self._post(channel.inbound_url, data={"From": "+33699999999", "Body": "Who are you?"})
        case = self._case()
        self.env.invalidate_all()
        self.assertEqual(case.hold_reason, "reply")
        self.assertTrue(touchpoint.replied_at)
        self.assertIn("&lt;b&gt;Friday", "".join(case.message_ids.mapped("body")))
