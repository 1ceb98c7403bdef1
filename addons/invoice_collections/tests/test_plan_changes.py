from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common import NOON, TODAY
from .plans_common import PlansCommon, months_after

#: Day on which the third installment of the published example falls due.
THIRD = months_after(3)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlanChanges(PlansCommon):
    """What a change costs is shown before and after, as the published example says.

    1,200 at 12 % in six installments by 30/360, three of them paid: 608.95 is left.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.priced.pause_months = 6

    def _kept(self):
        """Return the plan of the example, after its third installment was paid on its day."""
        plan = self._running(self._invoice(14, 1200.0), self.priced, 6)
        for number in (1, 2, 3):
            with self._at(months_after(number)):
                self._run()
                self._pay_installment(plan, number)
        return plan

    def _what_if(self, plan, kind, **values):
        action = plan.with_user(self.collector).with_context(default_kind=kind).action_what_if()
        model = self.env[action["res_model"]].with_user(self.collector)
        return model.with_context(**action["context"]).create(values)

    def test_a_pause_costs_its_interest(self):
        plan = self._kept()
        with self._at(THIRD):
            change = self._what_if(plan, "pause", months=2)
            self.assertFalse(change.refusal)
            self.assertEqual(change.how, "shift", "as the offer says")
            self.assertEqual(change.extra_cost, 12.18)
            self.assertEqual((change.before_count, change.after_count), (3, 3))
            self.assertEqual(
                (change.before_installment, change.after_installment), (207.06, 219.23)
            )
            self.assertEqual(change.before_next_due, months_after(4))
            self.assertEqual(change.after_next_due, months_after(6))
            change.how = "relevel"
            self.assertEqual(change.after_installment, 211.20)
            change.how = "waive"
            self.assertEqual(change.extra_cost, 0.0)

    def test_rescheduling_is_laid_beside_going_on(self):
        plan = self._kept()
        with self._at(THIRD):
            change = self._what_if(plan, "reschedule", count=6)
            self.assertFalse(change.refusal)
            self.assertEqual((change.after_count, change.extra_cost), (6, 9.27))
            self.assertEqual(len(change.chart["series"][0]["rows"]), 6)
            self.assertEqual(len(change.chart["series"][1]["rows"]), 3)
            change.write({"by": "amount", "amount": 300.0})
            self.assertEqual(change.after_installment, 300.0)
            self.assertLess(change.extra_cost, 0)
            change.amount = 1.0
            self.assertTrue(change.refusal)
            self.assertFalse(change.after_count)

    def test_refinancing_is_laid_beside_going_on(self):
        plan = self._kept()
        cheap = self._offer(
            name="Cheaper",
            method="annuity",
            rate=9.0,
            day_count="30_360",
            upfront_fee=10.0,
            fee_financed=True,
            first_days=30,
        )
        with self._at(THIRD):
            change = self._what_if(plan, "refinance", offer_id=cheap.id, count=6)
            self.assertFalse(change.refusal)
            self.assertEqual(change.after_total, 635.30)
            self.assertAlmostEqual(change.after_installment, 105.88, delta=0.011)
            self.assertGreater(change.after_apr, 9.0)
            new = self.env["collection.plan"].browse(change.action_propose()["res_id"])
        self.assertEqual((new.refinances_id, plan.state), (plan, "active"))

    def test_paying_early_saves_the_interest_to_come(self):
        plan = self._kept()
        with self._at(THIRD + timedelta(days=15)):
            change = self._what_if(plan, "settle")
            self.assertEqual(change.settle_total, 611.99)
            self.assertEqual((change.settle_principal, change.settle_interest), (608.95, 3.04))
            self.assertEqual(change.settle_saving, 9.18)

    def test_a_change_is_offered_and_counts_when_accepted(self):
        plan = self._kept()
        with self._at(THIRD):
            self._what_if(plan, "pause", months=1).action_propose()
            self.assertEqual((plan.state, plan.proposed_id.kind), ("active", "pause"))
            self.assertIn("waits for the customer", plan.standing_text)
            self._agree(plan)
        self.assertEqual(plan.state, "paused")

    def test_senseless_changes_are_refused_in_words(self):
        plan = self._kept()
        with self._at(THIRD):
            for kind, values in (
                ("pause", {"months": 0}),
                ("pause", {"months": -1}),
                ("pause", {"months": 700}),
                ("reschedule", {"count": 0}),
                ("reschedule", {"count": 100_000}),
                ("reschedule", {"by": "amount", "amount": -5.0}),
                ("reschedule", {"count": 4, "first_due": TODAY - timedelta(days=3)}),
            ):
                with self.subTest(kind=kind, values=values):
                    change = self._what_if(plan, kind, **values)
                    self.assertTrue(change.refusal)
                    self.assertFalse(change.chart)
                    with self.assertRaises(UserError):
                        change.action_propose()
        self.assertFalse(plan.proposed_id)

    def test_a_plan_nobody_accepted_is_not_changed(self):
        plan = self._quote(self._invoice(14, 600.0))
        self.assertTrue(self._what_if(plan, "pause").refusal)

    def test_looking_writes_nothing(self):
        plan = self._kept()
        with self._at(THIRD):
            versions = len(plan.version_ids)
            action = plan.with_user(self.collector).action_what_if()
            model = self.env[action["res_model"]].with_user(self.collector)
            with Form(model.with_context(**action["context"])) as form:
                form.months = 2
                form.kind = "reschedule"
                form.count = 9
                form.kind = "settle"
            self.assertEqual(len(plan.version_ids), versions)
            self.assertFalse(plan.proposed_id)
