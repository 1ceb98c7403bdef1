from odoo.tests import freeze_time, tagged

from .cadence_common import CadenceCommon, day
from .common import NOON, TODAY
from .test_gateways import SECRET, GatewayCase

NUMBER = "+33612345678"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCallAsWell(GatewayCase, CadenceCommon):
    """A step that writes and calls on the same day."""

    def setUp(self):
        super().setUp()
        self._cadence({"offset_days": 7, "with_call": True})

    def _message_and_call(self, date=TODAY):
        told = self._touchpoints(date=date)
        call = told.filtered("companion_of_id")
        return told - call, call

    def test_a_mail_and_a_task_to_call(self):
        self._invoice(7, 300.0)
        self.assertEqual(self._run()["sent"], 1)
        message, call = self._message_and_call()
        self.assertEqual((message.channel, message.state), ("email", "queued"))
        self.assertEqual((call.channel, call.state, call.address), ("call", "queued", NUMBER))
        self.assertEqual(call.companion_of_id, message)
        self.assertEqual(call.activity_id.activity_category, "phonecall")
        self.assertIn("300.00", call.activity_id.note)
        self.assertEqual(self._send_queue().count(message.email), 1)
        self.assertEqual((message.state, call.state), ("sent", "queued"))

    def test_a_second_run_neither_writes_nor_calls_again(self):
        self._invoice(7)
        for _again in range(3):
            self._run()
        self.assertEqual(len(self._touchpoints()), 2)
        with freeze_time(day(1)):
            self._run()
        self.assertEqual(len(self._touchpoints()), 2)

    def test_without_a_number_or_against_the_customers_wish_the_mail_goes_alone(self):
        self.customer.phone = False
        shy = self._customer("Shy Shop", phone="+33698765432")
        for customer in self.customer | shy:
            self._invoice(7, partner=customer)
        self.company._collection_evaluate()
        self._case(shy)._opt_out(["call"], "person")
        self.assertEqual(self._run()["sent"], 2)
        message, call = self._message_and_call()
        self.assertEqual((message.mapped("channel"), len(call)), (["email"] * 2, 0))

    def test_behaviour_28_no_call_soon_after_a_talk_but_the_mail_goes(self):
        self._cadence({"offset_days": 4}, {"offset_days": 7, "with_call": True})
        self._invoice(4)
        self._run()
        self._touchpoints().write({"channel": "call", "replied_at": NOON})
        with freeze_time(day(3)):
            self.assertEqual(self._run()["sent"], 1)
        message, call = self._message_and_call(TODAY.replace(day=13))
        self.assertEqual((len(message), len(call)), (1, 0))

    def test_behaviour_28_calls_beside_mails_count_as_calls(self):
        self._cadence({"offset_days": 7, "with_call": True}, {"offset_days": 8, "with_call": True})
        self._rule(channel="call", cap_count=1, cap_days=7)
        self._invoice(7)
        self._run()
        with freeze_time(day(1)):
            self._run()
        message, call = self._message_and_call(TODAY.replace(day=11))
        self.assertEqual((len(message), len(call)), (1, 0))

    def test_money_ends_the_call_too(self):
        invoice = self._invoice(7)
        self._run()
        message, call = self._message_and_call()
        self._send_queue()
        task = call.activity_id
        self._pay(invoice)
        self.assertEqual((message.state, call.state), ("sent", "superseded"))
        self.assertFalse(task.exists())

    def test_a_mail_that_bounced_is_sent_anew_without_a_second_call(self):
        self._channels("email", "sms")
        self.policy.cadence_id.step_ids.sudo().channel_2 = "sms"
        self._invoice(7)
        self._run()
        message, _call = self._message_and_call()
        self._send_queue()
        message._record_bounce(permanent=True, reason="gone")
        with freeze_time(day(1)):
            self.assertEqual(self._run()["sent"], 1)
        again, call = self._message_and_call(TODAY.replace(day=11))
        self.assertEqual((again.channel, len(call)), ("sms", 0))

    def test_a_calling_system_calls_in_its_hours(self):
        channel = self.env["collection.channel"]._of(self.company, "call").sudo()
        channel.set_secret(SECRET)
        channel.write({"url": self.gateway.url, "enabled": True})
        self.gateway.answers = [(204, b"")]
        self._invoice(7)
        with freeze_time("2026-03-10 19:00:00"):
            self._run()
            self._relay()
        _message, call = self._message_and_call()
        self.assertEqual((call.state, self.gateway.asked), ("queued", []))
        with freeze_time("2026-03-11 07:00:00"):
            self._relay()
        self.assertEqual((call.state, len(self.gateway.asked)), ("sent", 1))
        self.assertEqual(self.gateway.events()[0]["data"]["to"], NUMBER)

    def test_the_result_of_the_call_is_taken_down_as_ever(self):
        self._invoice(7)
        self._run()
        message, call = self._message_and_call()
        wizard = self.env["collection.call.result"].with_user(self.collector)
        wizard.create({"touchpoint_id": call.id, "result": "reached"}).action_save()
        self.assertEqual((message.state, call.state), ("queued", "delivered"))
        self.assertTrue(call.replied_at)

    def test_a_note_before_the_due_date_is_not_called_about(self):
        self._cadence({"offset_days": -3, "with_call": True})
        self._invoice(-3)
        self.assertEqual(self._run()["sent"], 1)
        self.assertEqual(len(self._touchpoints()), 1)

    def test_two_currencies_are_two_mails_and_one_call(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._invoice(7)
        self._invoice(7, currency=euro)
        for _again in range(2):
            self._run()
        message, call = self._message_and_call()
        self.assertEqual((len(message), len(call)), (2, 1))
