from odoo import models
from odoo.exceptions import UserError

#: By how many payments longer a plan may become on the page, as far as its offer goes.
_LONGER = (2, 4, 6)


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - OTHER TERMS OF A PLAN === #

    def _debtor_changes(self, plan):
        """Return what a customer may ask for, with its cost: ``[{code, label, cost}]``.

        Writes nothing. What cannot be is left out; something else can always be asked for.
        """
        changes = [self._debtor_pause_change(plan, plan.offer_id.pause_months)]
        left = len(plan.installment_ids.filtered(lambda one: one.state in ("open", "part")))
        counts = {min(left + more, plan.offer_id.count_max) for more in _LONGER}
        changes += [self._debtor_longer_change(plan, count) for count in sorted(counts - {left})]
        return [
            *filter(None, changes),
            {
                "code": "other",
                "label": self.env._("Something else"),
                "cost": self.env._("Tell us below what you need."),
            },
        ]

    def _debtor_pause_change(self, plan, months):
        """Return what a pause would mean, or ``None`` where there can be none."""
        try:
            change = plan._preview_pause(months)
        except UserError:
            return None
        return {
            "code": "pause",
            "label": self.env._("A pause of %(months)s months", months=months),
            "cost": self._debtor_change_costs(plan, change),
        }

    def _debtor_longer_change(self, plan, count):
        """Return what so many payments of all that is open would mean, or ``None``."""
        try:
            change = plan._preview_reschedule(count)
        except UserError:
            return None
        return {
            "code": f"count_{count}",
            "label": self.env._(
                "Smaller payments: %(count)s of %(amount)s",
                count=count,
                amount=plan.currency_id.format(plan._major(max(o.total for o in change.after))),
            ),
            "cost": self._debtor_change_costs(plan, change),
        }

    def _debtor_change_costs(self, plan, change):
        """Return in words what a change costs, and when the plan then ends."""
        last = self._format_date(change.after[-1].due)
        cost = plan._major(change.extra_cost)
        if plan.currency_id.compare_amounts(cost, 0) <= 0:
            return self.env._("It costs nothing extra. The last payment is on %(day)s.", day=last)
        return self.env._(
            "It costs you %(amount)s more. The last payment is on %(day)s.",
            amount=plan.currency_id.format(cost),
            day=last,
        )

    def _debtor_ask_change(self, plan, change, note):
        """Take the customer's wish for other terms.

        :param change: one of :meth:`_debtor_changes`
        :return: the version on offer now, or an empty one where a person answers
        :raise UserError: with a sentence for the customer
        """
        kind = "pause" if change["code"] == "pause" else "reschedule"
        wish = f"{change['label']}. {note}".strip() if change["code"] != "other" else note
        return plan._request_change(kind, wish)
