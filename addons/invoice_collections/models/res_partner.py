from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_case_ids = fields.One2many(
        "collection.case", "partner_id", "Collection cases", readonly=True
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case_id",
        groups="invoice_collections.group_user",
        help="The case of this customer with the current company.",
    )

    def _compute_collection_case_id(self):
        cases = self.env["collection.case"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        by_partner = cases.grouped("partner_id")
        for partner in self:
            partner.collection_case_id = by_partner.get(partner.commercial_partner_id, False)

    def action_collection_statement(self):
        """Ask for which days the statement of account with the current company is made."""
        return self.collection_case_id.action_statement()

    def action_view_collection_case(self):
        """Open the collection case with the current company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.case",
            "res_id": self.collection_case_id.id,
            "views": [(False, "form")],
        }
