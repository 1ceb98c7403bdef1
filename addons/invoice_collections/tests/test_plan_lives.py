import os
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..models.collection_plan import RUNNING
from .common import NOON, TODAY
from .plans_common import PlansCommon

#: Lives of a usual run. PLAN_LIVES=500 is the long one: about five seconds a life.
LIVES = int(os.environ.get("PLAN_LIVES", "4"))
#: Steps of one life.
STEPS = 14

CHANGEABLE = ("active", "paused", "arrears")


class PlanLife(RuleBasedStateMachine):
    """A plan on real books: its customer pays, misses, asks for changes, has payments come back.

    Everything is undone when the life is over.
    """

    #: The test, and how often each step was taken in all lives.
    case = None
    taken = Counter()

    def __init__(self):
        super().__init__()
        self.savepoint = self.case.env.cr.savepoint()
        self.day, self.plan, self.payments = TODAY, None, self.case.env["account.payment"]

    def teardown(self):
        self.savepoint.close(rollback=True)
        self.case.env.invalidate_all()

    def _now(self):
        return self.case._at(self.day)

    def _try(self, name, change):
        """Take a step that may be refused in words; nothing of it stays then."""
        try:
            with self.case.env.cr.savepoint():
                change()
        except UserError:
            self.case.env.invalidate_all()
            self.taken[f"{name} refused"] += 1
        else:
            self.taken[name] += 1

    # === STEPS === #

    @initialize(
        amounts=st.lists(st.integers(80_00, 2500_00), min_size=1, max_size=3),
        offer=st.integers(0, 3),
        count=st.integers(2, 12),
    )
    def agree(self, amounts, offer, count):
        rows = [{"days_overdue": 14, "amount": amount / 100} for amount in amounts]
        with self._now():
            self.moves = self.case._invoices(rows)
            self.plan = self.case._running(self.moves, self.case.offers[offer], count)
            if self.plan.state == "accepted":
                self._pay(self.plan.deposit_amount)
            self.plan._follow_books()
        self.taken["agreed"] += 1

    @rule(days=st.integers(1, 45))
    def let_time_pass(self, days):
        self.day += timedelta(days=days)
        with self._now():
            self.case.env["collection.plan"]._observe(self.case.company, self.day)
        self.taken["time"] += 1

    @precondition(lambda self: self.plan.state in CHANGEABLE and self.plan.next_due_date)
    @rule()
    def pay_the_next_installment_on_its_day(self):
        self.day = max(self.day, self.plan.next_due_date)
        with self._now():
            self.plan._follow_books()
            self._pay(self.plan.next_amount)
        self.taken["paid"] += 1

    @precondition(lambda self: self.plan.state in RUNNING)
    @rule(amount=st.integers(1, 900_00))
    def pay_some_amount(self, amount):
        with self._now():
            self._pay(amount / 100)
        self.taken["paid some"] += 1

    def _pay(self, amount):
        """Pay interest and fees that are invoiced, then the invoices; never more than that."""
        charges = self.plan._open_charges()
        for move in (*charges, *self.plan.line_ids.move_id.sorted("id")):
            part = self.plan.currency_id.round(min(amount, move.amount_residual))
            if part > 0:
                register = (
                    self.case.env["account.payment.register"]
                    .with_context(active_model="account.move", active_ids=move.ids)
                    .create({"amount": part, "payment_date": self.day})
                )
                self.payments |= register._create_payments()
                amount = self.plan.currency_id.round(amount - part)

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def a_payment_comes_back(self, data):
        index = data.draw(st.integers(0, len(self.payments) - 1))
        payment = self.payments[index]
        self.payments -= payment
        with self._now():
            payment.action_draft()
            payment.action_cancel()
            self.case.env["collection.plan"]._observe(self.case.company, self.day)
        self.taken["returned"] += 1

    @precondition(lambda self: self.plan.state in CHANGEABLE)
    @rule(months=st.integers(1, 3), how=st.sampled_from(["shift", "relevel", "waive"]))
    def pause(self, months, how):
        with self._now():
            self._try("paused", lambda: self._change(self.plan._propose_pause, months, how))

    @precondition(lambda self: self.plan.state in CHANGEABLE)
    @rule(count=st.integers(1, 15))
    def reschedule_over(self, count):
        with self._now():
            self._try("rescheduled", lambda: self._change(self.plan._propose_reschedule, count))

    @precondition(lambda self: self.plan.state in CHANGEABLE)
    @rule(amount=st.integers(50_00, 900_00))
    def reschedule_by(self, amount):
        with self._now():
            self._try(
                "rescheduled by amount",
                lambda: self._change(self.plan._propose_reschedule, None, amount / 100),
            )

    def _change(self, propose, *terms):
        """Agree to a change: what it was told to cost is what the books and the rows say after."""
        self.plan._follow_books()
        before = self._to_pay()
        version = propose(*terms)
        self.case._agree(self.plan, version)
        # Where charges alone are open, the plan settles itself and nothing more is asked for.
        if self.plan.version_id == version:
            extra = self.plan._minor(version.extra_cost)
            self.case.assertEqual(self._to_pay() - before, extra)

    def _to_pay(self):
        rows = self.plan.installment_ids.filtered(lambda one: one.state in ("open", "part"))
        return self.plan._minor(sum(rows.mapped("open_amount")))

    @precondition(lambda self: self.plan.state in CHANGEABLE)
    @rule(offer=st.integers(0, 3), count=st.integers(2, 12))
    def refinance(self, offer, count):
        with self._now():
            self._try("refinanced", lambda: self._refinance(self.case.offers[offer], count))

    def _refinance(self, offer, count):
        old = self.plan
        new = old._propose_refinance(offer, count)
        new._offer()
        self.case._agree(new)
        self.plan = new
        if new.state == "accepted":
            self._pay(new.deposit_amount)
        new._follow_books()
        self.case.assertEqual(old.state, "refinanced")

    @precondition(lambda self: self.plan.state in ("active", "arrears"))
    @rule()
    def settle(self):
        with self._now():
            self.plan._follow_books()
            if self.plan.state not in ("active", "arrears"):
                return
            told = self.plan._settlement().total
            paid = sum(self.payments.mapped("amount"))
            for _round in range(2):
                self._pay(1_000_000)
                self.plan._follow_books()
            paid = sum(self.payments.mapped("amount")) - paid
        self.case.assertEqual(self.plan._minor(paid), told)
        self.case.assertEqual(self.plan.state, "completed")
        self.taken["settled"] += 1

    # === WHAT HOLDS AFTER EVERY STEP === #

    @invariant()
    def postings_residuals_and_installments_agree(self):
        if self.plan is None:
            return
        with self._now():
            # What a reconciliation must not post in its middle is posted at night.
            self.plan._follow_books()
            posted, residual = self._ledger()
            self.case.assertAlmostEqual(posted, residual, 2)
            if self.plan.state in RUNNING:
                self.case._check_books(self.plan)
                books = self.plan._books()[self.plan.id]
                owed = self.plan._major(books.items + books.charges) + self._of_earlier_plans()
                self.case.assertAlmostEqual(owed, residual, 2)
            elif self.plan.state == "completed":
                self.case.assertAlmostEqual(residual, 0, 2)

    def _of_earlier_plans(self):
        """Return what came back of charges that a plan had been paid before it was refinanced."""
        old, found = self.plan.refinances_id, 0.0
        while old:
            charges = old.move_ids - self.plan.line_ids.move_id
            found += sum(charges.mapped("amount_residual"))
            old = old.refinances_id
        return found

    def _ledger(self):
        """Return the customer's receivable: all that was posted, and all that is open."""
        lines = self.case.env["account.move.line"].search(
            [
                ("partner_id", "=", self.case.customer.id),
                ("company_id", "=", self.case.company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("balance")), sum(lines.mapped("amount_residual"))


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlanLives(PlansCommon):
    """Whatever becomes of a plan, ledger, residuals and installments say the same, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        common = {"pause_months": 3, "default_days": 200, "auto_amount": 10_000.0}
        cls.offers = [
            cls._offer(name="Free lives", method="interest_free", count_max=12, **common),
            cls._offer(
                name="Level",
                method="annuity",
                rate=12.0,
                day_count="30_360",
                count_max=24,
                **common,
            ),
            cls._offer(
                name="Linear",
                method="linear",
                rate=9.5,
                upfront_fee=12.0,
                fee_financed=True,
                count_max=24,
                **common,
            ),
            cls._offer(
                name="Fees",
                method="annuity",
                rate=7.25,
                upfront_fee=15.0,
                installment_fee=1.5,
                deposit_percent=10.0,
                count_max=24,
                **common,
            ),
        ]

    def test_lives_agree_with_the_books_after_every_step(self):
        PlanLife.case, PlanLife.taken = self, Counter()
        version = type(self.env["collection.plan.version"])
        plan = type(self.env["collection.plan"])
        # The papers are tested elsewhere; they would take most of the time.
        with (
            patch.object(version, "_keep_document", lambda self: None),
            patch.object(plan, "_tell_customer", lambda self, version: None),
        ):
            run_state_machine_as_test(
                PlanLife,
                settings=settings(
                    max_examples=LIVES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        self.assertGreaterEqual(PlanLife.taken["agreed"], LIVES)
