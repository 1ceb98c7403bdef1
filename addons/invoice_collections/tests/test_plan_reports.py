from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY
from .plans_common import FIRST, PlansCommon, months_after


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlanReports(PlansCommon):
    """What falls due and was paid by plans, what was posted and why, what has accrued."""

    def _flow(self, kind, plans):
        rows = (
            self.env["collection.plan.flow"]
            .with_user(self.collector)
            .search([("kind", "=", kind), ("plan_id", "in", plans.ids)])
        )
        return round(sum(rows.mapped("amount")), 2)

    def test_due_and_paid_month_by_month(self):
        plan = self._running(self._invoice(14, 600.0))
        offered = self._quote(self._invoice(14, 900.0, partner=self._customer("Waiting")))
        offered._offer()
        self.assertEqual(self._flow("due", plan), 600.0)
        self.assertEqual(self._flow("due", offered), 0.0, "nobody agreed to it")
        with self._at(FIRST):
            self._pay_installment(plan)
            self.env.flush_all()
            self.assertEqual(self._flow("paid", plan), 100.0)
            self.assertEqual(self._flow("due", plan), 600.0)
            flow = self.env["collection.plan.flow"].with_user(self.collector)
            groups = flow.formatted_read_group(
                [("plan_id", "=", plan.id)], ["date:month", "kind"], ["amount:sum"]
            )
        self.assertEqual(len(groups), 7)

    def test_a_new_schedule_does_not_count_twice(self):
        plan = self._running(self._invoice(14, 600.0))
        with self._at(FIRST):
            self._pay_installment(plan)
            plan._propose_reschedule(count=10)
            self._agree(plan)
            self.env.flush_all()
        self.assertEqual(self._flow("due", plan), 600.0)
        self.assertEqual(self._flow("paid", plan), 100.0)

    def test_nobody_sees_the_flow_of_another_company(self):
        self._running(self._invoice(14, 600.0))
        self.env.flush_all()
        other = self._create_company(name="Second Seller")
        self.collector.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        flow = self.env["collection.plan.flow"].with_user(self.collector)
        self.assertFalse(flow.with_context(allowed_company_ids=other.ids).search([]))

    def test_what_was_posted_says_why(self):
        plan = self._running(self._invoice(14, 1200.0), self.priced)
        self._night(FIRST)
        self._night(months_after(2))
        moves = plan.move_ids.sorted("invoice_date").with_user(self.collector)
        self.assertEqual(moves.mapped("amount_total"), plan.installment_ids[:2].mapped("interest"))
        self.assertIn(f"Installment 1 of {plan.name}", moves[0].collection_plan_reason)
        self.assertIn("12 %", moves[0].collection_plan_reason)
        self.assertFalse(plan.line_ids.move_id.collection_plan_reason)
        self.assertEqual(
            moves.search([("collection_plan_id", "=", plan.id)]), plan.move_ids, "the list of them"
        )

    def test_a_fee_that_is_paid_in_the_installments_is_of_none_of_them(self):
        financed = self._offer(name="Fee", upfront_fee=15.0, fee_financed=True)
        plan = self._running(self._invoice(14, 600.0), financed)
        self.assertEqual(plan.move_ids.collection_plan_reason, f"Fee of {plan.name}")

    def test_the_list_of_charges_asks_as_much_for_many_as_for_few(self):
        plans = [
            self._running(
                self._invoice(14, 1200.0, partner=self._customer(f"Payer {number}")), self.priced
            )
            for number in range(6)
        ]
        self._night(FIRST)
        moves = self.env["account.move"].union(*(plan.move_ids for plan in plans))
        self.assertEqual(len(moves), 6)
        counts = []
        for chosen in (moves[:2], moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            chosen.with_user(self.collector).mapped("collection_plan_reason")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    # === ACCRUED INTEREST === #

    def _accrual(self, date):
        model = self.env["collection.plan.accrual"].with_user(self.collector)
        return model.with_company(self.company).create({"date": date})

    def test_accrued_interest_of_the_published_example(self):
        plan = self._running(self._invoice(14, 1200.0), self.priced)
        report = self._accrual(months_after(3) + timedelta(days=15))
        self.assertEqual(report.line_ids.plan_id, plan)
        self.assertEqual(report.line_ids.bearing, 608.95)
        self.assertEqual((report.total, report.line_ids.accrued), (3.04, 3.04))
        self.assertEqual(report.line_ids.since, months_after(3))

    def test_nothing_accrues_on_a_due_date_before_the_plan_and_without_interest(self):
        self._running(self._invoice(14, 1200.0), self.priced)
        self._running(self._invoice(14, 600.0, partner=self._customer("Free Rider")))
        for day in (TODAY - timedelta(days=9), FIRST, TODAY + timedelta(days=900)):
            with self.subTest(day=day):
                self.assertFalse(self._accrual(day).line_ids)

    def test_nothing_accrues_on_a_plan_that_ended(self):
        plan = self._running(self._invoice(14, 1200.0), self.priced)
        with self._at(TODAY + timedelta(days=5)):
            plan._end("cancelled", "Test")
        self.assertTrue(self._accrual(TODAY + timedelta(days=4)).line_ids)
        self.assertFalse(self._accrual(TODAY + timedelta(days=9)).line_ids)

    def test_accrual_asks_as_much_for_many_as_for_few(self):
        counts = []
        for number in range(6):
            self._running(
                self._invoice(14, 1200.0, partner=self._customer(f"Payer {number}")), self.priced
            )
            if number in (1, 5):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                report = self._accrual(TODAY + timedelta(days=10))
                self.assertEqual(len(report.line_ids), number + 1)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    # === AGED, WITH AND WITHOUT PLANS === #

    def _aged(self, day, **context):
        items = self.env["collection.aged.item"].with_user(self.collector)
        self.env.invalidate_all()
        found = items.with_context(as_of=str(day), **context).search([])
        columns = ("not_due", "late_1_30", "late_31_60", "residual")
        return {name: round(sum(found.mapped(name)), 2) for name in columns}

    def test_aged_by_due_dates_and_by_what_the_plan_says(self):
        plan = self._running(self._invoice(14, 600.0))
        self._invoice(5, 50.0, partner=self._customer("No Plan"))
        day = FIRST + timedelta(days=5)
        self._night(day)
        self.assertEqual(plan.state, "arrears")
        self.env.flush_all()
        self.assertEqual(
            self._aged(day),
            {"not_due": 0.0, "late_1_30": 0.0, "late_31_60": 650.0, "residual": 650.0},
        )
        self.assertEqual(
            self._aged(day, by_plans=True),
            {"not_due": 500.0, "late_1_30": 100.0, "late_31_60": 50.0, "residual": 650.0},
        )
        items = self.env["collection.aged.item"].with_user(self.collector)
        rows = items.with_context(by_plans=True, as_of=str(day)).search([("plan_id", "=", plan.id)])
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.move_id, plan.line_ids.move_id)
        self.assertEqual(len(items.search([("plan_id", "=", plan.id)])), 1)

    def test_the_aged_report_follows_plans_where_it_is_asked_to(self):
        self._running(self._invoice(14, 600.0))
        report = self.env["collection.aged.report"].with_user(self.collector).create({})
        self.env.flush_all()
        late = [("days_overdue", ">", 0)]
        self.assertEqual(len(report._items().search(late)), 1)
        report.by_plans = True
        self.env.invalidate_all()
        self.assertFalse(report._items().search(late))
        self.assertEqual(sum(report._items().search([]).mapped("residual")), 600.0)
