"""A consent from the question to its end, with everything that goes differently at banks."""

from dataclasses import replace
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.bank_sync.connectors.base import (
    AuthExpired,
    ConsentInvalid,
    Permanent,
    RemoteAccount,
    Temporary,
)

from .common import answered
from .fake_bank import IBAN, OTHER_IBAN, FakeBankCommon

START = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestBankConsent(FakeBankCommon):
    def setUp(self):
        super().setUp()
        self.clock = self.startPatcher(freeze_time(START))
        self.bank.today = fields.Date.to_date("2026-03-02")
        self.other = RemoteAccount("r2", OTHER_IBAN, "EUR", "Maison Tilleul", None)

    def at(self, **delta):
        """Return how to freeze the clock so much after the start."""
        moment = fields.Datetime.to_datetime(START) + timedelta(**delta)
        self.bank.today = moment.date()
        return freeze_time(moment)

    def state_of(self, address):
        return address.split("state=")[1]

    # === BEFORE IT IS VALID === #

    def test_case_023_nobody_comes_back_and_the_request_ends_by_itself(self):
        consent = self.ask()
        self.assertEqual(self.connection.state, "authorizing")
        self.run_cron("watch")
        self.assertFalse(self.bank.count("consent_state"), "the person is still at the bank")
        with self.at(minutes=6):
            self.run_cron("watch")
            self.assertEqual(self.bank.count("consent_state"), 1)
            self.assertEqual((consent.status, self.connection.state), ("received", "authorizing"))
            self.assertEqual(self.connection.next_step, "wizard")
        with self.at(hours=25):
            self.run_cron("watch")
            self.assertEqual(consent.status, "expired")
            self.assertEqual(self.connection.state, "attention")
            self.assertIn("not approved", self.connection.health_text)
            again = self.ask()
            self.assertEqual((again.status, self.connection.state), ("received", "authorizing"))

    def test_case_023_approved_at_the_bank_but_the_browser_never_returned(self):
        consent = self.ask(chooses_journals=True)
        self.bank.consents[consent.external_id] = "valid"
        with self.at(minutes=6):
            self.run_cron("watch")
        self.assertEqual(self.connection.state, "active")
        self.assertEqual(self.connection.account_ids.iban, IBAN)
        self.assertFalse(self.connection.account_ids.journal_id, "journals are a person's choice")
        self.assertEqual(self.connection.next_step, "wizard")
        self.assertFalse(self.read_alone(), "nothing is read into nowhere")

    def test_case_025_cancelled_at_the_bank(self):
        consent = self.ask()
        self.bank.consents[consent.external_id] = "rejected"
        self.assertFalse(self.connection._finish_consent(consent))
        self.assertEqual((consent.status, self.connection.state), ("rejected", "attention"))
        self.assertIn("not approved", self.connection.health_text)
        self.assertFalse(self.connection.account_ids)
        with self.assertRaises(UserError):
            consent._transition("valid")

    def test_case_026_a_second_signature_is_waited_for_sparsely_and_shown(self):
        consent = self.ask()
        self.bank.consents[consent.external_id] = "partiallyAuthorised"
        self.assertFalse(self.connection._finish_consent(consent))
        self.assertEqual(self.connection.state, "authorizing")
        self.assertIn("second", self.connection.health_text)
        asked = self.bank.count("consent_state")
        for minutes in range(10, 3 * 24 * 60, 10):
            with self.at(minutes=minutes):
                self.connection.sudo()._watch()
        questions = self.bank.count("consent_state") - asked
        self.assertLess(questions, 40, "a bank is not asked every ten minutes for three days")
        self.assertGreater(questions, 10)
        self.bank.consents[consent.external_id] = "valid"
        with self.at(days=3, hours=7):
            self.run_cron("watch")
        self.assertEqual((consent.status, self.connection.state), ("valid", "active"))
        self.assertFalse(self.connection.problem)

    def test_case_024_a_state_is_good_once_for_one_user_for_a_while(self):
        consents = self.env["bank.consent"].with_user(self.manager)
        stranger = new_test_user(self.env, "stranger", "bank_sync.group_manager")
        urls = []
        adapter = type(self.connection._adapter())
        original = adapter.start_consent

        def spy(adapter_self, **options):
            urls.append((options["redirect_url"], options["cancel_url"]))
            return original(adapter_self, **options)

        self.patch(adapter, "start_consent", spy)
        consent = self.ask()
        state = self.state_of(urls[-1][0])
        refused = [("unknown", "guess", self.manager), ("other_user", state, stranger)]
        for reason, tried, user in refused:
            with self.subTest(reason=reason):
                self.assertFalse(consents._find_by_state(tried, user))
        self.assertEqual(consents._find_by_state(state, self.manager), consent)
        self.assertFalse(consents._find_by_state(state, self.manager), "used twice")
        self.ask()
        with self.at(minutes=31):
            late = self.state_of(urls[-1][0])
            self.assertFalse(consents._find_by_state(late, self.manager))
        events = self.env["bank.event"].sudo().search([("kind", "=", "consent_state_refused")])
        reasons = sorted(event.payload["reason"] for event in events)
        self.assertEqual(reasons, ["expired", "other_user", "unknown", "used"])
        self.assertEqual(consent.status, "received", "nothing was decided by an address")

    # === ITS END === #

    def warnings(self):
        """Return tasks and messages that ask to renew."""
        tasks = self.connection.activity_ids.filtered(
            lambda task: (
                task.activity_type_id == self.env.ref("bank_sync.activity_type_renew_consent")
            )
        )
        mails = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "bank.connection"),
                    ("res_id", "=", self.connection.id),
                    ("subject", "ilike", "Renew"),
                ]
            )
        )
        return tasks, mails

    def test_case_027_warned_14_7_and_1_day_before_once_each(self):
        self.connect()
        consent = self.connection.consent_id
        until = consent.valid_until
        self.assertEqual((until - self.bank.today).days, 180)
        told = {}
        for left in range(20, -1, -1):
            for _time in range(3):
                with freeze_time(f"{until - timedelta(days=left)} 09:00:00"):
                    consent.invalidate_recordset(["days_left"])
                    self.connection.sudo()._watch()
                    told[left] = len(self.warnings()[1])
        self.assertEqual([told[left] for left in (15, 14, 8, 7, 2, 1, 0)], [0, 1, 1, 2, 2, 3, 3])
        tasks, mails = self.warnings()
        self.assertEqual(len(tasks), 1, "one task that is brought up to date")
        self.assertEqual((tasks.user_id, tasks.date_deadline), (self.manager, until))
        self.assertEqual(mails.mapped("partner_ids"), self.manager.partner_id)

    def test_case_027_renewed_in_place_without_a_gap(self):
        self.connect()
        old = self.connection.consent_id
        self.bank.book(1, 1000)
        self.read_waiting()
        with self.at(days=170):
            self.connection.sudo()._watch()
            self.assertTrue(self.warnings()[0])
            new = self.ask()
            self.assertEqual(self.connection.state, "active", "the old one stays in use")
            self.assertEqual(self.connection.consent_id, old)
            self.assertEqual(self.read_waiting().state, "done")
            self.bank.consents[new.external_id] = "valid"
            self.assertTrue(self.connection._finish_consent(new))
            self.assertEqual(self.connection.consent_id, new)
            self.assertEqual(self.bank.consents[old.external_id], "terminatedByTpp")
            self.assertEqual((old.status, old.replaced_by_id), ("terminatedByTpp", new))
            self.assertEqual(self.read_waiting().state, "done")
            self.assertFalse(self.warnings()[0], "the task is done by itself")

    def test_case_027_a_renewal_that_fails_leaves_the_old_one_alone(self):
        self.connect()
        old = self.connection.consent_id
        new = self.ask()
        self.bank.consents[new.external_id] = "rejected"
        self.assertFalse(self.connection._finish_consent(new))
        self.assertEqual((self.connection.state, self.connection.consent_id), ("active", old))
        self.bank.fails["accounts"] = Temporary("unavailable", request_id="r")
        newer = self.ask()
        self.bank.consents[newer.external_id] = "valid"
        with self.assertRaises(Temporary):
            self.connection._finish_consent(newer)
        self.assertEqual(self.connection.consent_id, old, "no half-made change")
        self.assertEqual(self.read_waiting().state, "done")

    def test_case_027_the_last_day_passes(self):
        self.connect()
        with self.at(days=181):
            self.bank.fails["consent_state"] = Temporary("unavailable", request_id="r")
            self.connection.consent_id.invalidate_recordset(["days_left"])
            self.run_cron("watch")
        self.assertEqual(self.connection.consent_id.status, "expired")
        self.assertEqual((self.connection.state, self.connection.next_step), ("attention", "renew"))

    def test_case_028_a_renewal_may_rename_every_account(self):
        self.bank.accounts.append(self.other)
        accounts = self.connect()
        journals = accounts.mapped("journal_id")
        self.bank.book(1, 1000)
        self.read_waiting()
        # The names even change places.
        first, second = self.bank.accounts
        self.bank.accounts = [replace(second, resource_id="r1"), replace(first, resource_id="r2")]
        self.connect()
        self.assertEqual(self.connection.account_ids, accounts)
        self.assertEqual(accounts.mapped("journal_id"), journals, "no second journal")
        self.assertEqual(accounts.filtered(lambda a: a.iban == IBAN).resource_id, "r2")
        self.bank.book(0, 500)
        runs = self.read_waiting()
        self.assertEqual(sorted(runs.mapped("proof")), ["proved", "proved"])
        self.assertEqual(sum(runs.mapped("added_count")), 1)

    def test_case_029_an_account_left_out_is_not_covered_and_the_others_go_on(self):
        self.bank.accounts.append(self.other)
        accounts = self.connect()
        self.read_waiting()
        self.bank.accounts.pop()
        self.connect()
        left_out = accounts.filtered(lambda account: account.iban == OTHER_IBAN)
        self.assertEqual(left_out.coverage, "not_covered")
        self.assertTrue(left_out.journal_id, "what was read stays where it is")
        self.assertEqual(self.read_waiting().account_id.iban, IBAN)
        self.assertEqual(self.connection.state, "active")
        self.assertIn(OTHER_IBAN, self.connection.health_text)
        self.bank.accounts.append(self.other)
        self.connect()
        self.assertEqual(left_out.coverage, "covered")

    def test_case_030_revoked_at_the_bank_stops_reads_and_erases_tokens(self):
        self.connection.access_token = "opens-the-bank"
        self.connect()
        self.bank.book(1, 1000)
        self.read_waiting()
        lines = self.env["account.bank.statement.line"].search_count([])
        self.bank.consents[self.connection.consent_id.external_id] = "revokedByPsu"
        run = self.read_waiting()
        self.assertEqual((run.state, run.problem_code), ("failed", "consent"))
        self.assertEqual(self.connection.consent_id.status, "revokedByPsu")
        self.assertEqual((self.connection.state, self.connection.next_step), ("attention", "renew"))
        self.assertIsNone(self.env["bank.secret"]._reveal(self.connection, "access_token"))
        self.assertEqual(self.env["account.bank.statement.line"].search_count([]), lines)
        asked = self.bank.count("pages")
        self.connection.sudo().next_attempt_at = fields.Datetime.now()
        self.run_cron()
        self.assertEqual(self.bank.count("pages"), asked, "an ended consent is never tried again")

    def test_case_031_a_bank_contradicting_itself_does_not_end_the_consent(self):
        self.connection.access_token = "opens-the-bank"
        self.connect()
        self.bank.fails["pages"] = ConsentInvalid("CONSENT_INVALID", request_id="r")
        run = self.read_waiting()
        self.assertEqual((run.state, run.problem_code), ("failed", "unreachable"))
        self.assertEqual(self.connection.state, "active")
        self.assertTrue(self.env["bank.secret"]._reveal(self.connection, "access_token"))
        for _time in range(3):
            self.read_waiting()
        self.assertEqual(self.connection.state, "attention", "at last a person is asked")
        self.assertEqual(self.connection.consent_id.status, "valid")
        self.bank.fails.clear()
        self.assertEqual(self.read_waiting().state, "done")
        self.bank.fails["pages"] = AuthExpired("unauthorised", request_id="r")
        self.assertEqual(self.read_waiting().problem_code, "credentials")

    def test_case_032_one_of_three_accounts_is_closed_and_only_that_one_stops(self):
        third = RemoteAccount("r3", "FR7612345000010000000000394", "EUR", "Maison Tilleul", None)
        self.bank.accounts += [self.other, third]
        accounts = self.connect()
        self.bank.book(1, 1000)
        self.read_waiting()
        for code, status in (("RESOURCE_UNKNOWN", 404), ("ACCOUNT_CLOSED", 400), ("NO_SUCH", 404)):
            with self.subTest(code=code):
                accounts._cover("covered")
                self.bank.accounts = [self.bank.accounts[0], third]
                self.bank.gone = {"r2": answered(status, Permanent(code, request_id="req-gone"))}
                self.bank.book(0, 500)
                runs = self.read_waiting()
                by_iban = {run.account_id.iban: run for run in runs}
                self.assertEqual(by_iban[OTHER_IBAN].problem_code, "account_ended")
                self.assertEqual(by_iban[IBAN].state, "done")
                closed = accounts.filtered(lambda account: account.coverage == "closed")
                self.assertEqual(closed.iban, OTHER_IBAN)
                self.assertEqual(self.connection.state, "active")
                self.assertEqual(len(self.read_waiting()), 2)
        self.assertEqual(self.company._bank_feed_status()["code"], "fresh", "closed is not stale")

    def test_case_032_an_account_the_bank_still_lists_has_not_ended(self):
        self.bank.accounts.append(self.other)
        accounts = self.connect()
        self.bank.gone = {"r2": Permanent("RESOURCE_UNKNOWN", request_id="req-gone")}
        self.bank.accounts[1] = replace(self.other, resource_id="r2-new")
        self.read_waiting()
        renamed = accounts.filtered(lambda account: account.iban == OTHER_IBAN)
        self.assertEqual((renamed.coverage, renamed.resource_id), ("covered", "r2-new"))
        self.assertEqual(set(self.read_waiting().mapped("state")), {"done"})

    # === THE LOG === #

    def test_who_allowed_what_and_when_cannot_be_changed(self):
        self.connect()
        consent = self.connection.consent_id
        log = consent.event_ids.sorted("id")
        self.assertEqual(log.mapped("kind"), ["consent_asked", "consent_status"])
        self.assertEqual(log[0].actor_id, self.manager)
        self.assertEqual(log[0].payload["scopes"], "accounts, balances, transactions")
        self.assertEqual(log[0].payload["until"], fields.Date.to_string(consent.valid_until))
        with self.assertRaises(UserError):
            log[0].sudo().payload = {}
        with self.assertRaises(UserError):
            log[0].sudo().unlink()

    def test_a_silent_feed_asks_for_a_person_once_and_takes_it_back(self):
        account = self.connect()
        silent = self.env.ref("bank_sync.activity_type_silent_feed")
        self.read_waiting()
        self.bank.fails["pages"] = Temporary("unavailable", request_id="r")
        for hours in (25, 27, 30):
            with self.at(hours=hours):
                self.run_cron("watch")
                tasks = self.connection.activity_ids.filtered(
                    lambda task: task.activity_type_id == silent
                )
                self.assertEqual(len(tasks), 0 if hours < 26 else 1)
        with self.at(hours=31):
            self.assertEqual(self.connection.health, "problem")
            self.bank.fails.clear()
            self.connection.sudo()._breaker_note_answer()
            self.read_waiting()
            self.run_cron("watch")
            self.assertFalse(self.connection.activity_ids)
        self.assertTrue(account.last_complete_at)
