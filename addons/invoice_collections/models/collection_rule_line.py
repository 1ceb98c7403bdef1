from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import float_repr

from ..core.late_payment import RuleLine

#: What a rule may say, and in what its value is counted.
KINDS = [
    ("interest", "Interest (percent, or points over the reference rate)"),
    ("fixed_sum", "Fixed sum"),
    ("recovery_share", "Recovery costs: share of the debt (percent)"),
    ("recovery_min", "Recovery costs: at least"),
    ("recovery_max", "Recovery costs: at most"),
    ("reminder_fee", "Reminder fee: at most"),
    ("free_reminders", "Reminders that are free (number)"),
    ("most_reminders", "Reminders that may cost something (number)"),
    ("reminder_gap", "Days between reminders that cost something"),
    ("reminder_late", "Days late before a reminder may cost something"),
    ("reminder_agreed", "Reminder fees must have been agreed (1: yes)"),
    ("notice_days", "Free notice: days before any charge"),
    ("notice_post_days", "Free notice by post: days begin on working day no."),
    ("notice_interest", "Free notice: interest waits too (1: yes)"),
]
UNITS = {
    "interest": "percent",
    "recovery_share": "percent",
    "fixed_sum": "amount",
    "recovery_min": "amount",
    "recovery_max": "amount",
    "reminder_fee": "amount",
    "free_reminders": "number",
    "most_reminders": "number",
}


class CollectionRuleLine(models.Model):
    """One figure of a country's law, with its source; used only once it is verified."""

    _name = "collection.rule.line"
    _inherit = ["collection.verified.figure"]
    _description = "Late-Payment Rule"
    _order = "rule_set_id, segment, kind, amount_from, date_from, id"

    rule_set_id = fields.Many2one(
        "collection.rule.set", "Rules", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, "Rule", required=True)
    unit = fields.Selection(
        [("percent", "%"), ("amount", "Amount"), ("number", "Number"), ("days", "Days")],
        compute="_compute_unit",
    )
    segment = fields.Selection(
        [("b2b", "Businesses"), ("b2c", "Consumers"), ("public", "Public bodies")],
        help="Who owes. Empty: everybody.",
    )
    value = fields.Float(digits=(16, 4), required=True)
    currency_id = fields.Many2one("res.currency", ondelete="restrict")
    amount_from = fields.Float("For debts from", digits=(16, 2))
    date_from = fields.Date("From")
    date_to = fields.Date("Until")
    reference_code = fields.Char("Reference rate", help="Empty: the value is the whole rate.")
    round_up_to = fields.Float(
        "Reference rounded up to", digits=(16, 4), help="Zero: it is taken as it is."
    )
    rate_mode = fields.Selection(
        [
            ("floating", "Each day its own rate"),
            ("fixed_at_start", "The rate of the first day late"),
            ("at_payment", "The rate of the day of payment"),
        ],
        default="floating",
        required=True,
    )
    day_count = fields.Selection(
        [
            ("act_365", "Actual days / 365"),
            ("act_360", "Actual days / 360"),
            ("act_act", "Actual days / actual days of the year"),
            ("30_360", "30 / 360"),
        ],
        default="act_365",
        required=True,
    )
    rounding = fields.Selection(
        [("total", "The sum"), ("daily", "The interest of a day")], default="total", required=True
    )

    _amounts_have_a_currency = models.Constraint(
        "CHECK(currency_id IS NOT NULL OR kind NOT IN"
        " ('fixed_sum', 'recovery_share', 'recovery_min', 'recovery_max', 'reminder_fee'))",
        "An amount of money needs its currency.",
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_from <= date_to)", "A rule ends on the day it begins, or later."
    )

    @api.depends("kind")
    def _compute_unit(self):
        for line in self:
            line.unit = UNITS.get(line.kind, "days") if line.kind else False

    @api.depends("rule_set_id.name", "kind", "value")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            value = float_repr(line.value, 4).rstrip("0").rstrip(".")
            line.display_name = f"{line.rule_set_id.name}: {labels.get(line.kind, '')} {value}"

    def _core_line(self):
        """Return the rule as the core knows it, its amounts in minor units."""
        self.ensure_one()
        factor = 10**self.currency_id.decimal_places if self.currency_id else 1
        value = Decimal(float_repr(self.value, 4))
        return RuleLine(
            key=self.id,
            kind=self.kind,
            value=value * factor if UNITS.get(self.kind) == "amount" else value,
            segment=self.segment or None,
            amount_from=round(self.amount_from * factor),
            currency=self.currency_id.id or None,
            first=self.date_from or None,
            last=self.date_to or None,
            reference=self.reference_code or None,
            round_up=Decimal(float_repr(self.round_up_to, 4)) or None,
            mode=self.rate_mode,
            day_count=self.day_count,
            rounding=self.rounding,
        )
