from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY
from .plans_common import FIRST, PlansCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCollectionPlan(PlansCommon):
    """What no plan can be made of, what the books say of one, and who may do what."""

    # === REFUSED, WITH ONE SENTENCE === #

    def test_no_plan_on_what_is_not_owed(self):
        paid, gone = self._invoice(5, 300.0), self._invoice(5, 300.0)
        self._pay(paid)
        gone.button_draft()
        gone.button_cancel()
        for move in (paid, gone):
            with self.assertRaisesRegex(UserError, "not open"):
                self._quote(move)
        with self.assertRaisesRegex(UserError, "one customer"):
            self._quote(self._invoice(5) | self._invoice(5, partner=self._customer("Else")))

    def test_no_plan_on_a_disputed_invoice(self):
        invoice = self._invoice(5, 300.0)
        self._dispute({invoice: 100.0})
        with self.assertRaisesRegex(UserError, f"{invoice.name} is disputed"):
            self._quote(invoice)

    def test_no_plan_in_a_foreign_currency(self):
        other = self.setup_other_currency("GBP")
        invoice = self._invoice(5, 300.0, currency=other)
        with self.assertRaisesRegex(UserError, "is in GBP"):
            self._quote(invoice)

    def test_no_plan_of_absurd_numbers(self):
        invoice = self._invoice(5, 300.0)
        for count in (0, -1, 13, 601):
            with self.subTest(count=count), self.assertRaisesRegex(UserError, "from 2 to 12"):
                self._quote(invoice, count=count)
        for days in (-1, 46, 10_000):
            day = TODAY + timedelta(days=days)
            with self.subTest(days=days), self.assertRaisesRegex(UserError, "within 45 days"):
                self._quote(invoice, first_due=day)
        with self.assertRaisesRegex(UserError, "too small"):
            self._quote(self._invoice(5, 0.05), count=12)

    def test_no_offer_of_absurd_prices(self):
        for values in (
            {"rate": -1.0},
            {"rate": 1000.01},
            {"upfront_fee": -1.0},
            {"count_min": 5, "count_max": 4},
            {"count_max": 601},
            {"deposit_percent": 100.0},
            {"default_days": 5},
        ):
            with (
                self.subTest(**values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._offer(name="Absurd", **values)
                self.env.flush_all()

    def test_no_second_plan_on_an_invoice_in_one(self):
        invoice = self._invoice(5, 300.0)
        plan = self._running(invoice)
        with self.assertRaisesRegex(UserError, f"in the payment plan {plan.name}"):
            self._quote(invoice)

    def test_an_invoice_in_a_plan_is_not_taken_back(self):
        invoice = self._invoice(5, 300.0)
        plan = self._running(invoice)
        for method in ("button_draft", "button_cancel"):
            with self.assertRaisesRegex(UserError, "end the plan first"):
                getattr(invoice, method)()
        plan.with_user(self.manager).action_cancel()
        invoice.button_draft()
        self.assertEqual(invoice.state, "draft")

    def test_interest_of_a_running_plan_is_not_taken_back(self):
        plan = self._running(self._invoice(5, 1200.0), self.priced)
        self._night(FIRST)
        with self.assertRaisesRegex(UserError, "end the plan first"):
            plan.move_ids.button_draft()

    # === WHAT HAPPENS BESIDE THE PLAN === #

    def test_a_credit_note_counts_as_paid_and_a_person_is_told(self):
        invoice = self._invoice(5, 600.0)
        plan = self._running(invoice)
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create({"name": "Back", "price_unit": 150.0, "tax_ids": False})
                ],
            }
        )
        refund.action_post()
        self._lines(invoice | refund).reconcile()
        self._night(TODAY)
        self.assertEqual((plan.credited_amount, plan.open_amount), (150.0, 450.0))
        self.assertEqual(plan.installment_ids.mapped("open_amount")[:3], [0.0, 50.0, 100.0])
        task = plan.case_id.activity_ids
        self.assertIn("counts as paid for the next", task.note)
        self._check_books(plan)
        task.action_done()
        self._night(TODAY + timedelta(days=1))
        self.assertFalse(plan.case_id.activity_ids, "who has decided is not asked again")

    def test_a_payment_noted_late_counts_on_its_own_day(self):
        invoice = self._invoice(5, 600.0)
        plan = self._running(invoice)
        with self._at(TODAY + timedelta(days=10)):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create(
                {"amount": 100.0, "payment_date": TODAY + timedelta(days=3)}
            )._create_payments()
        self.assertEqual(plan.installment_ids[0].paid_on, TODAY + timedelta(days=3))

    def test_an_invoice_paid_outside_the_plan_ends_it_and_costs_what_has_accrued(self):
        invoice = self._invoice(5, 1200.0)
        plan = self._running(invoice, self.priced)
        day = TODAY + timedelta(days=15)
        with self._at(day):
            settlement = plan._settlement(day)
            # 12 % of 1,200 a year, for 15 of 360 days.
            self.assertEqual(settlement.accrued_interest, 600)
            self.assertEqual(settlement.total, 120600)
            self._pay_on(invoice, 1200.0, day)
            self._run()
            self.assertEqual(sum(plan.move_ids.mapped("amount_total")), 6.0)
            self.assertEqual(plan.state, "active")
            self._pay_on(plan.move_ids, 6.0, day)
            self._run()
        self.assertEqual(plan.state, "completed")
        first = plan.version_ids.filtered(lambda version: version.number == 1)
        self.assertEqual(set(first.installment_ids.mapped("state")) - {"paid"}, {"waived"})
        self._night(day + timedelta(days=60))
        self.assertEqual(len(plan.move_ids), 1)

    def test_more_than_an_installment_pays_the_next_ones(self):
        invoice = self._invoice(5, 600.0)
        plan = self._running(invoice)
        self._pay_on(invoice, 250.0, TODAY)
        self.assertEqual(plan.installment_ids.mapped("state")[:4], ["paid", "paid", "part", "open"])
        self.assertEqual(plan.next_amount, 50.0)
        self._check_books(plan)

    # === DEPOSIT, INTEREST AND FEES === #

    def test_a_deposit_comes_before_the_plan_is_active(self):
        invoice = self._invoice(5, 600.0)
        offer = self._offer(name="Deposit", method="interest_free", deposit_percent=10.0)
        plan = self._running(invoice, offer, count=6)
        self.assertEqual((plan.state, plan.deposit_amount), ("accepted", 60.0))
        self.assertEqual(plan.installment_ids.mapped("total"), [60.0] + [90.0] * 6)
        self._pay_on(invoice, 59.99, TODAY)
        self.assertEqual(plan.state, "accepted")
        self._pay_on(invoice, 0.01, TODAY)
        self.assertEqual((plan.state, plan.activated_on), ("active", TODAY))

    def test_without_its_deposit_a_plan_ends(self):
        invoice = self._invoice(5, 600.0)
        offer = self._offer(name="Deposit", method="interest_free", deposit_percent=10.0)
        plan = self._running(invoice, offer)
        self._night(TODAY + timedelta(days=31))
        self.assertEqual((plan.state, plan.end_reason), ("cancelled", "The deposit was not paid"))
        self.assertFalse(self._lines(invoice)._collection_withheld())

    def test_interest_and_fee_are_invoiced_once_when_they_fall_due(self):
        accounts = self.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": "income_other"}
                for name, code in (("Interest", "760001"), ("Fees", "760002"))
            ]
        )
        offer = self._offer(
            name="Fees",
            method="annuity",
            rate=12.0,
            day_count="30_360",
            upfront_fee=24.0,
            installment_fee=1.5,
            interest_account_id=accounts[0].id,
            fee_account_id=accounts[1].id,
        )
        plan = self._running(self._invoice(5, 1200.0), offer)
        self.assertAlmostEqual(plan.version_id.total_cost, 42.35 + 24.0 + 9.0, 2)
        for _time in range(2):
            self._night(TODAY)
        [upfront] = plan.move_ids
        self.assertEqual((upfront.amount_total, upfront.invoice_date_due), (24.0, TODAY))
        self._pay_on(upfront, 24.0, TODAY)
        self._night(FIRST - timedelta(days=1))
        self.assertEqual(len(plan.move_ids), 1)
        for days in (0, 0, 1, 2):
            self._night(FIRST + timedelta(days=days))
        charge = plan.move_ids - upfront
        self.assertEqual(len(charge), 1)
        self.assertEqual(charge.invoice_date_due, FIRST)
        amounts = {line.account_id: line.price_total for line in charge.invoice_line_ids}
        # 12 % of 1,200 for one month of 30 days of 360.
        self.assertEqual(amounts, {accounts[0]: 12.0, accounts[1]: 1.5})
        self._check_books(plan)

    def test_the_database_refuses_a_second_invoice_for_an_installment(self):
        plan = self._running(self._invoice(5, 1200.0), self.priced)
        self._night(FIRST)
        values = plan._prepare_charge(FIRST, 12.0, 0.0, plan.installment_ids[:1])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["account.move"].sudo().create(values)
            self.env.flush_all()

    def test_a_financed_fee_is_paid_off_with_the_rest(self):
        offer = self._offer(
            name="Financed", method="interest_free", upfront_percent=5.0, fee_financed=True
        )
        invoice = self._invoice(5, 1200.0)
        plan = self._running(invoice, offer)
        self.assertEqual(plan.installment_ids.mapped("total"), [210.0] * 6)
        self.assertEqual(sum(plan.line_ids.mapped("residual")), 1260.0)
        self.assertEqual(plan.open_amount, 1260.0)
        self._check_books(plan)
        self._live_on_schedule(plan)
        self.assertEqual(plan.state, "completed")

    def _live_on_schedule(self, plan):
        for row in plan.installment_ids.sorted("number"):
            with self._at(row.due_date):
                plan._follow_books()
                self._pay_installment(plan, row.number)
                self._check_books(plan)

    def test_tax_is_part_of_what_was_disclosed(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        offer = self._offer(
            name="Taxed", method="interest_free", upfront_fee=24.0, fee_tax_id=tax.id
        )
        plan = self._running(self._invoice(5, 600.0), offer)
        self._night(TODAY)
        self.assertEqual((plan.move_ids.amount_total, plan.move_ids.amount_tax), (24.0, 4.0))
        on_top = tax.copy({"name": "On top", "price_include_override": "tax_excluded"})
        with self.assertRaisesRegex(ValidationError, "added on top"):
            offer.fee_tax_id = on_top

    # === WHO, AND HOW MUCH === #

    def test_above_the_limit_a_manager_approves(self):
        offer = self._offer(name="Limited", method="interest_free", approval_amount=500.0)
        plan = self._quote(self._invoice(5, 600.0), offer)
        self.assertTrue(plan.needs_approval)
        with self.assertRaisesRegex(UserError, "approved by a manager"):
            plan.with_user(self.collector).action_offer()
        with self.assertRaises(AccessError):
            plan.with_user(self.collector).action_approve()
        plan.with_user(self.manager).action_approve()
        plan.with_user(self.collector).action_offer()
        self.assertEqual(plan.state, "offered")

    def test_only_a_manager_ends_a_running_plan(self):
        plan = self._running(self._invoice(5, 600.0))
        with self.assertRaises(AccessError):
            plan.with_user(self.collector).action_cancel()
        plan.with_user(self.manager).action_cancel()
        self.assertEqual(plan.state, "cancelled")
        with self.assertRaises(UserError):
            plan.with_user(self.manager).action_cancel()

    def test_strangers_touch_no_plan(self):
        plan = self._quote(self._invoice(5, 600.0))
        stranger = new_test_user(self.env, "stan", groups="base.group_user")
        for user in (stranger, self.env.ref("base.public_user")):
            for button in ("action_offer", "action_approve", "action_cancel", "action_recall"):
                with self.subTest(user=user.id, button=button), self.assertRaises(AccessError):
                    getattr(plan.with_user(user), button)()
        for user in (self.collector, self.manager):
            with self.assertRaises(AccessError):
                plan.with_user(user).write({"state": "active"})

    def test_a_customer_gets_small_plans_at_once_and_a_person_looks_at_large_ones(self):
        offer = self._offer(name="Self", method="interest_free", auto_amount=500.0)
        plans = self.env["collection.plan"].sudo()
        small, large = self._invoice(5, 400.0), self._invoice(5, 600.0)
        self.company._collection_evaluate()
        plan = plans._quote_for_debtor(self._lines(small), offer, 4)
        self.assertEqual((plan.state, plan.source), ("offered", "customer"))
        plan = plans._quote_for_debtor(self._lines(large), offer, 4)
        self.assertEqual(plan.state, "quote")
        self.assertIn("Asks for installments", plan.case_id.activity_ids.mapped("summary"))

    def test_scenarios_are_what_may_be_offered_the_cheapest_first(self):
        invoice = self._invoice(5, 600.0)
        self._offer(name="For consumers", segment="b2c", method="interest_free")
        self._offer(name="For more", amount_min=1000.0, method="interest_free")
        self._offer(name="For the safe", risk_max="low", method="interest_free")
        self.company._collection_evaluate()
        found = (
            self.env["collection.plan"]
            .with_user(self.collector)
            ._scenarios(self._lines(invoice), TODAY)
        )
        names = {one.offer.name for one in found}
        self.assertIn("Free", names)
        self.assertFalse(names & {"For consumers", "For more", "For the safe"})
        costs = [one.total_cost for one in found]
        self.assertEqual(costs, sorted(costs))

    def test_a_pause_is_offered_at_once_and_the_rest_is_for_a_person(self):
        plan = self._running(self._invoice(5, 600.0))
        version = plan._request_change("pause", "Short of cash")
        self.assertEqual((version.state, version.kind), ("offered", "pause"))
        self._agree(plan)
        self.assertEqual(plan.state, "paused")
        self.assertFalse(plan._request_change("pause", "Once more"))
        self.assertTrue(plan.case_id.activity_ids)

    # === MANY === #

    def test_the_night_asks_the_database_the_same_for_few_plans_and_for_many(self):
        counts = []
        for number in (3, 15):
            plans = self.env["collection.plan"].sudo()
            for place in range(number):
                partner = self._customer(f"Many {number} {place}")
                invoice = self._invoice(5, 600.0, partner=partner)
                plans |= self._running(invoice)
            plans._follow_books(TODAY + timedelta(days=1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plans._follow_books(TODAY + timedelta(days=1))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlanCurrencies(PlansCommon):
    """Currencies without decimals and with three: to their smallest unit, like any other."""

    def _in_currency(self, code):
        currency = self.env.ref(f"base.{code}")
        currency.sudo().active = True
        self.company.sudo().currency_id = currency
        return currency

    def test_a_plan_in_yen(self):
        self._in_currency("JPY")
        plan = self._running(self._invoice(5, 10_000.0), count=7)
        self.assertEqual(plan.installment_ids.mapped("total"), [1429.0] * 6 + [1426.0])
        with self._at(FIRST):
            self._pay_installment(plan)
            self._check_books(plan)
        self.assertEqual(plan.installment_ids[0].state, "paid")

    def test_a_plan_in_dinar(self):
        self._in_currency("KWD")
        plan = self._running(self._invoice(5, 100.0), count=7)
        totals = [round(total, 3) for total in plan.installment_ids.mapped("total")]
        self.assertEqual(totals, [14.286] * 6 + [14.284])
        with self._at(FIRST):
            self._pay_installment(plan)
            self._check_books(plan)
        self.assertAlmostEqual(plan.open_amount, 85.714, 3)

    def test_interest_in_dinar(self):
        self._in_currency("KWD")
        plan = self._running(self._invoice(5, 1200.0), self.priced, count=6)
        self._night(FIRST)
        # 12 % of 1,200.000 for one month of 30 days of 360.
        self.assertEqual(plan.move_ids.amount_total, 12.0)
        self._check_books(plan)
