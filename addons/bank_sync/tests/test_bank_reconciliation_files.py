import csv
import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import SUPERUSER_ID, Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.bank_sync.wizards.reconciliation_files import csv_cell, to_xlsx
from odoo.addons.bank_sync.wizards.reconciliation_tables import Money, Table

from .import_common import DAY, entry, statement
from .reconciliation_common import LATER, ReconciliationCommon

#: What a payer may write so that a spreadsheet runs it.
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", " =1", "\t=1")


@tagged("post_install", "-at_install")
class TestBankReconciliationFiles(HttpCase, ReconciliationCommon):
    """The same figures as on screen, in files that run nothing."""

    def _wizard(self):
        return self.env["bank.reconciliation"].create(
            {"journal_ids": self.journal.ids, "date": LATER}
        )

    def _fill(self):
        texts = [entry(100 + number, text) for number, text in enumerate(FORMULAS)]
        self.take(statement(*texts))
        self.on_account(100.0, DAY, label="=2+2")

    def _csv(self, wizard):
        name, media_type, content = wizard._file("csv")
        self.assertEqual(media_type, "text/csv; charset=utf-8")
        self.assertTrue(name.endswith(f"-{LATER}.csv"), name)
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    def _book(self, wizard):
        name, _media_type, content = wizard._file("xlsx")
        self.assertTrue(name.endswith(".xlsx"))
        return load_workbook(io.BytesIO(content))

    def test_no_cell_of_a_workbook_is_a_formula(self):
        self._fill()
        book = self._book(self._wizard())
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        self.assertFalse([cell.coordinate for cell in cells if cell.data_type == "f"])
        texts = {cell.value for cell in cells if isinstance(cell.value, str)}
        self.assertLessEqual({"=1+1", "@SUM(A1)", "=cmd|' /C calc'!A0"}, texts)

    def test_no_text_of_a_table_begins_like_a_formula(self):
        self._fill()
        for row in self._csv(self._wizard()):
            for cell in row:
                dangerous = cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t"))
                number = cell.lstrip("-").replace(".", "").isdigit()
                self.assertFalse(dangerous and not number, cell)

    def test_amounts_of_files_are_numbers_and_those_of_the_screen(self):
        self._fill()
        wizard = self._wizard()
        [section] = wizard._report().sections
        report = wizard._report()
        figures = [amount / 100 for _label, _text, _count, amount in report.summary(section)]
        rows = self._csv(wizard)
        head = next(number for number, row in enumerate(rows) if "Source" in row)
        column = rows[head].index("Amount")
        told = [float(row[column]) for row in rows[head + 1 : head + 1 + len(figures)]]
        self.assertEqual(told, figures)
        sheet = self._book(wizard).worksheets[0]
        cells = [row[column] for row in sheet.iter_rows(min_row=2)]
        self.assertEqual([round(cell.value, 2) for cell in cells], figures)
        self.assertTrue(all(cell.data_type == "n" for cell in cells))
        self.assertEqual(cells[0].number_format, "#,##0.00")

    def test_files_hold_every_row_the_screen_leaves_out(self):
        some = [entry(100, f"x{number}") for number in range(130)]
        self.take(statement(*some))
        wizard = self._wizard()
        reports = self.env["ir.actions.report"]
        page = reports._render_qweb_html("bank_sync.bank_reconciliation_report", wizard.ids)[0]
        self.assertEqual(page.decode().count(">x"), 100)
        waiting = self._book(wizard).worksheets[2]
        self.assertEqual(waiting.max_row, 131)

    def test_a_text_of_100_kb_fits_a_cell(self):
        table = Table("Long", ["Text"], [["x" * 100_000], [Money(1, "JPY")], [DAY]])
        sheet = load_workbook(io.BytesIO(to_xlsx([table]))).active
        self.assertEqual(len(sheet["A2"].value), 32767)
        self.assertEqual((sheet["A3"].value, sheet["A3"].number_format), (1, "#,##0"))
        self.assertEqual(sheet["A4"].value.date(), DAY)

    def test_cells_keep_what_is_no_formula(self):
        self.assertEqual(csv_cell("a=b"), "a=b")
        self.assertEqual(csv_cell(Money(-1, "KWD")), "-0.001")
        self.assertEqual(csv_cell(DAY), "2026-03-02")

    def test_every_language_gives_a_workbook_whose_sheets_can_be_named(self):
        for code in ("fr_FR", "de_DE"):
            self.env["res.lang"].sudo()._activate_lang(code)
            self.env.user.sudo().lang = code
            book = self._book(self._wizard().with_context(lang=code))
            self.assertEqual(len(book.sheetnames), 6)
            self.assertTrue(all(0 < len(name) <= 31 for name in book.sheetnames))

    # === THE ADDRESS === #

    def _user(self, login, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login,
            group,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_its_maker_downloads_it_and_nobody_else(self):
        self.take(statement(entry(2500)))
        mine = self._user("maker", "bank_sync.group_user")
        wizard = (
            self.env["bank.reconciliation"]
            .with_user(mine)
            .create({"journal_ids": self.journal.ids, "date": LATER})
        )
        theirs = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        address = f"/bank_sync/reconciliation/{wizard.id}/csv"
        self._user("colleague", "bank_sync.group_user")
        self._user("stranger", "bank_sync.group_user", theirs)
        self._user("biller", "account.group_account_invoice")
        for login in ("colleague", "stranger", "biller"):
            self.authenticate(login, login)
            with self.subTest(login=login):
                answer = self.url_open(address)
                self.assertIn(answer.status_code, (403, 404))
                self.assertNotIn("125.00", answer.text)
                page = self.url_open(
                    f"/report/html/bank_sync.bank_reconciliation_report/{wizard.id}"
                )
                self.assertNotIn("125.00", page.text)
        self.authenticate("maker", "maker")
        answer = self.url_open(address)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("125.00", answer.text)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self.url_open(address.replace("csv", "exe")).status_code, 404)
        page = self.url_open(f"/report/html/bank_sync.bank_reconciliation_report/{wizard.id}")
        self.assertIn("125.00", page.text)

    def test_who_left_the_company_no_longer_downloads_its_report(self):
        mine = self._user("maker", "bank_sync.group_user")
        wizard = (
            self.env["bank.reconciliation"]
            .with_user(mine)
            .create({"journal_ids": self.journal.ids, "date": DAY + timedelta(days=1)})
        )
        theirs = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        mine.sudo().write({"company_id": theirs.id, "company_ids": [Command.set(theirs.ids)]})
        self.authenticate("maker", "maker")
        answer = self.url_open(f"/bank_sync/reconciliation/{wizard.id}/csv")
        self.assertIn(answer.status_code, (403, 404))
