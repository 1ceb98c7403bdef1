from odoo import Command, api, fields, models

from ..models.collection_dispute import CATEGORIES
from ..models.collection_promise import SOURCES


class CollectionDisputeOpen(models.TransientModel):
    """Asks what a customer disputes, and how much of it."""

    _name = "collection.dispute.open"
    _description = "Open a Dispute"

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    category = fields.Selection(CATEGORIES, required=True, default="other")
    source = fields.Selection(
        [source for source in SOURCES if source[0] != "customer"], required=True, default="phone"
    )
    note = fields.Text("What the customer says")
    line_ids = fields.One2many("collection.dispute.open.line", "wizard_id")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")

    @api.model
    def default_get(self, fields):
        """List the open debts, with nothing disputed yet."""
        values = super().default_get(fields)
        case = self.env["collection.case"].browse(values.get("case_id"))
        debts = case.item_ids.filtered(lambda item: item.amount_residual_currency > 0)
        values["line_ids"] = [Command.create({"move_line_id": item.id}) for item in debts]
        return values

    def action_apply(self):
        """Open the dispute, and show it."""
        self.ensure_one()
        files = [(file.name, file.raw) for file in self.attachment_ids]
        dispute = self.env["collection.dispute"]._open(
            self.case_id,
            {line.move_line_id: line.amount for line in self.line_ids if line.amount},
            self.category,
            self.note,
            self.source,
            files,
        )
        self.attachment_ids.unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.dispute",
            "res_id": dispute.id,
            "views": [(False, "form")],
        }
