from odoo import api, fields, models

from ..core import cadence


class CollectionCadence(models.Model):
    """An ordered set of contacts around a due date, for a company or for one of its customers.

    Cadences without a company are the library: read by all, edited by none, copied into each
    company.
    """

    _name = "collection.cadence"
    _description = "Cadence"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company, copy=False
    )
    step_ids = fields.One2many("collection.cadence.step", "cadence_id", "Steps", copy=True)
    summary = fields.Char(compute="_compute_summary")

    @api.depends("step_ids.offset_days")
    def _compute_summary(self):
        for record in self:
            offsets = sorted(record.step_ids.mapped("offset_days"))
            record.summary = " · ".join(f"{offset:+d}" if offset else "0" for offset in offsets)

    def _core_steps(self):
        """Return the steps as the core knows them, in the order of their days."""
        return tuple(
            cadence.Step(step.id, step.offset_days, int(step.tone)) for step in self.step_ids
        )
