from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import NOON, TODAY, CollectionCommon

REPORT = "invoice_collections.statement_report"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestStatement(CollectionCommon):
    """Opening balance, movements, closing balance, and what is open: as the books have it."""

    def _document(self, amount, on, due=None, kind="out_invoice", currency=None):
        move = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.customer.id,
                "currency_id": (currency or self.company.currency_id).id,
                "invoice_date": on,
                "invoice_date_due": due or on,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    def _case_now(self):
        self.company._collection_evaluate()
        return self._case()

    def _told(self, case, since, until):
        return [
            (
                section["currency"].name,
                section["account"].opening,
                [(line["what"], line["row"].balance) for line in section["rows"]],
                section["account"].closing,
                section["open"].mapped("residual_currency"),
            )
            for section in case._statements(since, until)
        ]

    def _book(self):
        """By hand: 100 in January; 1,000 on 2 March, 40 credited on 3 March, 300 paid today."""
        self._document(100.0, date(2026, 1, 15))
        invoice = self._document(1000.0, date(2026, 3, 2), due=date(2026, 3, 30))
        self._document(40.0, date(2026, 3, 3), kind="out_refund")
        self._pay(invoice, 300.0)
        return self._case_now()

    def test_a_statement_adds_up_to_the_cent(self):
        case = self._book()
        expected = [
            (
                "USD",
                10000,
                [("Invoice", 110000), ("Credit note", 106000), ("Payment", 76000)],
                76000,
                [100.0, -40.0, 700.0],
            )
        ]
        self.assertEqual(self._told(case, date(2026, 3, 1), TODAY), expected)

    def test_an_earlier_statement_knows_nothing_of_what_came_later(self):
        case = self._book()
        expected = [("USD", 10000, [("Invoice", 110000)], 110000, [100.0, 1000.0])]
        self.assertEqual(self._told(case, date(2026, 3, 1), date(2026, 3, 2)), expected)

    def test_each_currency_by_itself_and_what_is_open_is_the_closing_balance(self):
        euro = self.setup_other_currency("EUR", rates=[("2025-01-01", 0.5), ("2026-03-05", 0.4)])
        case = self._book()
        foreign = self._document(200.0, date(2026, 3, 4), currency=euro)
        self._pay(foreign, 50.0)
        told = case._statements(date(2026, 3, 1), TODAY)
        self.assertEqual([section["currency"].name for section in told], ["USD", "EUR"])
        self.assertEqual(told[1]["account"].closing, 15000)
        for section in told:
            digits = section["currency"].decimal_places
            rest = round(sum(section["open"].mapped("residual_currency")) * 10**digits)
            self.assertEqual(rest, section["account"].closing)

    def test_usually_it_goes_back_three_months(self):
        case = self._book()
        self.assertEqual(case._statement_days(), (date(2025, 12, 1), TODAY))
        self.assertEqual(
            case._statement_days("2026-02-01", "2026-02-28"), (date(2026, 2, 1), date(2026, 2, 28))
        )

    def test_the_customer_reads_it_in_their_language(self):
        self.customer.lang = "fr_FR"
        name, content, media_type = self._book()._statement_document()
        self.assertIn("2026-03-10", name)
        if media_type == "text/html":
            self.assertIn(b"760,00", content)

    def test_a_collector_prints_it_and_a_stranger_does_not(self):
        case = self._book()
        reports = self.env["ir.actions.report"]
        data = {"date_from": "2026-03-01", "date_to": "2026-03-10"}
        html = reports.with_user(self.collector)._render_qweb_html(REPORT, case.ids, data)[0]
        self.assertIn("760.00", html.decode())
        other = self._create_company(name="Second Seller")
        stranger = new_test_user(
            self.env,
            "fred",
            groups="invoice_collections.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            reports.with_user(stranger)._render_qweb_html(REPORT, case.ids, data)

    def test_the_buttons_of_case_and_customer_ask_for_days(self):
        case = self._book().with_user(self.collector)
        action = self.customer.with_user(self.collector).action_collection_statement()
        wizard = (
            self.env["collection.statement"]
            .with_user(self.collector)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.case_ids, case)
        shown = wizard.action_show()
        self.assertEqual(shown["data"]["date_to"], "2026-03-10")
        reports = self.env["ir.actions.report"].with_user(self.collector)
        html = reports._render_qweb_html(REPORT, None, shown["data"])[0].decode()
        self.assertIn("Corner Bookshop", html)
        with self.assertRaises(ValidationError):
            wizard.date_from = TODAY + timedelta(days=1)

    # === BY E-MAIL === #

    def _send(self, cases, **values):
        wizard = (
            self.env["collection.statement"]
            .with_user(self.collector)
            .with_context(default_case_ids=cases.ids)
            .create(values)
        )
        return wizard.action_send()["params"]["message"]

    def test_it_is_sent_with_its_document_and_recorded(self):
        case = self._book()
        told = self._send(case, note="As discussed on the phone.")
        self.assertIn("Statements on their way: 1.", told)
        message = case.message_ids[0]
        self.assertEqual(message.notified_partner_ids, self.customer)
        self.assertIn("As discussed on the phone.", message.body)
        self.assertEqual(len(message.attachment_ids), 1)
        self.assertEqual(self._send_queue(), [self.customer.email])
        [event] = (
            self.env["collection.event"]
            .sudo()
            .search([("case_id", "=", case.id), ("kind", "=", "statement_sent")])
        )
        self.assertEqual(event.user_id, self.collector)

    def test_who_cannot_or_will_not_be_mailed_is_told(self):
        case = self._book()
        case.opt_out = True
        self.assertIn("Do not want e-mails: Corner Bookshop", self._send(case))
        case.opt_out = False
        self.customer.email = False
        self.assertIn("Without an e-mail address: Corner Bookshop", self._send(case))
        self.assertFalse(self._send_queue())

    def test_nothing_is_sent_while_everything_is_stopped(self):
        case = self._book()
        self.policy.kill_switch = True
        with self.assertRaises(UserError):
            self._send(case)


@tagged("post_install", "-at_install")
class TestStatementOnThePage(HttpCase, CollectionCommon):
    """The customer's own copy, behind the link."""

    def test_the_link_opens_it_and_a_wrong_one_does_not(self):
        self._invoice(7, 1234.0)
        self.company._collection_evaluate()
        case = self._case()
        path = case._debtor_path()
        page = self.url_open(path)
        self.assertIn(f"{path}/statement", page.text)
        answer = self.url_open(f"{path}/statement")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("noindex", answer.headers["X-Robots-Tag"])
        self.assertIn("inline", answer.headers["Content-Disposition"])
        if answer.headers["Content-Type"].startswith("text/html"):
            self.assertIn("1,234.00", answer.text)
        self.assertEqual(self.url_open(f"{path}x/statement").status_code, 404)
        case.sudo().action_revoke_links()
        self.assertEqual(self.url_open(f"{path}/statement").status_code, 404)
