from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_is_claim = fields.Boolean(
        "Claims late-payment charges",
        readonly=True,
        copy=False,
        help="This invoice asks for interest and costs of late invoices. It bears none itself.",
    )
    collection_charge_ids = fields.One2many(
        "collection.charge",
        "claim_move_id",
        "Claimed charges",
        readonly=True,
        groups="invoice_collections.group_user",
    )

    def _invoice_paid_hook(self):
        """Note that the charges of a claim are paid the moment the claim is."""
        result = super()._invoice_paid_hook()
        claims_sudo = self.sudo().filtered("collection_is_claim")
        claims_sudo.collection_charge_ids.filtered(
            lambda charge: charge.state == "claimed"
        )._transition("paid")
        return result
