from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    bank_feed_max_age_days = fields.Integer(
        related="company_id.bank_feed_max_age_days", readonly=False
    )
