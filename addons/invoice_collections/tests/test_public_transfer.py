import base64
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged

from ..core import epc
from .debtor_page_common import DebtorPageCase


@tagged("post_install", "-at_install")
class TestPublicTransfer(DebtorPageCase):
    """Paying by bank transfer: the right account, amount and reference, for any choice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.bank = cls.env["res.partner.bank"].create(
            {"acc_number": "BE71 0961 2345 6769", "partner_id": cls.company.partner_id.id}
        )
        cls.first = cls._invoice(cls.debtor, 55.5, -1, currency=cls.euro)
        cls.second = cls._invoice(cls.debtor, 10.0, 5, currency=cls.euro)
        (cls.first + cls.second).partner_bank_id = cls.bank

    def _transfer(self, *invoices):
        csrf = self._csrf(self._page(self._open()))
        data = [("csrf_token", csrf), *[("invoice", str(invoice.id)) for invoice in invoices]]
        return self._page(self._open(f"{self.path}/transfer", data=data))

    def _coded(self, *invoices):
        """Return what the QR code of a transfer of these invoices is made of."""
        choice = self.case._debtor_choose({invoice.id for invoice in invoices})
        with patch.object(epc, "payload", wraps=epc.payload) as payload:
            transfer = self.case._debtor_transfer(choice)
        self.assertTrue(transfer["qr"])
        return epc.payload(**payload.call_args.kwargs).split("\n")

    def test_account_amount_and_numbers_of_several_invoices(self):
        text = " ".join(self._transfer(self.first, self.second).text_content().split())
        self.assertIn("BE71", text)
        self.assertIn("65.50", text)
        self.assertIn(f"{self.first.name} {self.second.name}", text)

    def test_one_invoice_is_paid_with_its_own_reference(self):
        self.first.payment_reference = "RF18 5390 0754 7034"
        text = self._transfer(self.first).text_content()
        self.assertIn("RF18 5390 0754 7034", text)
        self.assertEqual(self._coded(self.first)[7:], ["EUR55.50", "", "RF18539007547034"])

    def test_a_national_reference_goes_into_the_text(self):
        self.first.payment_reference = "+++000/0000/00202+++"
        self.assertEqual(self._coded(self.first)[9:], ["", "+++000/0000/00202+++"])

    def test_the_code_is_a_picture_of_our_own(self):
        page = self._transfer(self.first)
        [image] = page.xpath("//img[starts-with(@src, 'data:')]")
        self.assertTrue(image.get("alt"))
        kind, data = image.get("src").split(",")
        self.assertEqual(kind, "data:image/svg+xml;base64")
        picture = etree.fromstring(base64.b64decode(data))
        self.assertTrue(picture.tag.endswith("svg"))

    def test_no_code_where_no_banking_app_reads_one(self):
        for currency, number in (
            (self.company.currency_id, "BE71 0961 2345 6769"),
            (self.euro, "BE71 0961 2345 6768"),
            (self.euro, "123456789"),
            (self.euro, "BR15 0000 0000 0000 1093 2840 814 P2"),
        ):
            with self.subTest(currency=currency.name, number=number):
                self.bank.acc_number = number
                self.assertEqual(
                    bool(
                        self.case._debtor_qr(
                            {"bank": self.bank, "currency": currency, "total": 5.0}, "INV"
                        )
                    ),
                    False,
                )

    def test_what_does_not_fit_into_a_transfer_is_told(self):
        for _number in range(14):
            self._invoice(self.debtor, 1.0, -1, currency=self.euro).partner_bank_id = self.bank
        choice = self.case._debtor_choose_overdue(self.euro.id)
        transfer = self.case._debtor_transfer(choice)
        self.assertEqual(transfer["amount"], 69.5)
        names = [row["move"].name for row in choice["rows"]]
        self.assertEqual(
            transfer["reference"].split(" "), names[: len(names) - transfer["left_out"]]
        )
        self.assertGreater(transfer["left_out"], 0)

    def test_invoices_of_somebody_else_cannot_be_added(self):
        text = self._transfer(self.first, self.foreign).text_content()
        self.assertNotIn(self.foreign.name, text)
        page = self._transfer(self.foreign)
        self.assertTrue(page.xpath("//*[@role='alert']"))

    def test_opening_the_address_by_itself_leads_back(self):
        answer = self._open(f"{self.path}/transfer")
        self.assertIn(self.first.name, answer.text)

    def test_a_part_is_transferred_with_the_numbers_it_reaches(self):
        csrf = self._csrf(self._page(self._open()))
        ids = [("invoice", str(invoice.id)) for invoice in self.second + self.first]
        data = [("csrf_token", csrf), ("amount", "20,5"), *ids]
        page = self._page(self._open(f"{self.path}/transfer", data=data))
        text = " ".join(page.text_content().split())
        self.assertIn("20.50", text)
        self.assertIn(self.first.name, text)
        self.assertNotIn(self.second.name, text)
