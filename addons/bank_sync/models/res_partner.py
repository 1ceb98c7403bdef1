from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    bank_payer_count = fields.Integer(
        compute="_compute_bank_payer_count",
        string="Known Payers",
        groups="bank_sync.group_user",
        help="Accounts and names by which we recognise who pays for this partner.",
    )

    def _compute_bank_payer_count(self):
        counts = dict(
            self.env["bank.match.payer"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.bank_payer_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_bank_payers(self):
        """Open what is known of who pays for the partner."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("bank_sync.bank_match_payer_action")
        commercial = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", commercial.id)],
            "context": {"default_partner_id": commercial.id},
        }
