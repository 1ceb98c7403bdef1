from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionCase(models.Model):
    _inherit = "collection.case"

    plan_ids = fields.One2many("collection.plan", "case_id", "Payment plans", readonly=True)
    plan_count = fields.Integer(compute="_compute_plan_count")

    # === COMPUTE METHODS === #

    @api.depends("plan_ids")
    def _compute_plan_count(self):
        counts = dict(
            self.env["collection.plan"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.plan_count = counts.get(case, 0)

    # === ACTION METHODS === #

    def action_plan(self):
        """Compare payment plans and quote one."""
        action = self._open_interrupt("collection.plan.calculator", self.env._("Payment plan"))
        action["context"]["dialog_size"] = "extra-large"
        return action

    def action_view_plans(self):
        """Open the payment plans of this customer."""
        return self._view_interrupts("collection.plan", self.env._("Payment plans"))

    def action_offer_plans(self):
        """Show what each of these customers would get, to offer it to all of them."""
        self.check_access("write")
        calculator = self.env["collection.plan.calculator"]
        lines = self.env["account.move.line"].union(
            *(calculator._free_lines(case) for case in self)
        )
        return self.env["collection.plan.bulk"]._open(lines)

    # === BUSINESS METHODS === #

    def _debtor_ready_quote(self, lines, count, first, note):
        """Prepare the plan a customer asks for, where an offer foresees it (sudo).

        It takes the place of what they asked for before.

        :return: the quote, or an empty plan
        """
        self.ensure_one()
        plans = self.env["collection.plan"]
        earlier = self.plan_ids.filtered(
            lambda plan: plan.state == "quote" and plan.source == "customer"
        )
        for offer in plans._suiting_offers(self, lines).filtered(
            lambda offer: offer.frequency == "month"
        ):
            try:
                with self.env.cr.savepoint():
                    quote = plans._quote(lines, offer, count, first, "customer", note[:200])
            except UserError:
                continue
            for plan in earlier:
                plan._end("cancelled", self.env._("The customer asked for something else"))
            return quote
        return plans
