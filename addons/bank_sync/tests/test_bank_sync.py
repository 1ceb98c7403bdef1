from contextlib import suppress
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.bank_sync.models.bank_connection_sync import LOCK_SPACE

from .common import SandboxCommon


@tagged("post_install", "-at_install")
class TestBankSync(SandboxCommon):
    def test_the_first_read_brings_every_entry_once_and_pays_the_quoted_invoice(self):
        invoice = self.invoice(120.5)
        self.connect()
        self.bank.pay(
            self.account,
            {
                "amount": "120.50",
                "remittance": [f"Payment of {invoice.name}, thank you"],
                "debtor_name": invoice.partner_id.name,
            },
        )
        self.bank.pay(self.account, *[(f"{number}.10", "no reference") for number in range(1, 26)])
        runs = self.sync()
        self.assertEqual(runs.mapped("state"), ["done"])
        self.assertEqual(runs.page_count, 3)
        self.assertEqual(runs.proof, "baseline")
        self.assertBooksEqualBank()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.connection.state, "active")

    def test_reading_again_adds_nothing_and_later_entries_once(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"), ("10.00", "one"))
        self.sync()
        self.assertEqual(self.sync().added_count, 0)
        self.bank.pay(self.account, ("10.00", "one"), ("-3.50", "fee"))
        runs = self.sync()
        self.assertEqual((runs.added_count, runs.proof), (2, "proved"))
        self.assertBooksEqualBank()

    def test_a_pending_entry_never_becomes_a_line(self):
        self.connect()
        payment = {"amount": "5.00", "booking_date": None, "remittance": ["later"]}
        tomorrow = self.bank.http.get(f"{self.bank.url}/sim/clock", timeout=10).json()["today"]
        self.assertTrue(tomorrow)
        entry = (
            self.env["bank.entry"]
            .sudo()
            .create(
                {
                    "account_id": self.connection.account_ids.id,
                    "company_id": self.company.id,
                    "state": "pending",
                    "currency_id": self.eur.id,
                    "amount": 5.0,
                    "remittance": payment["remittance"][0],
                }
            )
        )
        entry._create_statement_lines()
        self.assertFalse(entry.statement_line_id)
        self.sync()
        self.assertFalse(entry.exists(), "the forecast is replaced by every complete reading")

    def test_a_failing_bank_loses_nothing_and_the_next_read_catches_up(self):
        self.connect()
        self.bank.pay(self.account, *[(f"{number}.00", "x") for number in range(1, 25)])
        for kind, code in (
            ("down", "unreachable"),
            ("garbage", "nonsense"),
            ("truncated", "unreachable"),
            ("rate_limited", "quota"),
        ):
            with self.subTest(kind=kind):
                self.bank.post("faults", kind=kind, times=100, path="/v1/accounts", skip=1)
                run = self.sync()
                self.assertEqual((run.state, run.problem_code), ("partial", code))
                self.assertTrue(run.problem)
                self.assertTrue(run.request_ids, "the bank can be given a request id")
                self.assertFalse(self.env["bank.entry"].search_count([]))
                self.assertEqual(run.raw_document_ids[:1].state, "refused")
                self.assertTrue(run.raw_document_ids[:1]._bytes(), "what came is kept")
                self.assertFalse(run.account_id.covered_until)
        self.assertEqual(self.connection.failure_count, 3, "asking for a pause is no failure")
        self.assertEqual(self.connection.state, "active", "time heals these")
        self.bank.post("faults", kind="none")
        self.assertEqual(self.sync().state, "done")
        self.assertEqual(self.connection.failure_count, 0)
        self.assertBooksEqualBank()

    def test_a_bank_that_asks_to_wait_is_given_the_time(self):
        self.connect()
        now = fields.Datetime.now()
        end_of_day = datetime.combine(now.date() + timedelta(days=1), time.min) - now
        for kind, least in (
            # A quota of the day is free again with the next one.
            ("rate_limited", end_of_day - timedelta(minutes=1)),
            ("down", timedelta(minutes=1)),
        ):
            with self.subTest(kind=kind):
                self.connection.sudo().next_attempt_at = fields.Datetime.now()
                self.bank.post("faults", kind=kind, times=100, path="/v1/accounts")
                self.sync()
                wait = self.connection.next_attempt_at - fields.Datetime.now()
                self.assertGreater(wait, least)

    def test_books_that_do_not_add_up_are_quarantined_and_heal(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"))
        self.sync()
        covered = self.connection.account_ids.covered_until
        self.bank.pay(self.account, ("20.00", "two"))
        account = self.connection.account_ids.sudo()
        account.baseline_balance += 1
        run = self.sync()
        self.assertEqual((run.state, run.proof, run.difference), ("quarantined", "failed", -1.0))
        self.assertEqual(run.raw_document_ids.mapped("state"), ["quarantined"])
        self.assertEqual(self.env["bank.entry"].search_count([]), 1, "nothing entered the mirror")
        self.assertEqual(self.connection.state, "attention")
        self.assertIn("disagree", self.connection.health_text)
        self.assertEqual(self.company._bank_feed_status()["code"], "unproven")
        self.assertEqual(account.covered_until, covered)
        account.baseline_balance -= 1
        self.assertEqual(self.sync().proof, "proved")
        self.assertEqual(self.connection.state, "active")
        self.assertBooksEqualBank()

    def test_a_worker_killed_after_the_bytes_came_changes_nothing(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"), ("20.00", "two"))
        entries = type(self.env["bank.entry"])
        # Not assertRaises: it would roll back what a dead worker leaves behind.
        with patch.object(entries, "_apply_reading", side_effect=SystemExit), suppress(SystemExit):
            self.sync()
        killed = self.env["bank.sync.run"].search([])
        self.assertEqual(killed.state, "running")
        self.assertTrue(killed.raw_document_ids)
        self.assertEqual(self.sync().state, "done")
        self.assertEqual((killed.state, killed.problem_code), ("failed", "interrupted"))
        self.assertBooksEqualBank()

    def test_a_second_worker_leaves_the_account_alone(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"))
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, self.connection.id])
            self.assertFalse(self.sync())
        self.assertEqual(self.sync().state, "done")
        self.assertBooksEqualBank()

    def test_the_database_refuses_the_same_entry_twice(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"))
        self.sync()
        entry = self.env["bank.entry"].search([], limit=1)
        with self.assertRaisesRegex(Exception, "identity_uniq"), self.env.cr.savepoint():
            entry.sudo().copy({"state": "booked", "statement_line_id": False})

    def test_each_account_leads_to_a_journal_in_its_own_currency(self):
        dollars = self.bank.open_account("USD", "0.00")
        accounts = self.connect(self.account, dollars)
        by_currency = {account.currency_id: account for account in accounts}
        self.assertEqual(set(by_currency), {self.eur, self.usd})
        journal = by_currency[self.usd].journal_id
        self.assertEqual((journal.currency_id, journal.type), (self.usd, "bank"))
        self.assertEqual(journal.bank_account_id.sanitized_acc_number, dollars["iban"])
        self.assertEqual(journal.company_id, self.company)
        self.assertFalse(by_currency[self.eur].journal_id.currency_id - self.eur)

    def test_connecting_again_keeps_accounts_and_journals(self):
        accounts = self.connect()
        journal = accounts.journal_id
        self.assertEqual(self.connect(), accounts)
        self.assertEqual(accounts.journal_id, journal)
        self.assertEqual(len(self.connection.consent_ids), 2)
        self.assertEqual(self.connection.consent_id, self.connection.consent_ids.sorted("id")[-1])

    def test_an_access_ended_at_the_bank_asks_for_a_person(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"))
        self.sync()
        self.bank.post(f"consents/{self.connection.consent_id.external_id}", decision="revoke")
        run = self.sync()
        self.assertEqual((run.state, run.problem_code), ("failed", "consent"))
        self.assertEqual(self.connection.state, "attention")
        self.assertNotEqual(self.connection.consent_id.status, "valid")
        self.assertEqual(self.env["bank.entry"].search_count([]), 1, "what was read stays")
        self.connect()
        self.assertEqual(self.sync().state, "done")

    def test_a_refused_consent_connects_nothing(self):
        consent = self.env["bank.consent"].with_user(self.manager)
        consent = consent._start(self.connection, user_ip="192.0.2.7")
        self.connection._transition("authorizing")
        self.bank.post(f"consents/{consent.external_id}", decision="cancel")
        self.assertFalse(self.connection._finish_consent(consent))
        self.assertEqual(self.connection.state, "attention")
        self.assertFalse(self.connection.account_ids)

    def test_the_schedule_reads_what_is_due_and_survives_a_bug(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"))
        cron = self.env.ref("bank_sync.bank_connection_cron_sync").sudo()
        accounts = type(self.env["bank.connection.account"])
        with (
            self.enter_registry_test_mode(),
            patch.object(accounts, "_fetch", side_effect=ZeroDivisionError),
            self.assertLogs("odoo.addons.bank_sync.models.bank_connection_sync", "ERROR"),
        ):
            cron.method_direct_trigger()
        self.assertEqual(self.connection.problem_code, "internal")
        self.connection.sudo().next_attempt_at = "2020-01-01"
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertBooksEqualBank()
        runs = len(self.connection.run_ids)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self.connection.run_ids), runs, "not due again at once")

    def test_entries_before_the_first_day_make_no_line(self):
        accounts = self.connect()
        accounts.sudo().import_from = "2999-01-01"
        self.bank.pay(self.account, ("10.00", "one"))
        self.sync()
        self.assertEqual(self.env["bank.entry"].search_count([]), 1)
        self.assertFalse(
            self.env["account.bank.statement.line"].search(
                [("journal_id", "=", accounts.journal_id.id)]
            )
        )

    def test_a_fresh_feed_is_fresh_until_it_is_old(self):
        self.assertEqual(self.company._bank_feed_status()["code"], "none")
        accounts = self.connect()
        self.assertEqual(self.company._bank_feed_status()["code"], "stale")
        self.sync()
        status = self.company._bank_feed_status()
        self.assertEqual((status["code"], status["covered_until"]), ("fresh", self.today))
        accounts.sudo().covered_until = "2020-01-01"
        self.assertEqual(self.company._bank_feed_status()["code"], "stale")
