from odoo import api, fields, models

from .collection_channel import CHANNELS

#: How a customer told us.
SOURCES = [
    ("link", "By the link in a message"),
    ("portal", "In the portal"),
    ("reply", "In an answer"),
    ("gateway", "Through the provider"),
    ("person", "Entered by hand"),
]


class CollectionOptOut(models.Model):
    """A customer does not want to be written to on one channel: since when, and how they said so.

    It holds from the moment it is written until it ends; ended ones stay as evidence.
    """

    _name = "collection.opt.out"
    _description = "Opt-Out"
    _rec_name = "channel"
    _order = "case_id, id desc"

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    started_at = fields.Datetime(
        "Since", required=True, readonly=True, default=fields.Datetime.now, help="In UTC."
    )
    ended_at = fields.Datetime("Until", readonly=True, help="In UTC; empty: it holds.")

    _open_uniq = models.UniqueIndex(
        "(case_id, channel) WHERE ended_at IS NULL", "The customer has opted out already."
    )

    @api.model
    def _open(self, cases):
        """Return ``{(case id, channel)}`` of what these cases' customers do not want."""
        found = self.search([("case_id", "in", cases.ids), ("ended_at", "=", False)])
        return {(record.case_id.id, record.channel) for record in found}
