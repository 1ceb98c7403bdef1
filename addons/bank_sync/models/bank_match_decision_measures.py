from odoo import api, fields, models
from odoo.tools import SQL

from .bank_match_decision import BOOKING_ACTIONS

#: What later became of a booking that was not right.
TAKEN_BACK = ("corrected", "undone")


class BankMatchDecision(models.Model):
    """What the decisions add up to: measured while reading, so that booking pays nothing for it."""

    _inherit = "bank.match.decision"

    straight_through_rate = fields.Float(
        string="Straight-through (%)",
        compute="_compute_rates",
        aggregator="avg",
        digits=(5, 2),
        help="Of the bookings that stand, the share booked without a person.",
    )
    automatic_precision = fields.Float(
        string="Precision of Automation (%)",
        compute="_compute_rates",
        aggregator="avg",
        digits=(5, 2),
        help="Of what was booked by itself, the share neither undone, corrected, "
        "nor found wrong in review. Only the reviewed share is chosen by chance: see the filter.",
    )
    hours = fields.Float(
        string="Time to Match (h)",
        compute="_compute_hours",
        aggregator="avg",
        digits=(10, 2),
        help="From the arrival of the bank line to its booking, in hours.",
    )

    @api.depends("seconds")
    def _compute_hours(self):
        for decision in self:
            decision.hours = decision.seconds / 3600

    @api.depends("action", "outcome", "review")
    def _compute_rates(self):
        for decision in self:
            automatic = decision.action == "automatic"
            stands = decision.outcome not in TAKEN_BACK
            right = stands and decision.review != "wrong"
            decision.straight_through_rate = 100.0 if automatic and stands else 0.0
            decision.automatic_precision = 100.0 if automatic and right else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """Average each rate over the decisions it is about, whatever else the group holds."""
        if aggregate_spec == "straight_through_rate:avg":
            return SQL(
                "AVG(CASE WHEN %(action)s = 'automatic' THEN 100.0 ELSE 0.0 END) FILTER"
                " (WHERE %(action)s IN %(booking)s AND %(outcome)s NOT IN %(taken_back)s)",
                **self._measured(query),
            )
        if aggregate_spec == "automatic_precision:avg":
            return SQL(
                "AVG(CASE WHEN %(outcome)s IN %(taken_back)s OR %(review)s = 'wrong'"
                " THEN 0.0 ELSE 100.0 END) FILTER (WHERE %(action)s = 'automatic')",
                **self._measured(query),
            )
        if aggregate_spec == "hours:avg":
            return SQL(
                "AVG(%(seconds)s / 3600.0) FILTER (WHERE %(action)s IN %(booking)s)",
                **self._measured(query),
            )
        return super()._read_group_select(aggregate_spec, query)

    def _measured(self, query):
        """Return the columns the rates are made of, and the values they are compared with."""
        columns = {
            name: self._field_to_sql(self._table, name, query)
            for name in ("action", "outcome", "review", "seconds")
        }
        return {**columns, "booking": BOOKING_ACTIONS, "taken_back": TAKEN_BACK}
