from odoo import fields, models


class CollectionDisputeResolveLine(models.TransientModel):
    """One disputed item, and how much of it is granted."""

    _name = "collection.dispute.resolve.line"
    _description = "Disputed Item to Decide"

    wizard_id = fields.Many2one("collection.dispute.resolve", required=True, ondelete="cascade")
    dispute_line_id = fields.Many2one("collection.dispute.line", required=True, readonly=True)
    label = fields.Char(related="dispute_line_id.label")
    currency_id = fields.Many2one(related="dispute_line_id.currency_id")
    disputed_amount = fields.Monetary(related="dispute_line_id.amount", string="Disputed")
    amount = fields.Monetary("Credit")
