from decimal import Decimal

from odoo import fields, models

from ..core import channels
from .collection_channel import CHANNELS


class CollectionChannelStat(models.Model):
    """What contacts on one channel have brought from one customer, as a Beta belief."""

    _name = "collection.channel.stat"
    _description = "Experience with a Channel"
    _rec_name = "channel"
    _order = "case_id, id"

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    alpha = fields.Float(digits=(16, 6), required=True, readonly=True)
    beta = fields.Float(digits=(16, 6), required=True, readonly=True)
    chance = fields.Float(compute="_compute_chance", digits=(4, 3))
    successes = fields.Integer(readonly=True)
    failures = fields.Integer(readonly=True)
    updated_on = fields.Date(required=True, readonly=True)

    _channel_uniq = models.Constraint(
        "UNIQUE(case_id, channel)", "A customer has one record a channel."
    )

    def _compute_chance(self):
        for stat in self:
            total = stat.alpha + stat.beta
            stat.chance = stat.alpha / total if total else 0.0

    def _belief(self, usual, today):
        """Return the belief as of ``today``: every week without news brings it closer to usual."""
        self.ensure_one()
        belief = channels.Belief(
            Decimal(str(round(self.alpha, 6))), Decimal(str(round(self.beta, 6)))
        )
        return channels.fade(belief, usual, max(0, (today - self.updated_on).days // 7))
