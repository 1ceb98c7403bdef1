from odoo import api, fields, models


class CollectionDisputeOpenLine(models.TransientModel):
    """One open item, and how much of it is disputed."""

    _name = "collection.dispute.open.line"
    _description = "Item to Dispute"

    wizard_id = fields.Many2one("collection.dispute.open", required=True, ondelete="cascade")
    move_line_id = fields.Many2one("account.move.line", "Item", required=True, readonly=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    due_date = fields.Date(related="move_line_id.date_maturity")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    open_amount = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open")
    is_disputed = fields.Boolean("Disputed")
    amount = fields.Monetary(
        "Disputed amount", compute="_compute_amount", store=True, readonly=False, precompute=True
    )

    @api.depends("is_disputed")
    def _compute_amount(self):
        for line in self:
            line.amount = line.move_line_id.amount_residual_currency if line.is_disputed else 0.0
