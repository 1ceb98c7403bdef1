from datetime import timedelta

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import NOON, TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestWorklist(CollectionCommon):
    """What a collector works through, in the order of what may be lost; many at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._customer("Alpha Ltd")
        cls.third = cls._customer("Omega GmbH")

    def _cases(self):
        self.company._collection_evaluate()
        return self.env["collection.case"].with_user(self.collector).search([])

    def _act(self, cases, action, **values):
        wizard = (
            self.env["collection.case.act"]
            .with_user(self.collector)
            .create({"case_ids": cases.ids, "action": action, **values})
        )
        return wizard.action_apply()["params"]["message"]

    # === RANK === #

    def test_cases_stand_in_the_order_of_what_may_be_lost(self):
        # By hand: 1 % of 10,000 not due, 10 % of 2,000 for 45 days, 50 % of 500 for 100 days.
        self._invoice(-5, 10_000.0)
        self._invoice(45, 2_000.0, partner=self.second)
        self._invoice(100, 500.0, partner=self.third)
        ranked = self._cases().search([], order="value_at_risk desc")
        self.assertEqual(
            [(case.partner_id.name, case.value_at_risk) for case in ranked],
            [("Omega GmbH", 250.0), ("Alpha Ltd", 200.0), ("Corner Bookshop", 100.0)],
        )

    def test_the_rank_follows_age_payments_and_judgement(self):
        invoice = self._invoice(30, 1_000.0)
        case = self._cases()
        self.assertEqual(case.value_at_risk, 30.0)
        self.company._collection_evaluate(today=TODAY + timedelta(days=1))
        self.assertEqual(case.value_at_risk, 100.0)
        case.risk_band = "high"
        self.assertEqual(case.value_at_risk, 60.0)
        self._pay(invoice, 400.0)
        self.company._collection_evaluate()
        self.assertEqual(case.value_at_risk, 36.0)
        self._pay(invoice)
        self.assertEqual(case.value_at_risk, 0.0)

    def test_nobody_writes_the_rank_by_hand(self):
        self._invoice(30)
        with self.assertRaises(AccessError):
            self._cases().value_at_risk = 1.0

    # === WHAT THE LIST SHOWS === #

    def test_the_list_tells_promise_and_dispute(self):
        self._invoice(30, 1_000.0)
        invoice = self._invoice(20, 300.0, partner=self.second)
        cases = self._cases()
        mine = cases.filtered(lambda case: case.partner_id == self.customer)
        theirs = cases - mine
        self.env["collection.promise"]._take(
            mine, mine.item_ids.browse(), 400.0, TODAY + timedelta(days=3), "phone"
        )
        self.assertIn("400.00", mine.promised_text)
        self.assertEqual(mine.promised_date, TODAY + timedelta(days=3))
        self.assertFalse(theirs.promised_text)
        Case = cases.browse()
        self.assertEqual(Case.search([("promised_date", "!=", False)]), mine)
        self.assertEqual(Case.search([("promised_date", "=", False)]), theirs)
        soon = [("promised_date", "<=", TODAY + timedelta(days=3))]
        self.assertEqual(Case.search(soon), mine)
        wizard = Form(
            self.env["collection.dispute.open"]
            .with_user(self.collector)
            .with_context(default_case_id=theirs.id)
        )
        record = wizard.save()
        record.line_ids.amount = 120.0
        record.action_apply()
        self.assertIn("120.00", theirs.disputed_text)
        self.assertTrue(invoice)

    def test_every_filter_and_group_of_the_worklist_works(self):
        self._invoice(70, 1_000.0)
        case = self._cases()
        arch = self.env.ref("invoice_collections.collection_case_view_search")
        view = self.env["collection.case"].with_user(self.collector).get_view(arch.id, "search")
        found = {}
        for node in etree.fromstring(view["arch"]).iter("filter"):
            if domain := node.get("domain"):
                wanted = safe_eval(domain, {"uid": self.collector.id})
                found[node.get("name")] = bool(case.browse().search(wanted))
        told = {name for name, hit in found.items() if hit}
        self.assertLessEqual({"to_chase", "very_late", "silent", "unassigned"}, told)
        self.assertFalse({"promised", "broken", "disputed", "risky", "on_hold", "mine"} & told)

    def test_ten_and_sixty_cases_take_the_same_queries(self):
        names = [
            "value_at_risk",
            "promised_text",
            "disputed_text",
            "what_next",
            "why",
            "days_overdue",
            "partner_id",
        ]

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases = self.env["collection.case"].with_user(self.collector).search([], limit=count)
            self.assertEqual(len(cases.read(names)), count)
            return self.env.cr.sql_log_count - before

        customers = [self._customer(f"Number {number}") for number in range(60)]
        self._invoices([{"days_overdue": 7, "partner": one} for one in customers])
        self._cases()
        queries(10)
        self.assertEqual(queries(60), queries(10))

    # === MANY AT ONCE === #

    def test_many_are_assigned_at_once_to_somebody_of_the_company(self):
        self._invoice(30)
        self._invoice(30, partner=self.second)
        cases = self._cases()
        self.assertIn("2", self._act(cases, "assign", user_id=self.manager.id))
        self.assertEqual(cases.user_id, self.manager)
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="invoice_collections.group_user",
            company_id=self._create_company(name="Other").id,
        )
        with self.assertRaisesRegex(UserError, "does not work for"):
            self._act(cases, "assign", user_id=stranger.id)

    def test_send_now_sends_what_is_due_and_nothing_twice(self):
        self._invoice(7)
        self._invoice(7, partner=self.second)
        case = self._cases().filtered(lambda case: case.partner_id == self.customer)
        self.assertIn("Messages on their way: 1.", self._act(case, "remind"))
        self.assertEqual(self._touchpoints().partner_id, self.customer)
        self.assertIn("For none of these", self._act(case, "remind"))
        self.assertEqual(len(self._touchpoints()), 1)
        events = (
            self.env["collection.event"]
            .sudo()
            .search([("case_id", "=", case.id), ("kind", "=", "case_reminded")])
        )
        self.assertEqual(events.user_id, self.collector)

    def test_send_now_pulls_the_next_step_forward_only_when_asked(self):
        self._invoice(1)
        case = self._cases()
        self._run()
        self.env["collection.touchpoint"].flush_model()
        with freeze_time("2026-03-12 12:00:00"):
            before = self._touchpoints()
            self.assertIn("For none of these", self._act(case, "remind"))
            told = self._act(case, "remind", which="next")
            self.assertIn("Messages on their way: 1.", told)
            new = self._touchpoints() - before
            self.assertEqual(new.step_id.offset_days, 7)

    def test_send_now_asks_the_guard(self):
        self._invoice(7)
        case = self._cases()
        case._hold()
        told = self._act(case, "remind")
        self.assertIn("Held back: 1", told)
        self.assertFalse(self._touchpoints(state="queued"))

    def test_calls_become_tasks_with_what_one_needs_to_know(self):
        invoice = self._invoice(30, 450.0)
        self.customer.phone = "+352 27 00 00 00"
        case = self._cases()
        day = TODAY + timedelta(days=1)
        self._act(case, "call", user_id=self.manager.id, date=day)
        self._act(case, "call", user_id=self.manager.id, date=day)
        [task] = case.activity_ids
        self.assertEqual((task.user_id, task.date_deadline), (self.manager, day))
        for told in ("+352 27 00 00 00", invoice.name, "450.00"):
            self.assertIn(told, task.note)

    def test_promises_of_many_and_one_that_cannot_be(self):
        euro = self.setup_other_currency("EUR", rates=[("2025-01-01", 0.5)])
        self._invoice(30, 1_000.0)
        self._invoice(30, 70.0, partner=self.second)
        self._invoice(30, 70.0, partner=self.second, currency=euro)
        cases = self._cases()
        told = self._act(cases, "promise", date=TODAY + timedelta(days=5))
        self.assertIn("Promises taken: 1.", told)
        self.assertIn("Alpha Ltd", told)
        promise = cases.promise_ids
        self.assertEqual((promise.partner_id, promise.amount), (self.customer, 1_000.0))

    def test_strangers_act_on_nothing(self):
        self._invoice(30)
        case = self._cases()
        other = self._create_company(name="Second Seller")
        stranger = new_test_user(
            self.env,
            "fred",
            groups="invoice_collections.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for action in ("assign", "remind", "call", "promise"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                self.env["collection.case.act"].with_user(stranger).create(
                    {"case_ids": case.ids, "action": action}
                ).action_apply()
