from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import new_test_user

from odoo.addons.bank_sync.core.matching.values import Claim, Kind, Proposal

from .booking_common import BookingCommon


class TestMatchManual(BookingCommon):
    """What people match and write off by hand, and what is refused in words."""

    def _proposal(self, *claims, **values):
        return Proposal(claims, 1.0, (), partner=self.customer.id, **values)

    def _preset(self, *lines, name="Fees"):
        return (
            self.env["account.reconcile.model"]
            .sudo()
            .create(
                {
                    "name": name,
                    "company_id": self.company.id,
                    "line_ids": [
                        Command.create({"account_id": self.charges.id, **values})
                        for values in lines
                    ],
                }
            )
            .sudo(False)
        )

    # === SPLITTING === #

    def test_a_line_is_matched_in_two_steps_and_taken_back_in_one(self):
        one, two = self.invoice(40.0), self.invoice(60.0, partner=self.other)
        line = self.bank_line(100.0, "two customers")
        before, items = self.ledger(), self.items_of(line)
        line._match_manually(self._proposal(*self.claims(one)))
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.bank_match_reason, "rest_open")
        self.match()
        self.assertEqual(line.bank_match_reason, "rest_open", "it can still be taken back whole")
        self.assertEqual(line._seek_for_lines()[1].balance, -60.0)
        line._match_manually(self._proposal(*self.claims(two)))
        self.assertEntrySound(line)
        self.assertEqual(line.bank_match_state, "accepted")
        self.assertIn(one.name, line.bank_match_text)
        self.assertIn(two.name, line.bank_match_text)
        self.assertUndoRestores(line, before, items)

    def test_the_rest_of_a_split_line_is_matched_by_the_rules_no_more_than_it_is(self):
        one = self.invoice(40.0)
        line = self.bank_line(100.0, "part")
        line._match_manually(self._proposal(*self.claims(one)))
        receipts = {r.key: r.amount for r in line._get_receipts(self.company)}
        self.assertEqual(receipts[line.id], 6000)

    def test_anything_reconcilable_can_be_matched(self):
        clearing = self._account("Clearing", "asset_current", "471001")
        clearing.sudo().reconcile = True
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": clearing.id, "debit": 75.0}),
                    Command.create({"account_id": self.expense.id, "credit": 75.0}),
                ],
            }
        )
        entry.action_post()
        item = entry.line_ids.filtered(lambda row: row.account_id == clearing)
        line = self.bank_line(75.0, "voucher 12")
        before, items = self.ledger(), self.items_of(line)
        line._match_manually(self._proposal(Claim(item.id, 7500)))
        self.assertEntrySound(line)
        self.assertTrue(item.reconciled)
        self.assertUndoRestores(line, before, items)

    # === WRITING OFF === #

    def test_bank_fees_are_written_off_with_tax_and_analytics(self):
        tax = (
            self.env["account.tax"]
            .sudo()
            .create(
                {
                    "name": "25 %",
                    "amount": 25.0,
                    "type_tax_use": "purchase",
                    "company_id": self.company.id,
                }
            )
        )
        plan = self.env["account.analytic.plan"].sudo().create({"name": "Projects"})
        project = (
            self.env["account.analytic.account"].sudo().create({"name": "A", "plan_id": plan.id})
        )
        preset = self._preset(
            {
                "tax_ids": [Command.set(tax.ids)],
                "analytic_distribution": {str(project.id): 100},
                "label": "Bank fees",
            }
        )
        line = self.bank_line(-12.5, "account keeping")
        before, items = self.ledger(), self.items_of(line)
        line._write_off(preset)
        self.assertEntrySound(line)
        base = line.line_ids.filtered("tax_ids")
        self.assertEqual((base.balance, base.tax_ids, base.name), (10.0, tax, "Bank fees"))
        self.assertEqual(base.analytic_distribution, {str(project.id): 100})
        self.assertEqual(base.reconcile_model_id, preset)
        self.assertEqual(line.line_ids.filtered("tax_line_id").balance, 2.5)
        decision = line.bank_decision_ids
        self.assertEqual((decision.action, decision.user_id), ("written_off", self.env.user))
        self.assertUndoRestores(line, before, items)

    def test_a_part_is_written_off_and_the_rest_stays(self):
        line = self.bank_line(-30.0, "fees and more")
        before, items = self.ledger(), self.items_of(line)
        line._write_off(self._preset({}), amount=-10.0)
        self.assertEqual(line._seek_for_lines()[1].balance, 20.0)
        self.assertEqual(self.amounts(line), {self.charges: 10.0})
        self.assertUndoRestores(line, before, items)

    def test_a_preset_of_several_lines_takes_a_fixed_amount_and_the_rest(self):
        line = self.bank_line(-30.0, "FEE 4,50 rent")
        preset = self._preset(
            {"amount_type": "regex", "amount_string": r"FEE ([\d,]+)"},
            {"amount_type": "fixed", "amount_string": "-5.5", "account_id": self.loss.id},
            {"account_id": self.gain.id},
        )
        line._write_off(preset)
        self.assertEntrySound(line)
        self.assertEqual(self.amounts(line), {self.charges: 4.5, self.loss: 5.5, self.gain: 20.0})

    def test_an_invoice_paid_short_is_settled_with_a_preset(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(97.0, "three less")
        before, items = self.ledger(), self.items_of(line)
        line._match_manually(self._proposal(*self.claims(invoice), write_off=300), self._preset({}))
        self.assertEntrySound(line)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.amounts(line), {self.receivable: -100.0, self.charges: 3.0})
        self.assertUndoRestores(line, before, items)

    def test_a_hostile_pattern_of_a_preset_is_refused(self):
        preset = self._preset({"amount_type": "regex", "amount_string": r"(a+)+$"}, name="Evil")
        line = self.bank_line(-30.0, "a" * 100_000 + "!")
        with self.assertRaisesRegex(UserError, "Evil"):
            line._write_off(preset)

    def test_more_than_is_open_is_not_written_off(self):
        line = self.bank_line(-30.0, "fees")
        for amount in (-31.0, 5.0, 0.0):
            with self.subTest(amount), self.assertRaisesRegex(UserError, "cannot be written off"):
                line._write_off(self._preset({}), amount=amount)

    # === REFUSED === #

    def _refused(self, line, proposal, words):
        before = self.ledger()
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            line._match_manually(proposal)
        self.assertEqual(self.ledger(), before)
        self.assertFalse(line.is_reconciled)

    def test_what_cannot_be_matched_is_refused_and_nothing_is_booked(self):
        line = self.bank_line(100.0, "whatever")
        draft, cancelled, paid = (self.invoice(100.0) for _number in range(3))
        draft_claim, cancelled_claim = self.claims(draft), self.claims(cancelled)
        paid_claim = self.claims(paid)
        draft.button_draft()
        cancelled.button_draft()
        cancelled.button_cancel()
        other = self.bank_line(100.0, "paid")
        self.book(other, *paid_claim)
        cases = (
            (self._proposal(*draft_claim), "not posted"),
            (self._proposal(*cancelled_claim), "not posted"),
            (self._proposal(*paid_claim), "no longer has the amount open"),
            (self._proposal(Claim(10**9, 10000)), "no longer has the amount open"),
            (self._proposal(Claim(line.line_ids[0].id, 10000)), "without reconciliation|itself"),
            (self._proposal(on_account=20000), "does not add up"),
            (Proposal((), 1.0, (), on_account=10000), "whose credit"),
        )
        for proposal, words in cases:
            with self.subTest(words):
                self._refused(line, proposal, words)

    def test_more_of_an_item_than_is_open_is_refused(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(150.0, "too much")
        for applied in (15000, -15000, 0):
            with self.subTest(applied):
                claim = Claim(self.item(invoice).id, applied)
                self._refused(line, self._proposal(claim), "no longer has the amount open")

    def test_a_wrong_currency_is_refused(self):
        invoice = self.invoice(10_000.0, currency=self.usd)
        line = self.bank_line(-5.0, "out")
        claim = Claim(self.item(invoice).id, 1000000)
        self._refused(line, self._proposal(claim), "does not add up")

    def test_another_companys_invoice_is_refused(self):
        theirs = self.setup_other_company()["company"]
        invoice = (
            self.env["account.move"]
            .with_user(self.env.ref("base.user_admin"))
            .with_company(theirs)
            .sudo()
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": self.today,
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 100.0, "tax_ids": False})
                    ],
                }
            )
        )
        invoice.action_post()
        line = self.bank_line(100.0, "theirs")
        claim = Claim(self.item(invoice).id, 10000)
        with self.assertRaises(UserError):
            line._match_manually(self._proposal(claim))
        self.assertFalse(line.is_reconciled)
        self.assertFalse(self.item(invoice).reconciled)

    def test_a_line_of_nothing_has_nothing_to_match(self):
        line = self.bank_line(0.0, "information only")
        with self.assertRaisesRegex(UserError, "no amount"):
            line._match_manually(self._proposal(on_account=0))

    def test_two_accountants_on_one_line(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, "both want it")
        with (
            patch.object(type(line), "lock_for_update", side_effect=LockError("held")),
            self.assertRaisesRegex(UserError, "Somebody else is deciding"),
        ):
            line._match_manually(self._proposal(*self.claims(invoice)))
        claims = self.claims(invoice)
        line._match_manually(self._proposal(*claims))
        with self.assertRaisesRegex(UserError, "booked meanwhile"):
            line._match_manually(self._proposal(*claims))
        self.assertEqual(len(line.bank_decision_ids), 1)

    def test_missing_accounts_are_named(self):
        company = self.company.sudo()
        company.bank_charge_account_id = False
        company.default_cash_difference_expense_account_id = False
        invoice = self.invoice(100.0)
        line = self.bank_line(90.0, "short")
        self._refused(line, self._proposal(*self.claims(invoice), fee=1000), "account for charges")
        self._refused(
            line, self._proposal(*self.claims(invoice), write_off=1000), "cash differences"
        )
        self.assertFalse(self.book(line, *self.claims(invoice), kind=Kind.CHARGES, fee=1000))
        self.assertFalse(line.is_reconciled, "the rules leave it to a person")

    def test_what_no_longer_holds_is_left_out_of_a_batch_of_the_rules(self):
        one, two = self.invoice(10.0), self.invoice(20.0)
        lines = [self.bank_line(10.0, "a"), self.bank_line(10.0, "b"), self.bank_line(20.0, "c")]
        claims = [self.claims(one), self.claims(one), self.claims(two)]
        proposals = dict(zip(lines, [self._proposal(*claim) for claim in claims], strict=True))
        every = self.env["account.bank.statement.line"].union(*lines)
        booked = every._book_proposals(proposals, {line: {"by": "rule"} for line in lines})
        self.assertEqual(booked, lines[0] | lines[2])
        self.assertEqual((one | two).mapped("payment_state"), ["paid", "paid"])
        self.assertFalse(lines[1].is_reconciled)

    def test_who_is_no_accountant_matches_nothing(self):
        invoice = self.invoice(100.0)
        line = self.bank_line(100.0, "x")
        clerk = new_test_user(
            self.env,
            "invoicer",
            "account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        proposal = self._proposal(*self.claims(invoice))
        with self.assertRaises(AccessError):
            line.with_user(clerk)._match_manually(proposal)

    # === FOUR EYES === #

    def test_a_large_match_needs_two_people(self):
        self.company.sudo().bank_four_eyes_amount = 1000.0
        invoice = self.invoice(5000.0)
        line = self.bank_line(5000.0, f"for {invoice.name[:-3]}? {invoice.name}")
        self.assertFalse(self.match(), "not by the rules alone")
        suggestion = line.bank_suggestion_ids
        notice = suggestion.action_accept()
        self.assertEqual(notice["tag"], "display_notification")
        self.assertFalse(line.is_reconciled)
        self.assertEqual((suggestion.state, suggestion.approved_by_id), ("open", self.env.user))
        with self.assertRaisesRegex(UserError, "second person"):
            suggestion.action_accept()
        suggestion.with_user(self.manager).action_accept()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(suggestion.decided_by_id, self.manager)
        events = self.env["bank.event"].search([("kind", "=", "suggestion_approved")])
        self.assertEqual(events.actor_id, self.env.user)

    def test_a_large_match_by_hand_waits_as_a_proposal(self):
        self.company.sudo().bank_four_eyes_amount = 1000.0
        invoice = self.invoice(5000.0)
        line = self.bank_line(4990.0, "by hand")
        line._match_manually(self._proposal(*self.claims(invoice), fee=1000))
        self.assertFalse(line.is_reconciled)
        waiting = line.bank_suggestion_ids
        self.assertEqual((waiting.state, waiting.approved_by_id), ("open", self.env.user))
        with self.assertRaisesRegex(UserError, "second person"):
            waiting.action_accept()
        waiting.with_user(self.manager).action_accept()
        self.assertEntrySound(line)
        self.assertEqual(invoice.payment_state, "paid")
