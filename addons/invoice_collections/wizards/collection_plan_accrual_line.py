from odoo import fields, models


class CollectionPlanAccrualLine(models.TransientModel):
    """What one plan has borne since its last installment, by its schedule."""

    _name = "collection.plan.accrual.line"
    _description = "Accrued Interest of a Payment Plan"
    _order = "accrued desc, id"

    accrual_id = fields.Many2one("collection.plan.accrual", required=True, ondelete="cascade")
    date = fields.Date(related="accrual_id.date", string="As of")
    plan_id = fields.Many2one("collection.plan", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="plan_id.partner_id", string="Customer")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    since = fields.Date(readonly=True, help="Until this day interest is in an installment.")
    bearing = fields.Monetary("Debt bearing interest", readonly=True)
    rate = fields.Float("Interest a year (%)", digits=(16, 4), readonly=True, aggregator=None)
    accrued = fields.Monetary("Accrued, not invoiced", readonly=True)
