from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class SponsorBankCommon(AccountTestInvoicingCommon):
    """A company with one late customer, its sponsoring bank, and one person per role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.today = cls.company._collection_today()
        cls.bank = cls.env["res.partner"].create({"name": "Banque du Parc", "is_company": True})
        cls.other_bank = cls.env["res.partner"].create({"name": "Other Bank", "is_company": True})
        cls.staff = cls._new_staff("bank_staff", cls.bank)
        cls.other_staff = cls._new_staff("other_staff", cls.other_bank)
        values = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.manager = new_test_user(
            cls.env, "sb_manager", groups="invoice_collections.group_manager", **values
        )
        cls.collector = new_test_user(
            cls.env, "sb_collector", groups="invoice_collections.group_user", **values
        )
        cls.accountant = new_test_user(
            cls.env, "sb_accountant", groups="bank_sync.group_user", **values
        )
        cls.debtor = cls.env["res.partner"].create(
            {"name": "Harbour Lane Bakery", "is_company": True, "email": "pay@harbour.example"}
        )
        cls.invoice = cls.create_open_invoice(1000.0, days_overdue=10)

    @classmethod
    def _new_staff(cls, login, bank):
        user = new_test_user(
            cls.env, login, groups="sponsor_bank.sponsor_bank_group_staff", tz="UTC"
        )
        user.partner_id.parent_id = bank
        return user

    @classmethod
    def create_open_invoice(cls, amount, days_overdue):
        """Post an invoice without tax that fell due so many days ago."""
        due = cls.today - timedelta(days=days_overdue)
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.debtor.id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Tea", "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def create_consent(cls, granted=True, **values):
        """Create a consent of the company, granted by its manager unless told otherwise."""
        consent = (
            cls.env["bank.sharing.consent"]
            .with_user(cls.manager)
            .create({"company_id": cls.company.id, "bank_id": cls.bank.id, **values})
        )
        if granted:
            consent.action_grant()
        return consent

    @classmethod
    def connect_account(cls, complete_until):
        """Connect the company's bank account, proved and complete until that day; as sudo."""
        return (
            cls.env["bank.connection.account"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "iban": "LU280019400644750000",
                    "currency_id": cls.company.currency_id.id,
                    "journal_id": cls.company_data["default_journal_bank"].id,
                    "covered_until": complete_until,
                    "last_proof": "proved",
                }
            )
        )

    @classmethod
    def create_receipt(cls, text, amount, partner_name="Harbour Lane Bakery"):
        """Create an unmatched bank line of the company."""
        return cls.env["account.bank.statement.line"].create(
            {
                "journal_id": cls.company_data["default_journal_bank"].id,
                "date": fields.Date.to_string(cls.today),
                "payment_ref": text,
                "partner_name": partner_name,
                "amount": amount,
            }
        )
