import base64
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestPublicPage(DebtorPageCase):
    """What the debtor sees, what nobody else sees, and that looking changes nothing."""

    # === WHAT IS SHOWN === #

    def test_the_page_says_who_writes_what_is_open_and_what_is_late(self):
        page = self._page(self._open())
        text = " ".join(page.text_content().split())
        self.assertIn(self.company.name, text)
        self.assertIn("Épicerie Blanche", text)
        self.assertIn(self.late.name, text)
        self.assertIn("12 days overdue", text)
        self.assertIn("due in 9 days", text)
        totals = [
            "".join(c for c in total.text_content() if c.isdigit() or c == ".")
            for total in page.find_class("o_debtor_total_amount")
        ]
        self.assertEqual(totals, ["140.00", "100.00"], "open in all, overdue")
        self.assertEqual(len(page.xpath("//tr[@class='o_debtor_late']")), 1)

    def test_only_overdue_invoices_are_chosen_beforehand(self):
        boxes = self._page(self._open()).find_class("o_debtor_check")
        chosen = {box.get("value"): box.get("checked") is not None for box in boxes}
        self.assertEqual(chosen, {str(self.late.id): True, str(self.later.id): False})

    def test_a_debtor_who_owes_nothing_is_thanked(self):
        nobody = self.env["res.partner"].create({"name": "Paid Up"})
        case = self.env["collection.case"].create(
            {"partner_id": nobody.id, "company_id": self.company.id}
        )
        page = self._page(self._open(case._debtor_path()))
        self.assertIn("All paid. Thank you.", page.text_content())
        self.assertFalse(page.xpath("//form"))

    def test_each_currency_stands_for_itself(self):
        foreign = self.currency_euro
        self.assertNotEqual(foreign, self.company.currency_id)
        invoice = self._invoice(self.debtor, 55.0, -1, currency=foreign)
        forms = self._page(self._open()).xpath("//form")
        self.assertEqual(
            [form.get("data-currency") for form in forms],
            [self.company.currency_id.name, foreign.name],
        )
        self.assertEqual(forms[1].xpath(".//input[@name='invoice']/@value"), [str(invoice.id)])

    def test_a_credit_is_shown_and_not_deducted(self):
        refund = self.late.copy({"move_type": "out_refund", "invoice_date": self.today})
        refund.invoice_line_ids.price_unit = 25.0
        refund.action_post()
        text = self._page(self._open()).find_class("o_debtor_notice")[0].text_content()
        self.assertIn("25.00", text)
        self.assertIn("140.00", self._page(self._open()).text_content())

    def test_of_an_invoice_in_installments_only_the_late_part_is_overdue(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now, half later",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 60}),
                ],
            }
        )
        self.late._reverse_moves([{"date": self.today}], cancel=True)
        invoice = self._invoice(self.debtor, 60.0, -2)
        invoice.button_draft()
        invoice.write(
            {
                "invoice_date": self.today - timedelta(days=2),
                "invoice_payment_term_id": term.id,
            }
        )
        invoice.action_post()
        [row, _later] = self.case._debtor_sections()[0]["rows"]
        self.assertEqual((row["move"], row["amount"], row["overdue"]), (invoice, 60.0, 30.0))
        self.assertIn("of which overdue", self._open().text)

    def test_the_total_follows_the_boxes(self):
        self.browser_js(
            self.path,
            """
            const total = () => document.querySelector(".o_debtor_chosen_amount").textContent;
            const boxes = document.querySelectorAll(".o_debtor_check");
            const seen = [total()];
            for (const box of [boxes[1], boxes[0], boxes[1]]) {
                box.click();
                seen.push(total());
            }
            const button = document.querySelector("button[type=submit]");
            const figures = seen.map((text) => text.replace(/[^0-9.]/g, "")).join(" ");
            if (figures === "100.00 140.00 40.00 0.00" && button.disabled) {
                console.log("test successful");
            } else {
                console.error(figures);
            }
            """,
            ready="!document.querySelector('.o_debtor_chosen').hidden",
        )

    def test_a_french_debtor_reads_french(self):
        addon = self.env["ir.module.module"].search([("name", "=", "invoice_collections")])
        addon._update_translations(["fr_FR"])
        self.debtor.lang = "fr_FR"
        response = self._open(headers={"Accept-Language": "de"})
        page = self._page(response)
        self.assertEqual(page.get("lang"), "fr-FR")
        due = self.late.invoice_date_due.strftime("%d/%m/%Y")
        self.assertIn(due, page.text_content())
        self.assertIn("100,00", page.text_content())
        self.assertNotIn("Your open invoices", page.text_content())
        self.assertNotIn("days overdue", page.text_content())

    def test_the_table_can_be_read_aloud(self):
        page = self._page(self._open())
        [table] = page.xpath("//table")
        self.assertTrue(table.xpath("./caption"))
        self.assertEqual({header.get("scope") for header in table.xpath(".//th")}, {"col", "row"})
        for box in page.find_class("o_debtor_check"):
            self.assertTrue(page.xpath(f"//label[@for='{box.get('id')}']"), "every box has a label")

    def test_bank_details_are_there_when_nothing_can_be_paid_online(self):
        self.env["payment.provider"].search([]).state = "disabled"
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "BE71096123456769", "partner_id": self.company.partner_id.id}
        )
        self.company_data["default_journal_bank"].bank_account_id = bank
        page = self._page(self._open())
        text = " ".join(page.text_content().split())
        self.assertIn("BE71096123456769", text.replace(" ", ""))
        self.assertEqual(
            [button.text for button in page.xpath("//button[@type='submit']")],
            ["Pay by bank transfer"],
        )

    def test_online_payment_can_be_switched_off(self):
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "False")
        self.assertFalse(self._page(self._open()).find_class("o_debtor_check"))
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(self.case._debtor_sign_choice(self._choice_of(self.late)))

    def _choice_of(self, invoice):
        """Return a choice of this invoice as if it could be paid."""
        currency = invoice.currency_id
        return {
            "rows": [{"move": invoice}],
            "total": invoice.amount_residual,
            "full": invoice.amount_residual,
            "currency": currency,
        }

    def test_the_bank_account_of_somebody_else_is_never_shown(self):
        self.env["payment.provider"].search([]).state = "disabled"
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "BE71096123456769", "partner_id": self.other.id}
        )
        self.late.partner_bank_id = bank
        self.assertNotIn(b"BE71", self._open().content)

    def test_the_page_is_kept_out_of_caches_search_engines_and_referers(self):
        for path in (self.path, "/collections/wrong"):
            headers = self._open(path).headers
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])

    # === WHO GETS IN === #

    def test_wrong_truncated_expired_and_revoked_links_get_one_answer(self):
        token = self.path.rsplit("/", 1)[1]
        raw = bytearray(base64.urlsafe_b64decode(token + "==="))
        raw[-3] ^= 1
        tampered = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
        unknown = self.env["collection.case"].create(
            {"partner_id": self.other.id, "company_id": self._other_company().id}
        )
        unknown_path = unknown._debtor_path()
        self.env["collection.event"].flush_model()
        unknown.sudo().with_context(tracking_disable=True).unlink()
        answers = {
            "nonsense": self._open("/collections/nonsense"),
            "truncated": self._open(self.path[:-4]),
            "tampered": self._open(f"/collections/{tampered}"),
            "not ascii": self._open("/collections/é€"),
            "unknown": self._open(unknown_path),
        }
        days = self.company._collection_policy().link_days
        with freeze_time(self.today + timedelta(days=days + 2)):
            answers["expired"] = self._open()
        self.case.action_revoke_links()
        answers["revoked"] = self._open()
        answers["revoked, invoice"] = self._open(f"{self.path}/invoice/{self.late.id}")
        answers["revoked, paid"] = self._open(f"{self.path}/paid")
        self.assertEqual({a.status_code for a in answers.values()}, {404}, answers)
        self.assertEqual(len({a.content for a in answers.values()}), 1, "one answer for all")
        self.assertEqual(self._open(self.case._debtor_path()).status_code, 200, "a new link works")

    def test_a_link_opens_nothing_in_another_company(self):
        elsewhere = self._other_company()
        case = self.env["collection.case"].create(
            {"partner_id": self.debtor.id, "company_id": elsewhere.id}
        )
        page = self._page(self._open(case._debtor_path()))
        self.assertNotIn(self.late.name, page.text_content())

    def test_invoices_of_somebody_else_are_neither_shown_nor_handed_out(self):
        self.assertNotIn(self.foreign.name, self._open().text)
        answer = self._open(f"{self.path}/invoice/{self.foreign.id}")
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(answer.content, self._open("/collections/nonsense").content)

    def test_the_debtor_can_read_the_invoice(self):
        answer = self._open(f"{self.path}/invoice/{self.late.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_the_document_that_was_sent_is_the_one_handed_out(self):
        self.env["ir.attachment"].create(
            {
                "name": "INV.pdf",
                "raw": b"%PDF-1.4 as it was sent",
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": self.late.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.late.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        answer = self._open(f"{self.path}/invoice/{self.late.id}")
        self.assertEqual(answer.content, b"%PDF-1.4 as it was sent")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn(".pdf", answer.headers["Content-Disposition"])

    # === WHAT A GET MAY DO: NOTHING === #

    def _snapshot(self):
        """Return how many rows every table has, and the newest version of any of its rows."""
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        snapshot = {}
        for (table,) in tables:
            [row] = self.env.execute_query(
                SQL(
                    "SELECT count(*), md5(string_agg(xmin::text || ctid::text, ',' ORDER BY ctid))"
                    " FROM %s",
                    SQL.identifier(table),
                )
            )
            snapshot[table] = row
        return snapshot

    def test_opening_the_page_writes_no_row_of_any_table(self):
        self._open()
        before = self._snapshot()
        self._open()
        for page in (
            "paid",
            "pay",
            "transfer",
            "payments",
            "details",
            "dispute",
            "promise",
            "plan",
        ):
            self._open(f"{self.path}/{page}?lang=fr_FR&invoice={self.late.id}")
        self._open(f"{self.path}/already-paid?invoice={self.late.id}&paid_date={self.today}")
        self._open(f"{self.path}/confirm/nonsense")
        self._open("/collections/nonsense")
        after = self._snapshot()
        changed = [table for table, row in after.items() if row != before[table]]
        self.assertEqual(changed, [])
