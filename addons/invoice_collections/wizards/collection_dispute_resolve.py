from odoo import Command, api, fields, models


class CollectionDisputeResolve(models.TransientModel):
    """Asks for the decision on a dispute: how much is granted, and what the customer is told."""

    _name = "collection.dispute.resolve"
    _description = "Decide a Dispute"

    dispute_id = fields.Many2one("collection.dispute", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    decision = fields.Selection(
        [
            ("upheld", "The customer is right: credit all of it"),
            ("partial", "Partly: credit a part"),
            ("rejected", "Reject: the invoice stands"),
        ],
        required=True,
        default="upheld",
    )
    line_ids = fields.One2many("collection.dispute.resolve.line", "wizard_id")
    answer = fields.Text("What we answer")
    total = fields.Monetary(compute="_compute_total")

    @api.model
    def default_get(self, fields):
        """List what is disputed."""
        values = super().default_get(fields)
        dispute = self.env["collection.dispute"].browse(values.get("dispute_id"))
        values["line_ids"] = [
            Command.create({"dispute_line_id": line.id, "amount": line.amount})
            for line in dispute.line_ids
        ]
        return values

    @api.depends("decision", "line_ids.amount")
    def _compute_total(self):
        for wizard in self:
            wizard.total = sum(wizard._granted().values())

    def _granted(self):
        """Return ``{dispute line: amount granted}``."""
        self.ensure_one()
        whole = self.decision == "upheld"
        return {
            line.dispute_line_id: (line.dispute_line_id.amount if whole else line.amount)
            for line in self.line_ids
            if self.decision != "rejected"
        }

    def action_apply(self):
        """Decide."""
        self.ensure_one()
        self.dispute_id._resolve(self._granted(), self.answer)
        return {"type": "ir.actions.act_window_close"}
