from base64 import b64decode
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY, CollectionCommon

TOMORROW = TODAY + timedelta(days=1)
#: An address the post can deliver to.
ADDRESS = {"street": "1 Mill Lane", "zip": "75001", "city": "Paris"}


class ChannelCase(CollectionCommon):
    """A customer who can be written to in several ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.customer.write({"country_id": cls.france.id, "phone": "+33 6 12 34 56 78", **ADDRESS})

    def _channels(self, *codes):
        """Let the company use these channels and no others."""
        channels = (
            self.env["collection.channel"]
            .with_user(self.manager)
            .search([("company_id", "=", self.company.id)])
        )
        for channel in channels:
            channel.enabled = channel.code in codes

    def _incoming(self, subject, body, message, headers=""):
        """Return a mail to us, as an answer to ``message``."""
        return (
            f"From: Bookshop <{self.customer.email}>\nTo: accounts@seller.example\n"
            f"Subject: {subject}\nMessage-Id: <{subject.encode().hex()}@customer.example>\n"
            f"In-Reply-To: {message.message_id}\nReferences: {message.message_id}\n"
            f"{headers}Content-Type: text/plain; charset=utf-8\n\n{body}\n"
        )

    def _failure_notice(self, message, address, status, action="failed"):
        """Return a notice of failed delivery, as RFC 3464 has it."""
        return (
            "From: MAILER-DAEMON@mx.example\nTo: bounce@seller.example\n"
            f"Subject: Undelivered Mail\nMessage-Id: <dsn-{status}-{action}@mx.example>\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=cut\n\n"
            "--cut\nContent-Type: text/plain\n\nI could not deliver it.\n"
            "--cut\nContent-Type: message/delivery-status\n\n"
            "Reporting-MTA: dns; mx.example\n\n"
            f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
            "--cut\nContent-Type: message/rfc822\n\n"
            f"Message-Id: {message.message_id}\nTo: {address}\nSubject: Reminder\n\nPay.\n"
            "--cut--\n"
        )

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def _receive(self, raw):
        """Let a mail come in through Odoo's gateway."""
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(None, raw)

    def _sent(self):
        """Return the customer's touchpoint, sent by mail."""
        self._invoice(7)
        self._run()
        self._send_queue()
        return self._touchpoints(partner_id=self.customer.id)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehavioursChannels(ChannelCase):
    """On which channel a customer is told, and what happens when that does not work."""

    # === BOUNCES === #

    def test_behaviour_21_a_dead_address_sends_the_step_once_more_on_the_next_channel(self):
        self._channels("email", "letter")
        touchpoint = self._sent()
        self._receive(self._failure_notice(touchpoint.message_id, touchpoint.email, "5.1.1"))
        self.assertEqual((touchpoint.state, touchpoint.retry_date), ("bounced", TOMORROW))
        self.assertEqual(touchpoint.contact_point_id.health, "hard")
        self.assertEqual(self._case().next_action_date, TOMORROW)
        task = self._case().activity_ids
        self.assertEqual(len(task), 1)
        self.assertIn("new one", task.summary)
        self.assertEqual(self._run()["sent"], 0, "not on the same day")
        self._run(TOMORROW)
        again = self._touchpoints(date=TOMORROW)
        self.assertEqual((again.channel, again.channel_reason), ("letter", "fallback"))
        self.assertEqual(again.step_id, touchpoint.step_id)

    def test_behaviour_21_a_new_address_is_written_to_again(self):
        self._channels("email", "letter")
        touchpoint = self._sent()
        self._receive(self._failure_notice(touchpoint.message_id, touchpoint.email, "5.1.1"))
        self.customer.email = "new@customer.example"
        self._run(TODAY + timedelta(days=7))
        newest = self._touchpoints(date=TODAY + timedelta(days=7))
        self.assertEqual((newest.channel, newest.email), ("email", "new@customer.example"))

    def test_a_full_mailbox_is_no_dead_address_until_the_third_time(self):
        self._channels("email")
        touchpoint = self._sent()
        self._receive(self._failure_notice(touchpoint.message_id, touchpoint.email, "5.2.2"))
        point = touchpoint.contact_point_id
        self.assertEqual((point.health, point.soft_bounces), ("soft", 1))
        point._bounce(hard=False, reason="full")
        self.assertEqual(point.health, "soft")
        point._bounce(hard=False, reason="full")
        self.assertEqual(point.health, "hard")
        point.with_user(self.collector).action_revive()
        self.assertEqual((point.health, point.soft_bounces), ("ok", 0))

    def test_a_server_that_is_still_trying_is_no_bounce(self):
        touchpoint = self._sent()
        notice = self._failure_notice(
            touchpoint.message_id, touchpoint.email, "4.4.1", action="delayed"
        )
        self._receive(notice)
        self.assertEqual(touchpoint.state, "sent")
        self.assertEqual(touchpoint.contact_point_id.health, "ok")

    def test_a_server_that_refuses_the_address_at_once_is_a_bounce(self):
        self._invoice(7)
        self._run()
        touchpoint = self._touchpoints()
        touchpoint.mail_id._postprocess_sent_message(
            [], [], failure_reason="550 5.1.1 user unknown", failure_type="unknown"
        )
        self.assertEqual(touchpoint.state, "bounced")
        self.assertEqual(touchpoint.contact_point_id.health, "hard")

    # === NO ADDRESS === #

    def test_behaviour_22_without_mail_and_number_a_letter(self):
        self._channels("email", "sms", "letter")
        self.customer.write({"email": False, "phone": False})
        self._invoice(7)
        self._run()
        self.assertEqual(self._touchpoints().channel, "letter")

    def test_behaviour_22_without_any_address_a_task_never_silence(self):
        self._channels("email", "sms", "letter")
        self.customer.write({"email": False, "phone": False, "street": False})
        self._invoice(7)
        self._run()
        self._run()
        self.assertEqual(self._touchpoints().block_reason, "no_address")
        self.assertEqual(len(self._case().activity_ids), 1)

    # === OPT-OUT === #

    def test_behaviour_23_who_opted_out_of_mail_gets_none_on_any_channel_not_named(self):
        self._channels("email", "sms", "letter")
        self._invoice(7)
        self.company._collection_evaluate()
        self._case()._opt_out(["email"], "link")
        self._run()
        self.assertEqual(self._touchpoints().block_reason, "opt_out")
        self.assertTrue(self._case().opt_out)

    def test_an_opt_out_holds_for_what_already_waits(self):
        self._invoice(7)
        self._run()
        self._case()._opt_out(["email"], "link")
        touchpoint = self._touchpoints()
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "opt_out"))
        self.assertEqual(self._send_queue(), [])

    def test_an_opt_out_ends_and_stays_as_evidence(self):
        self._invoice(7)
        self.company._collection_evaluate()
        case = self._case()
        case._opt_out(["email", "sms"], "link")
        case._opt_out(["email"], "link")
        case._opt_in(["email"], "link")
        self.assertEqual((len(case.opt_out_ids), case.opt_out), (2, False))
        self.assertEqual(self._run()["sent"], 1)
        kinds = case.event_ids.mapped("kind")
        self.assertEqual((kinds.count("opted_out"), kinds.count("opted_in")), (2, 1))

    def test_a_channel_that_does_not_exist_cannot_be_opted_out_of(self):
        self._invoice(7)
        self.company._collection_evaluate()
        with self.assertRaises(UserError):
            self._case()._opt_out(["telegraph"], "link")

    def test_a_mail_says_that_a_machine_wrote_and_how_to_stop_it(self):
        self._invoice(7)
        self._run()
        headers = self._touchpoints().mail_id.headers
        self.assertIn("'Auto-Submitted': 'auto-generated'", headers)
        self.assertIn("'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'", headers)
        self.assertIn("/stop/email>", headers)

    # === ANSWERS === #

    def test_behaviour_29_an_answer_pauses_the_cadence_and_reaches_a_person(self):
        touchpoint = self._sent()
        case = self._case()
        case.user_id = self.collector
        self._receive(self._incoming("Re: Reminder", "We pay on Friday.", touchpoint.message_id))
        self.assertTrue(touchpoint.replied_at)
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "reply"))
        self.assertEqual(case.hold_until, TODAY + timedelta(days=7))
        self.assertEqual(case.activity_ids.user_id, self.collector)
        self.assertIn("We pay on Friday.", case.message_ids[0].body)
        self.assertEqual(touchpoint.contact_point_id.verified_at.date(), TODAY)
        self.assertEqual(self._run(TODAY + timedelta(days=7))["sent"], 0)
        self.assertEqual(self._run(TODAY + timedelta(days=8))["sent"], 1)

    def test_behaviour_29_zero_days_pause_nothing_but_reach_a_person(self):
        self.policy.reply_pause_days = 0
        touchpoint = self._sent()
        self._receive(self._incoming("Re: Reminder", "Hm.", touchpoint.message_id))
        self.assertEqual(self._case().state, "dunning")
        self.assertEqual(len(self._case().activity_ids), 1)

    def test_an_answer_does_not_shorten_a_persons_pause(self):
        touchpoint = self._sent()
        case = self._case()
        case._hold("hold")
        self._receive(self._incoming("Re: Reminder", "Still wrong.", touchpoint.message_id))
        self.assertEqual((case.hold_reason, case.hold_until), ("hold", False))

    def test_a_mailbox_full_of_auto_replies_stops_nothing(self):
        touchpoint = self._sent()
        for subject, headers in (
            ("Re: one", "Auto-Submitted: auto-replied\n"),
            ("Re: two", "X-Autoreply: yes\n"),
            ("Re: three", "Precedence: bulk\n"),
            ("Out of office: Reminder", ""),
            ("Abwesenheitsnotiz: Mahnung", ""),
            ("Réponse automatique : rappel", ""),
        ):
            with self.subTest(subject=subject):
                self._receive(self._incoming(subject, "I am away.", touchpoint.message_id, headers))
        case = self._case()
        self.assertEqual((case.state, len(case.activity_ids)), ("dunning", 0))
        self.assertFalse(touchpoint.replied_at)
        self.assertEqual(case.event_ids.mapped("kind").count("auto_reply"), 6)

    # === MAIL SERVER === #

    def test_a_mail_server_down_for_a_day_loses_and_repeats_nothing(self):
        self._invoice(7)
        self._invoice(7, partner=self._customer("Second Shop"))
        self.policy.user_id = self.manager
        self._run()
        waiting = self._touchpoints()
        with patch.object(
            type(self.env["ir.mail_server"]), "_connect__", side_effect=OSError("no route")
        ):
            for _hour in range(3):
                waiting.mail_id.send()
        self.assertEqual(set(waiting.mapped("state")), {"queued"})
        self.assertEqual(len(self.policy.activity_ids), 1, "one task, not one a customer")
        self.assertFalse(self._case().activity_ids)
        self.assertEqual(self._run(TOMORROW)["sent"], 0)
        with freeze_time("2026-03-11 12:00:00"):
            self.assertEqual(len(self._send_queue()), 2)
        self.assertEqual(set(waiting.mapped("state")), {"sent"})


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestLetters(ChannelCase):
    """Letters on paper: written, printed together, posted, or taken out in time."""

    def _letter(self, partner=None):
        self._channels("email", "letter")
        (partner or self.customer).email = False
        invoice = self._invoice(7, partner=partner)
        self._run()
        return invoice, self._touchpoints(partner_id=invoice.partner_id.id)

    def test_a_letter_waits_for_the_print_and_says_so_once(self):
        _invoice, letter = self._letter()
        self.assertEqual((letter.channel, letter.state), ("letter", "queued"))
        self.assertFalse(letter.mail_id)
        self.assertIn("1 Mill Lane", letter.address)
        self.assertEqual(len(self.policy.activity_ids), 1)

    def test_printing_and_posting_are_recorded(self):
        invoice, letter = self._letter()
        action = letter.with_user(self.collector).action_print_letters()
        batch = self.env["collection.letter.batch"].sudo().browse(action["res_id"])
        printed = b64decode(batch.document).decode()
        for words in ("1 Mill Lane", "75001 Paris", invoice.name, "data:image/svg+xml"):
            self.assertIn(words, printed)
        self.assertEqual(letter.state, "queued")
        batch.with_user(self.collector).action_posted()
        self.assertEqual((letter.state, batch.state), ("sent", "posted"))
        with self.assertRaises(UserError):
            batch.with_user(self.collector).action_posted()

    def test_a_letter_paid_between_print_and_post_is_named(self):
        invoice, letter = self._letter()
        batch = self.env["collection.letter.batch"]._print(letter)
        self._pay(invoice)
        answer = batch.with_user(self.collector).action_posted()
        self.assertIn("Corner Bookshop", answer["params"]["message"])
        self.assertEqual(letter.state, "superseded")

    def test_a_thrown_away_print_leaves_the_letters_for_the_next(self):
        _invoice, letter = self._letter()
        batch = self.env["collection.letter.batch"]._print(letter)
        with self.assertRaises(UserError):
            letter.action_print_letters()
        batch.with_user(self.collector).action_discard()
        self.assertFalse(letter.letter_batch_id)
        letter.with_user(self.collector).action_print_letters()
        self.assertTrue(letter.letter_batch_id)

    def test_a_letter_is_in_the_language_of_the_customer(self):
        customer = self._customer("Librairie", lang="fr_FR", country_id=self.france.id, **ADDRESS)
        _invoice, letter = self._letter(customer)
        batch = self.env["collection.letter.batch"]._print(letter)
        self.assertIn("rappel", b64decode(batch.document).decode().lower())
