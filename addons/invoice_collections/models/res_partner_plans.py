from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_plan_count = fields.Integer(
        "Payment plans",
        compute="_compute_collection_plan_count",
        groups="invoice_collections.group_user",
    )

    def _compute_collection_plan_count(self):
        counts = dict(
            self.env["collection.plan"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.collection_plan_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_collection_plans(self):
        """Open the payment plans of this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment plans"),
            "res_model": "collection.plan",
            "views": [(False, "list"), (False, "form")],
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
        }
