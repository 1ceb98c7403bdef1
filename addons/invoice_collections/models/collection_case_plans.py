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
        return self._open_interrupt("collection.plan.calculator", self.env._("Payment plan"))

    def action_view_plans(self):
        """Open the payment plans of this customer."""
        return self._view_interrupts("collection.plan", self.env._("Payment plans"))

    def action_offer_plans(self):
        """Offer the first suiting plan to each of these customers, for all that is overdue.

        Who cannot get one is left out, and the answer says why.
        """
        self.check_access("write")
        offered, refused = self.env["collection.plan"], []
        for case in self:
            try:
                with self.env.cr.savepoint():
                    offered |= case._offer_plan()
            except UserError as error:
                refused.append(f"{case.display_name}: {error.args[0]}")
        message = self.env._("%(count)s plans offered.", count=len(offered))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "sticky": bool(refused),
                "message": "\n".join([message, *refused[:10]]),
            },
        }

    # === BUSINESS METHODS === #

    def _offer_plan(self):
        """Offer this customer the cheapest plan for all that is overdue; return the plan."""
        self.ensure_one()
        plans = self.env["collection.plan"]
        lines = self.sudo()._own_items(self.env["account.move.line"].sudo())
        if self.plan_ids.filtered(lambda plan: plan.state in ("quote", "offered")):
            raise UserError(self.env._("A plan waits for an answer already."))
        found = plans._scenarios(lines, self.company_id._collection_today())
        if not found:
            raise UserError(self.env._("No offer is made for this customer and amount."))
        plan = plans._quote(lines, found[0].offer, found[0].count)
        plan.action_offer()
        return plan
