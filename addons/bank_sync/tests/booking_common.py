"""Proposals made by hand, booked and taken back."""

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.bank_sync.core.matching.values import Claim, Kind, Proposal

from .common import BankSyncCommon

#: Evidence of a decision by the rules.
RULE = {"by": "rule", "version": "test"}


@tagged("post_install", "-at_install")
class BookingCommon(BankSyncCommon):
    """A company with accounts for every difference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company.sudo()
        expense = cls.company_data["default_account_expense"]
        cls.charges = cls._account("Charges", "expense", "668001")
        cls.loss = cls._account("Cash difference loss", "expense", "668002")
        cls.gain = cls._account("Cash difference gain", "income", "768002")
        cls.discount_loss = cls._account("Discounts granted", "expense", "665001")
        cls.discount_gain = cls._account("Discounts received", "income", "765001")
        company.write(
            {
                "bank_charge_account_id": cls.charges.id,
                "default_cash_difference_expense_account_id": cls.loss.id,
                "default_cash_difference_income_account_id": cls.gain.id,
                "account_journal_early_pay_discount_loss_account_id": cls.discount_loss.id,
                "account_journal_early_pay_discount_gain_account_id": cls.discount_gain.id,
            }
        )
        cls.expense = expense
        cls.other = cls.env["res.partner"].create({"name": "Kaffee Schmidt GmbH"})

    @classmethod
    def _account(cls, name, kind, code):
        return (
            cls.env["account.account"]
            .sudo()
            .create(
                {
                    "name": name,
                    "account_type": kind,
                    "code": code,
                    "company_ids": [Command.set(cls.company.ids)],
                }
            )
        )

    @classmethod
    def document(cls, move_type, amount, *, partner=None, taxes=None, **values):
        """Return a posted document."""
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or cls.customer).id,
                "currency_id": cls.eur.id,
                "invoice_date": cls.today,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Tea",
                            "price_unit": amount,
                            "tax_ids": [Command.set(taxes.ids)] if taxes else False,
                        }
                    )
                ],
                **values,
            }
        )
        move.action_post()
        return move

    @staticmethod
    def item(move):
        """Return the receivable or payable item of a document."""
        return move.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def claims(self, *documents, discount=0):
        """Return claims on all that is open of the documents."""
        return tuple(
            Claim(
                self.item(document).id,
                round(self.item(document).amount_residual_currency * 100),
                discount,
            )
            for document in documents
        )

    def book(self, line, *claims, by="rule", kind=Kind.EXACT, partner=None, **rest):
        """Book a proposal on a line and return what was booked."""
        proposal = Proposal(claims, 1.0, (), kind=kind, partner=partner or self.customer.id, **rest)
        booked = line._book_proposals({line: proposal}, {line: {**RULE, "by": by}})
        self.env.flush_all()
        return booked

    def ledger(self):
        """Return every posted figure of the books: balances, open amounts, matched or not."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT account_id, partner_id, currency_id, SUM(balance), SUM(amount_currency),
                   SUM(amount_residual), SUM(amount_residual_currency)
              FROM account_move_line
             WHERE company_id = %s AND parent_state = 'posted'
             GROUP BY account_id, partner_id, currency_id
            HAVING SUM(balance) != 0 OR SUM(amount_currency) != 0 OR SUM(amount_residual) != 0
             ORDER BY account_id, partner_id, currency_id
            """,
            [self.company.id],
        )
        return self.env.cr.fetchall()

    def items_of(self, line):
        """Return every column of the line's journal items that accounting reads."""
        self.env.flush_all()
        line.line_ids.invalidate_recordset()
        return [
            (
                item.id,
                item.account_id,
                item.partner_id,
                item.currency_id,
                item.balance,
                item.amount_currency,
                item.amount_residual,
                item.amount_residual_currency,
                item.name,
                item.tax_ids,
                item.reconciled,
            )
            for item in line.line_ids.sorted("id")
        ]

    def assertEntrySound(self, line):
        """Fail unless the entry balances, as the database has it, and the line is done."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT SUM(balance), SUM(debit - credit) FROM account_move_line WHERE move_id = %s",
            [line.move_id.id],
        )
        balance, debits = self.env.cr.fetchone()
        self.assertFalse(self.eur.round(float(balance)))
        self.assertFalse(self.eur.round(float(debits)))
        line.invalidate_recordset()
        self.assertTrue(line.is_reconciled)
        liquidity, suspense, _others = line._seek_for_lines()
        self.assertEqual((len(liquidity), len(suspense)), (1, 0))
        self.assertEqual(liquidity.amount_currency, line.amount)

    def amounts(self, line):
        """Return account → balance of what stands against the bank."""
        liquidity, _suspense, others = line._seek_for_lines()
        found = {}
        for item in others - liquidity:
            found[item.account_id] = self.eur.round(found.get(item.account_id, 0) + item.balance)
        return found

    def assertUndoRestores(self, line, before, items):
        """Fail unless undoing leaves the books, and the line's items, exactly as before."""
        line.action_undo_match()
        self.assertEqual(self.ledger(), before)
        self.assertEqual(self.items_of(line), items)
        self.assertFalse(line.is_reconciled)

    @property
    def receivable(self):
        return self.company_data["default_account_receivable"]

    @property
    def payable(self):
        return self.company_data["default_account_payable"]

    @staticmethod
    def days(number):
        """Return the day so many days from today."""
        return fields.Date.add(fields.Date.today(), days=number)
