import base64
import io
import zipfile

from odoo.tests import tagged

from .common import BankSyncCommon, SandboxCommon
from .statements import camt

IBAN = "DE89370400440532013000"


class ImportCommon(BankSyncCommon):
    def upload(self, *contents, names=None):
        """Import files as the accountant and return the result lines."""
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": names[number] if names else f"file{number + 1}.xml",
                    "datas": base64.b64encode(content),
                }
                for number, content in enumerate(contents)
            ]
        )
        wizard = self.env["bank.statement.import"].create(
            {"company_id": self.company.id, "attachment_ids": attachments.ids}
        )
        wizard.action_import()
        return wizard.result_ids


@tagged("post_install", "-at_install")
class TestBankStatementImport(ImportCommon):
    def setUp(self):
        super().setUp()
        self.journal.sudo().set_bank_account(IBAN)

    def lines(self):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="id"
        )

    def test_a_file_becomes_lines_with_the_banks_own_balances(self):
        invoice = self.invoice(50.0)
        result = self.upload(camt(IBAN, ("50.00", invoice.name), ("-7.25", "Fee")))
        self.assertEqual((result.outcome, result.added_count), ("imported", 2))
        lines = self.lines()
        self.assertEqual(lines.mapped("amount"), [50.0, -7.25])
        statement = lines.statement_id
        self.assertEqual((statement.name, statement.balance_start), ("S1", 100.0))
        self.assertEqual(statement.balance_end_real, 142.75)
        self.assertTrue(statement.is_complete)
        self.assertEqual(invoice.payment_state, "paid")
        account = self.env["bank.connection.account"].search([("iban", "=", IBAN)])
        self.assertEqual((account.journal_id, account.last_proof), (self.journal, "baseline"))
        self.assertEqual(account.proved_balance, 142.75)

    def test_the_same_file_again_is_known_and_adds_nothing(self):
        file = camt(IBAN, ("50.00", "a"))
        self.upload(file)
        result = self.upload(file)
        self.assertEqual(result.outcome, "known")
        self.assertIn("already imported", result.message)
        self.assertEqual(len(self.lines()), 1)

    def test_the_same_entries_in_another_file_are_known(self):
        self.upload(camt(IBAN, ("50.00", "a"), ("50.00", "a")))
        result = self.upload(camt(IBAN, ("50.00", "a"), ("50.00", "a"), name="S1-again"))
        self.assertEqual((result.outcome, result.added_count, result.known_count), ("known", 0, 2))
        self.assertEqual(len(self.lines()), 2, "two alike are two")

    def test_the_like_payment_of_the_next_day_is_another_one(self):
        self.upload(camt(IBAN, ("50.00", "rent")))
        tomorrow = camt(IBAN, ("50.00", "rent"), opening="150.00", date="2026-03-03", name="S2")
        self.assertEqual(self.upload(tomorrow).added_count, 1)
        self.assertEqual(self.lines().mapped("amount"), [50.0, 50.0])

    def test_a_zip_archive_is_one_file_with_all_its_statements(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("1.xml", camt(IBAN, ("50.00", "a")))
            archive.writestr(
                "2.xml", camt(IBAN, ("1.00", "b"), opening="150.00", date="2026-03-03", name="S2")
            )
        result = self.upload(packed.getvalue())
        self.assertEqual((result.outcome, result.added_count), ("imported", 2))
        self.assertEqual(self.lines().mapped("amount"), [50.0, 1.0])

    def test_several_files_are_judged_one_by_one(self):
        results = self.upload(
            camt(IBAN, ("50.00", "a")),
            b"%PDF-1.4 not a statement",
            camt(IBAN, ("1.00", "b"), opening="150.00", date="2026-03-03", name="S2"),
        )
        self.assertEqual(results.mapped("outcome"), ["imported", "refused", "imported"])
        self.assertEqual(len(self.lines()), 2)

    def test_a_file_that_does_not_add_up_is_refused_with_its_figures(self):
        result = self.upload(camt(IBAN, ("50.00", "a"), closing="999.99"))
        self.assertEqual(result.outcome, "quarantined")
        for part in ("file1.xml", "S1", "150.00", "999.99"):
            self.assertIn(part, result.message.replace(",", "."))
        self.assertNothingBooked(result)

    def test_an_unknown_account_is_named(self):
        result = self.upload(camt("FR7630006000011234567890189", ("50.00", "a")))
        self.assertIn("FR7630006000011234567890189", result.message)
        self.assertNothingBooked(result)

    def test_another_companys_account_is_unknown_here(self):
        other = self.setup_other_company()
        other["default_journal_bank"].sudo().set_bank_account("NL91ABNA0417164300")
        result = self.upload(camt("NL91ABNA0417164300", ("50.00", "a")))
        self.assertEqual(result.outcome, "quarantined")
        self.assertNothingBooked(result)

    def test_the_journals_currency_must_be_the_statements(self):
        result = self.upload(camt(IBAN, ("50.00", "a"), currency="USD"))
        self.assertEqual(result.outcome, "quarantined")
        self.assertNothingBooked(result)

    def test_hostile_files_are_refused_with_file_and_place(self):
        good = camt(IBAN, ("50.00", "a"))
        doctype = b'<!DOCTYPE a [<!ENTITY x "y">]>'
        hostile = {
            "empty": b"",
            "truncated": good[: len(good) // 2],
            "doctype": good.replace(b"<Document", doctype + b"<Document"),
            "comma": good.replace(b">50.00<", b">50,00<"),
            "february": good.replace(b"2026-03-02", b"2026-02-30"),
            "deep": good.replace(b"<Id>S1", b"<Id>" + b"<a>" * 5000 + b"</a>" * 5000 + b"S1"),
            "no camt": b"<html><body>Good morning</body></html>",
        }
        for name, content in hostile.items():
            with self.subTest(name):
                result = self.upload(content, names=[f"{name}.xml"])
                self.assertEqual(result.outcome, "refused")
                self.assertIn(f"{name}.xml", result.message)
                self.assertNotIn("%(", result.message)
                self.assertNothingBooked(result)
                self.assertEqual(result.document_id._bytes(), content, "the bytes are kept")

    def test_texts_of_the_bank_stay_texts(self):
        text = "=1+1 &lt;script&gt;alert(1)&lt;/script&gt; %(detail)s {0} '; DROP TABLE x; --"
        self.upload(camt(IBAN, ("50.00", text)))
        self.assertIn("<script>alert(1)</script> %(detail)s", self.lines().payment_ref)

    def test_a_gap_between_statements_is_told(self):
        self.upload(camt(IBAN, ("50.00", "a")))
        result = self.upload(
            camt(IBAN, ("1.00", "b"), opening="500.00", date="2026-03-09", name="S3")
        )
        self.assertEqual(result.outcome, "imported")
        self.assertIn("missing", result.message)
        result = self.upload(
            camt(IBAN, ("350.00", "c"), opening="150.00", date="2026-03-05", name="S2")
        )
        self.assertNotIn("missing", result.message)

    def test_what_came_before_the_refusal_of_a_file_is_not_kept(self):
        good = camt(IBAN, ("50.00", "a")).decode()
        second = good[good.index("<Stmt>") : good.index("</Stmt>") + 7].replace(IBAN, "XX00")
        both = good.replace("</BkToCstmrStmt>", second + "</BkToCstmrStmt>").encode()
        self.assertNothingBooked(self.upload(both))

    def assertNothingBooked(self, result):
        self.assertIn(result.document_id.state, ("refused", "quarantined"))
        self.assertFalse(self.lines())
        self.assertFalse(self.env["bank.entry"].search_count([]))


@tagged("post_install", "-at_install")
class TestFileAndConnection(SandboxCommon):
    upload = ImportCommon.upload

    def test_what_the_connection_brought_the_file_does_not_bring_again(self):
        self.connect()
        self.bank.pay(self.account, ("10.00", "one"), ("10.00", "one"), ("-2.00", "fee"))
        self.sync()
        result = self.upload(self.bank.statement(self.account))
        self.assertEqual((result.outcome, result.known_count), ("known", 3))
        self.assertBooksEqualBank()

    def test_what_the_file_brought_the_connection_does_not_bring_again(self):
        self.journal.sudo().set_bank_account(self.account["iban"])
        self.bank.pay(self.account, ("10.00", "one"), ("10.00", "one"))
        self.assertEqual(self.upload(self.bank.statement(self.account)).added_count, 2)
        accounts = self.connect()
        self.assertEqual(accounts.journal_id, self.journal)
        self.bank.pay(self.account, ("4.00", "two"))
        run = self.sync()
        self.assertEqual((run.state, run.added_count, run.proof), ("done", 1, "proved"))
        self.assertBooksEqualBank()
