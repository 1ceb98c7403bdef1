from odoo.tests import new_test_user, tagged

from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestPublicReceipts(DebtorPageCase):
    """What was paid, by whatever way, with a receipt; and the page for those with a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payment = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=(cls.late + cls.later).ids)
            .create({"group_payment": True, "amount": 120.0})
            ._create_payments()
        )

    def test_a_payment_is_listed_with_what_it_paid(self):
        text = " ".join(self._page(self._open(f"{self.path}/payments")).text_content().split())
        for part in (self.late.name, self.later.name, "100.00", "20.00", "120.00"):
            self.assertIn(part, text)

    def test_the_receipt_names_payer_day_and_amount(self):
        [receipt] = self.case._debtor_receipts()
        answer = self._open(f"{self.path}/payments/{receipt['id']}")
        text = " ".join(self._page(answer).text_content().split())
        for part in ("Received from", self.debtor.name, "120.00"):
            self.assertIn(part, text)

    def test_a_credit_note_is_no_payment(self):
        refund = self.later._reverse_moves([{"invoice_date": self.today, "date": self.today}])
        refund.invoice_line_ids.price_unit = 5.0
        refund.action_post()
        receivable = (self.later + refund).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        receivable.reconcile()
        credits_ = [one for one in self.case._debtor_receipts() if one["is_credit"]]
        self.assertEqual([one["amount"] for one in credits_], [5.0])

    def test_the_paid_invoice_can_still_be_read(self):
        self.assertFalse(self.late.amount_residual)
        answer = self._open(f"{self.path}/invoice/{self.late.id}")
        self.assertEqual(answer.status_code, 200)

    def test_receipts_of_somebody_else_are_not_there(self):
        [receipt] = self.case._debtor_receipts()
        path = self._case(self.other)._debtor_path()
        for number in (receipt["id"], 2**40, 0):
            self.assertEqual(self._open(f"{path}/payments/{number}").status_code, 404)
        self.assertNotIn(self.late.name, self._open(f"{path}/payments").text)
        self.assertEqual(self._open(f"{path}/invoice/{self.late.id}").status_code, 404)

    # === WITH A LOGIN === #

    def _login(self, partner, name="carla"):
        user = new_test_user(self.env, name, groups="base.group_portal", partner_id=partner.id)
        self.authenticate(name, name)
        return user

    def test_a_login_opens_the_same_page(self):
        self._login(self.debtor)
        answer = self._open("/my/collections")
        self.assertIn("Your open invoices", answer.text)
        self.assertIn(self.later.name, answer.text)
        self.assertNotIn(self.foreign.name, answer.text)
        self.assertIn("/my/home", answer.text)

    def test_a_colleague_of_the_customer_sees_it_too(self):
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.debtor.id}
        )
        self._login(colleague)
        self.assertIn(self.later.name, self._open("/my/collections").text)

    def test_a_customer_of_two_companies_chooses(self):
        elsewhere = self._other_company()
        self.env["collection.case"].create(
            {"partner_id": self.debtor.id, "company_id": elsewhere.id}
        )
        self._login(self.debtor)
        text = self._open("/my/collections").text
        self.assertIn(elsewhere.name, text)
        self.assertIn(self.company.name, text)
        self.assertNotIn(self.later.name, text)

    def test_without_a_login_there_is_no_list(self):
        answer = self._open("/my/collections", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_the_home_page_of_the_portal_shows_the_way(self):
        self._login(self.debtor)
        self.assertIn("/my/collections", self._open("/my/home").text)
