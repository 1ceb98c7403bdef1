"""The few reads a bank allows without a person are never spent by accident."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.bank_sync.connectors.base import QuotaExceeded, Temporary

from .fake_bank import FakeBankCommon

MORNING = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestBankQuota(FakeBankCommon):
    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.to_datetime(MORNING)
        self.clock = self.startPatcher(freeze_time(MORNING))
        self.today = self.now.date()
        self.bank.today = self.today
        self.account = self.connect()
        self.bank.book(1, 1000)

    def left(self):
        return self.env["bank.quota"]._left(self.account, fields.Datetime.now())

    def test_the_schedule_spends_three_of_four_and_keeps_one_for_recovery(self):
        states = []
        for _read in range(5):
            states += self.read_alone().mapped("state")
        self.assertEqual(states, ["done"] * 3)
        self.assertEqual(self.bank.count("pages"), 3)
        self.assertEqual(self.left(), 0)
        free_at = self.connection.next_attempt_at
        self.assertEqual(free_at, self.now + timedelta(hours=24), "when the oldest has aged")

    def test_a_failed_read_may_use_the_reserve_and_no_more(self):
        for _read in range(2):
            self.read_alone()
        self.bank.fails["balances"] = Temporary("unavailable", request_id="r")
        self.read_alone()
        self.bank.fails.clear()
        self.assertEqual(self.read_alone().state, "done", "the fourth makes up for the third")
        self.assertFalse(self.read_alone())
        self.assertEqual(self.bank.count("pages"), 4)

    def test_what_the_bank_never_answered_does_not_count(self):
        self.bank.fails["pages"] = Temporary("refused", request_id="r")
        for _read in range(4):
            self.read_alone()
        self.bank.fails.clear()
        self.assertEqual(self.left(), 3)

    def test_reads_count_for_24_hours_also_over_midnight(self):
        for hour in (8, 16, 23):
            with freeze_time(f"2026-03-02 {hour}:30:00"):
                self.read_alone()
        with freeze_time("2026-03-03 00:30:00"):
            self.assertFalse(self.read_alone(), "another day, yet three reads within 24 hours")
            self.assertEqual(str(self.connection.next_attempt_at), "2026-03-03 08:30:00")
        with freeze_time("2026-03-03 08:31:00"):
            self.assertEqual(self.read_alone().state, "done")

    def test_case_036_the_button_still_works_with_a_person_and_says_so(self):
        for _read in range(4):
            self.read_alone()
        spent = self.bank.count("pages")
        accountant = self.connection.with_user(self.env.user)
        nobody = accountant.action_sync()
        self.assertEqual(self.bank.count("pages"), spent, "no person, no read")
        self.assertIn("used up", nobody["params"]["message"])
        with patch.object(type(self.connection), "_user_ip", return_value="192.0.2.7"):
            somebody = accountant.action_sync()
        self.assertEqual(self.bank.count("pages"), spent + 1)
        self.assertEqual(self.bank.calls[-2][1]["user_ip"], "192.0.2.7")
        self.assertIn("because you are here", somebody["params"]["message"])
        run = self.connection.run_ids.sorted("id")[-1]
        self.assertTrue(run.attended)
        self.assertEqual(self.left(), 0, "an attended read takes nothing from the schedule")

    def test_case_036_nobody_is_ever_pretended_to_wait(self):
        self.read_alone()
        self.assertEqual({call[1].get("user_ip") for call in self.bank.calls[-2:]}, {None})

    def test_case_037_a_rate_limited_read_is_no_success(self):
        self.read_waiting()
        before = self.connection.last_complete_at
        account_before = self.account.last_complete_at
        self.bank.fails["pages"] = QuotaExceeded("quota", request_id="r-429", retry_after=3600)
        with freeze_time("2026-03-02 10:00:00"):
            run = self.read_alone()
            asked = fields.Datetime.now() + timedelta(hours=1)
        self.assertEqual((run.state, run.problem_code), ("failed", "quota"))
        self.assertEqual(self.connection.last_complete_at, before)
        self.assertEqual(self.account.last_complete_at, account_before)
        self.assertEqual(self.connection.state, "active", "a pause is no illness")
        self.assertEqual(self.connection.failure_count, 0)
        self.assertEqual(self.connection.breaker_state, "closed")
        self.assertEqual(self.connection.next_attempt_at, asked)
        self.assertNotEqual(self.connection.health, "good")

    def test_case_037_the_person_at_the_button_is_told(self):
        self.bank.fails["pages"] = QuotaExceeded("quota", request_id="r-429")
        answer = self.connection.with_user(self.env.user).action_sync()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn("r-429", answer["params"]["message"])

    def test_case_035_a_quota_of_the_day_waits_for_the_next_day(self):
        self.bank.fails["pages"] = QuotaExceeded("quota", request_id="r", per_day=True)
        self.read_alone()
        self.assertEqual(str(self.connection.next_attempt_at), "2026-03-03 00:00:00")
        self.bank.fails.clear()
        self.connection.sudo().next_attempt_at = self.now
        self.assertFalse(self.read_alone(), "the bank's word counts more than our own counting")
        self.assertEqual(self.bank.count("pages"), 1)
        with freeze_time("2026-03-03 00:01:00"):
            self.assertEqual(self.read_alone().state, "done")

    def test_case_039_a_restart_loop_cannot_burn_the_quota(self):
        """A server that dies in every read, restarts and finds the connection due again."""

        class ServerKilled(BaseException):
            """Stands for the process ending at once."""

        def die():
            raise ServerKilled

        self.bank.fails["pages"] = die
        for _restart in range(40):
            try:
                self.connection.sudo()._sync()
            except ServerKilled:
                continue
        self.assertLessEqual(self.bank.count("pages"), 4)
        self.assertFalse(self.connection.search_count(self.connection._due_domain()))

    def test_case_039_the_schedule_alone_does_not_read_twice(self):
        for _start in range(10):
            self.run_cron()
        self.assertEqual(self.bank.count("pages"), 1)

    def test_an_agreement_with_the_bank_changes_the_limit(self):
        self.connection.sudo().reads_per_day = 2
        for _read in range(4):
            self.read_alone()
        self.assertEqual(self.bank.count("pages"), 1)

    def test_the_day_of_an_account_is_counted_once(self):
        self.read_alone()
        counter = self.env["bank.quota"].search([("endpoint", "=", "transactions")])
        self.assertEqual((len(counter), counter.used, counter.limit), (1, 1, 4))
        with (
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            counter.sudo().copy()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestNoQuota(FakeBankCommon):
    capabilities = {"reads_per_day": None}

    def test_a_bank_without_limit_is_read_as_often_as_asked(self):
        self.connect()
        for _read in range(6):
            self.read_alone()
        self.assertEqual(self.bank.count("pages"), 6)
        self.assertEqual(self.connection.quota_text, "No limit")
