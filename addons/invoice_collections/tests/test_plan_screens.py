from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import NOON, TODAY
from .plans_common import FIRST, PlansCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlanScreens(PlansCommon):
    """What a collector sees and does on the way to a plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The first offer every company gets must not be the cheapest of ours.
        offers = (
            cls.env["collection.plan.offer"].sudo().search([("company_id", "=", cls.company.id)])
        )
        (offers - cls.free - cls.priced).active = False

    def _calculator(self, *rows, user=None):
        """Open the calculator on the customer's case; ``rows`` are (offer, count) pairs."""
        self.company._collection_evaluate()
        case = self._case().with_user(user or self.collector)
        action = case.action_plan()
        model = self.env[action["res_model"]].with_user(user or self.collector)
        calculator = model.with_context(**action["context"]).create({})
        if rows:
            calculator.scenario_ids = [
                Command.clear(),
                *(Command.create({"offer_id": offer.id, "count": count}) for offer, count in rows),
            ]
        return calculator

    def test_the_calculator_starts_with_what_is_overdue_in_a_few_scenarios(self):
        overdue = self._invoice(14, 1200.0)
        self._invoice(-20, 500.0)
        calculator = self._calculator()
        self.assertEqual(calculator.line_ids.move_id, overdue)
        self.assertEqual(calculator.principal, 1200.0)
        self.assertEqual(len(calculator.scenario_ids), 3)
        self.assertFalse(any(calculator.scenario_ids.mapped("refusal")))

    def test_scenarios_cost_what_the_published_example_says(self):
        self._invoice(14, 1200.0)
        calculator = self._calculator((self.priced, 6), (self.free, 6))
        priced, free = calculator.scenario_ids
        self.assertEqual((priced.installment, priced.total_interest), (207.06, 42.35))
        self.assertEqual((priced.total_cost, priced.total_payable), (42.35, 1242.35))
        self.assertAlmostEqual(priced.apr, 12.68, 2)
        self.assertEqual((free.installment, free.total_cost, free.apr), (200.0, 0.0, 0.0))
        chart = calculator.chart
        self.assertEqual([one["index"] for one in chart["series"]], [0, 1])
        self.assertEqual(
            [row["total"] for row in chart["series"][0]["rows"]], [207.06] * 5 + [207.05]
        )
        self.assertEqual(chart["series"][0]["points"][0], [0, 1200.0])
        self.assertEqual(chart["series"][0]["points"][-1][1], 0)

    def test_the_chosen_scenario_becomes_an_offered_plan(self):
        invoice = self._invoice(14, 1200.0)
        calculator = self._calculator((self.free, 6), (self.priced, 12))
        calculator.chosen = 1
        self.assertIn("12 of", calculator.chosen_text)
        plan = self.env["collection.plan"].browse(calculator.action_offer()["res_id"])
        self.assertEqual((plan.state, plan.offer_id, plan.count), ("offered", self.priced, 12))
        self.assertEqual(plan.line_ids.move_id, invoice)
        self.assertEqual(plan.user_id, self.collector)

    def test_prepare_only_shows_the_customer_nothing(self):
        self._invoice(14, 1200.0)
        calculator = self._calculator((self.free, 6))
        plan = self.env["collection.plan"].browse(calculator.action_prepare()["res_id"])
        self.assertEqual(plan.state, "quote")
        self.assertFalse(plan.proposed_id)

    def test_what_a_manager_has_to_approve_waits_as_a_quote(self):
        self._invoice(14, 1200.0)
        self.free.approval_amount = 1000.0
        calculator = self._calculator((self.free, 6))
        plan = self.env["collection.plan"].browse(calculator.action_offer()["res_id"])
        self.assertEqual((plan.state, plan.needs_approval), ("quote", True))

    def test_senseless_numbers_are_refused_in_words_and_make_no_plan(self):
        self._invoice(14, 1200.0)
        calculator = self._calculator((self.free, 6))
        row = calculator.scenario_ids
        for values in (
            {"count": 0},
            {"count": -3},
            {"count": 2_000_000},
            {"count": 6, "first_due": TODAY - timedelta(days=1)},
            {"count": 6, "first_due": TODAY + timedelta(days=4000)},
        ):
            with self.subTest(values=values):
                row.write({"first_due": False, **values})
                self.assertTrue(row.refusal)
                self.assertFalse(row.installment)
                self.assertFalse(calculator.chosen_text)
                self.assertTrue(calculator.has_refusals)
                with self.assertRaises(UserError):
                    calculator.action_offer()
        self.assertFalse(
            self.env["collection.plan"].sudo().search([("case_id", "=", self._case().id)])
        )
        calculator.scenario_ids.unlink()
        with self.assertRaisesRegex(UserError, "choose a scenario"):
            calculator.action_offer()

    def test_a_disputed_invoice_is_not_proposed_and_refused_when_added(self):
        disputed, other = self._invoice(14, 300.0), self._invoice(10, 1200.0)
        self._dispute({disputed: 300.0})
        calculator = self._calculator((self.free, 6))
        self.assertEqual(calculator.line_ids.move_id, other)
        calculator.line_ids |= self._lines(disputed)
        self.assertIn(disputed.name, calculator.scenario_ids.refusal)
        with self.assertRaisesRegex(UserError, disputed.name):
            calculator.action_offer()

    def test_the_calculator_works_in_the_form_as_it_is_typed(self):
        self._invoice(14, 1200.0)
        self.company._collection_evaluate()
        model = self.env["collection.plan.calculator"].with_user(self.collector)
        with Form(model.with_context(default_case_id=self._case().id)) as form:
            with form.scenario_ids.edit(0) as row:
                row.offer_id, row.count = self.priced, 6
                self.assertEqual(row.installment, 207.06)
                row.count = 0
                self.assertTrue(row.refusal)
                row.count = 12
            self.assertEqual(form.scenario_ids.edit(0).count, 12)

    def test_from_the_list_of_invoices_one_customer_or_several(self):
        one, other = self._invoice(14, 600.0), self._invoice(9, 600.0)
        foreign = self._invoice(9, 900.0, partner=self._customer("Second"))
        own = (one | other).with_user(self.collector)
        action = own.action_collection_plan()
        self.assertEqual(action["res_model"], "collection.plan.calculator")
        self.assertEqual(action["context"]["plan_line_ids"], self._lines(one | other).ids)
        action = (own | foreign.with_user(self.collector)).action_collection_plan()
        self.assertEqual(action["res_model"], "collection.plan.bulk")
        self._pay(foreign)
        with self.assertRaisesRegex(UserError, "open and free"):
            foreign.with_user(self.collector).action_collection_plan()

    # === SEVERAL CUSTOMERS === #

    def _bulk(self, moves):
        action = moves.with_user(self.collector).action_collection_plan()
        return self.env["collection.plan.bulk"].with_user(self.collector).browse(action["res_id"])

    def test_a_bulk_offer_shows_what_each_gets_and_offers_it(self):
        customers = [self._customer(f"Customer {number}") for number in range(3)]
        moves = self.env["account.move"].union(
            *(self._invoice(14, 600.0, partner=customer) for customer in customers)
        )
        bulk = self._bulk(moves)
        self.assertEqual(bulk.row_ids.mapped("principal"), [600.0] * 3)
        bulk.write({"offer_id": self.free.id, "count": 6})
        self.assertEqual(bulk.row_ids.mapped("installment"), [100.0] * 3)
        self.assertEqual(bulk.possible_count, 3)
        bulk.row_ids[0].is_chosen = False
        self._quote(moves[1])
        bulk.row_ids.invalidate_recordset()
        self.assertIn("waits for an answer", bulk.row_ids[1].refusal)
        self.assertEqual(bulk.possible_count, 1)
        action = bulk.action_offer()
        plans = self.env["collection.plan"].sudo().search(action["domain"])
        self.assertEqual((plans.partner_id, plans.state), (customers[2], "offered"))

    def test_a_bulk_offer_has_an_end(self):
        with self.assertRaisesRegex(UserError, "open and free"):
            self.env["collection.plan.bulk"]._open(self.env["account.move.line"])

    def test_a_bulk_offer_tells_whom_the_offer_is_not_for(self):
        small = self._invoice(14, 20.0, partner=self._customer("Small"))
        large = self._invoice(14, 900.0, partner=self._customer("Large"))
        self.free.amount_min = self.priced.amount_min = 100.0
        bulk = self._bulk(small | large)
        by_name = {row.partner_id.name: row for row in bulk.row_ids}
        self.assertTrue(by_name["Small"].refusal)
        self.assertFalse(by_name["Large"].refusal)

    def test_a_bulk_offer_leaves_out_who_disputes_and_takes_the_cheapest_for_the_others(self):
        disputing, other = self.customer, self._customer("Agreeing")
        disputed = self._invoice(14, 600.0)
        moves = disputed | self._invoice(14, 600.0, partner=other)
        self._dispute({disputed: 600.0})
        by_customer = {row.partner_id: row for row in self._bulk(moves).row_ids}
        self.assertIn(disputed.name, by_customer[disputing].refusal)
        self.assertEqual(by_customer[other].offer_id, self.free)
        self.assertEqual(by_customer[other].count, 2, "as few as the offer allows")

    # === THE PLAN === #

    def test_the_timeline_tells_what_happened_and_what_comes(self):
        plan = self._running(self._invoice(14, 600.0)).with_user(self.collector)
        told = plan.timeline
        places = [
            told.index(text)
            for text in ("Quote prepared", "Offered to", "Accepted by", "Installment")
        ]
        self.assertEqual(places, sorted(places))
        self.assertIn("Ann Reader", told)
        self.assertIn("0 of 6", plan.standing_text)

    def test_the_timeline_is_no_place_for_markup_of_customers(self):
        plan = self._quote(self._invoice(14, 600.0))
        plan._offer()
        version = plan.proposed_id
        plan._accept(version, "<script>1</script>", "I accept.", "192.0.2.7", version.sha256)
        self.assertNotIn("<script>", plan.timeline)
        self.assertIn("&lt;script&gt;", plan.timeline)

    def test_the_chart_of_the_schedule_follows_the_payments(self):
        plan = self._running(self._invoice(14, 600.0))
        with self._at(FIRST + timedelta(days=40)):
            self._pay_installment(plan)
            plan.invalidate_recordset()
            rows = plan.schedule_chart["rows"]
        self.assertEqual([row["paid"] for row in rows[:2]], [100.0, 0.0])
        self.assertEqual([row["late"] for row in rows[:3]], [0, 100.0, 0])
        self.assertEqual(sum(row["coming"] for row in rows), 400.0)

    def test_who_may_not_see_the_company_sees_no_plan_screen(self):
        plan = self._running(self._invoice(14, 600.0))
        stranger = self.env.ref("base.public_user")
        for model in (
            "collection.plan.calculator",
            "collection.plan.change",
            "collection.plan.bulk",
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(stranger).create({})
        with self.assertRaises(AccessError):
            plan.with_user(stranger).action_what_if()
            self.env["collection.plan.change"].with_user(stranger).create({"plan_id": plan.id})
