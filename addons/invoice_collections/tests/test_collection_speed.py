from odoo.tests import freeze_time, tagged

from .common import NOON, TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCollectionSpeed(CollectionCommon):
    """The number of queries does not grow with customers or open items."""

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _customers(self, count, prefix):
        customers = [self._customer(f"{prefix} {number}") for number in range(count)]
        self._invoices([{"days_overdue": 7, "partner": customer} for customer in customers])

    def _plan(self):
        engine = self.env["collection.engine"].sudo().with_company(self.company)
        return engine._plan(self.company.sudo(), TODAY)

    def test_planning_ten_or_a_hundred_customers_takes_the_same_queries(self):
        self._customers(10, "Few")
        self.company._collection_evaluate()
        self._plan()
        few, planned = self._queries(self._plan)
        self.assertEqual(len(planned), 10)
        self._customers(90, "Many")
        self.company._collection_evaluate()
        many, planned = self._queries(self._plan)
        self.assertEqual(len(planned), 100)
        self.assertEqual(many, few)

    def test_a_whole_run_of_a_hundred_takes_hardly_more_queries_than_of_ten(self):
        self._customers(10, "Few")
        few, counts = self._queries(self._run)
        self.assertEqual(counts["sent"], 10)
        self._customers(90, "Many")
        many, counts = self._queries(self._run)
        self.assertEqual(counts["sent"], 90)
        # Odoo splits long INSERTs, so a few more; never one a customer.
        self.assertLess(many - few, 15, (few, many))

    def test_what_is_not_due_costs_nothing(self):
        self._customers(5, "Due")
        self.company._collection_evaluate()
        self._plan()
        before, _planned = self._queries(self._plan)
        self._invoices([{"days_overdue": -60}] * 50)
        after, planned = self._queries(self._plan)
        self.assertEqual(len(planned), 5)
        self.assertEqual(after, before)

    def test_proposing_to_hand_over_takes_hardly_more_queries_for_fifty_than_for_five(self):
        steps = self.policy.cadence_id.sudo().step_ids
        steps.filtered(lambda step: step.offset_days == 7).write(
            {"outcome": "handover", "template_id": False}
        )
        steps.filtered(lambda step: step.offset_days > 7).unlink()
        self._run()
        proposals = self.env["collection.handover"].sudo()
        of_company = [("company_id", "=", self.company.id)]
        self._customers(5, "Few")
        few, _counts = self._queries(self._run)
        self.assertEqual(proposals.search_count(of_company), 5)
        self._customers(45, "Many")
        many, _counts = self._queries(self._run)
        found = proposals.search(of_company)
        self.assertEqual((len(found), len(found.line_ids), len(found.activity_ids)), (50, 50, 50))
        # Odoo splits long INSERTs, so a few more; never one a customer.
        self.assertLess(many - few, 15, (few, many))

    def test_the_dashboard_takes_the_same_queries_for_ten_and_fifty(self):
        self._customers(10, "Few")
        self._run()
        board = self.env["collection.dashboard"].with_user(self.collector)
        board.get_data()
        few, _data = self._queries(board.get_data)
        self._customers(40, "Many")
        self._run()
        many, _data = self._queries(board.get_data)
        self.assertEqual(many, few)
