from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_repr


class CollectionReferenceRate(models.Model):
    """A published rate of a central bank, for the days it is the reference of late payment.

    Every row names its last day, as nobody knows the next rate before it is published: a day
    without a row has no rate, and no interest is claimed over it. Rows without a company come
    with the addon; a company adds its own, which win.
    """

    _name = "collection.reference.rate"
    _inherit = ["collection.verified.figure"]
    _description = "Reference Rate"
    _order = "code, date_from desc"
    _rec_name = "code"

    code = fields.Char(required=True, index=True, help="ECB_MRO, DE_BASE, BOE …")
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", default=lambda self: self.env.company
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", required=True, help="The last day, usually of a half-year.")
    value = fields.Float("Percent", digits=(16, 4), required=True, aggregator=None)

    _code_start_uniq = models.UniqueIndex(
        "(code, date_from, COALESCE(company_id, 0))", "A rate begins once on a day."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_from <= date_to)", "A rate ends on the day it begins, or later."
    )

    @api.depends("code", "date_from", "value")
    def _compute_display_name(self):
        for rate in self:
            value = float_repr(rate.value, 4).rstrip("0").rstrip(".")
            rate.display_name = f"{rate.code} {rate.date_from}: {value} %"

    @api.constrains("code", "company_id", "date_from", "date_to")
    def _check_overlap(self):
        others = self.search([("code", "in", self.mapped("code"))], order="code, date_from")
        for (code, _company), rates in others.grouped(lambda r: (r.code, r.company_id)).items():
            for one, two in pairwise(rates):
                if two.date_from <= one.date_to:
                    raise ValidationError(
                        self.env._(
                            "%(code)s has two rates on %(day)s. Let one end before the other "
                            "begins.",
                            code=code,
                            day=two.date_from,
                        )
                    )

    def _overlaps(self, other):
        """Return whether two rows of one rate share a day."""
        self.ensure_one()
        return (
            self.code == other.code
            and self.date_from <= other.date_to
            and other.date_from <= self.date_to
        )
