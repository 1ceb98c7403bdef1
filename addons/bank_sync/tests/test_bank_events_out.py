from unittest.mock import patch

from standardwebhooks.webhooks import Webhook

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bank_sync.connectors.base import Ambiguous, Permanent, QuotaExceeded, Temporary
from odoo.addons.bank_sync.connectors.transport import Answer
from odoo.addons.bank_sync.models import bank_connection_events

from .common import answered
from .outbox_common import OutboxCommon
from .test_bank_inbox import secret


class Receiver:
    """Where the bank receives events: verifies each, keeps its id, answers as it was told."""

    def __init__(self):
        self.ids, self.seen, self.answers = [], set(), []
        self.keys = [secret("a")]

    def __call__(self, _url, **_options):
        """Stand for the transport."""
        return self

    def post_content(self, _path, *, headers, content):
        """Take an event like the reference library does."""
        for key in self.keys:
            Webhook(key).verify(content, headers)
        self.ids.append(headers["webhook-id"])
        self.seen.add(headers["webhook-id"])
        if self.answers and (answer := self.answers.pop(0)):
            raise answer
        return Answer(200, b"", "", "req")


@tagged("post_install", "-at_install")
class TestBankEventsOut(OutboxCommon):
    def setUp(self):
        super().setUp()
        mine = self.connection.with_user(self.manager)
        mine.event_url = "https://bank.example/hooks"
        mine.event_out_secret = secret("a")
        self.receiver = Receiver()
        opened = patch.object(bank_connection_events, "Transport", self.receiver)
        opened.start()
        self.addCleanup(opened.stop)

    def tell(self, version=1):
        return self.connection._tell("company.changed", self.company, version).sudo()

    def test_an_event_is_told_once_and_says_little(self):
        intent = self.tell()
        self.assertEqual(self.tell(), intent)
        self.days_pass(1)
        self.assertEqual((intent.state, len(self.receiver.ids)), ("confirmed", 1))
        self.assertNotIn(self.company.name, intent.body)

    def test_case_099_a_receiver_down_for_three_days_gets_it_by_the_replay_button(self):
        self.receiver.answers = [Ambiguous("cut_off")] * 500
        intent = self.tell()
        self.days_pass(2)
        self.assertEqual(intent.state, "unknown")
        self.days_pass(2)
        self.assertEqual(intent.state, "dead")
        self.assertTrue(intent.activity_ids)
        tries = len(self.receiver.ids)
        self.assertGreater(tries, 8)
        self.assertLess(tries, 40, "it backs off")
        self.receiver.answers = []
        intent.with_user(self.manager).sudo(False).action_replay()
        self.relay()
        self.assertEqual(intent.state, "confirmed")
        self.assertEqual(len(self.receiver.seen), 1, "always under the same id")

    def test_case_099_an_answer_after_the_timeout_is_one_event_for_the_receiver(self):
        self.receiver.answers = [Ambiguous("too_slow")]
        intent = self.tell()
        self.days_pass(1)
        self.assertEqual(intent.state, "confirmed")
        self.assertEqual((len(self.receiver.ids), len(self.receiver.seen)), (2, 1))

    def test_case_099_a_receiver_that_asks_to_slow_down_is_left_alone(self):
        self.receiver.answers = [QuotaExceeded("quota", retry_after=7200)]
        intent = self.tell()
        self.relay()
        self.later(hours=1, minutes=55)
        self.assertEqual((intent.state, len(self.receiver.ids)), ("queued", 1))
        self.later(minutes=6)
        self.assertEqual((intent.state, len(self.receiver.ids)), ("confirmed", 2))

    def test_case_099_a_receiver_that_is_gone_is_told_nothing_more(self):
        self.receiver.answers = [answered(410, Permanent("subscription_deleted"))]
        intent = self.tell()
        self.relay()
        self.assertEqual(intent.state, "dead")
        self.assertTrue(self.connection.events_stopped)
        self.assertFalse(self.tell(version=2))
        self.days_pass(1)
        self.assertEqual(len(self.receiver.ids), 1)
        self.connection.with_user(self.manager).event_url = "https://bank.example/new"
        self.assertFalse(self.connection.events_stopped)
        self.assertFalse(self.connection._event_secrets("event_out_secret"))

    def test_case_099_other_refusals_are_tried_again(self):
        self.receiver.answers = [answered(404, Permanent("http_404")), Temporary("refused")]
        intent = self.tell()
        self.days_pass(1)
        self.assertEqual((intent.state, len(self.receiver.seen)), ("confirmed", 1))

    def test_a_secret_changes_with_two_signatures(self):
        self.connection.with_user(self.manager).event_out_secret = secret("b")
        self.receiver.keys = [secret("a"), secret("b")]
        intent = self.tell()
        self.relay()
        self.assertEqual(intent.state, "confirmed")

    def test_without_a_receiver_nothing_is_queued(self):
        self.connection.with_user(self.manager).event_url = False
        self.assertFalse(self.tell())
        with self.assertRaises(UserError):
            self.connection.with_user(self.manager).event_out_secret = "plain"
