from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.bank_sync.core.statement import EntryDetail
from odoo.addons.bank_sync.models.own_payments import OwnPayments

from .import_common import ImportPageCommon, entry, statement


class OwnPaymentsCommon(ImportPageCommon):
    """A company that collects from its customers, and registers what it collects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company.sudo()
        accounts = cls.env["account.account"].sudo()
        cls.charges, cls.outstanding = (
            accounts.create(
                {
                    "name": name,
                    "account_type": kind,
                    "code": code,
                    "reconcile": kind == "asset_current",
                    "company_ids": [Command.set(company.ids)],
                }
            )
            for name, kind, code in (
                ("Charges", "expense", "668001"),
                ("Outstanding receipts", "asset_current", "511901"),
            )
        )
        company.bank_charge_account_id = cls.charges
        cls.method = cls._method(cls.journal, "Stripe", cls.outstanding)
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer number {number}"} for number in range(1, 13)]
        )

    @classmethod
    def _method(cls, journal, name, account=None):
        return (
            cls.env["account.payment.method.line"]
            .sudo()
            .create(
                {
                    "name": name,
                    "journal_id": journal.id,
                    "payment_method_id": cls.env.ref("account.account_payment_method_manual_in").id,
                    "payment_account_id": account.id if account else False,
                }
            )
        )

    def sell(self, count, first=20.0):
        """Return invoices of as many customers, each of another amount."""
        return [
            self.invoice(first + number, partner=self.partners[number]) for number in range(count)
        ]

    def pay(self, invoice, *, method=None, day=None, **values):
        """Register a payment of the whole invoice, as its button does."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": self.journal.id,
                    "payment_method_line_id": (method or self.method).id,
                    "payment_date": day or self.today,
                }
            )
        )
        payment = wizard._create_payments()
        payment.write(values)
        return payment

    def take_in(self, *entries, name="S1", opening=0):
        """Import a statement of today's entries and return their lines."""
        known = self.lines()
        self.take(statement(*entries, name=name, opening=opening))
        return self.lines() - known

    def said(self, cents, text="", **values):
        return entry(cents, text, day=self.today, **values)

    def proposed(self, line):
        return line.bank_suggestion_ids.filtered(lambda one: one.state == "open").sorted("rank")

    def amounts(self, line):
        """Return account → balance of what stands against the bank."""
        found = {}
        for item in line.line_ids - line._seek_for_lines()[0]:
            found[item.account_id] = self.eur.round(found.get(item.account_id, 0) + item.balance)
        return found


@tagged("post_install", "-at_install")
class TestPayouts(OwnPaymentsCommon):
    """What a card processor pays out, less what it keeps."""

    def test_a_payout_of_twelve_card_payments_books_gross_and_fee(self):
        invoices = self.sell(12)
        payments = [
            self.pay(invoice, bank_run_reference="po_1Nx7", bank_fee_amount=0.50)
            for invoice in invoices
        ]
        gross = sum(invoice.amount_total for invoice in invoices)
        self.assertEqual(gross, 306.0)
        line = self.take_in(self.said(30000, "STRIPE PAYOUT po_1Nx7"))
        if not line.is_reconciled:
            self.assertEqual(self.proposed(line)[:1].kind, "payout")
            self.proposed(line)[0].action_accept()
        self.assertEqual(line.bank_match_kind, "payout")
        self.assertEqual(self.amounts(line), {self.outstanding: -306.0, self.charges: 6.0})
        fee = line.line_ids.filtered(lambda item: item.account_id == self.charges)
        self.assertFalse(fee.partner_id, "twelve customers paid: the fee is none of theirs")
        self.assertEqual({payment.is_matched for payment in payments}, {True})
        self.assertEqual({invoice.payment_state for invoice in invoices}, {"paid"})

    def test_a_fee_nobody_told_is_what_is_missing(self):
        for invoice in self.sell(12):
            self.pay(invoice, bank_run_reference="po_1Nx7")
        line = self.take_in(self.said(29713, "po_1Nx7"))
        best = self.proposed(line)[:1]
        self.assertEqual((best.kind, best.fee_amount, len(best.line_ids)), ("payout", 8.87, 12))
        best.action_accept()
        self.assertEqual(self.amounts(line), {self.outstanding: -306.0, self.charges: 8.87})

    def test_without_any_report_whole_days_of_the_named_processor_are_proposed(self):
        for invoice in self.sell(5):
            self.pay(invoice)
        line = self.take_in(self.said(10790, "STRIPE PAYMENTS EUROPE"))
        best = self.proposed(line)[:1]
        self.assertEqual((best.kind, best.fee_amount, len(best.line_ids)), ("payout", 2.10, 5))
        self.assertIn("payout_likely", best.reasons)
        self.assertFalse(line.is_reconciled)
        before = self.books()
        best.action_accept()
        line.action_undo_match()
        self.assertEqual(self.books(), before)

    def test_somebody_elses_text_is_no_payout(self):
        for invoice in self.sell(5):
            self.pay(invoice)
        line = self.take_in(self.said(10790, "RENT MARCH"))
        self.assertNotIn("payout", self.proposed(line).mapped("kind"))

    def test_more_than_a_processor_keeps_is_no_payout(self):
        for invoice in self.sell(5):
            self.pay(invoice)
        line = self.take_in(self.said(9000, "STRIPE PAYMENTS EUROPE"))
        self.assertNotIn("payout", self.proposed(line).mapped("kind"))


@tagged("post_install", "-at_install")
class TestRuns(OwnPaymentsCommon):
    """Direct debits, and everything else that is paid in runs."""

    def collect(self, count, *, reference=False, method=None):
        """Collect from as many customers in one run."""
        invoices = self.sell(count)
        for number, invoice in enumerate(invoices):
            self.pay(
                invoice,
                method=method,
                bank_run_reference=reference,
                bank_end_to_end_id=f"DD-{number}",
            )
        return invoices

    def test_one_of_a_run_of_eight_is_returned_and_only_its_invoice_is_open_again(self):
        invoices = self.collect(8, reference="MSG-2026-11")
        total = round(sum(invoice.amount_total for invoice in invoices) * 100)
        line = self.take_in(
            self.said(total, "SAMMELLASTSCHRIFT", batch_reference="MSG-2026-11", batch_size=8)
        )
        if not line.is_reconciled:
            self.proposed(line)[0].action_accept()
        self.assertEqual(line.bank_match_kind, "collection")
        self.assertEqual({invoice.payment_state for invoice in invoices}, {"paid"})
        back = self.take_in(
            self.said(-2650, "RETOURE AM04", end_to_end_id="DD-3", return_reason="AM04"),
            name="S2",
            opening=total,
        )
        before = self.books()
        best = self.proposed(back)[:1]
        self.assertEqual((best.kind, best.fee_amount), ("return", 3.5))
        self.assertEqual(best.line_ids.move_id, invoices[3])
        best.action_accept()
        states = [invoice.payment_state for invoice in invoices]
        self.assertEqual(states, ["paid"] * 3 + ["not_paid"] + ["paid"] * 4)
        self.assertEqual(invoices[3].amount_residual, 23.0)
        self.assertEqual(self.amounts(back)[self.charges], 3.5)
        back.action_undo_match()
        self.assertEqual(self.books(), before)
        self.assertEqual(invoices[3].payment_state, "paid")

    def test_a_run_is_known_by_total_count_and_day(self):
        invoices = self.collect(4)
        total = round(sum(invoice.amount_total for invoice in invoices) * 100)
        line = self.take_in(self.said(total, "COLLECTION", batch_size=4))
        if not line.is_reconciled:
            self.assertIn("collection_total", self.proposed(line)[:1].reasons)
            self.proposed(line)[0].action_accept()
        self.assertEqual(self.amounts(line), {self.outstanding: -total / 100})

    def test_one_collection_is_known_by_its_id(self):
        self.collect(2, reference="MSG-8")
        line = self.take_in(self.said(2100, "x", end_to_end_id="DD-1"))
        if not line.is_reconciled:
            self.proposed(line)[0].action_accept()
        self.assertEqual(line.bank_match_kind, "collection")
        payments = self.env["account.payment"].search([("bank_run_reference", "=", "MSG-8")])
        matched = payments.sorted("bank_end_to_end_id").mapped("is_matched")
        self.assertEqual(matched, [False, True])

    def test_the_ids_of_a_batch_in_one_line_name_its_payments(self):
        self.collect(3)
        parts = [
            EntryDetail(2000 + 100 * number, "EUR", end_to_end_id=f"DD-{number}")
            for number in (0, 2)
        ]
        line = self.take_in(self.said(4200, "x", details=tuple(parts)))
        self.assertEqual(len(line), 1)
        if not line.is_reconciled:
            self.assertIn("our_collection", self.proposed(line)[:1].reasons)
            self.proposed(line)[0].action_accept()
        self.assertEqual(self.amounts(line), {self.outstanding: -42.0})

    def test_a_batch_in_one_line_pays_what_its_transactions_quote(self):
        invoices = self.sell(3)
        parts = [
            EntryDetail(
                round(invoice.amount_total * 100),
                "EUR",
                remittance=(f"Re {invoice.name}",),
                counterparty_name=invoice.partner_id.name,
            )
            for invoice in invoices
        ]
        line = self.take_in(self.said(6300, "SAMMELGUTSCHRIFT", details=tuple(parts)))
        self.assertEqual(len(line), 1)
        if not line.is_reconciled:
            self.assertEqual(self.proposed(line)[:1].kind, "several")
            self.proposed(line)[0].action_accept()
        self.assertEqual({invoice.payment_state for invoice in invoices}, {"paid"})

    def test_payments_without_entries_of_their_own_pay_their_invoices(self):
        method = self._method(self.journal, "Direct debit")
        invoices = self.collect(3, reference="MSG-7", method=method)
        line = self.take_in(self.said(6300, "x", batch_reference="MSG-7", batch_size=3))
        if not line.is_reconciled:
            self.proposed(line)[0].action_accept()
        self.assertEqual(line.bank_match_kind, "collection")
        self.assertEqual({one.payment_state for one in invoices}, {"paid"})
        payments = self.env["account.payment"].search([("bank_run_reference", "=", "MSG-7")])
        self.assertEqual(set(payments.mapped("state")), {"paid"})

    def test_a_registered_payment_is_cleared_and_never_taken_for_a_second_one(self):
        (invoice,) = self.sell(1)
        payment = self.pay(invoice)
        self.assertFalse(payment.is_matched)
        line = self.take_in(self.said(2000, invoice.name))
        if not line.is_reconciled:
            self.assertNotIn("duplicate", self.proposed(line).mapped("kind"))
            self.proposed(line)[0].action_accept()
        self.assertEqual(self.amounts(line), {self.outstanding: -20.0})
        self.assertTrue(payment.is_matched)
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_payment_reset_under_the_proposal_is_not_cleared(self):
        (invoice,) = self.sell(1)
        payment = self.pay(invoice)
        line = self.take_in(self.said(1990, f"{invoice.name} a little less"))
        suggestion = self.proposed(line)[:1]
        self.assertEqual(suggestion.line_ids.move_id, payment.move_id)
        payment.action_draft()
        before = self.books()
        with self.assertRaisesRegex(UserError, "not posted"), self.env.cr.savepoint():
            suggestion.action_accept()
        self.assertEqual(self.books(), before)
        self.assertFalse(line.is_reconciled)

    def test_a_cancelled_payment_is_nothing_to_clear(self):
        (invoice,) = self.sell(1)
        payment = self.pay(invoice)
        payment.action_draft()
        payment.action_cancel()
        line = self.take_in(self.said(2000, invoice.name))
        if not line.is_reconciled:
            self.proposed(line)[0].action_accept()
        self.assertNotIn(self.outstanding, self.amounts(line))
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_run_of_payments_to_suppliers_is_one_debit(self):
        outbound = self.env.ref("account.account_payment_method_manual_out")
        method = self._method(self.journal, "Transfers", self.outstanding)
        method.sudo().payment_method_id = outbound
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "outbound",
                    "partner_type": "supplier",
                    "partner_id": self.partners[number].id,
                    "amount": 30.0 + number,
                    "journal_id": self.journal.id,
                    "payment_method_line_id": method.id,
                    "bank_run_reference": "RUN-9",
                }
                for number in range(3)
            ]
        )
        payments.action_post()
        line = self.take_in(self.said(-9300, "x", batch_reference="RUN-9", batch_size=3))
        if not line.is_reconciled:
            self.proposed(line)[0].action_accept()
        self.assertEqual(line.bank_match_kind, "collection")
        self.assertEqual(self.amounts(line), {self.outstanding: 93.0})
        self.assertEqual(set(payments.mapped("is_matched")), {True})

    def test_queries_do_not_grow_with_the_payments(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["account.move.line"]._get_open_items(self.company)
            OwnPayments(self.env, self.company).runs(self.today)
            return self.env.cr.sql_log_count - before

        self.collect(2)
        few = queries()
        self.collect(10)
        self.assertEqual(queries(), few)
