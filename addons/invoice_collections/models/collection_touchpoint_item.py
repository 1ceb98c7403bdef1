from odoo import fields, models


class CollectionTouchpointItem(models.Model):
    """One line of a message: the item, and what was owed on it when we said so."""

    _name = "collection.touchpoint.item"
    _description = "Touchpoint Item"
    _order = "touchpoint_id, block desc, due_date, id"
    _log_access = False

    touchpoint_id = fields.Many2one(
        "collection.touchpoint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "account.move.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    currency_id = fields.Many2one(related="touchpoint_id.currency_id")
    step_id = fields.Many2one(
        "collection.cadence.step",
        readonly=True,
        ondelete="set null",
        help="The step that was due for this item; empty where it is only listed.",
    )
    offset_days = fields.Integer(readonly=True, help="Days from due date of that step.")
    is_step = fields.Boolean(readonly=True, help="Whether a step was due for this item.")
    block = fields.Selection(
        [
            ("upcoming", "Upcoming"),
            ("due", "Due"),
            ("credit", "Credit"),
            ("held", "Left out"),
            ("promised", "Promised"),
            ("paid", "Paid"),
        ],
        required=True,
        readonly=True,
    )
    label = fields.Char("Document", readonly=True, help="Number, as the customer reads it.")
    due_date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True, help="Residual at the moment of writing.")
    hold_reasons = fields.Char(readonly=True)
