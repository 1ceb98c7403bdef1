from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

from .common import BankSyncCommon


@tagged("post_install", "-at_install")
class TestWorkspaceTour(BankSyncCommon, AccountTestInvoicingHttpCommon, HttpCase):
    """The screen in a browser, as the accountant's role alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "match_accountant",
            "bank_sync.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        names = ("Short payer", "Second payer", "Third payer", "Fourth payer")
        cls.lines = cls.env["account.bank.statement.line"]
        cls.invoices = cls.env["account.move"]
        for days, name in enumerate(names):
            number = f"TOUR/000{days + 1}"
            cls.invoices |= cls.invoice(200.0 + days, number=number)
            cls.lines |= cls.bank_line(
                150.0 + days,
                f"delivery {number}",
                partner_name=name,
                date=fields.Date.today() - timedelta(days=days),
            )
        cls.match()
        # Nobody pays it by itself: the tour lets the first payer do it.
        cls.other = cls.invoice(300.0, number="TOUR/0005")

    def test_a_queue_is_worked_off_by_keyboard(self):
        self.start_tour("/odoo/bank-match", "bank_sync_match_workspace", login="match_accountant")
        self.assertEqual(
            self.invoices.mapped("amount_residual"),
            [200.0, 201.0, 50.0, 50.0],
            "undone, put aside, and two approved together",
        )
        self.assertEqual(self.other.amount_residual, 150.0)
        self.assertEqual(self.lines.mapped("is_reconciled"), [True, False, True, True])

    def test_a_line_is_written_off_and_another_one_split(self):
        account = self.company_data["default_account_expense"]
        self.env["account.reconcile.model"].create(
            {
                "name": "Tour fees",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "amount_type": "percentage",
                            "amount_string": "100",
                        }
                    )
                ],
            }
        )
        fees = self.bank_line(-12.5, "account fees", partner_name="The bank itself")
        self.start_tour(
            "/odoo/bank-match", "bank_sync_match_workspace_split", login="match_accountant"
        )
        booked = fees.line_ids.filtered(lambda item: item.account_id == account)
        self.assertEqual(booked.balance, 12.5)
        self.assertEqual(self.invoices[0].amount_residual, 100.0)
        self.assertFalse(self.lines[0].is_reconciled)
        self.assertEqual(self.lines[0].bank_match_reason, "rest_open")

    def test_a_queue_is_worked_off_on_a_phone(self):
        self.browser_size = "390x844"
        self.start_tour(
            "/odoo/bank-match", "bank_sync_match_workspace_phone", login="match_accountant"
        )
        self.assertEqual(self.invoices[0].amount_residual, 50.0)
