"""Bad input that reaches reminders from outside, where no other module of tests has it.

A mail server down for a day and auto-replies stand with the channels, a gateway that answers 200
with an error with the gateways, links that were forwarded, expired, altered or used twice with the
customer's page, nights on which clocks change with the retries, ten thousand invoices and customers
of two companies with the pains, texts with a broken expression with the templates.
"""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .common import NOON
from .test_behaviours_channels import TOMORROW, ChannelCase


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBadInput(ChannelCase):
    """A mailbox full of what machines write to machines."""

    def _notice(self, touchpoint, number, status, action="failed"):
        """Return a notice of failed delivery with an id of its own: servers repeat themselves."""
        raw = self._failure_notice(touchpoint.message_id, touchpoint.email, status, action)
        return raw.replace("<dsn-", f"<dsn-{number}-")

    def test_twenty_notices_about_one_mail_are_one_dead_address_and_one_task(self):
        self._channels("email", "letter")
        touchpoint = self._sent()
        for number in range(20):
            self._receive(self._notice(touchpoint, number, "5.1.1"))
        self.assertEqual(
            (touchpoint.state, touchpoint.contact_point_id.health), ("bounced", "hard")
        )
        kinds = self._case().event_ids.mapped("kind")
        self.assertEqual(kinds.count("touchpoint_bounced"), 1)
        self.assertEqual(len(self._case().activity_ids), 1)
        self.assertEqual(self._run(TOMORROW)["sent"], 1)

    def test_a_full_mailbox_told_of_many_times_for_one_mail_is_one_soft_bounce(self):
        touchpoint = self._sent()
        for number in range(5):
            self._receive(self._notice(touchpoint, number, "5.2.2"))
        point = touchpoint.contact_point_id
        self.assertEqual((point.health, point.soft_bounces), ("soft", 1))

    def test_a_person_among_thirty_machines_is_heard_and_no_machine_is_answered(self):
        touchpoint = self._sent()
        before = self.env["mail.mail"].sudo().search_count([])
        for number in range(15):
            for subject, headers in (
                (f"Automatic reply {number}", "Auto-Submitted: auto-replied\n"),
                (f"Re: delivery delayed {number}", "X-Autoreply: yes\n"),
            ):
                self._receive(self._incoming(subject, "Away.", touchpoint.message_id, headers))
        case = self._case()
        self.assertEqual((case.state, len(case.activity_ids)), ("dunning", 0))
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)
        self.assertEqual(case.event_ids.mapped("kind").count("auto_reply"), 20)
        self._receive(self._incoming("Re: Reminder", "We pay on Friday.", touchpoint.message_id))
        self.assertEqual((case.state, case.hold_reason), ("on_hold", "reply"))
        self.assertEqual(len(case.activity_ids), 1)

    def test_a_notice_about_a_mail_nobody_knows_changes_nothing(self):
        touchpoint = self._sent()
        raw = self._notice(touchpoint, 1, "5.1.1").replace(
            touchpoint.message_id.message_id, "<somebody.else@elsewhere.example>"
        )
        self._receive(raw.replace(touchpoint.email, "somebody@elsewhere.example"))
        self.assertEqual((touchpoint.state, touchpoint.contact_point_id.health), ("sent", "ok"))

    def test_a_notice_cut_off_in_the_middle_stops_nothing(self):
        touchpoint = self._sent()
        raw = self._notice(touchpoint, 1, "5.1.1")
        body = raw.index("--cut")
        for share in (0.1, 0.5, 0.9):
            self._receive(raw[: body + int((len(raw) - body) * share)])
        self.assertIn(touchpoint.state, ("sent", "bounced"))
        self.assertEqual(self._run(TOMORROW + timedelta(days=6))["planned"], 1)
