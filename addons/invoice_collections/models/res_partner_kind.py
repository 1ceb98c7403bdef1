from odoo import fields, models

from .collection_cadence_step import SEGMENTS


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_segment = fields.Selection(
        SEGMENTS,
        "Kind of debtor",
        help="What the law sees in this customer. Empty: a company is a business, a person a "
        "consumer.",
    )

    def _collection_kind(self):
        """Return whether this commercial partner is a business, a consumer or a public body."""
        self.ensure_one()
        return self.collection_segment or ("b2b" if self.is_company else "b2c")
