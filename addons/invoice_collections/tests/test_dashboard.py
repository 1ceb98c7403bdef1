from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

#: An issue date the sales of the DSO do not reach: they are the last 90 days, today included.
DSO_BEFORE = 90

#: What the page looks like when it stands: both charts drawn, or the empty state.
READY = """
    !!document.querySelector('.o_collections_empty')
    || document.querySelectorAll('.o_collections_chart canvas[width]').length === 2
"""


@tagged("post_install", "-at_install")
class TestDashboard(AccountTestInvoicingCommon, HttpCase):
    """What a collector sees first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        cls.company = cls.env.company
        cls.company._collection_setup()
        cls.today = cls.company._collection_today()
        cls.collector = new_test_user(
            cls.env,
            login="ic_collector",
            groups="invoice_collections.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer = cls.env["res.partner"].create({"name": "Épicerie Blanche"})

    def _invoice(self, amount, due_in_days, currency=None, company=None, issued=None):
        company = company or self.company
        due = self.today + timedelta(days=due_in_days)
        invoice = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "currency_id": (currency or company.currency_id).id,
                    "invoice_date": issued or min(due, self.today),
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []})
                    ],
                }
            )
        )
        invoice.action_post()
        return invoice

    def _touchpoint(self, case, days_ago, state, reason=False):
        return self.env["collection.touchpoint"].create(
            {
                "case_id": case.id,
                "partner_id": case.partner_id.id,
                "company_id": case.company_id.id,
                "currency_id": case.company_id.currency_id.id,
                "date": self.today - timedelta(days=days_ago),
                "state": state,
                "block_reason": reason,
            }
        )

    def _data(self):
        self.company._collection_evaluate()
        model = self.env["collection.dashboard"].with_user(self.collector).sudo(False)
        return model.with_company(self.company).get_data()

    def _tiles(self):
        return {tile["key"]: tile["value"] for tile in self._data()["tiles"]}

    def _case(self):
        self.company._collection_evaluate()
        return self.env["collection.case"].search(
            [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
        )

    def test_nobody_without_the_group_sees_it(self):
        outsider = new_test_user(
            self.env, login="ic_outsider", groups="account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            self.env["collection.dashboard"].with_user(outsider).sudo(False).get_data()

    def test_a_company_without_invoices_gets_an_empty_page(self):
        data = self._data()
        self.assertTrue(data["empty"])
        self.assertFalse(data["cases"])
        self.assertIs(self._tiles()["dso"], False, "no sales say nothing about how fast they pay")

    def test_open_overdue_and_due_soon_begin_and_end_on_their_day(self):
        for days, amount in ((-1, 1), (0, 10), (6, 100), (7, 1000)):
            self._invoice(amount, days)
        tiles = self._tiles()
        self.assertEqual(tiles["open"], 1111)
        self.assertEqual(tiles["overdue"], 1, "due today is not overdue")
        self.assertEqual(tiles["due_soon"], 110, "today and six days")

    def test_customers_are_counted_before_the_first_night(self):
        self._invoice(10, -1)
        self._invoice(10, -1)
        model = self.env["collection.dashboard"].with_user(self.collector).sudo(False)
        tile = model.with_company(self.company).get_data()["tiles"][0]
        self.assertEqual(tile["detail"], "1 customer")

    def test_the_buckets_add_up_to_what_is_open(self):
        for days in (5, 0, -1, -30, -31, -60, -61, -90, -91, -400):
            self._invoice(10, days)
        data = self._data()
        self.assertEqual([bucket["value"] for bucket in data["aging"]], [20] * 5)
        self.assertEqual(self._tiles()["open"], 100)

    def test_what_is_paid_is_not_open(self):
        invoice = self._invoice(80, -3)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 30})._create_payments()
        self.assertEqual(self._tiles()["overdue"], 50)

    def test_dso_is_what_is_open_over_the_sales_of_90_days(self):
        paid = self._invoice(300, -10)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({})._create_payments()
        self._invoice(100, -5)
        self._invoice(100, 5, issued=self.today - timedelta(days=DSO_BEFORE))
        self.assertEqual(self._tiles()["dso"], 45.0, "200 open / 400 sold x 90")

    def test_other_currencies_are_converted_at_todays_rate_and_this_is_said(self):
        currency = self.setup_other_currency("CHF", rates=[(self.today, 4.0)])
        self._invoice(100, -2)
        self.assertEqual(self._data()["note"], "")
        self._invoice(100, -2, currency=currency)
        data = self._data()
        self.assertEqual(self._tiles()["overdue"], 125)
        self.assertIn("CHF", data["note"])

    def test_figures_of_another_company_stay_there(self):
        other = self.setup_other_company()["company"]
        self._invoice(999, -2, company=other)
        self.assertEqual(self._tiles()["open"], 0)

    def test_reminders_are_counted_by_day_and_reason(self):
        self._invoice(10, -40)
        case = self._case()
        self._touchpoint(case, 0, "sent")
        self._touchpoint(case, 1, "queued")
        self._touchpoint(case, 2, "blocked", "weekend")
        self._touchpoint(case, 3, "blocked", "weekend")
        self._touchpoint(case, 4, "blocked", "opt_out")
        self._touchpoint(case, 5, "superseded")
        self._touchpoint(case, 30, "sent")
        data = self._data()
        tiles = {tile["key"]: tile["value"] for tile in data["tiles"]}
        self.assertEqual((tiles["sent"], tiles["held"]), (2, 3), "30 days, today included")
        days = [(day["sent"], day["held"]) for day in data["activity"]]
        self.assertEqual(len(days), 30)
        self.assertEqual(days[-6:], [(0, 0), (0, 1), (0, 1), (0, 1), (1, 0), (1, 0)])
        self.assertEqual(
            [(reason["key"], reason["count"]) for reason in data["reasons"]],
            [("weekend", 2), ("opt_out", 1)],
        )

    def test_figures_lead_to_exactly_the_records_they_count(self):
        self._invoice(10, -40)
        case = self._case()
        self._touchpoint(case, 0, "sent")
        self._touchpoint(case, 29, "queued")
        self._touchpoint(case, 30, "sent")
        self._touchpoint(case, 2, "blocked", "weekend")
        for tile in self._data()["tiles"]:
            if tile["kind"] == "count":
                action = tile["action"]
                found = self.env[action["res_model"]].search_count(action["domain"])
                self.assertEqual(found, tile["value"], tile["key"])

    def test_what_stops_reminders_is_said(self):
        policy = self.company._collection_policy()
        self.assertEqual(self._data()["warnings"], [])
        policy.dry_run = True
        self.assertEqual(len(self._data()["warnings"]), 1)
        policy.kill_switch = True
        self.assertIn("stopped", self._data()["warnings"][0])

    def test_a_case_at_the_end_of_its_cadence_needs_a_person(self):
        self._invoice(10, 5)
        self.assertEqual(self._data()["cases"], [], "the cadence takes care of it")
        self._invoice(70, -400)
        case = self._case()
        case.next_action_date = False
        [row] = self.env["collection.dashboard"]._cases(self.company, self.today, 30)["cases"]
        self.assertEqual((row["id"], row["overdue"], row["days"]), (case.id, 70, 400))

    def test_the_largest_overdue_follow_what_needs_a_person(self):
        for amount in (20, 400, 7):
            self.customer = self.env["res.partner"].create({"name": f"Owes {amount}"})
            self._invoice(amount, -8)
        self._invoice(1000, 8)
        self._touchpoint(self._case(), 1, "blocked", "no_address")
        data = self._data()
        self.assertEqual([row["name"] for row in data["cases"]], ["Owes 7"])
        self.assertEqual([row["name"] for row in data["largest"]], ["Owes 400", "Owes 20"])

    def test_a_customer_without_address_needs_a_person(self):
        self._invoice(10, -8)
        self._touchpoint(self._case(), 1, "blocked", "no_address")
        [row] = self._data()["cases"]
        self.assertEqual(row["why"], "No address that works")

    def test_the_number_of_queries_does_not_grow(self):
        self._invoice(10, -8)
        self._data()
        self.env.invalidate_all()
        model = self.env["collection.dashboard"]
        before = self.env.cr.sql_log_count
        model._data(self.company)
        once = self.env.cr.sql_log_count - before
        for number in range(6):
            self.customer = self.env["res.partner"].create({"name": f"Customer {number}"})
            self._invoice(10, -number * 20)
            self._touchpoint(self._case(), number, "blocked", "no_address")
        self._data()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        model._data(self.company)
        self.assertLessEqual(self.env.cr.sql_log_count - before, once + 2)

    def test_the_page_draws_its_charts(self):
        self._invoice(10, -40)
        self._touchpoint(self._case(), 0, "sent")
        self.browser_js(
            "/odoo/action-invoice_collections.collection_dashboard_action",
            "console.log('test successful')",
            ready=READY,
            login="ic_collector",
        )

    def test_the_empty_page_stands_too(self):
        self.browser_js(
            "/odoo/action-invoice_collections.collection_dashboard_action",
            "document.querySelector('.o_collections_empty svg') && console.log('test successful')",
            ready=READY,
            login="ic_collector",
        )
