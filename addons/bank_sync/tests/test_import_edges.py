"""What an unlucky accountant does to an import: each test is named after what would be seen."""

import contextlib

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from .import_common import IBAN, ImportPageCommon, entry, statement

OTHER = "FR7630006000011234567890189"


@tagged("post_install", "-at_install")
class TestImportEdges(ImportPageCommon):
    def account(self):
        return self.env["bank.connection.account"].search([("company_id", "=", self.company.id)])

    def test_a_line_does_not_get_lost_with_its_journal_entry(self):
        self.take(statement(entry(5000, "a")))
        move = self.lines().move_id
        self.lines().statement_id = False
        with self.assertRaises(UserError), self.env.cr.savepoint():
            move.button_draft()
            move.unlink()
        self.assertTrue(self.lines().exists())
        self.assertTrue(self.entries().statement_line_id)

    def test_a_booked_file_cannot_be_looked_at_as_if_it_were_new(self):
        told = statement(entry(5000, "a"))
        page = self.page(told)
        self.book(page, told)
        card = page._page()["documents"][0]
        with self.reading(told):
            page.look_again(card["id"])
            self.assertEqual(page._page()["documents"][0]["outcome"], "imported")
            with contextlib.suppress(UserError):
                page.choose_journal(card["id"], 1, self.journal.id)
        self.env.flush_all()
        self.assertEqual(page._page()["documents"][0]["outcome"], "imported")
        self.assertTrue(self.entries().file_statement_id)

    def test_two_journals_of_one_number_are_not_guessed(self):
        twin = self.journal.copy({"name": "Twin", "code": "TWIN"})
        twin.sudo().bank_account_id = self.journal.bank_account_id
        self.assertEqual(twin.bank_account_id, self.journal.bank_account_id)
        page = self.page(statement(entry(5000, "a")))
        card = page._page()["documents"][0]
        self.assertEqual(card["problem_code"], "unknown_account")
        with self.reading(statement(entry(5000, "a"))):
            page.choose_journal(card["id"], 1, twin.id)
        self.book(page, statement(entry(5000, "a")))
        self.assertEqual(len(self.lines(twin)), 1)

    def test_a_number_of_two_currencies_is_not_guessed_where_the_file_names_none(self):
        self.take(statement(entry(5000, "a")))
        dollars = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "Dollars", "type": "bank", "code": "USDB", "currency_id": self.usd.id})
        )
        self.env["bank.connection.account"].sudo().create(
            {
                "company_id": self.company.id,
                "iban": IBAN,
                "currency_id": self.usd.id,
                "journal_id": dollars.id,
            }
        )
        found = self.env["bank.connection.account"]._find_for_file(self.company, IBAN, None)
        self.assertFalse(found)

    def test_the_amount_of_an_imported_line_stays_the_banks(self):
        self.take(statement(entry(5000, "a")))
        line = self.lines()
        with self.assertRaises(UserError):
            line.amount = 60.0

    def test_nothing_is_booked_into_an_archived_journal(self):
        told = statement(entry(5000, "a"))
        self.take(statement(entry(100, "b"), name="S0", opening=9900))
        page = self.page(told)
        self.journal.sudo().active = False
        card = self.book(page, told)
        self.assertEqual(card["problem_code"], "journal_archived")
        self.assertEqual(len(self.lines()), 1)
        self.journal.sudo().active = True
        with self.reading(told):
            page.look_again(card["id"])
        self.assertEqual(self.book(page, told)["added"], 1)

    def test_the_entries_of_an_archived_account_do_not_come_a_second_time(self):
        self.take(statement(entry(100, "b"), name="S0", opening=9900))
        told = statement(entry(5000, "a"))
        page = self.page(told)
        self.account().sudo().active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.book(page, told)
        self.assertEqual(len(self.lines()), 1)

    def test_a_manager_cannot_write_what_the_bank_proved(self):
        self.take(statement(entry(5000, "a")))
        account = self.account().with_user(self.manager)
        for values in (
            {"covered_until": "2030-01-01"},
            {"last_proof": "proved"},
            {"baseline_balance": 1.0},
            {"currency_id": self.usd.id},
            {"iban": OTHER},
            {"trust_ids": False},
            {"coverage": "closed"},
            {"file_signs": "reversed"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                account.write(values)

    def test_an_account_with_lines_is_not_led_to_another_journal(self):
        self.take(statement(entry(5000, "a")))
        other = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "Other", "type": "bank", "code": "OTHR"})
        )
        with self.assertRaises(ValidationError):
            self.account().with_user(self.manager).journal_id = other

    def test_foreign_attachments_cannot_be_imported(self):
        other = self.env["res.company"].sudo().create({"name": "Theirs"})
        theirs = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "secret.xml",
                    "raw": b"x",
                    "res_model": "res.company",
                    "res_id": other.id,
                    "company_id": other.id,
                }
            )
        )
        stranger = new_test_user(
            self.env,
            "stranger",
            "bank_sync.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        pages = self.env["bank.statement.import"].with_user(stranger)
        with self.assertRaises(AccessError):
            pages.create_document_from_attachment(theirs.ids)

    def test_an_entry_over_nothing_is_kept(self):
        card = self.take(statement(entry(0, "zero"), entry(100, "b")))
        self.assertEqual(card["outcome"], "imported")
        self.assertEqual(self.lines().mapped("amount"), [0.0, 1.0])

    def test_a_file_put_aside_elsewhere_stays_aside_on_an_old_page(self):
        told = statement(entry(5000, "a"))
        page = self.page(told)
        self.document(page)._cancel()
        with self.reading(told):
            for attempt in (
                lambda: page.look_again(page.document_ids.id),
                page.book,
                lambda: page.put_aside(page.document_ids.id),
            ):
                attempt()
                self.assertEqual(page._page()["documents"][0]["outcome"], "refused")
        for wrong in (
            lambda: page.open_mapping(page.document_ids.id),
            lambda: page.choose_journal(page.document_ids.id, 77, self.journal.id),
            lambda: page.choose_journal(page.document_ids.id, 1, self.journal.id),
        ):
            with self.assertRaises(UserError):
                wrong()

    def test_a_line_reset_to_draft_is_not_brought_again(self):
        told = statement(entry(5000, "a"))
        self.take(told)
        self.lines().move_id.button_draft()
        card = self.take(statement(entry(5000, "a"), entry(100, "b"), name="S2"))
        self.assertEqual(card["added"], 1)
        self.assertEqual(self.lines().mapped("amount"), [50.0, 1.0])

    def test_an_imported_line_is_not_moved_to_another_journal(self):
        self.take(statement(entry(5000, "a")))
        other = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "Other", "type": "bank", "code": "OTHR"})
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.lines().move_id.button_draft()
            self.lines().journal_id = other
            self.env.flush_all()

    def test_the_import_button_of_a_connection_opens_the_page(self):
        connection = self.env["bank.connection"].with_user(self.manager)
        connection = connection.create({"name": "Bank", "base_url": "https://bank.example"})
        action = connection.with_user(self.env.user).action_open_import()
        page = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(page.company_id, self.company)

    def test_an_archived_journal_does_not_stop_the_other_accounts(self):
        self.take(statement(entry(5000, "a")))
        connection = self.env["bank.connection"].with_user(self.manager)
        connection = connection.create({"name": "Bank", "base_url": "https://bank.example"})
        self.account().sudo().connection_id = connection
        self.assertEqual(connection._accounts_to_read(), self.account())
        self.journal.sudo().active = False
        self.assertFalse(connection._accounts_to_read(), "its lines could not be posted")

    def test_a_bank_account_is_not_made_twice_by_two_pages(self):
        self.take(statement(entry(5000, "a")))
        values = {"company_id": self.company.id, "iban": IBAN, "currency_id": self.eur.id}
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            self.account().sudo().create(values)

    def test_two_answers_about_one_entry_are_undone_exactly(self):
        self.take(statement(entry(5000, "a")))
        known = self.entries()
        doubtful = self.env["bank.entry"].sudo()
        for text in ("b", "c"):
            doubtful |= known.sudo()._copy_as({**known._content(), "remittance": text})
        doubtful._transition("doubtful")
        doubtful.doubt = "resembles"
        first, second = doubtful.sudo(False)
        before = self.entries().mapped("remittance")
        first.action_same()
        second.action_same()
        with self.assertRaises(UserError):
            first.action_undo_decision()
        second.action_undo_decision()
        first.action_undo_decision()
        self.assertEqual(self.entries().mapped("remittance"), before)

    def test_a_doubtful_entry_is_not_lost_in_one_the_bank_took_back(self):
        self.take(statement(entry(5000, "a")))
        known = self.entries()
        doubtful = known.sudo()._copy_as({**known._content(), "remittance": "b"})
        doubtful._transition("doubtful")
        doubtful.doubt = "resembles"
        known.sudo()._transition("removed")
        with self.assertRaises(UserError):
            doubtful.sudo(False).action_same()
        doubtful.sudo(False).action_another()
        self.assertTrue(doubtful.statement_line_id)


@tagged("post_install", "-at_install")
class TestTwoPages(BaseCase):
    """Two real transactions that write the books of one account."""

    @contextlib.contextmanager
    def environment(self):
        with contextlib.closing(db_connect(get_db_name()).cursor()) as cursor:
            yield api.Environment(cursor, SUPERUSER_ID, {})

    def setUp(self):
        super().setUp()
        with self.environment() as env:
            values = {
                "company_id": env["res.company"].search([], limit=1).id,
                "iban": "DE75512108001245126199",
                "currency_id": env.ref("base.EUR").id,
            }
            self.account_id = env["bank.connection.account"].create(values).id
            env.cr.commit()
        self.addCleanup(self.forget)

    def forget(self):
        with self.environment() as env:
            env["bank.connection.account"].browse(self.account_id).unlink()
            env.cr.commit()

    def test_who_looked_before_the_other_had_booked_looks_again(self):
        """Overlapping files in other words, booked at once from two pages, would come twice."""
        with self.environment() as early, self.environment() as other:
            books = early["bank.connection.account"].browse(self.account_id)
            self.assertFalse(books.entry_ids, "looked")
            theirs = other["bank.connection.account"].browse(self.account_id)
            self.assertTrue(theirs._lock_books())
            self.assertFalse(books._lock_books(), "busy as long as the other one works")
            other.cr.commit()
            with (
                self.assertRaises(psycopg2.errors.SerializationFailure),
                mute_logger("odoo.sql_db"),
            ):
                books._lock_books()
