from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core import cadence, conditions
from .collection_channel import CHANNELS

#: Tones from friendly to final, as the core counts them.
TONES = [
    ("1", "Friendly"),
    ("2", "Neutral"),
    ("3", "Reminding"),
    ("4", "Firm"),
    ("5", "Final"),
]

#: What a step does. The last one speaks to us, all others to the customer.
OUTCOMES = [
    ("message", "Message"),
    ("call", "Call task"),
    ("plan_offer", "Offer of a payment plan"),
    ("final_notice", "Final notice"),
    ("handover", "Proposal to hand over"),
]

#: Outcomes without words of their own.
WORDLESS = ("call", "handover")

#: Channels among which the best is looked for: all that need nobody of us at the telephone.
WRITTEN = ("portal", "push", "email", "sms", "letter")

#: Channels of a note that is no step: nobody is called, and no letter is posted, for a courtesy.
COURTEOUS = ("email", "sms", "push", "portal")

#: Kinds of customers, as laws tell them apart.
SEGMENTS = [("b2b", "Businesses"), ("b2c", "Consumers"), ("public", "Public bodies")]

RISKS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class CollectionCadenceStep(models.Model):
    """One contact of a cadence: so many days from the due date, in this tone, with these words."""

    _name = "collection.cadence.step"
    _description = "Cadence Step"
    _order = "cadence_id, offset_days, id"

    cadence_id = fields.Many2one(
        "collection.cadence", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="cadence_id.currency_id")
    name = fields.Char(required=True, translate=True)
    offset_days = fields.Integer(
        "Days from due date",
        required=True,
        help="Negative: before the due date. Zero: on the due date. Positive: after it.",
    )
    repeat_days = fields.Integer(
        "Again every (days)", help="Zero: once. Otherwise the step comes again, so many days apart."
    )
    repeat_times = fields.Integer("So many times more")
    when = fields.Char(compute="_compute_when")
    shift = fields.Selection(
        [
            ("next", "Next working day"),
            ("previous", "Previous working day"),
            ("none", "Stays, whatever the day"),
        ],
        "On a day off",
        required=True,
        default="next",
        help="A note before the due date never moves onto or past it.",
    )
    tone = fields.Selection(TONES, required=True, default="1")
    outcome = fields.Selection(OUTCOMES, "What happens", required=True, default="message")
    channel = fields.Selection(
        [("best", "The best for the customer"), *CHANNELS],
        "How",
        required=True,
        default="email",
        help="The best: what brings most for what it costs, learned customer by customer.",
    )
    with_call = fields.Boolean(
        "And a call",
        help="On the same day somebody calls as well, or your calling system does: with its script,"
        " its hours and its limits. Where the customer cannot or must not be called, the message"
        " goes out all the same.",
    )
    channel_2 = fields.Selection(CHANNELS, "Else")
    channel_3 = fields.Selection(CHANNELS, "Else by")
    template_id = fields.Many2one(
        "mail.template",
        "Words",
        ondelete="restrict",
        domain="[('model', '=', 'collection.touchpoint')]",
        help="Every customer gets them in their own language.",
    )
    needs_approval = fields.Boolean(
        "Ask first", help="Nothing leaves before a person has approved it in the outbox."
    )
    claims_charges = fields.Boolean(
        "Claim interest and costs",
        help="On approval an invoice of its own asks for what late payment costs by law, and the"
        " message lists it. Where the law allows nothing, nothing is claimed.",
    )
    min_amount = fields.Monetary(
        "Only from", help="Only for customers who owe this much in all, after credits."
    )
    segment = fields.Selection(SEGMENTS, "Only for")
    country_ids = fields.Many2many("res.country", string="Only in")
    min_risk = fields.Selection(
        RISKS, "Only from risk", help="A customer whose risk nobody has judged counts as medium."
    )

    _repeats = models.Constraint(
        "CHECK(COALESCE(repeat_days, 0) >= 0 AND COALESCE(repeat_times, 0) BETWEEN 0 AND 52)",
        "A step comes again 52 times at most, and days between are not negative.",
    )
    _reach = models.Constraint(
        "CHECK(offset_days BETWEEN -365 AND 3650 AND COALESCE(repeat_days, 0) <= 365)",
        "A step lies between a year before and ten years after the due date.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create steps of drafts."""
        steps = super().create(vals_list)
        steps._check_draft()
        return steps

    def write(self, vals):
        """Change steps of drafts."""
        self._check_draft()
        result = super().write(vals)
        self._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self._check_draft()

    def _check_draft(self):
        """Refuse to change what customers are being reminded with.

        :raise UserError: for a user, when a cadence is no draft
        """
        if self.env.su:
            return
        used = self.cadence_id.filtered(lambda record: record.state != "draft")
        if used:
            raise UserError(
                self.env._(
                    "The cadence %(cadence)s is in use: make a new version and change that.",
                    cadence=used[0].display_name,
                )
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("outcome", "template_id")
    def _check_words(self):
        for step in self:
            if step.outcome not in WORDLESS and not step.template_id:
                raise ValidationError(
                    self.env._("The step %(step)s needs words to send.", step=step.name)
                )

    @api.constrains("claims_charges", "needs_approval", "offset_days", "outcome")
    def _check_claims(self):
        for step in self.filtered("claims_charges"):
            if not step.needs_approval or step.offset_days <= 0 or step.outcome in WORDLESS:
                raise ValidationError(
                    self.env._(
                        "The step %(step)s claims interest and costs: it must be a message after"
                        " the due date, and ask first.",
                        step=step.name,
                    )
                )

    @api.constrains("repeat_days", "repeat_times", "offset_days")
    def _check_repetition(self):
        for step in self:
            if bool(step.repeat_days) != bool(step.repeat_times):
                raise ValidationError(
                    self.env._(
                        "The step %(step)s needs both: every how many days it comes again, and"
                        " how many times.",
                        step=step.name,
                    )
                )
            last = step.offset_days + step.repeat_days * step.repeat_times
            if step.offset_days < 0 <= last:
                raise ValidationError(
                    self.env._(
                        "The step %(step)s speaks before the due date and cannot come again on or"
                        " after it.",
                        step=step.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("offset_days", "repeat_days", "repeat_times")
    def _compute_when(self):
        for step in self:
            if not step.offset_days:
                step.when = self.env._("on the due date")
            elif step.offset_days < 0:
                step.when = self.env._("%(days)s days before", days=-step.offset_days)
            else:
                step.when = self.env._("%(days)s days after", days=step.offset_days)
            if step.repeat_times:
                step.when = self.env._(
                    "%(first)s, then every %(days)s days, %(times)s times more",
                    first=step.when,
                    days=step.repeat_days,
                    times=step.repeat_times,
                )

    # === BUSINESS METHODS === #

    def _core_step(self):
        """Return the step as the core knows it, its repetitions left out."""
        self.ensure_one()
        return cadence.Step(
            self.id,
            self.offset_days,
            int(self.tone),
            self.shift,
            conditions.Conditions(
                round(self.min_amount * 10**self.currency_id.decimal_places),
                self.segment or None,
                frozenset(self.country_ids.ids),
                self.min_risk or None,
            ),
        )

    def _text(self):
        """Return the text of the step.

        A call has none. Where it has to be written, for want of a number, it says once more what
        the last message before it said.
        """
        if self.template_id or not self:
            return self.template_id
        earlier = self.cadence_id.step_ids.filtered(
            lambda step: step.template_id and 0 <= step.offset_days <= self.offset_days
        )
        return earlier.sorted(lambda step: (step.offset_days, step.tone))[-1:].template_id

    def _channel_order(self):
        """Return ``(channels, best)``: in order, and whether the best of them is taken."""
        if not self:
            return COURTEOUS, False
        self.ensure_one()
        if self.outcome == "call":
            return ("call",), False
        if self.channel == "best":
            return WRITTEN, True
        named = (self.channel, self.channel_2, self.channel_3)
        return tuple(dict.fromkeys(filter(None, named))), False
