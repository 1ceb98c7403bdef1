import time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.bank_sync.core.statement import EntryDetail

from .booking_common import BookingCommon
from .import_common import ImportPageCommon, entry, statement


@tagged("post_install", "-at_install")
class TestMatchingInputs(BookingCommon):
    """What the matching is told beside lines and items: accounts of ours, payers, returns."""

    def proposed(self, line):
        """Return what is proposed for a line, best first."""
        return line.bank_suggestion_ids.filtered(lambda one: one.state == "open").sorted("rank")

    def own_account(self, journal, number):
        """Give a journal of ours its bank account."""
        journal.sudo().bank_account_id = (
            self.env["res.partner.bank"]
            .sudo()
            .create({"acc_number": number, "partner_id": journal.company_id.partner_id.id})
        )

    # === TRANSFERS === #

    def test_both_ends_of_a_transfer_are_found_by_our_own_account(self):
        savings = self.journal.copy({"name": "Savings"})
        self.own_account(savings, "DE89370400440532013000")
        out = self.bank_line(-500.0, "Umbuchung", account_number="DE89 3704 0044 0532 0130 00")
        into = self.bank_line(500.0, "Umbuchung", journal=savings)
        before = self.ledger()
        self.match()
        self.assertEqual(
            (self.proposed(out) | self.proposed(into)).mapped("kind"), ["transfer"] * 2
        )
        self.assertIn("own_account", self.proposed(out).reasons)
        self.assertIn("other_end", self.proposed(into).reasons)
        self.proposed(out).action_accept()
        self.match()
        self.assertEqual(self.proposed(into).kind, "transfer", "the booked end is the other one")
        self.proposed(into).action_accept()
        ends = (out | into).line_ids.filtered(
            lambda item: item.account_id == self.company.transfer_account_id
        )
        self.assertEqual(ends.mapped("reconciled"), [True, True])
        (out | into).action_undo_match()
        self.assertEqual(self.ledger(), before)
        self.match()
        self.assertFalse(self.proposed(out) | self.proposed(into), "what was undone stays away")

    def test_a_transfer_books_itself_once_it_is_allowed(self):
        savings = self.journal.copy({"name": "Savings"})
        self.own_account(savings, "DE89370400440532013000")
        self.own_account(self.journal, "FR7630006000011234567890189")
        self.company.sudo().bank_auto_kind_ids |= self.env.ref("bank_sync.bank_match_kind_transfer")
        out = self.bank_line(-500.0, "Umbuchung", account_number="DE89370400440532013000")
        into = self.bank_line(
            500.0, "Umbuchung", journal=savings, account_number="FR7630006000011234567890189"
        )
        self.assertEqual(self.match(), out | into)
        ends = (out | into).line_ids.filtered(
            lambda item: item.account_id == self.company.transfer_account_id
        )
        self.assertEqual(ends.mapped("reconciled"), [True, True])

    def test_an_account_of_another_company_is_none_of_ours(self):
        other = self.setup_other_company(name="Another company")
        self.own_account(other["default_journal_bank"], "DE89370400440532013000")
        line = self.bank_line(500.0, "Umbuchung", account_number="DE89370400440532013000")
        self.match()
        self.assertNotIn("transfer", self.proposed(line).mapped("kind"))

    # === ON ACCOUNT === #

    def test_money_of_a_customer_who_owes_nothing_is_proposed_as_credit(self):
        self.book(self.bank_line(100.0, "old"), *self.claims(self.invoice(100.0)))
        line = self.bank_line(250.0, "Anzahlung", partner_name=self.customer.name)
        before, items = self.ledger(), self.items_of(line)
        self.assertFalse(self.match())
        suggestion = self.proposed(line)
        self.assertEqual((suggestion.kind, suggestion.partner_id), ("on_account", self.customer))
        self.assertEqual(suggestion.on_account_amount, 250.0)
        suggestion.action_accept()
        self.assertEntrySound(line)
        self.assertEqual(self.amounts(line), {self.receivable: -250.0})
        self.assertUndoRestores(line, before, items)

    def test_rejected_credit_does_not_come_again(self):
        self.customer.bank_ids = [Command.create({"acc_number": "NL91ABNA0417164300"})]
        line = self.bank_line(250.0, "Anzahlung", partner_id=self.customer.id)
        self.match()
        self.proposed(line).action_reject()
        self.match()
        self.assertFalse(self.proposed(line))
        self.assertEqual(line.bank_match_state, "exception")


@tagged("post_install", "-at_install")
class TestPartnerRules(BookingCommon):
    """Odoo's presets that map a text to a partner."""

    def rule(self, how, what, **values):
        return (
            self.env["account.reconcile.model"]
            .sudo()
            .create(
                {
                    "name": "Mapping",
                    "company_id": self.company.id,
                    "match_label": how,
                    "match_label_param": what,
                    "line_ids": [Command.create({"partner_id": self.customer.id})],
                    **values,
                }
            )
        )

    def test_a_text_says_whose_invoice_is_paid(self):
        self.rule("match_regex", r"cash ?pool \d+")
        mine, other = self.invoice(100.0), self.invoice(100.0, partner=self.other)
        line = self.bank_line(100.0, "CASHPOOL 4711")
        self.match()
        if not line.is_reconciled:
            line.bank_suggestion_ids.sorted("rank")[0].action_accept()
        self.assertEqual((mine.payment_state, other.payment_state), ("paid", "not_paid"))

    def test_a_hostile_pattern_is_refused_when_it_is_written(self):
        with self.assertRaisesRegex(ValidationError, "Mapping"):
            self.rule("match_regex", r"(a+)+$")

    def test_a_hostile_pattern_that_is_there_already_never_runs(self):
        rule = self.rule("match_regex", "a")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_reconcile_model SET match_label_param = '(a+)+$' WHERE id = %s",
            [rule.id],
        )
        rule.invalidate_recordset()
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, f"{'a' * 100_000}! {invoice.name}")
        started = time.process_time()
        self.match()
        self.assertLess(time.process_time() - started, 10)
        self.assertTrue(line.bank_match_state)

    def test_the_rules_of_another_company_are_not_asked(self):
        other = self.setup_other_company(name="Another company")
        rule = self.rule("contains", "pool", company_id=other["company"].id)
        found = self.env["account.reconcile.model"]._partner_rules(self.company)
        self.assertEqual(found, [])
        self.assertTrue(rule.mapped_partner_id)


@tagged("post_install", "-at_install")
class TestUltimateDebtor(ImportPageCommon):
    """Who really pays is told by the bank beside whoever holds the account."""

    def test_the_debt_of_the_one_on_whose_behalf_was_paid_is_proposed(self):
        other = self.env["res.partner"].create({"name": "Kaffee Schmidt GmbH"})
        self.invoice(100.0)
        meant = self.invoice(100.0, partner=other)
        named = {"counterparty_name": self.customer.name, "ultimate_name": "KAFFEE SCHMIDT"}
        batch = EntryDetail(10000, "EUR", remittance=("danke",), **named)
        self.take(statement(entry(10000, "danke", day=self.today, details=(batch,), **named)))
        self.assertEqual(self.entries().ultimate_name, "KAFFEE SCHMIDT")
        line = self.lines()
        self.assertEqual(line.bank_suggestion_ids[:1].line_ids.move_id, meant)

    def test_told_by_a_later_file_it_is_kept_and_no_new_entry(self):
        self.take(statement(entry(10000, "danke", day=self.today)))
        again = entry(10000, "danke", day=self.today, ultimate_name="Kaffee Schmidt")
        self.take(statement(again, name="S1-again"))
        self.assertEqual(self.entries().mapped("ultimate_name"), ["Kaffee Schmidt"])
        self.take(statement(entry(10000, "danke", day=self.today), name="S1-third"))
        self.assertEqual(self.entries().mapped("ultimate_name"), ["Kaffee Schmidt"])
        self.assertEqual(len(self.lines()), 1)


@tagged("post_install", "-at_install")
class TestReturns(ImportPageCommon):
    """Payments that come back, as the bank says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().bank_charge_account_id = cls.company_data["default_account_expense"]

    def test_a_payment_that_comes_back_opens_its_invoice_again(self):
        invoice = self.invoice(100.0)
        self.take(statement(entry(10000, invoice.name, day=self.today)))
        self.assertEqual(invoice.payment_state, "paid")
        before = self.books()
        back = entry(-10350, f"RETOURE {invoice.name}", day=self.today, return_reason="AC04")
        self.take(statement(back, opening=20000, name="S2"))
        line = self.lines()[-1]
        suggestion = line.bank_suggestion_ids
        self.assertEqual((suggestion.kind, suggestion.fee_amount), ("return", 3.5))
        open_books = self.books()
        suggestion.action_accept()
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("not_paid", 100.0))
        line.action_undo_match()
        self.assertEqual(self.books(), open_books)
        self.assertNotEqual(before, open_books)
        self.assertEqual(invoice.payment_state, "paid")
