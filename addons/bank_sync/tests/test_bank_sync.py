from odoo.tests import tagged

from .common import SandboxCommon


@tagged("post_install", "-at_install")
class TestBankSync(SandboxCommon):
    def test_the_first_read_brings_every_entry_once_and_pays_the_quoted_invoice(self):
        invoice = self.invoice(120.5)
        self.connect()
        self.bank.pay(self.account, ("120.50", f"Payment of {invoice.name}, thank you"))
        self.bank.pay(self.account, *[(f"{number}.10", "no reference") for number in range(1, 26)])
        runs = self.sync()
        self.assertEqual(runs.mapped("state"), ["done"])
        self.assertEqual(runs.page_count, 3)
        self.assertBooksEqualBank()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.connection.state, "active")
