import base64
import json
from datetime import timedelta

from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.account_payment.tests.common import AccountPaymentCommon


@tagged("post_install", "-at_install")
class TestPublicPage(AccountPaymentCommon, HttpCase):
    """What the debtor sees and can do, and what nobody else can."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The one who acts here is the visitor, without login; what they find is set up by sudo.
        cls.env = cls.env(su=True)
        cls.company = cls.env.company
        cls.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.company._collection_setup()
        cls.today = cls.company._collection_today()
        cls.debtor = cls.env["res.partner"].create({"name": "Épicerie Blanche", "lang": "en_US"})
        cls.other = cls.env["res.partner"].create({"name": "Somebody Else", "lang": "en_US"})
        cls.late = cls._invoice(cls.debtor, 100.0, -12)
        cls.later = cls._invoice(cls.debtor, 40.0, 9)
        cls.foreign = cls._invoice(cls.other, 777.0, -3)
        cls.company._collection_evaluate()
        cls.case = cls._case(cls.debtor)
        cls.path = cls.case._debtor_path()

    @classmethod
    def _invoice(cls, partner, amount, due_in_days, currency=None):
        """Return a posted invoice over ``amount``, due in so many days."""
        due = cls.today + timedelta(days=due_in_days)
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "currency_id": (currency or cls.company.currency_id).id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def _case(cls, partner):
        return cls.env["collection.case"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", cls.company.id)]
        )

    def _open(self, path=None, **kwargs):
        return self.url_open(path or self.path, **kwargs)

    def _page(self, response):
        return html.fromstring(response.content)

    def _csrf(self, page):
        return page.xpath("//input[@name='csrf_token']/@value")[0]

    def _choose(self, *invoices):
        """Return the payment page for these invoices, as the browser would ask for it."""
        csrf = self._csrf(self._page(self._open()))
        data = [("csrf_token", csrf), *[("invoice", str(invoice.id)) for invoice in invoices]]
        return self._open(f"{self.path}/pay", data=data)

    def _pay(self, signature, **values):
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.payment_method_id,
            "token_id": None,
            "amount": 1.0,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": "/somewhere/else",
            "is_validation": False,
            "access_token": signature,
            **values,
        }
        return self.make_jsonrpc_request(f"{self.path}/transaction", params)

    def _signature(self, *invoices):
        return self._page(self._choose(*invoices)).xpath("//form/@data-access-token")[0]

    def _last_transaction(self):
        return self.env["payment.transaction"].search([], order="id desc", limit=1)

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

    def test_a_french_debtor_reads_french_dates_and_amounts(self):
        self.debtor.lang = "fr_FR"
        response = self._open(headers={"Accept-Language": "de"})
        page = self._page(response)
        self.assertEqual(page.get("lang"), "fr-FR")
        due = self.late.invoice_date_due.strftime("%d/%m/%Y")
        self.assertIn(due, page.text_content())
        self.assertIn("100,00", page.text_content())

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
        self.assertIn("cannot be paid online", text)
        self.assertIn("BE71096123456769", text.replace(" ", ""))
        self.assertFalse(page.xpath("//button"))
        self.assertFalse(page.find_class("o_debtor_check"))

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

    def _other_company(self):
        return self.env["res.company"].create({"name": "Other Company"})

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
        self._open(f"{self.path}/paid")
        self._open(f"{self.path}/pay")
        self._open("/collections/nonsense")
        after = self._snapshot()
        changed = [table for table, row in after.items() if row != before[table]]
        self.assertEqual(changed, [])

    # === PAYING === #

    def test_a_post_without_csrf_token_is_refused(self):
        self._open()
        with mute_logger("odoo.http"):
            answer = self._open(f"{self.path}/pay", data={"invoice": str(self.late.id)})
        self.assertEqual(answer.status_code, 400)

    def test_the_payment_page_adds_up_what_was_chosen(self):
        page = self._page(self._choose(self.late, self.later))
        [form] = page.xpath("//form[@id='o_payment_form']")
        self.assertEqual(float(form.get("data-amount")), 140.0)
        self.assertEqual(form.get("data-transaction-route"), f"{self.path}/transaction")
        self.assertEqual(
            self._last_transaction().filtered("invoice_ids").invoice_ids, self.late[:0]
        )

    def test_choosing_nothing_is_told_and_pays_nothing(self):
        page = self._page(self._choose())
        self.assertIn("choose at least one invoice", page.xpath("//*[@role='alert']")[0].text)

    def test_ids_of_other_invoices_are_as_if_they_were_not_there(self):
        page = self._page(self._choose(self.foreign))
        self.assertFalse(page.xpath("//form[@id='o_payment_form']"))
        page = self._page(self._choose(self.late, self.foreign))
        [form] = page.xpath("//form[@id='o_payment_form']")
        self.assertEqual(float(form.get("data-amount")), 100.0)
        self.assertNotIn(self.foreign.name, page.text_content())

    def test_paying_makes_the_invoices_paid_and_leaves_an_event(self):
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            values = self._pay(self._signature(self.late, self.later))
        tx = self._last_transaction()
        self.assertEqual(values["reference"], tx.reference)
        self.assertEqual(tx.invoice_ids, self.late + self.later)
        self.assertEqual((tx.amount, tx.partner_id), (140.0, self.debtor))
        self.assertTrue(tx.landing_route.startswith(f"{self.path}/paid?"), "not where it was told")
        self.assertIn("was not completed", self._open(tx.landing_route).text)
        tx._set_done()
        tx._post_process()
        self.assertIn("Your payment has arrived", self._open(tx.landing_route).text)
        self.assertEqual((self.late + self.later).mapped("amount_residual"), [0.0, 0.0])
        self.assertIn("All paid. Thank you.", self._open().text)
        [event] = self.env["collection.event"].search([("kind", "=", "payment_started")])
        self.assertEqual(event.case_id, self.case)
        self.assertEqual(event.payload["amount"], "140.00")

    def test_the_amount_sent_by_the_browser_has_no_effect(self):
        signature = self._signature(self.late)
        for amount in (0.01, -100.0, 1e9, None, "1"):
            with mute_logger("odoo.addons.payment.models.payment_transaction"):
                self._pay(signature, amount=amount)
            self.assertEqual(self._last_transaction().amount, 100.0)

    def test_customer_currency_and_invoices_cannot_be_sent_by_the_browser(self):
        signature = self._signature(self.late)
        count = self.env["payment.transaction"].search_count([])
        for name, value in (
            ("partner_id", self.other.id),
            ("currency_id", self.currency_euro.id),
            ("custom_create_values", {"invoice_ids": [[6, 0, [self.foreign.id]]]}),
            ("reference_prefix", "X"),
            ("is_donation", True),
        ):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self._pay(signature, **{name: value})
        self.assertEqual(self.env["payment.transaction"].search_count([]), count)

    def test_a_choice_signed_for_one_debtor_pays_nothing_of_another(self):
        signature = self._signature(self.late)
        self.path = self._case(self.other)._debtor_path()
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(signature)

    def test_a_choice_that_was_edited_is_refused(self):
        signature = self._signature(self.late)
        raw = base64.urlsafe_b64decode(signature + "===")
        edited = raw[:41] + json.dumps([self.case.id, [self.foreign.id], 77700]).encode()
        for wrong in (base64.urlsafe_b64encode(edited).decode(), "", None, 7, [], self.path):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self._pay(wrong)

    def test_nothing_is_charged_when_the_debt_changed_meanwhile(self):
        signature = self._signature(self.late)
        self.late._reverse_moves([{"invoice_date": self.today, "date": self.today}], cancel=True)
        count = self.env["payment.transaction"].search_count([])
        params = {"access_token": signature, "flow": "redirect"}
        with mute_logger("odoo.http"):
            answer = self._open(f"{self.path}/transaction", json={"params": params}).json()
        self.assertIn("Nothing was charged", answer["error"]["data"]["message"])
        self.assertEqual(self.env["payment.transaction"].search_count([]), count)

    def test_an_old_payment_form_is_refused(self):
        signature = self._signature(self.late)
        with (
            freeze_time(self.today + timedelta(days=3)),
            self.assertRaises(JsonRpcException),
            mute_logger("odoo.http"),
        ):
            self._pay(signature)

    def test_an_invoice_being_paid_is_not_offered_twice(self):
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(self._signature(self.late))
        tx = self._last_transaction()
        tx._set_done()
        offered = self._page(self._open()).xpath("//input[@name='invoice']/@value")
        self.assertIn(str(self.late.id), offered, "a transfer that was only announced")
        # A provider that really takes money, which is not installed in every test database.
        self.env.execute_query(
            SQL(
                "UPDATE payment_provider SET code = 'card' WHERE id = %s RETURNING id",
                tx.provider_id.id,
            )
        )
        self.env.invalidate_all()
        page = self._page(self._open())
        self.assertEqual(page.xpath("//input[@name='invoice']/@value"), [str(self.later.id)])
        self.assertIn("A payment is under way.", page.text_content())

    def test_saved_cards_are_neither_offered_nor_charged(self):
        token = self.env["payment.token"].create(
            {
                "payment_details": "1234",
                "provider_id": self.provider.id,
                "partner_id": self.debtor.id,
                "payment_method_id": self.payment_method_id,
                "provider_ref": "ref",
            }
        )
        page = self._page(self._choose(self.late))
        self.assertFalse(page.xpath("//*[@data-payment-option-type='token']"))
        signature = page.xpath("//form/@data-access-token")[0]
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(signature, flow="token", token_id=token.id)

    def test_a_payment_of_somebody_else_is_not_shown(self):
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(self._signature(self.late))
        reference = self._last_transaction().reference
        path = self._case(self.other)._debtor_path()
        answer = self._open(f"{path}/paid?reference={reference}")
        self.assertNotIn(reference, answer.text)
        self.assertIn(self.foreign.name, answer.text, "back on their own page")

    def test_a_provider_that_is_not_on_offer_cannot_be_used(self):
        elsewhere = self._other_company()
        hidden = self.provider.copy({"company_id": elsewhere.id, "state": "test"})
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(self._signature(self.late), provider_id=hidden.id)
