import hashlib
import json
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY
from .plans_common import FIRST, PlansCommon, months_after


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBehaviourPlans(PlansCommon):
    """A plan takes the place of the due dates of its invoices, as long as it is kept."""

    def test_behaviour_14_invoices_of_a_current_plan_are_not_dunned(self):
        invoice = self._invoice(14, 600.0)
        plan = self._running(invoice)
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.installment_ids.mapped("total"), [100.0] * 6)
        for days in (0, 1, 7, 14, 20):
            self.assertEqual(self._night(TODAY + timedelta(days=days))["sent"], 0)
        self.assertEqual(self._case().overdue_amount, 0)
        self.assertEqual(invoice.invoice_date_due, TODAY - timedelta(days=14))

    def test_behaviour_14_installments_are_reminded_of(self):
        invoice = self._invoice(14, 600.0)
        plan = self._running(invoice)
        sent = {}
        for days in range(-10, 6):
            day = FIRST + timedelta(days=days)
            sent[days] = self._night(day)["sent"]
        self.assertGreaterEqual(sum(sent[days] for days in range(-10, 0)), 1)
        self.assertGreaterEqual(sum(sent[days] for days in range(6)), 1)
        touchpoints = self._touchpoints()
        amounts = set(touchpoints.filtered("net_amount").mapped("net_amount"))
        self.assertEqual(amounts, {100.0}, "what one installment asks for, not the whole invoice")
        self.assertIn("installment 1 of 6", touchpoints.item_ids[:1].label)
        self.assertEqual(plan.state, "arrears")

    def test_behaviour_14_a_paid_installment_is_not_reminded_of(self):
        invoice = self._invoice(14, 600.0)
        plan = self._running(invoice)
        with self._at(FIRST):
            self._pay_installment(plan)
        self.assertEqual(plan.installment_ids[0].state, "paid")
        sent = [self._night(FIRST + timedelta(days=days))["sent"] for days in range(1, 15)]
        self.assertEqual(sum(sent), 0)
        self.assertEqual(plan.next_due_date, months_after(2))

    def test_behaviour_15_in_arrears_after_so_many_days_and_back_without_penalty(self):
        invoice = self._invoice(14, 600.0)
        plan = self._running(invoice)
        self._night(FIRST + timedelta(days=4))
        self.assertEqual(plan.state, "active")
        self._night(FIRST + timedelta(days=5))
        self.assertEqual((plan.state, plan.late_amount, plan.days_late), ("arrears", 100.0, 5))
        self.assertEqual(self._case().overdue_amount, 100.0)
        payable = plan.total_payable
        with self._at(FIRST + timedelta(days=6)):
            self._pay_installment(plan)
            self.assertEqual((plan.state, plan.late_amount), ("active", 0.0))
        self.assertEqual(plan.total_payable, payable)
        self.assertFalse(plan.move_ids, "nothing is charged for it")

    def test_behaviour_15_a_returned_payment_reopens_the_installment(self):
        invoice = self._invoice(14, 600.0)
        plan = self._running(invoice)
        with self._at(FIRST):
            self._pay_installment(plan)
            self.assertEqual(plan.installment_ids[0].state, "paid")
            invoice.line_ids.remove_move_reconcile()
        self.assertEqual(plan.installment_ids[0].state, "open")
        self.assertEqual(plan.installment_ids[0].paid_amount, 0)
        self._night(FIRST + timedelta(days=5))
        self.assertEqual(plan.state, "arrears")

    def test_behaviour_15_a_payment_that_comes_back_reopens_a_completed_plan(self):
        invoice = self._invoice(14, 600.0)
        plan = self._running(invoice, count=2)
        with self._at(FIRST):
            self._pay_on(invoice, 600.0, FIRST)
            self._run()
            self.assertEqual(plan.state, "completed")
            invoice.line_ids.remove_move_reconcile()
        self._night(FIRST + timedelta(days=1))
        self.assertEqual((plan.state, plan.open_amount), ("active", 600.0))

    def test_behaviour_16_after_default_the_invoices_return_and_nothing_counts_twice(self):
        invoice = self._invoice(14, 600.0)
        plan = self._running(invoice, self.priced)
        with self._at(FIRST):
            self._run()
            self._pay_installment(plan)
        charge = plan.move_ids
        self.assertEqual(charge.amount_residual, 0)
        principal = plan.installment_ids[0].principal
        second = months_after(2)
        self._night(second + timedelta(days=29))
        self.assertEqual(plan.state, "arrears")
        self._night(second + timedelta(days=30))
        self.assertEqual(plan.state, "defaulted")
        self.assertAlmostEqual(invoice.amount_residual, 600.0 - principal, 2)
        self.assertFalse(self._lines(invoice)._collection_withheld())
        billed = plan.installment_ids[1].interest
        self.assertAlmostEqual(
            self._case().open_amount, invoice.amount_residual + billed, 2, "due once each"
        )
        self.assertEqual(len(plan.move_ids), 2, "interest to come is never invoiced")
        self._night(second + timedelta(days=70))
        self.assertEqual(len(plan.move_ids), 2)

    def test_behaviour_17_a_paused_plan_is_not_reminded_of_and_costs_what_was_disclosed(self):
        plan = self._running(self._invoice(14, 1200.0), self.priced)
        without = plan.total_cost
        with self._at(FIRST):
            self._run()
            self._pay_installment(plan)
            version = plan._propose_pause(2)
            self.assertGreater(version.extra_cost, 0)
            self._agree(plan)
            self.assertEqual(plan.state, "paused")
        until = plan.paused_until
        day = FIRST + timedelta(days=1)
        touchpoints = len(self._touchpoints(partner_id=plan.partner_id.id))
        while day < until:
            self._night(day)
            day += timedelta(days=6)
        self.assertEqual(len(self._touchpoints(partner_id=plan.partner_id.id)), touchpoints)
        self._night(until + timedelta(days=1))
        self.assertEqual(plan.state, "active")
        self._live_on(plan)
        cost = sum(plan.move_ids.mapped("amount_total"))
        self.assertAlmostEqual(cost - without, version.extra_cost, 2)

    def _live_on(self, plan):
        """Pay every installment on its day, to the end."""
        for row in plan.installment_ids.sorted("number"):
            if row.state == "paid":
                continue
            with self._at(row.due_date):
                plan._follow_books()
                self._pay_installment(plan, row.number)
                self._check_books(plan)
        self.assertEqual(plan.state, "completed")

    def test_behaviour_18_rescheduled_in_a_new_version_that_has_to_be_accepted(self):
        invoice = self._invoice(14, 1200.0)
        plan = self._running(invoice, self.priced)
        first = plan.version_id
        with self._at(FIRST):
            self._run()
            self._pay_installment(plan)
            version = plan._propose_reschedule(count=10)
            self.assertEqual(plan.version_id, first, "not before it is accepted")
            self.assertEqual((version.state, version.number), ("offered", 2))
            self._agree(plan)
        self.assertEqual((first.state, version.state), ("superseded", "accepted"))
        self.assertEqual(plan.version_id, version)
        old = first.installment_ids.sorted("number")
        self.assertEqual(old[0].state, "paid")
        self.assertEqual(set(old[1:].mapped("state")), {"superseded"})
        self.assertAlmostEqual(
            sum(version.installment_ids.mapped("principal")), invoice.amount_residual, 2
        )
        self.assertEqual(len(version.installment_ids), 10)
        self.assertTrue(version.document_id)
        self._check_books(plan)
        self._live_on(plan)

    def test_behaviour_18_a_change_is_not_accepted_once_the_books_moved(self):
        invoice = self._invoice(14, 1200.0)
        plan = self._running(invoice, self.priced)
        with self._at(TODAY + timedelta(days=3)):
            plan._propose_reschedule(count=10)
            self._pay_on(invoice, 100.0, TODAY + timedelta(days=3))
            with self.assertRaisesRegex(UserError, "paid or fell due since"):
                self._agree(plan)

    def test_behaviour_19_refinancing_shows_both_and_links_both_ways(self):
        invoice = self._invoice(14, 1200.0)
        plan = self._running(invoice, self.priced)
        cheap = self._offer(name="Cheaper", method="annuity", rate=9.0, day_count="30_360")
        with self._at(FIRST + timedelta(days=10)):
            self._run()
            self._pay_installment(plan)
            change = plan._preview_refinance(cheap, 12)
            self.assertTrue(change.before)
            self.assertTrue(change.apr_after)
            new = plan._propose_refinance(cheap, 12)
            self.assertEqual(new.refinances_id, plan)
            self.assertEqual(plan.state, "active", "until the new one is accepted")
            new._offer()
            self._agree(new)
        self.assertEqual((plan.state, plan.refinanced_by_id), ("refinanced", new))
        self.assertEqual(new.state, "active")
        self._check_books(new)
        self.assertAlmostEqual(
            new.principal, sum(new.line_ids.mapped("residual")), 2, "the debt is neither more"
        )
        self._live_on(new)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(sum(plan.move_ids.mapped("amount_residual")))

    def test_behaviour_20_a_consumer_gets_no_credit_without_permission(self):
        consumer = self._customer("Ann", is_company=False)
        invoice = self._invoice(-5, 300.0, partner=consumer)
        invoice = self._invoices([{"days_overdue": -5, "amount": 300.0}], partner=consumer)
        short = self._offer(name="Short", method="interest_free", first_days=5, frequency="week")
        bank = self._offer(
            name="Bank",
            method="interest_free",
            first_days=5,
            frequency="week",
            third_party_funded=True,
        )
        fee = self._offer(
            name="Fee", method="interest_free", first_days=5, frequency="week", upfront_fee=5.0
        )
        for offer, count, word in (
            (self.priced, 6, "without interest"),
            (fee, 2, "without fees"),
            (bank, 2, "funded by a bank"),
            (short, 8, "50 days"),
        ):
            with self.subTest(offer=offer.name), self.assertRaisesRegex(UserError, word):
                self._quote(invoice, offer, count)
        with self.assertRaisesRegex(UserError, "50 days"):
            self._quote(invoice, short, 2)
        self.policy.consumer_credit = True
        with self.assertRaisesRegex(UserError, "without interest"):
            self._quote(invoice, self.priced, 6)
        self.policy.consumer_credit_document = b"UFJPT0Y="
        self.assertEqual(self._quote(invoice, self.priced, 6).state, "quote")

    def test_behaviour_20_a_consumer_may_withdraw_in_time(self):
        consumer = self._customer("Ann", is_company=False)
        self.policy.write({"consumer_credit": True, "consumer_credit_document": b"UFJPT0Y="})
        invoice = self._invoice(14, 600.0, partner=consumer)
        plan = self._running(
            invoice, self._offer(name="With fee", method="annuity", rate=10.0, upfront_fee=6.0)
        )
        self.assertEqual(plan.withdrawal_until, TODAY + timedelta(days=14))
        self._night(TODAY + timedelta(days=1))
        self.assertEqual(sum(plan.move_ids.mapped("amount_residual")), 6.0)
        with self._at(TODAY + timedelta(days=14)):
            plan._withdraw()
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(sum(plan.move_ids.mapped("amount_residual")), 0)
        self.assertEqual(invoice.amount_residual, 600.0)
        self.assertFalse(self._lines(invoice)._collection_withheld())

    def test_behaviour_20_after_the_period_nobody_withdraws(self):
        plan = self._running(self._invoice(14, 600.0))
        with self.assertRaisesRegex(UserError, "period"):
            plan._withdraw()

    # === ACCEPTANCE === #

    def test_acceptance_is_kept_as_evidence(self):
        plan = self._quote(self._invoice(14, 600.0), self.priced)
        plan._offer()
        version = plan.proposed_id
        self.assertEqual(hashlib.sha256(version.snapshot.encode()).hexdigest(), version.sha256)
        said = json.loads(version.snapshot)
        self.assertEqual(len(said["installments"]), 6)
        self.assertEqual(hashlib.sha256(version.document_id.raw).hexdigest(), version.document_hash)
        self.assertTrue(version.document_id.raw.startswith(b"%PDF"))
        self._agree(plan)
        self.assertEqual(version.accepted_name, "Ann Reader")
        self.assertEqual(version.accepted_ip, "192.0.2.7")
        self.assertEqual(version.accepted_hash, version.sha256)
        self.assertEqual(version.accepted_text, "I accept the plan.")
        event = (
            self.env["collection.event"]
            .sudo()
            .search([("kind", "=", "plan_accepted"), ("res_id", "=", plan.id)])
        )
        self.assertEqual(event.payload["hash"], version.sha256)
        self.assertEqual(event.payload["name"], "Ann Reader")
        with self.assertRaises(AccessError):
            version.with_user(self.manager).accepted_name = "Somebody else"

    def test_two_browsers_accept_two_quotes_and_the_second_is_refused(self):
        invoice = self._invoice(14, 600.0)
        one, two = self._quote(invoice), self._quote(invoice, self.priced)
        one._offer()
        two._offer()
        version = two.proposed_id
        self._agree(one)
        with self.assertRaises(UserError):
            self._agree(two, version)
        self.assertEqual((one.state, two.state), ("active", "cancelled"))

    def test_the_database_refuses_an_invoice_in_two_running_plans(self):
        invoice = self._invoice(14, 600.0)
        plan, other = self._quote(invoice), self._quote(invoice)
        plan._offer()
        other._offer()
        self._agree(plan)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            other.line_ids.is_running = True
            self.env.flush_all()

    def test_only_the_version_that_was_shown_can_be_accepted(self):
        plan = self._quote(self._invoice(14, 600.0))
        plan._offer()
        version = plan.proposed_id
        for values in (
            {"name": " "},
            {"text": ""},
            {"hash": "0" * 64},
            {"version": self.env["collection.plan.version"]},
        ):
            with self.subTest(**values), self.assertRaises(UserError):
                plan._accept(
                    values.get("version", version),
                    values.get("name", "Ann"),
                    values.get("text", "Yes"),
                    "192.0.2.7",
                    values.get("hash", version.sha256),
                )
        plan.with_user(self.collector).action_recall()
        with self.assertRaisesRegex(UserError, "not on offer"):
            self._agree(plan, version)

    def test_an_expired_offer_is_refused_and_goes(self):
        plan = self._quote(self._invoice(14, 600.0))
        plan._offer()
        version = plan.proposed_id
        with self._at(TODAY + timedelta(days=15)):
            with self.assertRaisesRegex(UserError, "expired"):
                self._agree(plan, version)
            self._run()
        self.assertEqual((plan.state, version.state), ("cancelled", "lapsed"))

    def test_an_invoice_that_changed_meanwhile_needs_a_new_quote(self):
        invoice = self._invoice(14, 600.0)
        plan = self._quote(invoice)
        plan._offer()
        self._pay(invoice, 50.0)
        with self.assertRaisesRegex(UserError, "make a new quote"):
            self._agree(plan)
