from odoo import api, fields, models

#: Tones from friendly to final, as the core counts them.
TONES = [
    ("1", "Friendly"),
    ("2", "Neutral"),
    ("3", "Reminding"),
    ("4", "Firm"),
    ("5", "Final"),
]


class CollectionCadenceStep(models.Model):
    """One contact of a cadence: so many days from the due date, in this tone, with these words."""

    _name = "collection.cadence.step"
    _description = "Cadence Step"
    _order = "cadence_id, offset_days, id"

    cadence_id = fields.Many2one(
        "collection.cadence", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True, translate=True)
    offset_days = fields.Integer(
        "Days from due date",
        required=True,
        help="Negative: before the due date. Zero: on the due date. Positive: after it.",
    )
    when = fields.Char(compute="_compute_when")
    tone = fields.Selection(TONES, required=True, default="1")
    template_id = fields.Many2one(
        "mail.template",
        "E-mail",
        required=True,
        ondelete="restrict",
        domain="[('model', '=', 'collection.touchpoint')]",
        help="The words; every customer gets them in their own language.",
    )

    _offset_uniq = models.Constraint(
        "UNIQUE(cadence_id, offset_days)", "A cadence has one step a day at most."
    )

    @api.depends("offset_days")
    def _compute_when(self):
        for step in self:
            if not step.offset_days:
                step.when = self.env._("on the due date")
            elif step.offset_days < 0:
                step.when = self.env._("%(days)s days before", days=-step.offset_days)
            else:
                step.when = self.env._("%(days)s days after", days=step.offset_days)

    # === BUSINESS METHODS === #

    def _channel_order(self):
        """Return ``(channels, best)``: those of the step in order, and whether the best is taken.

        Hook of :meth:`collection.channel._choose`.
        """
        self.ensure_one()
        return ("email",), False
