"""What users of other systems complain of, and must not here: money and books.

Numbered as in the list of peers' issues; those about statements alone (2, 3, 4, 8, 9) are not ours.
17 stands with the customer's page.
"""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .interrupts_common import InterruptsCommon
from .law_common import LawCommon

TOMORROW = TODAY + timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPainsOfMoney(InterruptsCommon):
    """Nobody is chased for what is paid, on its way, credited or not due."""

    def _queued(self, amount=100.0, **row):
        invoice = self._invoice(7, amount, **row)
        self._run()
        touchpoint = self._touchpoints(partner_id=invoice.partner_id.id)
        self.assertEqual(touchpoint.state, "queued")
        return invoice, touchpoint

    # === 1: REMINDERS GO TO PEOPLE WHO HAVE PAID === #

    def test_pain_01_while_the_books_lag_behind_the_bank_nobody_is_chased(self):
        invoice, touchpoint = self._queued()
        with self._feed("stale_feed"):
            self.assertEqual(self._send_queue(), [])
        self.assertEqual(touchpoint.block_reason, "stale_feed")
        # The books catch up: the customer had paid all along.
        self._pay(invoice)
        self.assertEqual(self._run()["sent"], 0)
        self.assertEqual(self._run(TOMORROW)["sent"], 0)
        self.assertEqual(self._send_queue(), [])

    def test_pain_01_paid_between_planning_and_sending(self):
        invoice, touchpoint = self._queued()
        self._pay(invoice)
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(touchpoint.state, "superseded")

    # === 5: "RECONCILED" LIES AFTER UNRECONCILING === #

    def test_pain_05_what_is_unreconciled_is_owed_again_and_told_once(self):
        invoice, first = self._queued()
        self._pay(invoice)
        self.assertEqual((first.state, self._case().state), ("superseded", "clear"))
        self._lines(invoice).remove_move_reconcile()
        # The payment is still there, unassigned: it covers the debt.
        self.assertEqual(self._run(TOMORROW)["blocked"], {"pending_money": 1})
        self.env["account.payment"].search(
            [("partner_id", "=", self.customer.id)]
        ).move_id.button_draft()
        with self._day(1):
            self.assertEqual(self._run()["sent"], 1)
            self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual(self._case().overdue_amount, 100.0)
        with self._day(2):
            self.assertEqual((self._run()["sent"], self._send_queue()), (0, []))

    # === 6: MULTI-CURRENCY, A RATE THAT ARRIVES LATE === #

    def test_pain_06_a_late_rate_changes_neither_what_is_asked_nor_its_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        rates = self.env["res.currency.rate"]
        old = {"currency_id": euro.id, "company_id": self.company.id, "name": "2026-01-01"}
        rate = rates.create({**old, "inverse_company_rate": 1.2})
        # 45 EUR are 54 in our currency: above the smallest sum.
        self.policy.min_amount = 50.0
        _invoice, touchpoint = self._queued(45.0, currency=euro)
        rate.inverse_company_rate = 0.5
        rates.create({**old, "name": "2026-03-10", "inverse_company_rate": 0.4})
        self.assertEqual(len(self._send_queue()), 1)
        self.assertEqual((touchpoint.net_amount, touchpoint.currency_id), (45.0, euro))
        self.assertIn("45.00", touchpoint.message_id.body)
        self.assertNotIn("54", touchpoint.message_id.body)

    # === 10: RETURNED DEBITS === #

    def test_pain_10_a_returned_debit_goes_on_with_the_next_step_by_itself(self):
        invoice, touchpoint = self._queued()
        self._send_queue()
        payment = self._pay(invoice)
        self.assertEqual(self._case().state, "clear")
        with self._day(2):
            # The bank gives it back: the payment is undone, as the bank's entry does.
            payment.move_id.button_draft()
            payment.move_id.button_cancel()
            self.assertEqual(self._run()["sent"], 0)
            self.assertEqual(self._case().overdue_amount, 100.0)
        with self._day(7):
            self.assertEqual(self._run()["sent"], 1)
        later = self._touchpoints(date=TODAY + timedelta(days=7))
        self.assertGreater(int(later.tone), int(touchpoint.tone))

    # === 13: INSTALMENTS === #

    def test_pain_13_only_the_instalment_that_is_late_is_asked_for(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Three times",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((50.0, 0), (30.0, 35), (20.0, 60))
                ],
            }
        )
        # Invoiced 40 days ago: due 40 and 5 days ago, and in 20 days.
        invoice = self._invoice(40, 1000.0, term=term)
        first, second, third = self._lines(invoice).sorted("date_maturity")
        self.assertEqual((TODAY - second.date_maturity).days, 5)
        (first | self._credit(500.0).move_id.line_ids.filtered("account_id.reconcile")).filtered(
            lambda line: line.account_id == first.account_id
        ).reconcile()
        self.assertTrue(first.reconciled)
        with self._day(2):
            self._run()
        touchpoint = self._touchpoints(date=TODAY + timedelta(days=2))
        self.assertEqual((touchpoint.state, touchpoint.due_amount), ("queued", 300.0))
        told = touchpoint.item_ids.filtered(lambda item: item.block == "due").move_line_id
        self.assertEqual(told, second)
        self.assertFalse(third & touchpoint.move_line_ids.filtered("reconciled"))

    # === 18: PAYMENTS WITHOUT A JOURNAL ENTRY === #

    def _pay_without_entry(self, moves, amount=None):
        """Register a payment as Odoo does where an addon reconciles statements with invoices."""
        journal = self.company_data["default_journal_bank"]
        journal.inbound_payment_method_line_ids.payment_account_id = False
        self.startPatcher(
            patch.object(type(moves), "_get_invoice_in_payment_state", lambda _move: "in_payment")
        )
        payment = self._pay(moves, amount)
        self.assertFalse(payment.move_id)
        return payment

    def test_pain_18_an_invoice_in_payment_is_not_chased(self):
        invoice = self._invoice(7)
        self._pay_without_entry(invoice)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("in_payment", 100.0))
        self.assertEqual(self._run()["blocked"], {"pending_money": 1})

    def test_pain_18_a_payment_of_a_part_leaves_the_rest_to_be_asked_for(self):
        invoice = self._invoice(7)
        self._pay_without_entry(invoice, 40.0)
        self._run()
        self.assertEqual(self._touchpoints().net_amount, 60.0)

    def test_pain_18_a_payment_after_queueing_withdraws_the_mail(self):
        invoice, touchpoint = self._queued()
        self._pay_without_entry(invoice)
        self.assertEqual(self._send_queue(), [])
        self.assertEqual((touchpoint.state, touchpoint.block_reason), ("blocked", "pending_money"))

    def test_pain_18_a_payment_that_was_rejected_is_none(self):
        invoice = self._invoice(7)
        self._pay_without_entry(invoice).action_reject()
        self.assertEqual(self._run()["sent"], 1)

    def test_pain_18_one_payment_of_two_invoices_covers_the_older_one_first(self):
        older, newer = self._invoice(14), self._invoice(7, 50.0)
        self._pay_without_entry(older | newer, 120.0)
        self._run()
        touchpoint = self._touchpoints()
        self.assertEqual(touchpoint.net_amount, 30.0)
        asked = touchpoint.item_ids.filtered(lambda item: item.block == "due")
        self.assertEqual(asked.move_line_id.move_id, newer)

    # === A CREDIT NOTE LARGER THAN THE DEBT === #

    def test_a_credit_note_larger_than_the_debt_asks_for_nothing_and_stays_nothing(self):
        self._invoice(7, 100.0)
        self._invoice(7, 250.0, move_type="out_refund")
        self.assertEqual(self._run()["blocked"], {"pending_money": 1})
        self.assertEqual(self._send_queue(), [])

    def test_a_credit_note_larger_than_the_debt_after_queueing_withdraws_the_mail(self):
        _invoice, touchpoint = self._queued()
        self._invoice(1, 250.0, move_type="out_refund")
        self.assertEqual(self._send_queue(), [])
        self.assertEqual(touchpoint.state, "blocked")


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPainsOfCharges(LawCommon):
    """Fees and interest that get lost, come twice, or change what the invoice says is owed."""

    def test_pain_16_four_letters_announce_one_fixed_sum_and_interest_by_days(self):
        self.customer.country_id = self.env.ref("base.de")
        invoice = self._late(TODAY - timedelta(days=7), 1000.0)
        for days in (0, 7, 23):
            with freeze_time(f"{TODAY + timedelta(days=days)} 12:00:00"):
                self._run()
                self._send_queue()
        charges = self.env["collection.charge"].sudo()
        charges = charges.search([("move_line_id", "=", self._item(invoice).id)])
        kinds = charges.filtered(lambda one: one.state != "waived").mapped("kind")
        self.assertEqual(kinds.count("fixed_sum"), 1)
        # Announced is not booked: the invoice says what it always said.
        self.assertEqual(invoice.amount_residual, 1000.0)
        moves = self.env["account.move"].search_count([("partner_id", "=", self.customer.id)])
        self.assertEqual(moves, 1)

    def test_pain_16_who_pays_the_invoice_has_paid_the_invoice(self):
        """A payment is not eaten up by fees nobody has claimed."""
        self.customer.country_id = self.env.ref("base.de")
        invoice = self._late(TODAY - timedelta(days=7), 1000.0)
        self._run()
        self._send_queue()
        self._pay(invoice, 1000.0)
        self.assertEqual((invoice.payment_state != "partial", invoice.amount_residual), (True, 0.0))
        with freeze_time(f"{TODAY + timedelta(days=7)} 12:00:00"):
            self.assertEqual(self._run()["sent"], 0)
