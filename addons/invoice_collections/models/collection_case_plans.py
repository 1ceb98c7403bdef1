from odoo import api, fields, models


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
