from datetime import timedelta

from odoo.tests import freeze_time

from .common import TODAY
from .interrupts_common import InterruptsCommon


class PlansCommon(InterruptsCommon):
    """Offers, and plans as customers accept and pay them; days pass under a frozen clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The offer every company starts with would be one more way to pay.
        cls.env["collection.plan.offer"].sudo().search([]).active = False
        cls.free = cls._offer(name="Free", method="interest_free", count_max=12)
        cls.priced = cls._offer(
            name="Priced", method="annuity", rate=12.0, day_count="30_360", count_max=24
        )
        cls.policy.working_days_only = False

    @classmethod
    def _offer(cls, **values):
        return (
            cls.env["collection.plan.offer"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "count_min": 2,
                    "first_days": 31,
                    "arrears_days": 5,
                    "default_days": 30,
                    "pause_how": "shift",
                    "auto_amount": 5000.0,
                    **values,
                }
            )
        )

    def _quote(self, moves, offer=None, count=6, **values):
        self.company._collection_evaluate()
        return (
            self.env["collection.plan"]
            .with_user(self.collector)
            ._quote(self._lines(moves), offer or self.free, count, **values)
            .sudo()
        )

    def _agree(self, plan, version=None):
        """Let the customer accept what is on offer, as their page does."""
        version = version or plan.proposed_id
        plan.sudo()._accept(
            version, "Ann Reader", "I accept the plan.", "192.0.2.7", version.sha256
        )
        return plan

    def _running(self, moves, offer=None, count=6, **values):
        plan = self._quote(moves, offer, count, **values)
        plan._offer()
        return self._agree(plan)

    def _pay_installment(self, plan, number=None):
        """Pay the next installment as a customer does who follows the schedule.

        Interest and fee on their invoice, the rest on the invoices, the oldest first.
        """
        rows = plan.installment_ids.filtered(lambda one: one.state in ("open", "part"))
        row = rows.filtered(lambda one: one.number == number) if number else rows[:1]
        left = row.open_amount
        day = plan.company_id._collection_today()
        charges = plan._open_charges().filtered("amount_residual")
        for move in (*charges, *plan.line_ids.move_id.filtered("amount_residual")):
            part = plan.currency_id.round(min(left, move.amount_residual))
            if part:
                self._pay_on(move, part, day)
                left = plan.currency_id.round(left - part)
        return row

    def _at(self, day):
        return freeze_time(f"{day} 12:00:00")

    def _night(self, day):
        """Run the night of a day."""
        with self._at(day):
            return self._run()

    def _check_books(self, plan):
        """Check that installments, residuals and charges agree to the cent."""
        plan._follow_books()
        books = plan._books()[plan.id]
        rows = plan.installment_ids.filtered(lambda one: one.state in ("open", "part", "paid"))
        to_come = sum(sum(one._to_bill()) for one in rows if not one.move_id)
        open_ = plan._minor(sum(rows.mapped("open_amount")))
        self.assertEqual(open_, books.items + books.charges + plan._minor(to_come))
        for row in rows:
            self.assertAlmostEqual(row.paid_amount + row.open_amount, row.total, 2)


def months_after(count, day=10):
    """Return the day of the month so many months after the day of all tests."""
    year, month = divmod(12 * TODAY.year + TODAY.month - 1 + count, 12)
    return TODAY.replace(year=year, month=month + 1, day=day)


FIRST = TODAY + timedelta(days=31)
