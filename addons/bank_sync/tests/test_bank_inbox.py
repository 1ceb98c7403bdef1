import base64
import json
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from standardwebhooks.webhooks import Webhook

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.bank_sync.models import bank_inbox

from .outbox_common import OutboxCommon


def secret(letter):
    """Return a secret of the Standard Webhooks convention."""
    return "whsec_" + base64.b64encode(letter.encode() * 32).decode()


@tagged("post_install", "-at_install")
class TestBankInbox(OutboxCommon, HttpCase):
    """Events are signed by the reference library of the convention, and posted over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.with_user(cls.manager).event_secret = secret("a")
        cls.other = cls.connection.copy({"name": "Theirs"})
        cls.other.sudo().event_secret = secret("b")
        cls.inbox = cls.env["bank.inbox"].sudo()

    def stop_clock(self):
        """Let time go on: the reference library and the web server look at the real clock."""

    def push(self, body=None, *, event_id="evt-1", keys=("a",), age=0, to=None, **changes):
        """Post a signed event and return the HTTP status."""
        body = body or {"type": "account.changed", "data": {"kind": "account", "resource": "r-1"}}
        content = json.dumps(body)
        moment = datetime.now(tz=timezone.utc) - timedelta(seconds=age)
        signatures = [Webhook(secret(key)).sign(event_id, moment, content) for key in keys]
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": " ".join(signatures),
            **changes.get("headers", {}),
        }
        connection_id = self.connection.id if to is None else to
        answer = self.url_open(
            f"/bank_sync/events/{connection_id}",
            data=changes.get("content", content.encode()),
            headers=headers,
        )
        self.assertFalse(answer.content, "nobody is told why")
        self.inbox.invalidate_model()
        return answer.status_code

    def notices(self):
        return self.inbox.search([("connection_id", "=", self.connection.id)], order="id")

    def process(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("bank_sync.bank_inbox_cron_process").with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_case_098_an_event_of_the_bank_is_kept_and_answered_at_once(self):
        self.assertEqual(self.push(), 202)
        notice = self.notices()
        self.assertEqual(
            (notice.state, notice.kind, notice.resource), ("received", "account", "r-1")
        )

    def test_case_098_the_same_event_again_is_a_success_and_has_one_effect(self):
        self.assertEqual([self.push() for _time in range(3)], [202] * 3)
        self.assertEqual(len(self.notices()), 1)
        self.process()
        self.assertEqual(self.push(), 202)
        self.assertEqual(self.notices().mapped("state"), ["done"])

    def test_case_098_what_is_not_surely_the_banks_is_refused_without_a_reason(self):
        content = json.dumps({"type": "account.changed", "data": {}}).encode()
        refused = {
            "six minutes old": {"age": 360},
            "of six minutes from now": {"age": -360},
            "tampered with": {"content": content},
            "signed by another": {"keys": ("c",)},
            "for another company": {"to": self.other.id},
            "for nobody": {"to": 2**31 - 2},
            "without signature": {"headers": {"webhook-signature": ""}},
            "signature of nonsense": {"headers": {"webhook-signature": "v1,%%% v1 ,,"}},
            "another id": {"headers": {"webhook-id": "evt-2"}},
            "another moment": {"headers": {"webhook-timestamp": "nan"}},
        }
        for name, changes in refused.items():
            with self.subTest(name):
                self.assertEqual(self.push(**changes), 401)
        self.assertFalse(self.inbox.search([]))

    def test_case_098_written_anew_with_the_same_meaning_is_not_what_was_signed(self):
        body = {"type": "account.changed", "data": {"resource": "r-1"}}
        spaced = json.dumps(body, indent=1).encode()
        self.assertEqual(self.push(body, content=spaced), 401)

    def test_case_098_a_signed_event_that_makes_no_sense_is_a_bad_request(self):
        for body in (
            {"type": "weather.changed"},
            {"data": {}},
            {"type": "order.x", "data": {"id": 7}},
        ):
            with self.subTest(body=body):
                self.assertEqual(self.push(body), 400)
        self.assertFalse(self.notices())

    def test_case_098_too_large_an_event_is_refused_unread(self):
        self.assertEqual(self.push(content=b"x" * (1024 * 1024 + 1)), 400)

    def test_case_098_both_sides_may_change_the_secret(self):
        self.assertEqual(self.push(event_id="1", keys=("b", "a")), 202, "the bank changes it")
        self.connection.with_user(self.manager).event_secret = secret("d")
        self.assertEqual(self.push(event_id="2", keys=("a",)), 202, "the old one is still good")
        self.assertEqual(self.push(event_id="3", keys=("d",)), 202)
        self.connection.with_user(self.manager).event_secret = secret("e")
        self.assertEqual(self.push(event_id="4", keys=("a",)), 401)

    def test_case_098_order_does_not_matter_because_the_bank_is_asked(self):
        intent = self.order()
        self.relay()
        self.desk.status = "ACSC"
        for number in (3, 1, 2):
            body = {
                "type": "order.changed",
                "data": {"resource": intent.reference, "version": number},
            }
            self.assertEqual(self.push(body, event_id=f"evt-{number}"), 202)
        self.process()
        self.relay()
        self.assertEqual((intent.state, intent.bank_status), ("confirmed", "ACSC"))
        self.assertEqual(set(self.notices().mapped("state")), {"done"})

    def test_case_098_a_notice_makes_the_bank_be_read_soon_but_not_against_its_wish(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.connection.write({"next_attempt_at": tomorrow, "failure_count": 0})
        self.push(event_id="1")
        self.process()
        self.assertLessEqual(self.connection.next_attempt_at, fields.Datetime.now())
        self.connection.write({"next_attempt_at": tomorrow, "failure_count": 3})
        self.push(event_id="2")
        self.process()
        self.assertEqual(self.connection.next_attempt_at, tomorrow)

    def test_a_flood_is_asked_to_slow_down(self):
        with self.patch_most_waiting(2):
            statuses = [self.push(event_id=str(number)) for number in range(4)]
        self.assertEqual(statuses, [202, 202, 429, 429])

    def patch_most_waiting(self, number):
        """Let only so many notices wait."""
        return patch.object(bank_inbox, "MOST_WAITING", number)

    def test_get_is_not_offered_and_a_form_is_refused(self):
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/bank_sync/events/{self.connection.id}")
        self.assertEqual(answer.status_code, 405)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.push(headers=form, content=b"a=b"), 401)

    def test_ids_are_forgotten_after_400_days(self):
        self.push(event_id="young")
        self.push(event_id="old")
        old = self.notices().filtered(lambda notice: notice.event_id == "old")
        old.received_at = fields.Datetime.now() - timedelta(days=401)
        self.inbox._gc_notices()
        self.assertEqual(self.notices().mapped("event_id"), ["young"])

    def test_a_secret_that_is_none_is_refused(self):
        for text in ("whsec_", "whsec_c2hvcnQ=", "plain"):
            with self.subTest(text), self.assertRaisesRegex(Exception, "24 bytes"):
                self.connection.with_user(self.manager).event_secret = text
