"""What went wrong once, or would have: each test is named after what a person would have seen."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.bank_sync.connectors.base import ConsentInvalid
from odoo.addons.bank_sync.core.statement import Entry

from .common import BankSyncCommon
from .statements import camt
from .test_bank_statement_import import IBAN, ImportCommon


@tagged("post_install", "-at_install")
class TestImportEdges(ImportCommon):
    def setUp(self):
        super().setUp()
        self.journal.sudo().set_bank_account(IBAN)

    def account(self):
        return self.env["bank.connection.account"].search([("iban", "=", IBAN)])

    def without_balances(self, file):
        text = file.decode()
        first, last = text.index("<Bal>"), text.rindex("</Bal>") + len("</Bal>")
        return (text[:first] + text[last:]).encode()

    def test_an_imported_line_cannot_get_lost_by_deleting_it(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        line = self.env["account.bank.statement.line"].search([("bank_entry_id", "!=", False)])
        line.statement_id = False
        with self.assertRaises(UserError):
            line.unlink()
        self.assertTrue(line.exists())

    def test_no_call_from_outside_writes_what_the_bank_says_about_a_line(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        line = self.env["account.bank.statement.line"].search([("bank_entry_id", "!=", False)])
        for values in ({"bank_match_state": "booked"}, {"bank_entry_id": False}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                line.write(values)

    def test_importing_never_deletes_somebody_elses_attachment(self):
        colleague = new_test_user(self.env, "colleague", "account.group_account_user")
        invoice = self.invoice(10.0)
        theirs = (
            self.env["ir.attachment"]
            .with_user(colleague)
            .sudo()
            .create(
                {"name": "contract.pdf", "raw": b"x", "res_model": "account.move"}
                | {"res_id": invoice.id}
            )
        )
        wizard = self.env["bank.statement.import"].create(
            {"company_id": self.company.id, "attachment_ids": theirs.ids}
        )
        wizard.action_import()
        self.assertTrue(theirs.exists())

    def test_an_old_file_without_balances_does_not_make_the_feed_fresh(self):
        self.upload(self.without_balances(camt(IBAN, ("5.00", "a"))))
        self.assertFalse(self.account().covered_until)
        self.upload(camt(IBAN, ("50.00", "b"), date="2026-03-03", name="S2"))
        self.assertEqual(self.company._bank_feed_status()["code"], "stale")

    def test_one_entry_told_in_two_texts_by_two_files_is_one_line(self):
        self.upload(camt(IBAN, ("7.00", "z"), opening="93.00", date="2026-03-01", name="S0"))
        self.upload(self.without_balances(camt(IBAN, ("50.00", "INV 1"))))
        result = self.upload(camt(IBAN, ("50.00", "INV 1 from Paris"), ("2.00", "new")))
        self.assertEqual((result.added_count, result.known_count), (1, 1))
        self.assertEqual(self.account().entry_ids.mapped("amount"), [2.0, 50.0, 7.0])
        self.assertEqual(self.account().last_proof, "proved")

    def test_the_same_paid_again_the_day_after_is_two_lines(self):
        self.upload(camt(IBAN, ("50.00", "INV 1")))
        result = self.upload(
            camt(IBAN, ("50.00", "INV 1 again"), opening="150.00", date="2026-03-03", name="S2")
        )
        self.assertEqual(result.added_count, 1)
        self.assertEqual(self.account().last_proof, "proved")

    def test_a_balance_of_the_future_does_not_keep_the_feed_fresh_for_ever(self):
        future = self.today + timedelta(days=9)
        self.upload(camt(IBAN, ("50.00", "b"), date=str(future)))
        self.assertLessEqual(self.account().covered_until, self.company._bank_today())

    def test_an_older_file_does_not_turn_the_proved_balance_back(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        self.upload(camt(IBAN, ("1.00", "b"), opening="150.00", date="2026-03-03", name="S2"))
        again = camt(IBAN, ("50.00", "a"), name="S1-copy")
        self.upload(again)
        self.assertEqual(self.account().proved_balance, 151.0)

    def test_an_archived_account_is_not_imported_a_second_time(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        self.account().with_user(self.manager).active = False
        result = self.upload(camt(IBAN, ("50.00", "a"), name="S1-copy"))
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)]
        )
        self.assertEqual(lines.mapped("amount"), [50.0])
        self.assertEqual(result.outcome, "quarantined")

    def test_a_file_is_never_kept_in_part_and_booked_in_full(self):
        file = camt(IBAN, ("50.00", "a"))
        module = "odoo.addons.bank_sync.models.bank_raw_document_file.MAX_FILE_BYTES"
        with patch(module, len(file) - 1):
            result = self.upload(file)
        self.assertEqual(result.document_id.problem_code, "too_large")
        self.assertFalse(self.account().entry_ids)

    def test_a_file_waits_while_the_account_is_being_read(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        accounts = type(self.env["bank.connection.account"])
        nothing = self.env["bank.connection.account"]
        with patch.object(accounts, "try_lock_for_update", return_value=nothing):
            result = self.upload(
                camt(IBAN, ("1.00", "b"), opening="150.00", date="2026-03-03", name="S2")
            )
        self.assertEqual((result.outcome, result.document_id.state), ("busy", "received"))
        self.assertEqual(self.account().entry_ids.mapped("amount"), [50.0])


@tagged("post_install", "-at_install")
class TestAccountEdges(BankSyncCommon):
    def setUp(self):
        super().setUp()
        self.connection = (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create({"name": "ours", "base_url": "https://bank.example"})
        )
        self.account = (
            self.env["bank.connection.account"]
            .sudo()
            .create(
                {
                    "connection_id": self.connection.id,
                    "company_id": self.company.id,
                    "resource_id": "r1",
                    "iban": IBAN,
                    "currency_id": self.eur.id,
                    "journal_id": self.journal.id,
                }
            )
        )

    def take(self, *entries, closing=None, closing_date=None):
        run = self.env["bank.sync.run"]._begin(
            "cron",
            company_id=self.company.id,
            connection_id=self.connection.id,
            account_id=self.account.id,
            date_from=self.account._window_start(),
        )
        documents = self.env["bank.raw.document"]._keep(
            b"x", name="x", source="api", company_id=self.company.id
        )
        self.env["bank.entry"]._apply_reading(
            self.account, run, list(entries), documents, closing=closing, closing_date=closing_date
        )
        return run

    def entry(self, amount, day, text="x"):
        return Entry(day, day, amount, "EUR", remittance=(text,))

    def test_a_balance_of_yesterday_gives_todays_statement_its_right_balances(self):
        yesterday = self.today - timedelta(days=1)
        first = self.entry(1000, yesterday, "one")
        self.take(first, closing=11000, closing_date=yesterday)
        second = self.entry(500, self.today, "two")
        self.take(first, second, closing=11000, closing_date=yesterday)
        line = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id), ("amount", "=", 5.0)]
        )
        self.assertEqual(
            (line.statement_id.balance_start, line.statement_id.balance_end_real), (110.0, 115.0)
        )

    def test_the_hundredth_bank_account_still_gets_a_journal(self):
        taken = [
            {"name": f"Bank {n}", "code": f"BNK{n}", "type": "bank", "company_id": self.company.id}
            for n in range(1, 100)
            if f"BNK{n}" not in self.env["account.journal"].search([]).mapped("code")
        ]
        self.env["account.journal"].sudo().create(taken)
        account = (
            self.env["bank.connection.account"]
            .sudo()
            .create({"iban": "DE00", "currency_id": self.eur.id, "company_id": self.company.id})
        )
        self.assertEqual(account._create_journal().code, "BK100")

    def test_an_account_is_never_booked_into_a_journal_of_another_currency(self):
        dollars = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "USD", "type": "bank", "code": "USDX", "currency_id": self.usd.id})
        )
        with self.assertRaises(ValidationError):
            self.account.with_user(self.manager).journal_id = dollars

    def test_connecting_an_archived_account_again_doubles_no_line(self):
        entry = self.entry(1000, self.today, "one")
        self.take(entry, closing=11000, closing_date=self.today)
        self.account.with_user(self.manager).active = False

        class Remote:
            resource_id, iban, currency, owner_name = "r2", IBAN, "EUR", "Us"
            usable = True

        self.env["bank.connection.account"].with_user(self.manager)._link(self.connection, [Remote])
        self.account = (
            self.env["bank.connection.account"].search([("connection_id", "=", self.connection.id)])
            or self.account
        )
        self.take(entry, closing=11000, closing_date=self.today)
        lines = self.env["account.bank.statement.line"].search(
            [("bank_entry_id", "!=", False), ("amount", "=", 10.0)]
        )
        self.assertEqual(len(lines), 1)

    def test_a_secret_never_follows_the_connection_to_another_address(self):
        self.connection.access_token = "open sesame"
        self.connection.name = "Renamed"
        self.assertTrue(self.env["bank.secret"]._reveal(self.connection, "access_token"))
        self.connection.base_url = "https://evil.example"
        self.assertIsNone(self.env["bank.secret"]._reveal(self.connection, "access_token"))
        self.connection.write({"base_url": "https://bank.example", "access_token": "new"})
        self.assertEqual(self.env["bank.secret"]._reveal(self.connection, "access_token"), "new")

    def test_a_connection_with_accounts_stays_with_its_company(self):
        self.connection.sudo().account_ids = (
            self.env["bank.connection.account"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "iban": "DE02120300000000202051",
                    "currency_id": self.env.ref("base.EUR").id,
                }
            )
        )
        with self.assertRaises(UserError):
            self.connection.company_id = self.env["res.company"].sudo().create({"name": "Other"})

    def test_no_call_from_outside_writes_the_state_of_a_connection(self):
        for values in ({"state": "active"}, {"consent_id": False}, {"problem": "x"}):
            with self.subTest(values), self.assertRaises(AccessError):
                self.connection.write(values)

    def test_a_consent_that_has_ended_stays_as_it_ended(self):
        consent = (
            self.env["bank.consent"]
            .sudo()
            .create(
                {
                    "connection_id": self.connection.id,
                    "external_id": "c1",
                    "user_id": self.manager.id,
                    "status": "expired",
                }
            )
        )

        class Adapter:
            def consent_state(self, _consent):
                raise ConsentInvalid("consent", "gone")

        with patch.object(type(self.connection), "_adapter", return_value=Adapter()):
            consent._refresh()
        self.assertEqual(consent.status, "expired")


@tagged("post_install", "-at_install")
class TestSuggestionEdges(BankSyncCommon):
    def suggested(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(60.0, f"part of {invoice.name}")
        self.match()
        return invoice, line, line.bank_suggestion_ids

    def book_by_hand(self, line):
        suspense = line._seek_for_lines()[1]
        account = self.company_data["default_account_revenue"]
        line.move_id.sudo().button_draft()
        suspense.sudo().account_id = account
        line.move_id.sudo().action_post()
        self.assertTrue(line.is_reconciled)

    def test_a_line_booked_by_hand_meanwhile_is_not_accepted(self):
        _invoice, line, suggestion = self.suggested()
        self.book_by_hand(line)
        with self.assertRaises(UserError):
            suggestion.action_accept()

    def test_a_line_booked_by_hand_holds_its_suggested_invoice_no_longer(self):
        invoice, line, suggestion = self.suggested()
        self.assertTrue(invoice._bank_pending_receipts())
        self.book_by_hand(line)
        self.match()
        self.assertEqual(suggestion.state, "superseded")
        self.assertFalse(invoice._bank_pending_receipts())
        self.assertFalse(line.bank_match_state)

    def test_a_suggestion_follows_what_is_left_of_its_invoice(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(150.0, f"for {invoice.name}")
        self.match()
        self.assertEqual(line.bank_suggestion_ids.line_ids.claim_amount, 100.0)
        paid = self.bank_line(40.0, "cash")
        suspense = paid._seek_for_lines()[1]
        receivable = invoice.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        paid.move_id.sudo().button_draft()
        suspense.sudo().write(
            {"account_id": receivable.account_id.id, "partner_id": self.customer.id}
        )
        paid.move_id.sudo().action_post()
        (suspense | receivable).sudo().reconcile()
        self.match()
        current = line.bank_suggestion_ids.filtered(lambda one: one.state == "open")
        self.assertEqual(current.line_ids.claim_amount, 60.0)
        current.action_accept()
        self.assertEqual(invoice.payment_state, "paid")

    def test_no_call_from_outside_writes_a_suggestion(self):
        _invoice, _line, suggestion = self.suggested()
        for values in ({"state": "accepted"}, {"score": 1.0}, {"line_ids": [Command.clear()]}):
            with self.subTest(values), self.assertRaises(AccessError):
                suggestion.write(values)
        suggestion.action_accept()
        self.assertEqual(suggestion.state, "accepted")
