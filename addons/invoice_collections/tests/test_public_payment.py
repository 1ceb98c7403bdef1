import base64
import json
from datetime import timedelta

from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestPublicPayment(DebtorPageCase):
    """What the debtor can pay, and that a browser can bend none of it."""

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

    def test_rubbish_in_the_address_is_no_error(self):
        for reference in ("", "%00", "x" * 3000, "'; --"):
            answer = self._open(f"{self.path}/paid?reference={reference}")
            self.assertEqual(answer.status_code, 200, reference)
            self.assertIn(self.late.name, answer.text, "back on the page")
        for rubbish in ("9" * 5000, "-1", "1.5", "nan", "\x00"):
            csrf = self._csrf(self._page(self._open()))
            data = {"csrf_token": csrf, "invoice": rubbish}
            self.assertEqual(self._open(f"{self.path}/pay", data=data).status_code, 200, rubbish)

    def test_a_provider_that_is_not_on_offer_cannot_be_used(self):
        elsewhere = self._other_company()
        hidden = self.provider.copy({"company_id": elsewhere.id, "state": "test"})
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(self._signature(self.late), provider_id=hidden.id)

    # === A PART === #

    def _choose_part(self, amount, *invoices, name="pay"):
        csrf = self._csrf(self._page(self._open()))
        ids = [("invoice", str(invoice.id)) for invoice in invoices]
        data = [("csrf_token", csrf), ("amount", amount), *ids]
        return self._page(self._open(f"{self.path}/{name}", data=data))

    def test_a_free_part_is_paid_the_oldest_first(self):
        page = self._choose_part("120,00", self.later, self.late)
        [form] = page.xpath("//form[@id='o_payment_form']")
        self.assertEqual(float(form.get("data-amount")), 120.0)
        shown = " ".join(page.xpath("//table")[0].text_content().split())
        self.assertRegex(shown, rf"{self.late.name} .*100.00 {self.later.name} .*20.00")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(form.get("data-access-token"))
        tx = self._last_transaction()
        self.assertEqual((tx.amount, tx.invoice_ids), (120.0, self.late + self.later))
        tx._set_done()
        tx._post_process()
        self.assertEqual((self.late + self.later).mapped("amount_residual"), [0.0, 20.0])

    def test_a_part_of_one_invoice_touches_no_other(self):
        page = self._choose_part("30.50", self.later, self.late)
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(page.xpath("//form/@data-access-token")[0])
        tx = self._last_transaction()
        self.assertEqual((tx.amount, tx.invoice_ids), (30.5, self.late))
        tx._set_done()
        tx._post_process()
        self.assertEqual(self.late.amount_residual, 69.5)
        [box] = self._page(self._open()).xpath(f"//input[@value='{self.late.id}']")
        self.assertEqual(box.get("data-minor"), "6950")

    def test_a_part_that_is_none_is_told_and_what_was_chosen_is_kept(self):
        for amount in ("0", "-5", "100.01", "1.000", "lots", "1e2", "9" * 40):
            with self.subTest(amount=amount):
                page = self._choose_part(amount, self.late)
                self.assertFalse(page.xpath("//form[@id='o_payment_form']"))
                self.assertIn("an amount up to", page.xpath("//*[@role='alert']")[0].text)
                [typed] = page.xpath("//input[@name='amount']")
                self.assertEqual(typed.get("value"), amount)
                chosen = page.xpath("//input[@name='invoice'][@checked]/@value")
                self.assertEqual(chosen, [str(self.late.id)])

    def test_a_signed_part_pays_nothing_once_something_was_paid(self):
        page = self._choose_part("30", self.late)
        signature = page.xpath("//form/@data-access-token")[0]
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self._pay(signature)
        tx = self._last_transaction()
        tx._set_done()
        tx._post_process()
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._pay(signature)
