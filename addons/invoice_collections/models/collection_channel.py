from decimal import Decimal

from odoo import api, fields, models

from ..core import channels

#: Labels of the channels, from the least to the most intrusive.
CHANNELS = [
    ("portal", "Portal"),
    ("push", "Push notification"),
    ("email", "E-mail"),
    ("sms", "Text message"),
    ("letter", "Letter"),
    ("call", "Phone call"),
    ("webhook", "Another system"),
]

#: Cost of one contact in company currency and usual chance of an answer, until a company knows
#: better; and whether the channel works without being set up first.
DEFAULTS = {
    "portal": (0.0, 0.15, False),
    "push": (0.001, 0.22, False),
    "email": (0.01, 0.30, True),
    "sms": (0.07, 0.38, False),
    "letter": (1.20, 0.35, True),
    "call": (0.90, 0.45, True),
    "webhook": (0.01, 0.20, False),
}


class CollectionChannel(models.Model):
    """One way to reach customers, as one company uses it: whether at all, at what cost."""

    _name = "collection.channel"
    _description = "Channel"
    _rec_name = "code"
    _order = "company_id, sequence, id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    code = fields.Selection(CHANNELS, "Channel", required=True, readonly=True)
    sequence = fields.Integer(default=10, readonly=True)
    enabled = fields.Boolean(
        "In use", help="What is not in use is never chosen; a step's other channels take over."
    )
    cost = fields.Float(
        "Cost of a contact", digits=(16, 4), help="In company currency, work included."
    )
    usual_chance = fields.Float(
        "Usual chance",
        digits=(4, 3),
        help="How often a contact on this channel is usually followed by a payment or a useful "
        "answer, from 0 to 1. What a customer does moves it for that customer.",
    )

    _code_uniq = models.Constraint("UNIQUE(company_id, code)", "A company has each channel once.")
    _sane = models.Constraint(
        "CHECK(cost >= 0 AND usual_chance > 0 AND usual_chance < 1)",
        "A cost is not negative, and a chance lies between 0 and 1.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for channel in self:
            channel.display_name = labels.get(channel.code)

    # === CRUD METHODS === #

    def write(self, vals):
        """Write, and record who changed how customers are reached."""
        result = super().write(vals)
        names = [name for name in ("enabled", "cost", "usual_chance") if name in vals]
        if names:
            self.env["collection.event"]._log_many(
                [
                    (
                        "channel_changed",
                        channel,
                        {"channel": channel.code, **{name: str(channel[name]) for name in names}},
                    )
                    for channel in self
                ]
            )
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _setup(self, companies=None):
        """Give companies (all, when none are named) the channels they lack. Safe to repeat."""
        if companies is None:
            every = [("id", "!=", False)]
            companies = self.env["res.company"].with_context(active_test=False).search(every)
        known = {
            (channel.company_id, channel.code)
            for channel in self.sudo().search([("company_id", "in", companies.ids)])
        }
        self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "code": code,
                    "sequence": rank,
                    "cost": DEFAULTS[code][0],
                    "usual_chance": DEFAULTS[code][1],
                    "enabled": DEFAULTS[code][2],
                }
                for company in companies
                for rank, code in enumerate(channels.CHANNELS)
                if (company, code) not in known
            ]
        )

    def _usual(self):
        """Return what is believed of a customer on this channel before anything is known."""
        self.ensure_one()
        return channels.usual(Decimal(str(round(self.usual_chance, 3))))

    def _cost_minor(self):
        """Return the cost of one contact in minor units of the company's currency, exactly."""
        self.ensure_one()
        return Decimal(str(round(self.cost, 4))) * 10**self.currency_id.decimal_places
