import csv
import io
from datetime import date, timedelta

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import NOON, TODAY, CollectionCommon

REPORT = "invoice_collections.aged_report"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAgedReport(CollectionCommon):
    """What was open on a day is exactly that, whatever was paid and assigned since."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.us")
        cls.euro = cls.setup_other_currency("EUR", rates=[("2025-01-01", 0.5), ("2026-02-15", 0.4)])

    def _document(self, amount, on, due=None, kind="out_invoice", partner=None, currency=None):
        move = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": (partner or self.customer).id,
                "currency_id": (currency or self.company.currency_id).id,
                "invoice_date": on,
                "date": on,
                "invoice_date_due": due or on,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    def _paid(self, move, amount, on):
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"amount": amount, "payment_date": on})
        )
        return register._create_payments()

    def _money(self, amount, on, partner=None):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.customer).id,
                "amount": amount,
                "date": on,
                "company_id": self.company.id,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return payment

    def _receivable(self, record):
        move = record.move_id if record._name == "account.payment" else record
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _assign(self, *records):
        lines = self.env["account.move.line"].union(*(self._receivable(one) for one in records))
        lines.reconcile()

    def _open(self, day, *fields):
        self.env.invalidate_all()
        items = (
            self.env["collection.aged.item"]
            .with_user(self.collector)
            .with_company(self.company)
            .with_context(as_of=day)
        )
        found = items.search([("company_id", "=", self.company.id)])
        return {item.move_name: tuple(item[name] for name in fields) for item in found}

    def _wizard(self, **values):
        return (
            self.env["collection.aged.report"]
            .with_user(self.collector)
            .with_company(self.company)
            .create({"company_id": self.company.id, "date": TODAY, **values})
        )

    # === ONE BOOK, ADDED UP BY HAND === #

    def test_a_part_payment_counts_from_its_own_day(self):
        invoice = self._document(1000.0, date(2026, 1, 5), due=date(2026, 2, 4))
        self._paid(invoice, 400.0, date(2026, 2, 20))
        self._paid(invoice, 600.0, date(2026, 3, 5))
        expected = {
            date(2026, 1, 4): None,
            date(2026, 1, 5): (1000.0, "not_due", 0),
            date(2026, 2, 4): (1000.0, "not_due", 0),
            date(2026, 2, 5): (1000.0, "1_30", 1),
            date(2026, 2, 19): (1000.0, "1_30", 15),
            date(2026, 2, 20): (600.0, "1_30", 16),
            date(2026, 3, 4): (600.0, "1_30", 28),
            date(2026, 3, 5): None,
            TODAY: None,
        }
        for day, told in expected.items():
            with self.subTest(day=day):
                found = self._open(day, "residual", "age", "days_overdue")
                self.assertEqual(found.get(invoice.name), told)

    def test_the_edges_of_the_buckets_are_those_of_the_core(self):
        due = date(2026, 1, 1)
        invoice = self._document(70.0, date(2025, 12, 1), due=due)
        edges = {0: "not_due", 1: "1_30", 30: "1_30", 31: "31_60", 60: "31_60", 61: "61_90"}
        for days, age in {**edges, 90: "61_90", 91: "over_90", 400: "over_90"}.items():
            with self.subTest(days=days):
                [told] = self._open(due + timedelta(days=days), "age").values()
                self.assertEqual(told, (age,))
        self.assertTrue(invoice)

    def test_money_that_was_assigned_later_is_a_credit_until_the_invoice_exists(self):
        payment = self._money(120.0, date(2026, 2, 12))
        invoice = self._document(200.0, date(2026, 3, 1), due=date(2026, 3, 31))
        self._assign(payment, invoice)
        before = self._open(date(2026, 2, 28), "residual", "credit", "age")
        self.assertEqual(before, {payment.move_id.name: (-120.0, -120.0, "credit")})
        after = self._open(date(2026, 3, 1), "residual", "not_due")
        self.assertEqual(after, {invoice.name: (80.0, 80.0)})

    def test_a_credit_note_and_undoing_an_assignment(self):
        invoice = self._document(300.0, date(2026, 2, 1))
        note = self._document(50.0, date(2026, 2, 10), kind="out_refund")
        self._assign(invoice, note)
        self.assertEqual(self._open(date(2026, 2, 9), "residual"), {invoice.name: (300.0,)})
        self.assertEqual(self._open(date(2026, 2, 10), "residual"), {invoice.name: (250.0,)})
        self._receivable(note).remove_move_reconcile()
        self.assertEqual(
            self._open(date(2026, 2, 10), "residual"),
            {invoice.name: (300.0,), note.name: (-50.0,)},
        )

    def test_a_foreign_invoice_is_open_in_its_currency_and_in_ours_at_its_own_rate(self):
        # 100 EUR at 0.5 EUR a USD are 200 USD; paid at 0.4 they bring 250 USD.
        invoice = self._document(100.0, date(2026, 2, 1), currency=self.euro)
        self._paid(invoice, 40.0, date(2026, 2, 20))
        self._paid(invoice, 60.0, date(2026, 3, 2))
        fields = ("residual_currency", "residual")
        self.assertEqual(self._open(date(2026, 2, 10), *fields)[invoice.name], (100.0, 200.0))
        self.assertEqual(self._open(date(2026, 2, 20), *fields)[invoice.name], (60.0, 120.0))
        # Odoo books the difference of the rates later; until then the ledger holds it, so do we.
        rest = self._open(date(2026, 3, 2), *fields)
        self.assertNotIn(invoice.name, rest)
        self.assertEqual([own for own, _worth in rest.values()], [0.0])
        self.assertEqual(self._open(date(2026, 3, 31), *fields), {})

    def test_drafts_and_cancelled_documents_are_not_owed(self):
        invoice = self._document(300.0, date(2026, 2, 1))
        invoice.button_draft()
        self.assertEqual(self._open(TODAY, "residual"), {})
        invoice.button_cancel()
        self.assertEqual(self._open(TODAY, "residual"), {})

    def test_on_every_day_the_sum_is_the_balance_of_the_ledger(self):
        other = self._customer("Second Hand")
        first = self._document(1000.0, date(2026, 1, 5), due=date(2026, 2, 4))
        second = self._document(330.0, date(2026, 1, 20), partner=other)
        foreign = self._document(100.0, date(2026, 2, 1), currency=self.euro, partner=other)
        self._paid(first, 400.0, date(2026, 2, 20))
        self._paid(foreign, 40.0, date(2026, 2, 25))
        early = self._money(500.0, date(2026, 1, 10), partner=other)
        self._assign(early, second)
        note = self._document(50.0, date(2026, 3, 3), kind="out_refund")
        self._assign(note, first)
        lines = self.env["account.move.line"]
        for days in range(-70, 3):
            day = TODAY + timedelta(days=days)
            told = sum(residual for (residual,) in self._open(day, "residual").values())
            [[balance]] = lines._read_group(
                [
                    ("company_id", "=", self.company.id),
                    ("account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", day),
                ],
                aggregates=["balance:sum"],
            )
            self.assertAlmostEqual(told, balance or 0.0, 2, day)

    def test_the_report_of_a_small_book(self):
        other = self._customer("Alpha Ltd")
        self._document(1000.0, date(2026, 1, 5), due=date(2026, 2, 4))
        self._document(70.0, date(2026, 3, 1), due=date(2026, 3, 31))
        self._document(330.0, date(2025, 11, 1), partner=other)
        self._money(30.0, date(2026, 3, 2), partner=other)
        page = self._wizard()._page(50)
        [section] = page.sections
        lines = {page.names[line.key]: (line.amounts, line.total) for line in section.lines}
        self.assertEqual(
            lines,
            {
                "Corner Bookshop": ((7000, 0, 100000, 0, 0, 0), 107000),
                "Alpha Ltd": ((0, 0, 0, 0, 33000, -3000), 30000),
            },
        )
        self.assertEqual(section.total.amounts, (7000, 0, 100000, 0, 33000, -3000))
        overdue = self._wizard(only_overdue=True)._page().sections[0]
        self.assertEqual(overdue.total.total, 133000)
        chosen = self._wizard(partner_ids=other.ids)._page().sections[0]
        self.assertEqual(chosen.total.total, 30000)

    def test_by_currency_and_by_salesperson(self):
        seller = new_test_user(self.env, "sally", groups="base.group_user")
        invoice = self._document(100.0, date(2026, 2, 1), currency=self.euro)
        self._document(70.0, date(2026, 3, 1))
        invoice.invoice_user_id = seller
        page = self._wizard(group_by="currency_id", amounts="own")._page()
        told = {page.currency(one).name: one.total.total for one in page.sections}
        self.assertEqual(told, {"EUR": 10000, "USD": 7000})
        page = self._wizard(group_by="salesperson_id")._page()
        told = {page.names[line.key]: line.total for line in page.sections[0].lines}
        self.assertEqual(told["sally (base.group_user)"], 20000)

    # === SCREEN, PAPER, FILES === #

    def _html(self, wizard):
        report = self.env["ir.actions.report"].with_user(wizard.env.user)
        return report._render_qweb_html(REPORT, wizard.ids)[0].decode()

    def test_the_page_leads_to_case_and_invoice(self):
        invoice = self._document(1000.0, date(2026, 1, 5), due=date(2026, 2, 4))
        self.company._collection_evaluate()
        html = self._html(self._wizard(with_items=True))
        self.assertIn(f'res-model="collection.case" res-id="{self._case().id}"', html)
        self.assertIn(f'res-id="{invoice.id}"', html)
        self.assertIn("1,000.00", html)
        self.assertIn("34 d", html)

    def test_an_empty_book_says_so(self):
        self.assertIn("Nothing was open", self._html(self._wizard()))

    def test_files_hold_the_figures_of_the_screen_and_no_formula(self):
        evil = self._customer("=1+1 Ltd")
        self._document(1000.0, date(2026, 1, 5), due=date(2026, 2, 4), partner=evil)
        wizard = self._wizard(with_items=True)
        name, media_type, content = wizard._file("csv")
        self.assertEqual(
            (name, media_type), ("Aged-receivables-2026-03-10.csv", "text/csv; charset=utf-8")
        )
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        self.assertEqual(rows[1][:2] + rows[1][-2:], ["Customer", "Documents", "Total", "Currency"])
        self.assertEqual(rows[2][0], "'=1+1 Ltd")
        self.assertEqual(rows[2][-2:], ["1000.00", "USD"])
        book = load_workbook(io.BytesIO(wizard._file("xlsx")[2]))
        self.assertEqual(book.sheetnames, ["Aged receivables", "Documents"])
        self.assertEqual(book.worksheets[0]["A2"].value, "=1+1 Ltd")
        self.assertEqual(book.worksheets[1]["L2"].value, 1000)
        self.assertIsNone(wizard._file("exe"))

    def test_the_list_of_the_button_shows_that_day(self):
        invoice = self._document(1000.0, date(2026, 1, 5), due=date(2026, 2, 4))
        self._paid(invoice, 1000.0, date(2026, 3, 5))
        action = self._wizard(date=date(2026, 3, 1)).action_items()
        items = self.env[action["res_model"]].with_user(self.collector)
        items = items.with_context(**action["context"]).search(action["domain"])
        self.assertEqual(items.mapped("residual"), [1000.0])
        self.assertEqual(items.action_open()["res_id"], invoice.id)

    def test_ten_and_sixty_customers_take_the_same_queries(self):
        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard = self._wizard(with_items=True)
            page = wizard._page(1000)
            self.assertEqual(len(page.sections[0].lines), count)
            self.assertTrue([page.target(line) for line in page.sections[0].lines])
            self.assertTrue(wizard._file("csv"))
            return self.env.cr.sql_log_count - before

        few = [self._customer(f"Few {number}") for number in range(10)]
        self._invoices([{"days_overdue": 7, "partner": one} for one in few])
        self.company._collection_evaluate()
        queries(10)
        first = queries(10)
        many = [self._customer(f"Many {number}") for number in range(50)]
        self._invoices([{"days_overdue": 40, "partner": one} for one in many])
        self.company._collection_evaluate()
        self.assertEqual(queries(60), first)

    # === WHO SEES IT === #

    def test_nobody_sees_another_companys_receivables(self):
        self._document(1000.0, date(2026, 1, 5))
        other = self._create_company(name="Second Seller")
        stranger = new_test_user(
            self.env,
            "fred",
            groups="invoice_collections.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        items = self.env["collection.aged.item"]
        self.assertTrue(items.with_user(self.collector).search([]))
        self.assertFalse(items.with_user(stranger).search([]))
        everywhere = items.with_user(stranger).with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            everywhere.search([]).mapped("residual")
        with self.assertRaises(ValidationError):
            self.env["collection.aged.report"].with_user(stranger).create(
                {"company_id": self.company.id}
            )


@tagged("post_install", "-at_install")
class TestAgedReportAddress(HttpCase, CollectionCommon):
    """The file is for whoever asked for it."""

    def test_its_maker_downloads_it_and_nobody_else(self):
        self._invoice(7, 1234.0)
        own = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        new_test_user(self.env, "colleague", "invoice_collections.group_user", **own)
        new_test_user(self.env, "biller", "account.group_account_invoice", **own)
        reports = self.env["collection.aged.report"].with_user(self.collector)
        report = reports.create({"company_id": self.company.id})
        address = f"/invoice_collections/aged/{report.id}/csv"
        page = f"/report/html/{REPORT}/{report.id}"
        for login in ("colleague", "biller"):
            self.authenticate(login, login)
            with self.subTest(login=login):
                answer = self.url_open(address)
                self.assertIn(answer.status_code, (403, 404))
                self.assertNotIn("1234.00", answer.text)
                self.assertNotIn("1,234.00", self.url_open(page).text)
        self.authenticate("cora", "cora")
        answer = self.url_open(address)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("1234.00", answer.text)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self.url_open(address.replace("csv", "exe")).status_code, 404)
        self.assertIn("1,234.00", self.url_open(page).text)
