"""Plans as they are lived: paid, missed, paused, changed, returned, settled, in any order.

Beside the plan stands a ledger that knows no plan: what was invoiced, what was received. After
every step both must say the same, to the minor unit.
"""

from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.addons.invoice_collections.core.plan.allocate import (
    OVERPAYMENTS,
    add_parts,
    allocate,
    reopened,
)
from odoo.addons.invoice_collections.core.plan.change import pause, prepay, refinance, reschedule
from odoo.addons.invoice_collections.core.plan.position import Position
from odoo.addons.invoice_collections.core.plan.refusal import PlanRefusedError
from odoo.addons.invoice_collections.core.plan.schedule import schedule
from odoo.addons.invoice_collections.core.plan.settle import settle
from odoo.addons.invoice_collections.core.plan.standing import plan_standing
from odoo.addons.invoice_collections.core.plan.terms import Terms
from odoo.addons.invoice_collections.core.work_calendar import WEEKDAYS

from .strategies import terms

LIVES = 500
STEPS = 25

#: What of it a step may be refused for: the plan is as it was then.
EXPECTED = {
    "amount",
    "amounts_exceed_balance",
    "arrears",
    "below_interest",
    "count",
    "how",
    "installment_fee",
    "nothing_open",
    "nothing_to_come",
    "principal_too_small",
}


def _new(installment):
    """Return what an installment is invoiced with when it falls due."""
    carried = installment.carried_interest + installment.carried_fee
    return installment.interest + installment.fee - carried


class PlanLife(RuleBasedStateMachine):
    """One plan and the ledger beside it."""

    @initialize(plan_terms=terms(methods=("annuity", "linear", "interest_free", "balloon")))
    def agree(self, plan_terms):
        try:
            plan = schedule(plan_terms, WEEKDAYS.next_working)
        except PlanRefusedError:
            plan_terms = Terms(
                1200_00,
                plan_terms.start,
                plan_terms.first_due,
                6,
                rate=Decimal("0.12"),
                installment_fee=1_00,
            )
            plan = schedule(plan_terms, WEEKDAYS.next_working)
        self.today = plan_terms.start
        self.invoiced = plan_terms.financed
        self.received = self.paid_before = self.version = 0
        self.payments = []
        self._take(plan_terms, plan)

    def _take(self, plan_terms, installments):
        """Let a version come into force; what of it is due was invoiced by the one before."""
        self.version += 1
        self.terms, self.installments, self.paid = plan_terms, installments, {}
        self.billed = {one.number for one in installments if one.due <= self.today}

    @property
    def position(self):
        return Position(
            self.terms, self.installments, self.today, self.paid, paid_before=self.paid_before
        )

    def _open_in_ledger(self):
        return self.invoiced - self.received

    def _to_be_billed(self):
        """Return interest and fees of the installments that have not been invoiced."""
        return sum(_new(one) for one in self.installments if one.number not in self.billed)

    def _bill(self):
        for one in self.installments:
            if one.due <= self.today and one.number not in self.billed:
                self.billed.add(one.number)
                self.invoiced += _new(one)

    def _change(self, work_out):
        """Return a change, ``None`` where it is refused for a reason that may well be."""
        try:
            return work_out()
        except PlanRefusedError as refusal:
            if refusal.code not in EXPECTED:
                raise
            return None

    # === STEPS === #

    @rule(days=st.integers(1, 70))
    def let_time_pass(self, days):
        self.today += timedelta(days=days)
        self._bill()

    @precondition(lambda self: self.position.open)
    @rule()
    def pay_the_next_installment_on_its_day(self):
        one = self.position.open[0]
        self.today = max(self.today, one.due)
        self._bill()
        self._pay(one.total, "next")

    @precondition(lambda self: self.position.open)
    @rule(amount=st.integers(1, 3000_00), over=st.sampled_from(OVERPAYMENTS))
    def pay_some_amount(self, amount, over):
        self._pay(amount, over)

    def _pay(self, amount, over):
        found = allocate(self.position.open, amount, self.today, over=over)
        used = sum(part.total for part in found.parts)
        # What may pay off principal is left to `pay_early`; it is paid back here, as credit is.
        assert used + found.to_principal + found.rest == amount
        self.paid = add_parts(self.paid, found.parts)
        self.received += used
        if used:
            self.payments.append((self.version, used, found.parts))

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def a_payment_comes_back(self, data):
        index = data.draw(st.integers(0, len(self.payments) - 1))
        version, amount, parts = self.payments.pop(index)
        self.received -= amount
        if version == self.version:
            self.paid = add_parts(self.paid, parts, -1)
            return
        self.paid_before -= amount
        number = max((one.number for one in self.installments), default=0) + 1
        self.installments = reopened(self.installments, amount, self.today)
        self.billed.add(number)

    @rule(months=st.integers(1, 6), how=st.sampled_from(["shift", "relevel", "waive"]))
    def pause(self, months, how):
        change = self._change(lambda: pause(self.position, months, how, WEEKDAYS.next_working))
        if change is None:
            return
        before = self._open_in_ledger() + self._to_be_billed()
        self._follow(change)
        self.invoiced += change.capitalized
        after = self._open_in_ledger() + self._to_be_billed()
        # What was told is what it costs in the end.
        assert after - before == change.extra_cost
        assert change.extra_cost >= 0 or how == "relevel"

    @rule(count=st.integers(1, 30))
    def reschedule_over(self, count):
        change = self._change(lambda: reschedule(self.position, count, shift=WEEKDAYS.next_working))
        self._reschedule(change)

    @rule(amount=st.integers(20_00, 5000_00))
    def reschedule_by(self, amount):
        self._reschedule(self._change(lambda: reschedule(self.position, amount=amount)))

    def _reschedule(self, change):
        if change is None:
            return
        before = self._open_in_ledger() + self._to_be_billed()
        self._follow(change)
        assert self._open_in_ledger() + self._to_be_billed() - before == change.extra_cost

    @rule(share=st.integers(1, 99), how=st.sampled_from(["shorten", "relevel"]))
    def pay_early(self, share, how):
        amount = self.position.balance * share // 100
        change = self._change(lambda: prepay(self.position, amount, how, WEEKDAYS.next_working))
        if change is None:
            return
        self.received += amount
        self.payments.append((self.version, amount, ()))
        self._follow(change)

    @precondition(lambda self: self.position.balance > 0)
    @rule(
        count=st.integers(1, 24),
        rate=st.decimals(Decimal(0), Decimal("0.3"), places=3),
        fee=st.sampled_from([0, 15_00]),
        financed=st.booleans(),
    )
    def refinance(self, count, rate, fee, financed):
        new = Terms(
            1,
            self.today,
            self.today + timedelta(days=31),
            count,
            rate=rate,
            upfront_fee=fee,
            fee_financed=financed,
        )
        settlement = settle(self.position)
        if settlement.total <= fee:
            return
        change = self._change(lambda: refinance([self.position], new))
        if change is None:
            return
        self._bill_accrued(settlement)
        assert change.settled == self._open_in_ledger()
        self.invoiced += fee
        self.received += 0 if financed else fee
        self._follow(change)

    def _bill_accrued(self, settlement):
        """Invoice what a settlement asks for and nobody has invoiced: interest since then."""
        self.invoiced += settlement.accrued_interest - self.position.owed_interest

    @precondition(lambda self: self.position.open)
    @rule()
    def settle(self):
        settlement = settle(self.position)
        assert settlement.saving >= 0
        self._bill_accrued(settlement)
        assert settlement.total == self._open_in_ledger()
        self.received += settlement.total
        if settlement.total > 0:
            self.payments.append((0, settlement.total, ()))
        self.paid_before += settlement.total + self._paid()
        self._take(self.terms, ())

    def _paid(self):
        return sum(part.total for part in self.paid.values())

    def _follow(self, change):
        self.paid_before = change.paid
        self._take(change.terms, change.after)

    # === WHAT HOLDS AFTER EVERY STEP === #

    @invariant()
    def the_plan_and_the_ledger_say_the_same(self):
        if not hasattr(self, "terms"):
            return
        open_ = sum(one.total for one in self.position.open)
        assert open_ == self._open_in_ledger() + self._to_be_billed()

    @invariant()
    def nothing_is_negative_and_no_part_is_paid_twice(self):
        if not hasattr(self, "terms"):
            return
        for one in self.position.open:
            assert min(one.principal, one.interest, one.fee) >= 0
        for one in self.installments:
            assert type(one.total) is int

    @invariant()
    def settling_costs_what_the_ledger_has_and_the_interest_since(self):
        if not hasattr(self, "terms") or not self.position.open:
            return
        settlement = settle(self.position)
        accrued = settlement.accrued_interest - self.position.owed_interest
        assert accrued >= 0
        assert settlement.total == self._open_in_ledger() + accrued
        assert settlement.saving >= 0

    @invariant()
    def a_plan_is_completed_when_nothing_is_open_and_only_then(self):
        if not hasattr(self, "terms"):
            return
        paid = {number: part.total for number, part in self.paid.items()}
        standing = plan_standing(self.installments, paid, self.today, 5, 30)
        assert (standing.state == "completed") == (not self.position.open)


def test_500_lives_agree_with_the_ledger_after_every_step():
    run_state_machine_as_test(
        PlanLife,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
