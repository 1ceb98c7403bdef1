"""A bank that does not answer is left alone, visibly, and asked again by itself."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import freeze_time, tagged

from odoo.addons.bank_sync.connectors.base import Permanent, Temporary
from odoo.addons.bank_sync.models import bank_backoff
from odoo.addons.bank_sync.models.bank_connection_sync import LOCK_SPACE

from .fake_bank import FakeBankCommon

SILENT = Temporary("refused", request_id="r-silent")


@tagged("post_install", "-at_install")
class TestBankBreaker(FakeBankCommon):
    def setUp(self):
        super().setUp()
        self.account = self.connect()
        self.bank.fails["pages"] = SILENT

    def let_fail(self, times):
        for _time in range(times):
            self.read_waiting()

    def test_four_failures_in_a_row_only_wait_longer(self):
        waits, moment = [], fields.Datetime.now()
        for _time in range(4):
            with freeze_time(moment):
                self.read_waiting()
            again = self.connection.next_attempt_at
            waits.append(again - moment)
            moment = again
        self.assertEqual(self.connection.breaker_state, "closed")
        self.assertEqual(waits, sorted(waits), "never sooner than before")
        self.assertLess(max(waits), timedelta(minutes=20))

    def test_after_five_the_bank_is_left_alone_and_everybody_sees_it(self):
        self.let_fail(5)
        connection = self.connection
        self.assertEqual(connection.breaker_state, "open")
        asked = self.bank.count("pages")
        self.assertFalse(self.read_waiting())
        self.assertFalse(self.read_alone())
        self.assertEqual(self.bank.count("pages"), asked)
        self.assertEqual((connection.health, connection.next_step), ("notice", "probe"))
        self.assertIn("left alone until", connection.health_text)
        message = connection.with_user(self.env.user).action_sync()["params"]["message"]
        self.assertIn("Try Now", message)
        events = self.env["bank.event"].search([("kind", "=", "breaker_state")])
        self.assertEqual(events.payload, {"from": "closed", "to": "open"})

    def test_the_pause_doubles_up_to_six_hours_and_each_time_one_probe_is_sent(self):
        self.let_fail(5)
        pauses = []
        for _trip in range(7):
            until = self.connection.breaker_until
            asked = self.bank.count("pages")
            with freeze_time(until + timedelta(seconds=1)):
                self.read_waiting()
                self.read_waiting()
                self.assertEqual(self.bank.count("pages"), asked + 1, "one probe, not two")
                pauses.append(self.connection.breaker_until - fields.Datetime.now())
        minutes = [round(pause.total_seconds() / 60) for pause in pauses]
        self.assertEqual(minutes, [30, 60, 120, 240, 360, 360, 360])

    def test_one_answer_closes_it_whatever_it_says(self):
        for answer in (None, Permanent("FORMAT_ERROR", request_id="r")):
            with self.subTest(answer=answer):
                self.bank.fails["pages"] = SILENT
                self.let_fail(5)
                self.bank.fails["pages"] = answer
                with freeze_time(self.connection.breaker_until + timedelta(seconds=1)):
                    self.read_waiting()
                self.assertEqual(self.connection.breaker_state, "closed")
                self.assertEqual(self.connection.breaker_failures, 0)

    def test_a_person_may_try_at_once_and_only_once(self):
        self.let_fail(5)
        asked = self.bank.count("pages")
        accountant = self.connection.with_user(self.env.user)
        accountant.action_probe()
        self.assertEqual(self.bank.count("pages"), asked + 1)
        self.assertEqual(self.connection.breaker_state, "open")
        self.bank.fails.clear()
        accountant.action_probe()
        self.assertEqual(self.connection.breaker_state, "closed")
        with self.assertRaises(UserError):
            accountant.action_probe()

    def test_the_wait_is_never_shorter_than_the_bank_asks(self):
        self.bank.fails["pages"] = Temporary("unavailable", request_id="r", retry_after=7200)
        self.read_waiting()
        wait = self.connection.next_attempt_at - fields.Datetime.now()
        self.assertGreater(wait, timedelta(minutes=115))

    def test_chance_moves_a_wait_within_its_bounds(self):
        now = fields.Datetime.now()
        waits = [bank_backoff.after_failure(now, 4, None, chance) - now for chance in (0, 0.5, 1)]
        self.assertEqual(waits[1], timedelta(minutes=15))
        self.assertEqual(waits[0] + waits[2], 2 * waits[1])
        self.assertLess(waits[0], waits[2])

    def test_however_the_dice_fall_no_wait_is_shorter_than_the_one_before(self):
        now = fields.Datetime.now()
        for failures in range(1, bank_backoff.BREAKER_FAILURES - 1):
            with self.subTest(failures=failures):
                longest = bank_backoff.after_failure(now, failures, None, chance=1)
                shortest = bank_backoff.after_failure(now, failures + 1, None, chance=0)
                self.assertLessEqual(longest, shortest)

    def test_case_015_a_second_worker_returns_at_once(self):
        self.bank.fails.clear()
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, self.connection.id])
            self.assertFalse(self.read_waiting())
            self.assertFalse(self.read_alone())
        self.assertFalse(self.bank.count("pages"), "the bank has not been asked")
        self.assertEqual(self.read_waiting().state, "done", "the other is gone, however it went")

    def test_case_015_the_second_worker_says_so_to_the_person(self):
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, self.connection.id])
            answer = self.connection.with_user(self.env.user).action_sync()
        self.assertIn("being read", answer["params"]["message"])
