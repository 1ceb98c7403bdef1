from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    bank_feed_max_age_days = fields.Integer(
        related="company_id.bank_feed_max_age_days", readonly=False
    )
    bank_auto_threshold = fields.Float(related="company_id.bank_auto_threshold", readonly=False)
    bank_auto_margin = fields.Float(related="company_id.bank_auto_margin", readonly=False)
    bank_auto_max_amount = fields.Monetary(
        related="company_id.bank_auto_max_amount", readonly=False
    )
    bank_auto_kind_ids = fields.Many2many(related="company_id.bank_auto_kind_ids", readonly=False)
    bank_four_eyes_amount = fields.Monetary(
        related="company_id.bank_four_eyes_amount", readonly=False
    )
    bank_tolerance_amount = fields.Monetary(
        related="company_id.bank_tolerance_amount", readonly=False
    )
    bank_charge_limit = fields.Monetary(related="company_id.bank_charge_limit", readonly=False)
    bank_discount_grace_days = fields.Integer(
        related="company_id.bank_discount_grace_days", readonly=False
    )
    bank_charge_account_id = fields.Many2one(
        related="company_id.bank_charge_account_id", readonly=False
    )
    bank_review_share = fields.Float(related="company_id.bank_review_share", readonly=False)
