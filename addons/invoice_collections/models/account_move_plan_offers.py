from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    # === ACTION METHODS === #

    def action_collection_plan(self):
        """Compare payment plans for these invoices; of several customers, offer one to each.

        :raise UserError: when nothing of them is open and free to be in a plan
        """
        lines = self.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and line.amount_residual_currency > 0
            )
        )
        if not lines:
            raise UserError(self.env._("Nothing of this is open and free to be in a plan."))
        if len(lines.partner_id.commercial_partner_id) > 1 or len(lines.company_id) > 1:
            return self.env["collection.plan.bulk"]._open(lines)
        case = self.env["collection.plan"]._plan_case(lines)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment plan"),
            "res_model": "collection.plan.calculator",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_case_id": case.id,
                "plan_line_ids": lines.ids,
                "dialog_size": "extra-large",
            },
        }
