from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CollectionHandoverLine(models.Model):
    """One item of a hand-over: what was open then, and what the agency was last told is open."""

    _name = "collection.handover.line"
    _description = "Item Handed Over"
    _log_access = False
    _order = "due_date, id"

    handover_id = fields.Many2one(
        "collection.handover", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Item", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    currency_id = fields.Many2one(related="handover_id.currency_id")
    label = fields.Char("Document", readonly=True)
    due_date = fields.Date(readonly=True)
    amount = fields.Monetary("Handed over", readonly=True)
    told_amount = fields.Monetary(
        "Open for the agency", readonly=True, help="What the agency was last told is open."
    )
    noticed_on = fields.Date(
        "Final notice", readonly=True, help="The day a final notice about it was delivered."
    )
    is_active = fields.Boolean(compute="_compute_is_active", store=True)

    _one_agency = models.UniqueIndex(
        "(move_line_id) WHERE is_active", "An item is with one agency at most."
    )

    @api.depends("handover_id.state")
    def _compute_is_active(self):
        active = ("approved", "sent", "accepted")
        for line in self:
            line.is_active = line.handover_id.state in active

    # === ACTION METHODS === #

    def action_leave_out(self):
        """Take the item out of a proposal."""
        self.handover_id._check_manager()
        if self.handover_id.filtered(lambda handover: handover.state != "draft"):
            raise UserError(self.env._("Only a proposal can be changed."))
        self.sudo().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_values(self, handover, item):
        """Return the values of a line for an open item."""
        return {
            "handover_id": handover.id,
            "move_line_id": item.id,
            "label": item.move_id.name or item.name,
            "due_date": item.date_maturity or item.date,
            "amount": item.amount_residual_currency,
            "told_amount": item.amount_residual_currency,
        }

    def _restate(self):
        """Say again what is open, as the books are now."""
        for line in self:
            residual = line.move_line_id.amount_residual_currency
            line.write({"amount": residual, "told_amount": residual})

    def _note_notices(self):
        """Keep the day of each item's final notice."""
        notices = self.move_line_id._collection_notices()
        for line in self:
            line.noticed_on = notices.get(line.move_line_id.id)

    @api.model
    def _withheld_query(self):
        """Return the query of what agencies have: all that is open of an item."""
        self.flush_model()
        self.env["account.move.line"].flush_model(["amount_residual_currency"])
        return SQL(
            """
            SELECT part.move_line_id AS line_id, 'handed_over' AS code,
                   ROUND(item.amount_residual_currency
                         * 10 ^ currency.decimal_places)::bigint AS minor,
                   NULL::date AS until
              FROM collection_handover_line part
              JOIN account_move_line item ON item.id = part.move_line_id
              JOIN res_currency currency ON currency.id = item.currency_id
             WHERE part.is_active
            """
        )
