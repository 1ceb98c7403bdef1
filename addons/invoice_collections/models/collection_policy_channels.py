from odoo import fields, models


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    gain_days = fields.Integer(
        "An answer gains (days)",
        default=8,
        help="By how much earlier a customer who reacts to a contact pays. With the price of "
        "capital it says what a contact is worth.",
    )
    capital_rate = fields.Float("Price of capital (% a year)", default=10.0)
    holdout_share = fields.Float(
        "Left alone for comparison (%)",
        help="Share of customers whom soft steps leave alone, always the same ones: only against "
        "them does one see what reminders bring. Zero: nobody.",
    )

    _worth = models.Constraint(
        "CHECK(gain_days >= 0 AND capital_rate >= 0 AND holdout_share >= 0"
        " AND holdout_share <= 50)",
        "Days and rates are not negative, and at most half of the customers are left alone.",
    )
