from odoo.tests import tagged

from odoo.addons.bank_sync.core.statement import Charge

from .test_own_payments import OwnPaymentsCommon


@tagged("post_install", "-at_install")
class TestOrderedAbroad(OwnPaymentsCommon):
    """Payments ordered in another currency than the account's, as the bank tells them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rate(cls.usd, 1.25)

    @classmethod
    def rate(cls, currency, rate):
        cls.env["res.currency.rate"].sudo().create(
            {
                "currency_id": currency.id,
                "name": cls.today.replace(day=1),
                "rate": rate,
                "company_id": cls.company.id,
            }
        )

    def receive(self, cents, ordered, text, *charges):
        """Import a payment of which so many US dollars were ordered, and match it."""
        line = self.take_in(
            self.said(
                cents, text, original_amount=ordered, original_currency="USD", charges=charges
            )
        )
        self.env["bank.match.suggestion"]._run(self.company)
        return line

    def billed(self, amount, currency):
        invoice = self.invoice(amount, partner=self.partners[0], currency=currency)
        self.assertEqual(invoice.amount_residual, amount)
        return invoice

    def settle(self, line):
        if not line.is_reconciled:
            self.proposed(line)[0].action_accept()

    def test_charges_the_bank_tells_are_charges_and_no_loss_of_exchange(self):
        invoice = self.billed(125.0, self.usd)
        line = self.receive(9000, 12500, invoice.name, Charge(1000, "EUR", included=True))
        self.settle(line)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self.amounts(line)[self.charges], 10.0)
        self.assertFalse(invoice.line_ids.matched_credit_ids.exchange_move_id)

    def test_charges_outside_the_amount_leave_the_ordered_amount_on_the_line(self):
        line = self.receive(10000, 12500, "x", Charge(1000, "EUR", included=False))
        self.assertEqual((line.foreign_currency_id, line.amount_currency), (self.usd, 125.0))

    def test_an_invoice_of_the_accounts_currency_is_paid_by_what_arrived(self):
        invoice = self.billed(100.0, self.eur)
        line = self.receive(10000, 12480, invoice.name)
        best = self.proposed(line)[:1] or line.bank_decision_ids
        self.assertIn("instructed_exact", best.reasons)
        self.settle(line)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self.amounts(line), {invoice.line_ids[-1:].account_id: -100.0})

    def test_what_is_on_a_dollar_account_is_compared_at_the_dollars_own_rate(self):
        """USD 125.00 are EUR 100.00: an invoice of CHF 125.00 is none of that."""
        francs = self.env.ref("base.CHF")
        francs.sudo().active = True
        self.rate(francs, 1.0)
        invoice = self.billed(125.0, francs)
        line = self.receive(10000, 12500, invoice.name)
        self.assertFalse(self.proposed(line))
