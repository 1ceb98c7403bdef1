from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import BankSyncCommon


@tagged("post_install", "-at_install")
class TestMatching(BankSyncCommon):
    def test_one_quoted_reference_and_the_exact_amount_book_themselves(self):
        invoice = self.invoice(99.9)
        line = self.bank_line(99.9, f"rechnung {invoice.name.replace('/', ' ').lower()} danke")
        self.assertEqual(self.match(), line)
        self.assertEqual(line.bank_match_state, "booked")
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertFalse(invoice.amount_residual)
        self.assertTrue(invoice.line_ids.full_reconcile_id)
        event = self.env["bank.event"].search([("kind", "=", "line_booked")], limit=1)
        self.assertEqual((event.res_id, event.payload["by"]), (line.id, "rule"))
        self.assertLessEqual({"reference_quoted", "exact_amount"}, set(event.payload["reasons"]))
        self.assertTrue(event.payload["version"])

    def test_a_fragment_of_a_number_never_books(self):
        invoice = self.invoice(10.0)
        fragment = invoice.name.split("/")[-1]
        for text in (fragment, f"order {fragment}", f"R{invoice.name}", invoice.name[:-1]):
            with self.subTest(text=text):
                line = self.bank_line(10.0, text)
                self.assertFalse(self.match())
                self.assertNotEqual(line.bank_match_state, "booked")
                line.unlink()

    def test_another_amount_is_proposed_not_booked(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(90.0, invoice.name)
        self.assertFalse(self.match())
        suggestion = line.bank_suggestion_ids
        self.assertEqual(suggestion.line_ids.move_id, invoice)
        self.assertLessEqual({"reference_quoted", "short"}, set(suggestion.reasons))
        self.assertEqual(line.bank_match_state, "suggested")

    def test_a_payment_that_came_twice_is_left_to_a_person(self):
        invoice = self.invoice(100.0)
        lines = self.bank_line(100.0, invoice.name) | self.bank_line(100.0, invoice.name)
        self.assertFalse(self.match())
        self.assertEqual(set(lines.mapped("bank_match_state")), {"suggested", "exception"})
        claimed = lines.bank_suggestion_ids.line_ids.filtered(lambda item: item.move_id == invoice)
        self.assertEqual(sum(claimed.mapped("claim_amount")), 100.0)

    def test_two_references_that_add_up_are_booked_together(self):
        one, two = self.invoice(30.0), self.invoice(70.0)
        line = self.bank_line(100.0, f"{one.name} + {two.name}")
        self.match()
        if line.bank_match_state != "booked":
            line.bank_suggestion_ids[0].action_accept()
        self.assertEqual(line.bank_match_kind, "several")
        self.assertEqual((one | two).mapped("payment_state"), ["paid", "paid"])
        self.assertTrue(line.is_reconciled)

    def test_draft_cancelled_and_paid_invoices_are_no_candidates(self):
        draft, cancelled, paid = (self.invoice(50.0) for _number in range(3))
        names = [invoice.name for invoice in (draft, cancelled, paid)]
        draft.button_draft()
        cancelled.button_draft()
        cancelled.button_cancel()
        self.bank_line(50.0, paid.name)
        self.match()
        self.assertEqual(paid.payment_state, "paid")
        lines = self.bank_line(50.0, names[0]) | self.bank_line(50.0, names[1])
        lines |= self.bank_line(50.0, names[2])
        self.assertFalse(self.match())
        states = lines.mapped("bank_match_state")
        self.assertEqual(states, ["exception", "exception", "suggested"])
        repeated = lines[2].bank_suggestion_ids
        self.assertEqual(repeated.mapped("kind"), ["duplicate"])
        self.assertFalse(repeated.line_ids, "a second payment pays nothing: it is credit")

    def test_other_currency_is_never_booked(self):
        invoice = self.invoice(80.0, currency=self.usd)
        line = self.bank_line(80.0, invoice.name)
        self.assertFalse(self.match())
        self.assertLessEqual(set(line.bank_suggestion_ids.mapped("kind")), {"foreign_currency"})

    def test_other_companies_are_never_touched(self):
        other = self.setup_other_company()["company"]
        invoice = self.invoice(40.0)
        self.bank_line(40.0, invoice.name)
        self.assertFalse(self.suggestions.sudo()._run(other))
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_a_foreign_account_is_booked_with_its_exchange_difference(self):
        rates = self.env["res.currency.rate"].sudo()
        early, late = self.today - timedelta(days=40), self.today
        rates.search([("currency_id", "=", self.usd.id)]).unlink()
        for day, rate in ((early, 2.0), (late, 1.25)):
            rates.create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": self.usd.id,
                    "company_id": self.company.id,
                }
            )
        invoice = self.invoice(100.0, currency=self.usd, date=early)
        journal = self.journal.copy({"currency_id": self.usd.id, "name": "Dollars"})
        before = self.books()
        line = self.bank_line(100.0, invoice.name, journal=journal)
        with_line = self.books()
        self.assertEqual(self.match(), line)
        self.assertEqual(invoice.payment_state, "paid")
        receivable = invoice.line_ids.filtered(lambda item: item.display_type == "payment_term")
        self.assertFalse(receivable.amount_residual)
        self.assertFalse(receivable.amount_residual_currency)
        exchange = receivable.matched_credit_ids.exchange_move_id
        self.assertEqual(exchange.state, "posted")
        self.assertEqual(abs(exchange.line_ids[0].balance), 30.0)
        self.assertNotEqual(before, with_line)
        line.action_undo_match()
        self.assertEqual(self.books(), with_line)

    def test_cash_basis_taxes_follow_the_booking_and_its_undo(self):
        self.company.sudo().tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        tax = (
            self.env["account.tax"]
            .sudo()
            .create(
                {
                    "name": "on payment",
                    "amount": 20.0,
                    "company_id": self.company.id,
                    "tax_exigibility": "on_payment",
                    "cash_basis_transition_account_id": transition.id,
                }
            )
        )
        invoice = self.invoice(100.0)
        invoice.button_draft()
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        line = self.bank_line(120.0, invoice.name)
        before = self.books()
        self.match()
        self.assertEqual(invoice.payment_state, "paid")
        entries = self.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "=", invoice.id)]
        )
        self.assertEqual(entries.mapped("state"), ["posted"])
        line.action_undo_match()
        self.assertEqual(self.books(), before)

    def test_undo_leaves_the_books_as_they_were_and_is_not_done_again(self):
        invoices = [self.invoice(10.0 * number) for number in range(1, 4)]
        lines = self.env["account.bank.statement.line"]
        for invoice in invoices:
            lines |= self.bank_line(invoice.amount_total, invoice.name)
        before, items = self.books(), lines.line_ids.ids
        self.assertEqual(self.match(), lines)
        lines[0].action_undo_match()
        self.assertEqual(invoices[0].payment_state, "not_paid")
        self.assertEqual([invoice.payment_state for invoice in invoices[1:]], ["paid"] * 2)
        lines[1:].action_undo_match()
        self.assertEqual(self.books(), before)
        self.assertEqual(lines.line_ids.ids, items, "the very same journal items")
        self.assertFalse(self.match(), "a person has said no")
        self.assertEqual(lines.mapped("bank_match_state"), ["exception"] * 3)

    def test_undoing_one_of_two_lines_of_an_invoice_leaves_the_other(self):
        invoice = self.invoice(100.0)
        lines = self.env["account.bank.statement.line"]
        for _number in range(2):
            line = self.bank_line(50.0, invoice.name)
            self.match()
            line.bank_suggestion_ids.action_accept()
            lines |= line
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(lines.mapped("bank_match_state"), ["accepted", "booked"])
        lines[0].action_undo_match()
        self.assertEqual(invoice.amount_residual, 50.0)
        self.assertEqual(lines[1].bank_match_state, "booked")
        self.assertTrue(lines[1].line_ids.matched_debit_ids)

    def test_nothing_is_booked_into_a_locked_period(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, invoice.name)
        self.company.sudo().hard_lock_date = False
        self.env["account.lock_exception"].sudo().search([]).unlink()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [self.today, self.company.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.match())
        self.assertEqual(line.bank_match_state, "suggested")
        with self.assertRaisesRegex(UserError, "locked period"):
            line.bank_suggestion_ids.action_accept()
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_the_bank_says_when_even_where_odoo_moves_the_date(self):
        day = self.today - timedelta(days=30)
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [self.today - timedelta(days=10), self.company.id],
        )
        self.env.invalidate_all()
        line = self.bank_line(5.0, "late", date=day, bank_booking_date=day)
        self.assertNotEqual(line.date, day)
        self.assertEqual(line.bank_booking_date, day)

    def test_what_we_pay_finds_the_suppliers_number(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": self.today,
                "ref": "FA-2026-7781",
                "currency_id": self.eur.id,
                "invoice_line_ids": [
                    Command.create({"name": "Flour", "price_unit": 60.0, "tax_ids": False})
                ],
            }
        )
        bill.action_post()
        line = self.bank_line(-60.0, "FA 2026 7781")
        self.assertEqual(self.match(), line)
        self.assertEqual(bill.payment_state, "paid")

    def test_queries_do_not_grow_with_the_lines(self):
        def measure(count):
            for number in range(count):
                invoice = self.invoice(100.0 + number)
                self.bank_line(100.0 + number, invoice.name)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            booked = self.match()
            self.env.flush_all()
            self.assertEqual(len(booked), count)
            return self.env.cr.sql_log_count - before

        measure(3)
        few, many = measure(5), measure(40)
        self.assertLessEqual(many, few + 15, f"{few} queries for 5 lines, {many} for 40")
