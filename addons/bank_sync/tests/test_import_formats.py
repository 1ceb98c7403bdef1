"""Files of formats that say less than others: what the import adds, and what it refuses."""

from odoo.tests import tagged

from .import_common import ImportPageCommon

QIF = b"!Type:Bank\nD3/15/2026\nT12.50\nPAcme\nMInvoice 4711\n^\nD3/16/2026\nT-3\nPShop\n^\n"
STATUS = (
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
    b"<GrpHdr><MsgId>B</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>P</OrgnlMsgId>"
    b"<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
)


@tagged("post_install", "-at_install")
class TestImportFormats(ImportPageCommon):
    def card(self, page):
        return page.page["documents"][0]

    def chosen(self, content, journal):
        page = self.page(content=content, name="export.qif")
        card = self.card(page)
        self.assertEqual(card["problem_code"], "unknown_account")
        page.choose_journal(card["id"], 1, journal.id)
        return page

    def test_a_file_without_currency_is_in_that_of_the_journal(self):
        page = self.chosen(QIF, self.journal)
        self.assertEqual(self.card(page)["outcome"], "ready")
        page.book()
        self.assertEqual(self.finish(page)["added"], 2)
        self.assertEqual(self.lines().mapped("amount"), [12.5, -3.0])
        self.assertEqual(self.entries().currency_id, self.company.currency_id)
        self.assertEqual(self.lines()[0].partner_name, "Acme")

    def test_the_same_file_without_currency_again_adds_nothing(self):
        page = self.chosen(QIF, self.journal)
        page.book()
        self.finish(page)
        again = self.page(content=QIF + b"\n", name="again.qif")
        if self.card(again)["problem_code"] == "unknown_account":
            again.choose_journal(self.card(again)["id"], 1, self.journal.id)
        again.book()
        self.finish(again)
        self.assertEqual(len(self.lines()), 2)

    def test_cents_do_not_fit_into_yen(self):
        yen = self.env.ref("base.JPY").sudo()
        yen.active = True
        journal = self.journal.sudo().copy(
            {"name": "Yen", "bank_account_id": False, "currency_id": yen.id}
        )
        page = self.chosen(QIF, journal.sudo(False))
        card = self.card(page)
        self.assertEqual(card["problem_code"], "unfit_currency")
        self.assertIn("more decimals than JPY", card["message"])
        self.assertFalse(self.lines(journal))

    def test_an_answer_to_payment_orders_is_no_statement(self):
        card = self.card(self.page(content=STATUS, name="status.xml"))
        self.assertEqual(card["problem_code"], "payment_status")
        self.assertIn("status.xml: this is a bank's answer about payments", card["message"])
