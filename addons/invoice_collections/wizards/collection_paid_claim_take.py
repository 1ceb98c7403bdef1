from odoo import Command, api, fields, models

from ..models.collection_promise import SOURCES


class CollectionPaidClaimTake(models.TransientModel):
    """Asks what a customer says they have paid, and when."""

    _name = "collection.paid.claim.take"
    _description = "Take down a Reported Payment"

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id")
    open_item_ids = fields.Many2many(related="case_id.item_ids", string="Open items of the case")
    line_ids = fields.Many2many("account.move.line", string="Invoices", required=True)
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_amount", store=True, precompute=True
    )
    amount = fields.Monetary(
        "Paid", compute="_compute_amount", store=True, readonly=False, precompute=True
    )
    paid_date = fields.Date("Paid on", required=True)
    reference = fields.Char(help="What the customer wrote into the transfer.")
    source = fields.Selection(
        [source for source in SOURCES if source[0] != "customer"], required=True, default="phone"
    )

    @api.model
    def default_get(self, fields):
        """Propose all that is overdue, paid today."""
        values = super().default_get(fields)
        case = self.env["collection.case"].browse(values.get("case_id"))
        if case:
            today = case.company_id._collection_today()
            debts = case.item_ids.filtered(lambda item: item.amount_residual_currency > 0)
            overdue = debts.filtered(lambda item: (item.date_maturity or item.date) < today)
            chosen = overdue or debts
            chosen = chosen.filtered(lambda item: item.currency_id == chosen[:1].currency_id)
            values["line_ids"] = [Command.set(chosen.ids)]
            values["paid_date"] = today
        return values

    @api.depends("line_ids")
    def _compute_amount(self):
        for wizard in self:
            lines = wizard.line_ids
            wizard.currency_id = lines[:1].currency_id or wizard.case_id.currency_id
            wizard.amount = lines._collection_amount() if len(lines.currency_id) == 1 else 0.0

    def action_apply(self):
        """Take it down: these items are not chased for some days, then a person looks."""
        self.ensure_one()
        self.env["collection.paid.claim"]._take(
            self.case_id,
            self.line_ids,
            self.amount,
            self.paid_date,
            " ".join((self.reference or "").split()),
            self.source,
        )
        return {"type": "ir.actions.act_window_close"}
