from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .cadence_common import CadenceCommon
from .common import NOON, TODAY


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlannedSteps(CadenceCommon):
    """The calendar shows who is to hear what on which day, and changes nothing."""

    def _planned(self, user=None):
        planned = self.env["collection.planned.step"].with_user(user or self.collector)
        planned = planned.with_company(self.company)
        action = planned.action_open()
        self.assertEqual(action["views"][0][1], "calendar")
        return planned.search([])

    def test_every_step_stands_on_its_day(self):
        self._invoice(0, 80.0)
        self.company._collection_evaluate(today=TODAY)
        planned = self._planned()
        # The standard cadence: due today, then 7, 14, 21, 35 days after; the fiftieth is in May.
        self.assertEqual(
            [(step.date - TODAY).days for step in planned], [0, 7, 14, 21, 35, 50][: len(planned)]
        )
        self.assertIn(TODAY + timedelta(days=35), planned.mapped("date"))
        self.assertEqual(set(planned.mapped("amount")), {80.0})
        self.assertEqual(planned[0].case_id.partner_id, self.customer)

    def test_a_step_on_a_day_off_stands_on_the_day_it_moves_to(self):
        self._invoice(0)
        self._day_off(TODAY + timedelta(days=7), company_id=self.company.id)
        self.company._collection_evaluate(today=TODAY)
        days = self._planned().mapped("date")
        self.assertNotIn(TODAY + timedelta(days=7), days)
        self.assertIn(TODAY + timedelta(days=8), days)

    def test_what_waits_is_shown_once(self):
        self._invoice(35)
        self._run()
        [step] = self._planned().filtered(lambda one: one.date == TODAY)
        self.assertEqual(step.state, "waiting")

    def test_looking_writes_no_touchpoint(self):
        self._invoice(0)
        self.company._collection_evaluate(today=TODAY)
        self._planned()
        self.assertFalse(self._touchpoints())

    def test_opening_again_replaces_ones_own_only(self):
        self._invoice(0)
        self.company._collection_evaluate(today=TODAY)
        mine, theirs = self._planned(), self._planned(self.manager)
        again = self._planned()
        self.assertFalse(mine.exists())
        self.assertEqual(len(again), len(theirs.exists()))
        self.assertFalse(again & theirs)

    def test_who_is_no_collector_sees_nothing(self):
        stranger = new_test_user(self.env, "stan", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["collection.planned.step"].with_user(stranger).action_open()

    def test_another_companys_customers_are_not_shown(self):
        self._invoice(0)
        self.company._collection_evaluate(today=TODAY)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "elsa",
            groups="invoice_collections.group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        planned = self.env["collection.planned.step"].with_user(user)
        planned.action_open()
        self.assertFalse(planned.search([]))
