from datetime import timedelta

from odoo import Command, api, fields, models

from ..models.collection_promise import SOURCES


class CollectionPromiseTake(models.TransientModel):
    """Asks what a customer promised to pay, and when."""

    _name = "collection.promise.take"
    _description = "Take a Promise"

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id")
    open_item_ids = fields.Many2many(related="case_id.item_ids", string="Open items of the case")
    line_ids = fields.Many2many("account.move.line", string="Invoices", required=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(
        "Promised", compute="_compute_amount", store=True, readonly=False, precompute=True
    )
    date = fields.Date("Will pay by", required=True)
    source = fields.Selection(
        [source for source in SOURCES if source[0] != "customer"], required=True, default="phone"
    )
    note = fields.Char()
    waits_until = fields.Date("No reminder before", compute="_compute_waits_until")

    @api.model
    def default_get(self, fields):
        """Propose all that is overdue, to be paid in a week."""
        values = super().default_get(fields)
        case = self.env["collection.case"].browse(values.get("case_id"))
        if case:
            today = case.company_id._collection_today()
            debts = case.item_ids.filtered(lambda item: item.amount_residual_currency > 0)
            overdue = debts.filtered(lambda item: (item.date_maturity or item.date) < today)
            chosen = overdue or debts
            chosen = chosen.filtered(lambda item: item.currency_id == chosen[:1].currency_id)
            values["line_ids"] = [Command.set(chosen.ids)]
            values["date"] = today + timedelta(days=7)
        return values

    @api.depends("line_ids")
    def _compute_currency_id(self):
        for wizard in self:
            currency = wizard.line_ids[:1].currency_id
            wizard.currency_id = currency or wizard.case_id.currency_id

    @api.depends("line_ids")
    def _compute_amount(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.amount = lines._collection_amount() if len(lines.currency_id) == 1 else 0.0

    @api.depends("date", "case_id")
    def _compute_waits_until(self):
        for wizard in self:
            grace = wizard.case_id.company_id._collection_policy().promise_grace_days
            wizard.waits_until = wizard.date and wizard.date + timedelta(days=grace + 1)

    def action_apply(self):
        """Take the promise."""
        self.ensure_one()
        self.env["collection.promise"]._take(
            self.case_id, self.line_ids, self.amount, self.date, self.source, self.note
        )
        return {"type": "ir.actions.act_window_close"}
