from odoo import fields, models

from ..core.matching.values import Claim
from .bank_entry_values import to_minor


class BankMatchSuggestionLine(models.Model):
    """One open item of a suggestion, and how much of it the bank line would settle."""

    _name = "bank.match.suggestion.line"
    _description = "Suggested Item"
    _order = "suggestion_id, sequence, id"

    suggestion_id = fields.Many2one(
        "bank.match.suggestion", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    company_id = fields.Many2one(related="suggestion_id.company_id", store=True, index=True)
    statement_line_id = fields.Many2one(
        related="suggestion_id.statement_line_id", store=True, index=True
    )
    move_line_id = fields.Many2one(
        "account.move.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", store=True, index=True)
    partner_id = fields.Many2one(related="move_line_id.partner_id")
    date_maturity = fields.Date(related="move_line_id.date_maturity")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    claim_amount = fields.Monetary(
        readonly=True, help="How much of the residual the line settles, signed like the residual."
    )
    discount_amount = fields.Monetary(
        readonly=True, help="The part of the claim that is early-payment discount, not money."
    )
    residual = fields.Monetary(related="move_line_id.amount_residual_currency")

    def _claim(self):
        """Return the line as the claim it was made of."""
        currency = self.currency_id.name
        return Claim(
            self.move_line_id.id,
            to_minor(self.claim_amount, currency),
            to_minor(self.discount_amount, currency),
        )
