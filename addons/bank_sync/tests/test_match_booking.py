from odoo import Command

from odoo.addons.bank_sync.core.matching.values import Claim, Kind, Proposal

from .booking_common import BookingCommon


class TestMatchBooking(BookingCommon):
    """Each kind of proposal: what is booked, and that undoing it leaves no trace in the books."""

    def test_items_of_two_partners_and_a_partial_claim(self):
        one = self.invoice(100.0)
        two = self.invoice(250.0, partner=self.other)
        line = self.bank_line(300.0, "both")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(one), Claim(self.item(two).id, 20000))
        self.assertEntrySound(line)
        self.assertEqual((one.payment_state, two.amount_residual), ("paid", 50.0))
        self.assertEqual(two.payment_state, "partial")
        self.assertEqual(self.amounts(line), {self.receivable: -300.0})
        self.assertUndoRestores(line, before, items)
        self.assertEqual((one | two).mapped("payment_state"), ["not_paid"] * 2)

    def test_a_partial_claim_beside_whole_ones_of_one_customer_is_kept_apart(self):
        old, new = self.invoice(100.0), self.invoice(100.0)
        line = self.bank_line(140.0, "the new one whole, of the old one 40")
        self.book(line, Claim(self.item(old).id, 4000), *self.claims(new))
        self.assertEqual((old.amount_residual, new.amount_residual), (60.0, 0.0))
        self.assertEntrySound(line)

    def test_credit_notes_are_netted(self):
        invoice = self.invoice(100.0)
        note = self.document("out_refund", 30.0)
        line = self.bank_line(70.0, "net")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(invoice, note), kind=Kind.NETTED)
        self.assertEntrySound(line)
        self.assertEqual((invoice | note).mapped("payment_state"), ["paid", "paid"])
        self.assertUndoRestores(line, before, items)

    def test_charges_are_an_expense_and_the_invoice_is_paid(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(88.0, "less 12 of charges")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(invoice), kind=Kind.CHARGES, fee=1200)
        self.assertEntrySound(line)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.amounts(line), {self.receivable: -100.0, self.charges: 12.0})
        self.assertUndoRestores(line, before, items)

    def test_small_differences_are_a_loss_or_a_gain(self):
        for paid, account, difference in ((99.6, self.loss, 0.4), (100.3, self.gain, -0.3)):
            with self.subTest(paid=paid):
                invoice = self.invoice(100.0)
                line = self.bank_line(paid, "nearly")
                before, items = self.ledger(), self.items_of(line)
                cents = round(difference * 100)
                self.book(line, *self.claims(invoice), kind=Kind.TOLERANCE, write_off=cents)
                self.assertEntrySound(line)
                self.assertEqual(invoice.payment_state, "paid")
                self.assertEqual(self.amounts(line), {self.receivable: -100.0, account: difference})
                self.assertUndoRestores(line, before, items)

    def test_what_is_paid_over_becomes_credit_that_the_next_invoice_can_use(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(130.0, "a bit more")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(invoice), kind=Kind.OVER, on_account=3000)
        self.assertEntrySound(line)
        credit = line.line_ids.filtered(lambda item: item.account_id == self.receivable)
        self.assertEqual((len(credit), credit.amount_residual), (1, -30.0))
        self.assertEqual(credit.partner_id, self.customer)
        self.assertUndoRestores(line, before, items)

    def test_undoing_frees_what_later_used_the_credit(self):
        invoice, later = self.invoice(100.0), self.invoice(30.0)
        line = self.bank_line(130.0, "a bit more")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(invoice), kind=Kind.OVER, on_account=3000)
        credit = line.line_ids.filtered(lambda item: item.account_id == self.receivable)
        (credit | self.item(later)).reconcile()
        self.assertEqual(later.payment_state, "paid")
        self.assertUndoRestores(line, before, items)

    def test_a_second_payment_is_the_customers_credit(self):
        line = self.bank_line(100.0, "once more")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, kind=Kind.DUPLICATE, on_account=10000)
        self.assertEntrySound(line)
        self.assertEqual(self.amounts(line), {self.receivable: -100.0})
        self.assertEqual(self.ledger()[-1], self.ledger()[-1])
        self.assertUndoRestores(line, before, items)

    def test_money_out_pays_a_bill_and_refunds_a_credit_note(self):
        bill = self.document("in_invoice", 60.0, ref="FA-1")
        note = self.document("out_refund", 40.0)
        for document, amount in ((bill, -60.0), (note, -40.0)):
            with self.subTest(document=document.move_type):
                line = self.bank_line(amount, "out")
                before, items = self.ledger(), self.items_of(line)
                self.book(line, *self.claims(document), kind=Kind.REFUND)
                self.assertEntrySound(line)
                self.assertEqual(document.payment_state, "paid")
                self.assertUndoRestores(line, before, items)

    def test_a_payout_net_of_fees(self):
        invoices = [self.invoice(amount) for amount in (50.0, 70.0, 80.0)]
        line = self.bank_line(195.4, "payout 4711")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(*invoices), kind=Kind.PAYOUT, fee=460)
        self.assertEntrySound(line)
        self.assertEqual({invoice.payment_state for invoice in invoices}, {"paid"})
        self.assertUndoRestores(line, before, items)

    # === RETURNS AND TRANSFERS === #

    def test_a_returned_payment_opens_the_invoice_again(self):
        invoice = self.invoice(100.0)
        paid = self.bank_line(100.0, invoice.name)
        self.book(paid, *self.claims(invoice))
        line = self.bank_line(-103.5, "AC04 returned")
        before, items = self.ledger(), self.items_of(line)
        claim = Claim(self.item(invoice).id, -10000)
        self.book(line, claim, kind=Kind.RETURN, fee=350)
        self.assertEntrySound(line)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("not_paid", 100.0))
        self.assertEqual(self.amounts(line), {self.receivable: 100.0, self.charges: 3.5})
        credit = paid.line_ids.filtered(lambda item: item.account_id == self.receivable)
        self.assertFalse(credit.amount_residual)
        self.assertTrue(paid.is_reconciled)
        self.assertUndoRestores(line, before, items)
        self.assertEqual(invoice.payment_state, "paid")

    def test_one_of_two_payments_is_returned(self):
        invoice = self.invoice(100.0)
        for amount in (30.0, 70.0):
            paid = self.bank_line(amount, "part")
            self.book(paid, Claim(self.item(invoice).id, round(amount * 100)))
        line = self.bank_line(-30.0, "returned")
        before, items = self.ledger(), self.items_of(line)
        self.book(line, Claim(self.item(invoice).id, -3000), kind=Kind.RETURN)
        self.assertEntrySound(line)
        self.assertEqual(invoice.amount_residual, 30.0)
        self.assertTrue(paid.line_ids.matched_debit_ids, "the other payment stands")
        self.assertUndoRestores(line, before, items)

    def test_a_payment_that_was_returned_is_not_undone_before_its_return(self):
        invoice = self.invoice(100.0)
        paid = self.bank_line(100.0, invoice.name)
        self.book(paid, *self.claims(invoice))
        line = self.bank_line(-100.0, "returned R-17")
        self.book(line, Claim(self.item(invoice).id, -10000), kind=Kind.RETURN)
        with self.assertRaisesRegex(Exception, "returned R-17 returns this payment"):
            paid.action_undo_match()
        line.action_undo_match()
        paid.action_undo_match()
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_both_ends_of_an_internal_transfer_meet(self):
        savings = self.journal.copy({"name": "Savings"})
        out = self.bank_line(-500.0, "to savings")
        into = self.bank_line(500.0, "from giro", journal=savings)
        before = self.ledger()
        self.book(out, kind=Kind.TRANSFER, on_account=-50000)
        self.assertTrue(out.is_reconciled)
        self.book(into, kind=Kind.TRANSFER, on_account=50000)
        self.assertEntrySound(into)
        transfer = self.company.transfer_account_id
        ends = (out | into).line_ids.filtered(lambda item: item.account_id == transfer)
        self.assertEqual(ends.mapped("reconciled"), [True, True])
        self.assertFalse(ends.partner_id)
        (out | into).action_undo_match()
        self.assertEqual(self.ledger(), before)

    # === CURRENCIES === #

    def _rates(self, *rates):
        model = self.env["res.currency.rate"].sudo()
        model.search([("currency_id", "=", self.usd.id)]).unlink()
        for days, rate in rates:
            model.create(
                {
                    "name": self.days(days),
                    "rate": rate,
                    "currency_id": self.usd.id,
                    "company_id": self.company.id,
                }
            )

    def test_euros_pay_dollars_with_the_exchange_difference_by_odoo(self):
        self._rates((-40, 1.25), (0, 1.0))
        invoice = self.invoice(100.0, currency=self.usd, date=self.days(-40))
        line = self.bank_line(95.0, invoice.name)
        before, items = self.ledger(), self.items_of(line)
        self.book(line, Claim(self.item(invoice).id, 10000), kind=Kind.FOREIGN_CURRENCY)
        self.assertEntrySound(line)
        item = self.item(invoice)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(item.amount_residual or item.amount_residual_currency)
        exchange = item.matched_credit_ids.exchange_move_id
        self.assertEqual(abs(exchange.line_ids[0].balance), 15.0)
        self.assertUndoRestores(line, before, items)

    def test_dollars_pay_euros_and_the_rate_leaves_a_difference(self):
        self._rates((-40, 1.25), (0, 1.25))
        invoice = self.invoice(81.0, date=self.days(-1))
        dollars = self.journal.copy({"currency_id": self.usd.id, "name": "Dollars"})
        line = self.bank_line(100.0, invoice.name, journal=dollars)
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(invoice), kind=Kind.FOREIGN_CURRENCY)
        self.assertEntrySound(line)
        self.assertEqual(invoice.payment_state, "paid")
        account = self.company.expense_currency_exchange_account_id
        self.assertEqual(self.amounts(line)[account], 1.0)
        self.assertUndoRestores(line, before, items)

    def test_a_foreign_line_split_over_charges_balances_in_both_currencies(self):
        self._rates((-40, 3.0), (0, 7.0))
        dollars = self.journal.copy({"currency_id": self.usd.id, "name": "Dollars"})
        invoices = [
            self.invoice(amount, currency=self.usd, date=self.days(-40)) for amount in (33.33, 50.0)
        ]
        line = self.bank_line(76.11, "two, less charges", journal=dollars)
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(*invoices), kind=Kind.CHARGES, fee=722)
        self.assertEntrySound(line)
        for invoice in invoices:
            self.assertEqual(invoice.payment_state, "paid")
            self.assertFalse(self.item(invoice).amount_residual)
        self.assertUndoRestores(line, before, items)

    # === DISCOUNTS === #

    def _term(self, computation):
        return self.env["account.payment.term"].create(
            {
                "name": f"2/10 {computation}",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )

    def test_an_early_payment_discount_takes_its_tax_along(self):
        tax = (
            self.env["account.tax"]
            .sudo()
            .create({"name": "20 %", "amount": 20.0, "company_id": self.company.id})
        )
        invoice = self.document(
            "out_invoice",
            100.0,
            taxes=tax,
            invoice_payment_term_id=self._term("included").id,
        )
        self.assertEqual(invoice.amount_total, 120.0)
        line = self.bank_line(117.6, invoice.name)
        before, items = self.ledger(), self.items_of(line)
        self.book(line, *self.claims(invoice, discount=240), kind=Kind.DISCOUNT)
        self.assertEntrySound(line)
        self.assertEqual(invoice.payment_state, "paid")
        taxed = line.line_ids.filtered("tax_line_id")
        self.assertEqual((taxed.balance, taxed.tax_line_id), (0.4, tax))
        base = line.line_ids.filtered(lambda item: item.account_id == self.discount_loss)
        self.assertEqual((base.balance, base.tax_ids), (2.0, tax))
        self.assertUndoRestores(line, before, items)

    def test_an_early_payment_discount_without_tax_and_of_a_bill(self):
        for move_type, sign, account in (
            ("out_invoice", 1, self.discount_loss),
            ("in_invoice", -1, self.discount_gain),
        ):
            with self.subTest(move_type):
                document = self.document(
                    move_type, 1000.0, invoice_payment_term_id=self._term("excluded").id, ref="X"
                )
                line = self.bank_line(sign * 980.0, "less 2 %")
                before, items = self.ledger(), self.items_of(line)
                claims = self.claims(document, discount=sign * 2000)
                self.book(line, *claims, kind=Kind.DISCOUNT)
                self.assertEntrySound(line)
                self.assertEqual(document.payment_state, "paid")
                self.assertEqual(self.amounts(line)[account], sign * 20.0)
                self.assertUndoRestores(line, before, items)

    def test_a_smaller_discount_than_the_terms_is_granted_in_proportion(self):
        tax = (
            self.env["account.tax"]
            .sudo()
            .create({"name": "20 %", "amount": 20.0, "company_id": self.company.id})
        )
        invoice = self.document(
            "out_invoice",
            100.0,
            taxes=tax,
            invoice_payment_term_id=self._term("included").id,
        )
        line = self.bank_line(118.8, invoice.name)
        self.book(line, *self.claims(invoice, discount=120), kind=Kind.DISCOUNT)
        self.assertEntrySound(line)
        taxed = line.line_ids.filtered("tax_line_id")
        self.assertEqual(taxed.balance, 0.2)
        self.assertEqual(invoice.payment_state, "paid")

    # === BATCHES === #

    def test_queries_do_not_grow_with_the_lines_of_mixed_kinds(self):
        def measure(count):
            proposals, evidence = {}, {}
            lines = self.env["account.bank.statement.line"]
            for number in range(count):
                invoice = self.invoice(100.0 + number)
                fee = 500 if number % 2 else 0
                line = self.bank_line(100.0 + number - fee / 100, invoice.name)
                lines |= line
                proposals[line] = Proposal(
                    self.claims(invoice), 1.0, (), fee=fee, partner=self.customer.id
                )
                evidence[line] = {"by": "rule"}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            booked = lines._book_proposals(proposals, evidence)
            self.env.flush_all()
            self.assertEqual(len(booked), count)
            after = self.env.cr.sql_log_count
            lines.action_undo_match()
            self.env.flush_all()
            return after - before, self.env.cr.sql_log_count - after

        measure(4)
        few, many = measure(6), measure(40)
        self.assertLessEqual(many[0], few[0] + 20, f"booking: {few[0]}, then {many[0]} queries")
        self.assertLessEqual(many[1], few[1] + 20, f"undoing: {few[1]}, then {many[1]} queries")
