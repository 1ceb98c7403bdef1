from odoo import models

from .collection_plan import RUNNING


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - PAYING A PLAN === #

    def _debtor_plan_asks(self, plan):
        """Return what is to be paid of a running plan now: all that is due, else what is next.

        Never more than what ends the plan today.
        """
        if plan.state not in RUNNING:
            return 0.0
        today = self.company_id._collection_today()
        open_ = plan.installment_ids.filtered(lambda one: one.state in ("open", "part"))
        due = open_.filtered(lambda one: one.due_date <= today) or open_.sorted("due_date")[:1]
        asks = plan.currency_id.round(sum(due.mapped("open_amount")))
        return min(asks, plan._major(plan._settlement().total))

    def _debtor_settlement(self, plan):
        """Return what ends a plan today, in its currency: ``principal``, ``interest``, ``fees``,
        ``total`` and ``saving``; none where there is nothing to settle.
        """
        if plan.state not in ("active", "arrears", "paused"):
            return None
        found = plan._settlement()
        return {
            "principal": plan._major(found.principal),
            "interest": plan._major(found.accrued_interest),
            "fees": plan._major(found.fees),
            "total": plan._major(found.total),
            "saving": plan._major(found.saving),
        }

    def _debtor_plan_choice(self, plan, amount=None, online=False):
        """Return the choice that pays so much of a running plan, or ``None``.

        It is of the plan's invoices and those of its interest and fees, the oldest first: what is
        paid of all of them together is paid of the plan. ``extra`` is interest and fees of it that
        are not invoiced yet; ``plan`` says which plan it is.

        :param amount: what the plan asks for now when not given
        """
        amount = self._debtor_plan_asks(plan) if amount is None else amount
        if plan.state not in RUNNING or plan.currency_id.compare_amounts(amount, 0) <= 0:
            return None
        moves = plan.line_ids.move_line_id.move_id | plan._open_charges()
        choice = self._debtor_choose(set(moves.ids))
        # A payment under way may be of this plan: then what is left to pay is not known yet.
        if not choice or (online and not all(row["payable"] for row in choice["rows"])):
            return None
        extra = plan.currency_id.round(amount - choice["total"])
        if plan.currency_id.compare_amounts(extra, 0) >= 0:
            return {**choice, "total": amount, "extra": extra, "plan": plan}
        return {**self._debtor_take_part(choice, amount), "plan": plan}

    def _debtor_plan_choice_again(self, plan_id, minor):
        """Return the choice that pays so much of a plan if it still can be, or ``None``.

        :param minor: in minor units; not more than what ends the plan today
        """
        plan = self._debtor_plan(plan_id)
        if plan.state not in RUNNING or minor > plan._settlement().total:
            return None
        return self._debtor_plan_choice(plan, plan._major(minor), online=True)

    def _debtor_ways_of_paying(self, choice):
        """Return ``(can be paid online, the bank account to transfer to)`` of a choice."""
        if not choice:
            return False, self.env["res.partner.bank"]
        means = self._debtor_payment_means(choice["total"], choice["currency"])
        payable = all(row["payable"] for row in choice["rows"])
        return payable and all(means), choice["bank"]
