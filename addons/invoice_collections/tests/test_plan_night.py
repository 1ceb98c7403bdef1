from datetime import timedelta

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY
from .plans_common import PlansCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlanNight(PlansCommon):
    """The nightly look at plans, when one of them cannot be invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "Included",
                "amount": 20.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        cls.taxed = cls._offer(
            name="Taxed",
            method="annuity",
            rate=12.0,
            day_count="30_360",
            count_max=24,
            interest_tax_id=cls.tax.id,
        )

    def _plans(self):
        """Return plans of five customers, of which the third one's tax is changed afterwards."""
        plans = self.env["collection.plan"].sudo()
        for place in range(5):
            invoice = self._invoice(5, 1200.0, partner=self._customer(f"Night {place}"))
            plans |= self._running(invoice, self.taxed if place == 2 else self.priced)
        self.tax.price_include_override = "tax_excluded"
        return plans

    @mute_logger("odoo.sql_db")
    def test_one_plan_that_cannot_be_invoiced_does_not_stop_the_others(self):
        plans = self._plans()
        stuck = plans[2]
        self._night(TODAY + timedelta(days=31))
        self.assertFalse(stuck.move_ids)
        self.assertEqual([len(plan.move_ids) for plan in plans - stuck], [1] * 4)
        self.assertIn("is added on top", stuck.case_id.activity_ids.note)
        self.assertFalse((plans - stuck).case_id.activity_ids)

    @mute_logger("odoo.sql_db")
    def test_who_is_told_is_told_once_until_it_is_mended(self):
        stuck = self._plans()[2]
        for day in (31, 32):
            self._night(TODAY + timedelta(days=day))
        self.assertEqual(len(stuck.case_id.activity_ids), 1)
        self.tax.price_include_override = "tax_included"
        self._night(TODAY + timedelta(days=33))
        self.assertEqual(stuck.move_ids.invoice_date, TODAY + timedelta(days=31))
