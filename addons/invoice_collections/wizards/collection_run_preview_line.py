from odoo import fields, models

from ..models.collection_touchpoint import BLOCK_REASONS


class CollectionRunPreviewLine(models.TransientModel):
    """One customer and currency of a previewed run."""

    _name = "collection.run.preview.line"
    _description = "Line of a Previewed Run"
    _order = "date, block_reason desc, amount desc, id"

    preview_id = fields.Many2one("collection.run.preview", required=True, ondelete="cascade")
    date = fields.Date("Day", readonly=True)
    case_id = fields.Many2one("collection.case", "Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    step_id = fields.Many2one("collection.cadence.step", readonly=True)
    amount = fields.Monetary("Asks for", readonly=True)
    item_count = fields.Integer("Items", readonly=True)
    email = fields.Char(readonly=True)
    lang = fields.Char("Language", readonly=True)
    block_reason = fields.Selection(BLOCK_REASONS, "Held back because", readonly=True)
