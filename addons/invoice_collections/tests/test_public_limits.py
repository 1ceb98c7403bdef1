from datetime import timedelta

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..models import collection_debtor_page
from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestPublicLimits(DebtorPageCase):
    """Thousands of invoices, a credit larger than the debt, and what a link must never do."""

    def _columns(self, model, *left_out):
        """Return the stored columns of a model, in one order, as SQL."""
        names = [
            name
            for name, field in sorted(self.env[model]._fields.items())
            if field.store and field.column_type and name not in ("id", *left_out)
        ]
        return SQL(", ").join(SQL.identifier(name) for name in names)

    def _multiply(self, count, first=1):
        """Give the debtor so many more overdue invoices, straight in the ledger.

        Posting thousands takes minutes; the page reads posted receivable items, however they came.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH made AS (
                    INSERT INTO account_move (name, sequence_number, %(columns)s)
                    SELECT 'BULK/' || number, 500000 + number, %(columns)s
                      FROM account_move, generate_series(%(first)s, %(last)s) number
                     WHERE id = %(move)s
                 RETURNING id AS made_id, name AS made_name)
                INSERT INTO account_move_line (move_id, move_name, %(line_columns)s)
                SELECT made_id, made_name, %(line_columns)s
                  FROM made, account_move_line line
                 WHERE line.move_id = %(move)s
             RETURNING id
                """,
                columns=self._columns("account.move", "name", "sequence_number"),
                line_columns=self._columns("account.move.line", "move_id", "move_name"),
                first=first,
                last=first + count - 1,
                move=self.late.id,
            )
        )
        self.env.invalidate_all()

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    # === THOUSANDS === #

    def test_ten_thousand_invoices_are_read_page_by_page(self):
        self._multiply(200)
        self.case._debtor_overview()
        some = self._queries(self.case._debtor_overview)
        self._multiply(9_800, first=201)
        many = self._queries(self.case._debtor_overview)
        self.assertEqual(many, some)
        page = self._page(self._open())
        self.assertEqual(len(page.find_class("o_debtor_check")), collection_debtor_page.PAGE_SIZE)
        text = " ".join(page.text_content().split())
        self.assertIn("1,000,140.00", text, "all of them are in the sum")
        self.assertIn("Page 1 of 201", text)
        last = self._page(self._open(f"{self.path}?page=201"))
        self.assertIn(self.later.name, last.text_content())
        for rubbish in ("0", "-1", "999999999999", "x", ""):
            self.assertEqual(self._open(f"{self.path}?page={rubbish}").status_code, 200)

    def test_pain_17_everything_overdue_is_paid_at_once_without_login(self):
        self._multiply(collection_debtor_page.MAX_CHOICE + 20)
        csrf = self._csrf(self._page(self._open()))
        currency = self.company.currency_id
        answer = self._open(
            f"{self.path}/pay", data={"csrf_token": csrf, "overdue": str(currency.id)}
        )
        [form] = self._page(answer).xpath("//form[@id='o_payment_form']")
        self.assertEqual(float(form.get("data-amount")), 100.0 * collection_debtor_page.MAX_CHOICE)
        for rubbish in ("0", "x", "9" * 30, str(self.env.ref("base.CHF").id)):
            answer = self._open(f"{self.path}/pay", data={"csrf_token": csrf, "overdue": rubbish})
            self.assertIn("choose at least one invoice", answer.text)

    # === CREDITS === #

    def _refund(self, amount):
        refund = self.late.copy({"move_type": "out_refund", "invoice_date": self.today})
        refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        return refund

    def test_a_credit_larger_than_the_debt_asks_for_nothing(self):
        self._refund(500.0)
        page = self._page(self._open())
        self.assertIn("you need not pay anything now", page.text_content())
        self.assertFalse(page.xpath("//input[@name='invoice'][@checked]"))
        self.assertEqual(len(page.xpath("//input[@name='invoice']")), 2, "they may if they want")

    def test_a_credit_alone_is_shown(self):
        nobody = self.env["res.partner"].create({"name": "Only Credit"})
        case = self.env["collection.case"].create(
            {"partner_id": nobody.id, "company_id": self.company.id}
        )
        refund = self._refund(33.0)
        refund.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).partner_id = nobody
        text = " ".join(self._page(self._open(case._debtor_path())).text_content().split())
        self.assertIn("All paid", text)
        self.assertIn("33.00", text)

    # === LINKS === #

    def test_a_forwarded_link_shows_no_address_and_no_other_customer(self):
        self.debtor.write({"email": "private@customer.example", "phone": "+33612345678"})
        for page in ("", "/details", "/payments", "/dispute", "/promise", "/plan", "/already-paid"):
            text = self._open(f"{self.path}{page}").text
            self.assertNotIn("private@", text, page)
            self.assertNotIn("612345678", text, page)
            self.assertNotIn(self.foreign.name, text, page)

    def test_an_expired_link_opens_no_page_of_any_kind(self):
        days = self.company._collection_policy().link_days
        with freeze_time(self.today + timedelta(days=days + 2)):
            answers = [
                self._open(f"{self.path}/{page}")
                for page in (
                    "details",
                    "payments",
                    "dispute",
                    "promise",
                    "plan",
                    "already-paid",
                    "transfer",
                    "confirm/x",
                    f"invoice/{self.late.id}",
                )
            ]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.content for answer in answers}), 1, "one answer for all")

    def test_a_customer_of_two_companies_has_a_page_with_each(self):
        elsewhere = self._other_company()
        other = self.env["collection.case"].create(
            {"partner_id": self.debtor.id, "company_id": elsewhere.id}
        )
        path = other._debtor_path()
        for page in ("", "/payments", "/dispute", "/already-paid"):
            self.assertNotIn(self.late.name, self._open(f"{path}{page}").text)
        csrf = self._csrf(self._page(self._open(f"{path}/details")))
        data = {"csrf_token": csrf, "invoice": str(self.late.id), "paid_date": str(self.today)}
        self._open(f"{path}/already-paid", data=data)
        self.assertFalse((self.case + other).paid_claim_ids)

    def test_what_the_done_sentence_says_is_ours(self):
        answer = self._open(f"{self.path}?done=<b>You+won</b>")
        self.assertNotIn("You won", answer.text)
