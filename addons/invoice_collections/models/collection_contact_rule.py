from datetime import time

from odoo import api, fields, models

from ..core import contact_limits
from .collection_cadence_step import SEGMENTS

#: Channels that do not wait in a mailbox but ring: laws and manners know hours for them.
RULED_CHANNELS = [
    ("any", "Every channel"),
    ("push", "Push notification"),
    ("email", "E-mail"),
    ("sms", "Text message"),
    ("letter", "Letter"),
    ("call", "Phone call"),
]


class CollectionContactRule(models.Model):
    """When, how often and how soon after a notice a kind of customer may be contacted.

    Law and manners as data: every rule that fits country, kind of customer and channel applies,
    the strictest value of each wins. A rule without a company is for all.
    """

    _name = "collection.contact.rule"
    _description = "Contact Rule"
    _order = "country_id, channel, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", default=lambda self: self.env.company
    )
    country_id = fields.Many2one("res.country", help="Where the customer is. Empty: everywhere.")
    segment = fields.Selection(SEGMENTS, "Customers", help="Empty: all.")
    channel = fields.Selection(RULED_CHANNELS, required=True, default="any")
    has_hours = fields.Boolean("Only at hours", help="By the clock of the customer.")
    hour_from = fields.Float("From", default=8.0)
    hour_to = fields.Float("To", default=18.0)
    saturday_from = fields.Float(default=0.0)
    saturday_to = fields.Float(default=0.0, help="The same as the beginning: not on Saturdays.")
    on_sunday = fields.Boolean("Sundays like weekdays")
    cap_count = fields.Integer("At most (contacts)", help="Zero: no limit.")
    cap_days = fields.Integer("In (days)", default=7)
    talk_days = fields.Integer(
        "Silence after a conversation (days)",
        help="No call for so many days once we have spoken; the day of the conversation counts.",
    )
    notice_days = fields.Integer(
        "After the first reminder (days)",
        help="Nothing firmer before so many days have passed since the first reminder about the "
        "same item.",
    )
    source_url = fields.Char("Source")
    source_date = fields.Date()
    verified = fields.Boolean(help="A person has read the source and confirms the values.")

    _sane = models.Constraint(
        "CHECK(cap_count >= 0 AND cap_days > 0 AND talk_days >= 0 AND notice_days >= 0"
        " AND hour_from BETWEEN 0 AND 24 AND hour_to BETWEEN 0 AND 24 AND hour_from <= hour_to"
        " AND saturday_from BETWEEN 0 AND 24 AND saturday_to BETWEEN 0 AND 24"
        " AND saturday_from <= saturday_to)",
        "Hours lie between 0 and 24, and counts and days are not negative.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _limits(self, company):
        """Return a function that gives the limits of a country, kind of customer and channel.

        :return: ``f(country id, segment, channel) -> contact_limits.Limits``; one query
        """
        rules = self.sudo().search([("company_id", "in", [company.id, False])])
        known = {}

        def limits(country, segment, channel):
            key = country, segment, channel
            if key not in known:
                known[key] = contact_limits.strictest(
                    rule._core_limits()
                    for rule in rules
                    if rule.country_id.id in (False, country)
                    and rule.segment in (False, segment)
                    and rule.channel in ("any", channel)
                )
            return known[key]

        return limits

    def _core_limits(self):
        """Return the rule as the core knows it."""
        self.ensure_one()
        return contact_limits.Limits(
            week=self._week() if self.has_hours else None,
            caps=frozenset(
                {(self.channel, self.cap_count, self.cap_days)} if self.cap_count else ()
            ),
            talk_days=self.talk_days,
            notice_days=self.notice_days,
        )

    def _week(self):
        """Return the hours by weekday."""
        hours = dict.fromkeys(range(5), (self.hour_from, self.hour_to))
        hours[5] = self.saturday_from, self.saturday_to
        if self.on_sunday:
            hours[6] = hours[0]
        return {
            day: (_clock(start), _clock(stop))
            for day, (start, stop) in hours.items()
            if start < stop
        }


def _clock(hours):
    """Return a number of hours as the time a clock shows; 24 is midnight."""
    minutes = round(hours * 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)
