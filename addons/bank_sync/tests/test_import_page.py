import base64
import io
import zipfile
from datetime import date

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .import_common import IBAN, ImportPageCommon, entry, statement
from .statements import camt

OTHER = "FR7630006000011234567890189"


@tagged("post_install", "-at_install")
class TestImportPage(ImportPageCommon):
    """What an accountant sees before anything is booked, and what the buttons do."""

    def card(self, page, number=0):
        return page._page()["documents"][number]

    # === THE PREVIEW === #

    def test_looking_at_a_file_books_nothing_and_says_everything(self):
        page = self.page(
            statement(entry(5000, "INV 1", counterparty_name="Ann"), entry(-725, "Fee"))
        )
        card = self.card(page)
        self.assertEqual((card["outcome"], card["format"]), ("ready", "camt.053.001.08"))
        told = card["statements"][0]
        self.assertEqual((told["account"], told["currency"]), (IBAN, "EUR"))
        self.assertEqual(told["journal"], self.journal.display_name)
        self.assertEqual((told["entries"], told["new"], told["known"]), (2, 2, 0))
        self.assertEqual((told["proof"], told["period"]), ("proved", "2026-03-02"))
        self.assertIn("142.75", told["closing"])
        self.assertEqual(
            told["sample"][0],
            {
                "day": "2026-03-02",
                "name": "Ann",
                "text": "INV 1",
                "amount": "50.00",
                "currency": "EUR",
                "out": False,
            },
        )
        self.assertFalse(self.entries() or self.lines())
        self.assertFalse(self.env["bank.connection.account"].search([("iban", "=", IBAN)]))

    def test_the_preview_counts_what_is_there_already(self):
        self.take(statement(entry(5000, "a"), entry(5000, "a")))
        page = self.page(statement(entry(5000, "a"), entry(5000, "a"), entry(5000, "a")))
        told = self.card(page)["statements"][0]
        self.assertEqual((told["new"], told["known"]), (1, 2))

    def month(self, number, opening):
        day = date(2026, number, 28)
        return statement(
            entry(1000, f"month {number}", day=day),
            opening=opening,
            name=f"M{number}",
            sequence=str(number),
        )

    def test_a_gap_is_told_before_the_booking(self):
        self.take(self.month(1, 10000))
        page = self.page(self.month(3, 15000))
        warnings = " ".join(self.card(page)["statements"][0]["warnings"])
        self.assertIn("statement 2 is missing", warnings)
        self.assertIn("40.00", warnings)

    def test_months_dropped_at_once_have_no_gap_in_any_order(self):
        self.take(self.month(1, 10000))
        months = {"april": (4, 13000), "february": (2, 11000), "march": (3, 12000)}
        page = self.env["bank.statement.import"].create({"company_id": self.company.id})
        for name, (number, opening) in months.items():
            with self.reading(self.month(number, opening)):
                page.add_files(self.attach(name=f"{name}.xml").ids)
        for card in page._page()["documents"]:
            self.assertNotIn("missing", " ".join(card["statements"][0]["warnings"]))
        page.document_ids.filtered(lambda one: one.name == "march.xml")._cancel()
        april = page._page()["documents"][0]
        self.assertIn("statement 3 is missing", " ".join(april["statements"][0]["warnings"]))

    def test_cancelling_leaves_the_bytes_and_nothing_else(self):
        told = statement(entry(5000, "a"))
        page = self.page(told, content=b"bytes")
        page.cancel()
        document = self.document(page)
        self.assertEqual((document.state, document.problem_code), ("refused", "cancelled"))
        self.assertEqual(document._bytes(), b"bytes")
        self.assertFalse(self.entries())
        self.assertEqual(self.take(told, content=b"bytes")["outcome"], "imported")

    def test_an_abandoned_page_is_found_again(self):
        told = statement(entry(5000, "a"))
        document = self.document(self.page(told))
        action = self.env["bank.statement.import"].action_new()
        page = self.env["bank.statement.import"].browse(action["res_id"])
        self.assertIn(document, page.document_ids)
        self.assertEqual(self.book(page, told)["outcome"], "imported")

    def test_files_dropped_on_a_bank_journal_come_to_the_page(self):
        attachment = self.attach(camt(IBAN, ("50.00", "a")))
        journals = self.env["account.journal"].with_context(default_journal_id=self.journal.id)
        action = journals.create_document_from_attachment(attachment.ids)
        self.assertEqual(action["res_model"], "bank.statement.import")
        self.assertFalse(attachment.exists(), "it is a document now")
        self.assertFalse(self.lines())

    # === THE JOURNAL === #

    def test_a_journal_is_chosen_for_an_unknown_account(self):
        told = statement(entry(5000, "a"), account=OTHER)
        spare = self.journal.sudo().copy({"name": "Spare", "bank_account_id": False}).sudo(False)
        page = self.page(told)
        card = self.card(page)
        self.assertEqual(
            (card["outcome"], card["problem_code"]), ("quarantined", "unknown_account")
        )
        choices = [choice["id"] for choice in card["statements"][0]["journal_choices"]]
        self.assertIn(spare.id, choices)
        with self.reading(told):
            page.choose_journal(card["id"], 1, spare.id)
        self.assertEqual(self.card(page)["outcome"], "ready")
        self.book(page, told)
        self.assertEqual(self.lines(spare).amount, 50.0)
        self.assertEqual(spare.bank_account_id.sanitized_acc_number, OTHER)
        next_page = self.page(statement(entry(1, "b"), account=OTHER, name="S2"))
        self.assertEqual(self.card(next_page)["outcome"], "ready", "it is remembered")

    def test_a_missing_journal_is_made_on_the_page(self):
        told = statement(entry(5000, "a"), account=OTHER, currency="EUR")
        page = self.page(told)
        with self.reading(told):
            page.choose_journal(self.card(page)["id"], 1, False)
        self.book(page, told)
        account = self.env["bank.connection.account"].search([("iban", "=", OTHER)])
        self.assertEqual(account.journal_id.type, "bank")
        self.assertEqual(self.lines(account.journal_id).amount, 50.0)

    def test_the_journal_of_another_company_cannot_be_chosen(self):
        other = self.setup_other_company()
        theirs = other["default_journal_bank"]
        self.env["bank.connection.account"].sudo().create(
            {
                "company_id": theirs.company_id.id,
                "currency_id": (theirs.currency_id or theirs.company_id.currency_id).id,
                "journal_id": theirs.id,
            }
        )
        for account in (None, OTHER):
            told = statement(entry(5000, "a"), account=account)
            page = self.page(told)
            with self.subTest(account), self.assertRaises(UserError), self.reading(told):
                page.choose_journal(self.card(page)["id"], 1, theirs.id)
        self.assertFalse(self.lines(theirs))

    def test_a_statement_without_account_number_goes_where_a_person_says(self):
        told = statement(entry(5000, "a"), account=None, currency=None)
        page = self.page(told)
        with self.reading(told):
            page.choose_journal(self.card(page)["id"], 1, self.journal.id)
        self.assertEqual(self.book(page, told)["outcome"], "imported")
        self.assertEqual(self.lines().amount, 50.0)

    # === WHAT DOES NOT ADD UP === #

    def wrong(self):
        return statement(entry(5000, "a"), closing=99999)

    def test_a_file_that_does_not_add_up_waits_in_the_queue_with_its_difference(self):
        page = self.page(self.wrong())
        document = self.document(page)
        self.assertEqual((document.state, document.problem_code), ("quarantined", "not_proved"))
        self.assertEqual(document.file_statement_ids.difference, 849.99)
        self.assertIn("849.99", document.problem)
        self.assertIn("from the bank again", document.what_to_do)
        self.assertEqual(self.book(page, self.wrong())["outcome"], "quarantined")
        self.assertFalse(self.entries())
        queue = self.env.ref("bank_sync.bank_raw_document_queue_action")
        self.assertIn(document, document.search(safe_eval(queue.domain)))

    def test_an_accountant_cannot_force_it(self):
        page = self.page(self.wrong())
        with self.assertRaisesRegex(UserError, "manager"), self.reading(self.wrong()):
            page.import_anyway(self.document(page).id, "because")
        self.assertFalse(self.entries())

    def test_a_manager_forces_it_with_a_reason_and_the_account_is_unproven(self):
        page = self.page(self.wrong(), user=self.manager)
        document = self.document(page)
        with self.reading(self.wrong()):
            with self.assertRaisesRegex(UserError, "why"):
                page.import_anyway(document.id, "  ")
            page.import_anyway(document.id, "The branch confirmed it by phone")
        self.finish(page)
        self.assertEqual(self.lines().amount, 50.0)
        account = document.account_id
        self.assertEqual(account.last_proof, "unproven")
        self.assertFalse(account.baseline_date or account.proved_on)
        self.assertEqual(self.company._bank_feed_status()["code"], "unproven")
        event = self.env["bank.event"].search([("kind", "=", "document_forced")])
        self.assertEqual(event.payload["reason"], "The branch confirmed it by phone")
        self.assertEqual((event.payload["differences"], event.actor_id), ([849.99], self.manager))
        self.assertFalse(
            self.lines().statement_id.is_complete, "its balances are shown as they are"
        )
        self.take(statement(entry(700, "b"), opening=99999, name="S2"))
        self.assertEqual(account.last_proof, "baseline", "the books begin anew")

    def test_only_what_does_not_add_up_can_be_forced(self):
        told = statement(entry(5000, "a"), account=OTHER)
        page = self.page(told, user=self.manager)
        with self.assertRaises(UserError), self.reading(told):
            page.import_anyway(self.document(page).id, "because")

    # === ODOO'S OWN STATEMENT === #

    def test_the_statement_is_the_banks_also_when_entries_were_known(self):
        self.take(statement(entry(5000, "a"), opening=None, closing=None))
        first = self.lines()
        self.assertFalse(first.statement_id)
        self.take(statement(entry(5000, "a"), entry(700, "b"), sequence="7"))
        made = self.lines().statement_id
        self.assertEqual(len(made), 1)
        self.assertEqual((made.name, made.reference), ("S1", "7"))
        self.assertEqual((made.balance_start, made.balance_end_real), (100.0, 157.0))
        self.assertTrue(made.is_complete)
        self.assertEqual(made.line_ids, self.lines())

    def test_lines_of_another_statement_stay_there(self):
        self.take(statement(entry(5000, "a"), name="S1"))
        self.take(statement(entry(5000, "a"), entry(700, "b"), name="S1 whole"))
        one, two = self.lines().statement_id.sorted("id")
        self.assertEqual((one.balance_end_real, two.balance_start), (150.0, 150.0))
        self.assertTrue(one.is_complete and two.is_complete)

    # === WHO === #

    def test_nobody_else_sees_or_books_my_page(self):
        told = statement(entry(5000, "a"))
        page = self.page(told)
        colleague = new_test_user(
            self.env,
            "colleague",
            "bank_sync.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        clerk = new_test_user(self.env, "clerk", "account.group_account_invoice")
        for user in (colleague, clerk):
            with self.subTest(user.login), self.assertRaises(AccessError), self.reading(told):
                page.with_user(user).book()
        with self.assertRaises(AccessError):
            page.with_user(clerk).create_document_from_attachment([])

    def test_documents_of_another_company_cannot_be_put_on_a_page(self):
        other = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        theirs = self.env["bank.raw.document"]._keep(
            b"x", name="x", source="file", company_id=other.id
        )
        page = self.page(statement(entry(1)))
        for attempt in (
            lambda: page.put_aside(theirs.id),
            lambda: page.choose_journal(theirs.id, 1, False),
        ):
            with self.assertRaises(UserError):
                attempt()
        with self.assertRaises(AccessError):
            page.document_ids = [Command.link(theirs.id)]
            page._page()
        self.assertEqual(theirs.state, "received")

    # === REAL FILES === #

    def test_a_table_nobody_explained_waits_for_its_columns(self):
        table = b"Date;Text;Amount\n02.03.2026;Coffee;-4,50\n03.03.2026;Rent;-900,00\n"
        page = self.page(content=table, name="bank.csv")
        self.assertEqual(self.card(page)["problem_code"], "needs_mapping")
        action = page.open_mapping(self.document(page).id)
        mapping = self.env["bank.statement.mapping"].browse(action["res_id"])
        mapping.journal_id = self.journal
        mapping.currency_id = self.eur
        mapping.action_approve()
        page.look_again(self.document(page).id)
        self.assertEqual(self.card(page)["outcome"], "ready")
        page.book()
        self.finish(page)
        self.assertEqual(self.lines().mapped("amount"), [-4.5, -900.0])

    def test_a_zip_of_two_accounts_shows_each_statement(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("1.xml", camt(IBAN, ("50.00", "a")))
            archive.writestr("2.xml", camt(OTHER, ("1.00", "b")))
        page = self.page(content=packed.getvalue(), name="day.zip")
        card = self.card(page)
        self.assertEqual(card["outcome"], "quarantined", "all of a file or nothing of it")
        self.assertEqual(
            [told["problem_code"] for told in card["statements"]], ["", "unknown_account"]
        )
        page.choose_journal(card["id"], 2, False)
        page.book()
        self.assertEqual(self.finish(page)["added"], 2)

    def test_the_queue_opens_the_page_and_the_bytes_can_be_downloaded(self):
        page = self.page(self.wrong(), content=b"as it came")
        document = self.document(page)
        with self.reading(self.wrong()):
            action = document.action_open_import()
        again = self.env["bank.statement.import"].browse(action["res_id"])
        self.assertEqual(again.document_ids, document)
        self.assertIn(f"/{document.id}/content", document.action_download()["url"])
        self.assertEqual(
            base64.b64decode(document.with_context(bin_size=False).content), b"as it came"
        )
