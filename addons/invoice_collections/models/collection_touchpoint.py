from odoo import api, fields, models

from ..core import guard
from .collection_cadence_step import TONES
from .collection_channel import CHANNELS

#: Allowed transitions: state -> states it may move to. The last three are final.
TRANSITIONS = {
    "planned": {"waiting", "blocked", "queued", "superseded"},
    "blocked": {"waiting", "blocked", "queued", "superseded"},
    "waiting": {"queued", "blocked", "superseded", "cancelled"},
    "queued": {"sent", "unknown", "bounced", "failed", "blocked", "superseded", "cancelled"},
    "failed": {"queued", "sent", "unknown", "bounced", "blocked", "superseded"},
    "unknown": {"sent", "delivered", "bounced", "superseded"},
    "sent": {"delivered", "bounced"},
    "delivered": {"bounced"},
    "bounced": set(),
    "superseded": set(),
    "cancelled": set(),
}

#: States in which the customer was, or is about to be, told.
CONTACTED = ("queued", "sent", "unknown", "delivered")
#: States in which a step is taken: nothing else is planned for it.
TAKEN = ("waiting", "cancelled", *CONTACTED)

#: Labels of the guard's codes; a code of another addon that is not here is shown as "hold".
BLOCK_REASONS = [
    ("kill_switch", "Everything is stopped"),
    ("dry_run", "Dry run"),
    ("stale_feed", "The bank's books are not up to date"),
    ("unproven_feed", "The bank's books do not add up yet"),
    ("pending_money", "Money is on its way or not assigned yet"),
    ("legal_stop", "Insolvency or legal stop"),
    ("handed_over", "Handed over to an agency"),
    ("dispute", "Disputed"),
    ("promise", "Payment promised"),
    ("plan", "Payment plan"),
    ("hardship", "Hardship"),
    ("hold", "On hold"),
    ("reply", "The customer wrote to us"),
    ("opt_out", "The customer does not want to be written to"),
    ("no_address", "No address that works"),
    ("holdout", "Left alone for comparison"),
    ("prerequisite", "A notice period is running"),
    ("weekend", "Weekend"),
    ("holiday", "Day off"),
    ("quiet_hours", "Not at this hour"),
    ("frequency_cap", "Contacted often enough lately"),
    ("min_amount", "Too little to write about"),
    ("approval", "Waits for approval"),
    ("broken_text", "The words of the step contain a mistake"),
    ("settled", "Nothing is owed any more"),
]


class CollectionTouchpoint(models.Model):
    """One contact, made or held back: one message per customer, company, currency and day.

    The database refuses a second one; only a call may go with it. A contact that was held back
    keeps the first reason and the earliest next day; one that went out keeps what it said (the
    message) and about what (items).
    """

    _name = "collection.touchpoint"
    _inherit = ["collection.lifecycle", "collection.case.paper", "collection.recheck"]
    _description = "Touchpoint"
    _order = "date desc, id desc"
    _transitions = TRANSITIONS

    date = fields.Date("Day", required=True, readonly=True, index=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("blocked", "Held back"),
            ("waiting", "Waiting for approval"),
            ("queued", "Waiting to be sent"),
            ("sent", "Sent"),
            ("unknown", "Perhaps sent"),
            ("delivered", "Delivered"),
            ("bounced", "Bounced"),
            ("failed", "Failed"),
            ("superseded", "No longer needed"),
            ("cancelled", "Cancelled"),
        ],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    block_reason = fields.Selection(BLOCK_REASONS, "Held back because", readonly=True, copy=False)
    block_label = fields.Char(compute="_compute_block_label")
    retry_date = fields.Date("Not before", readonly=True, copy=False)
    step_id = fields.Many2one("collection.cadence.step", readonly=True, ondelete="set null")
    tone = fields.Selection(TONES, readonly=True)
    channel = fields.Selection(CHANNELS, default="email", readonly=True)
    item_ids = fields.One2many("collection.touchpoint.item", "touchpoint_id", readonly=True)
    move_line_ids = fields.Many2many(
        "account.move.line", string="Journal items", compute="_compute_move_line_ids"
    )
    due_amount = fields.Monetary("Due", readonly=True, help="Due by the day, before credits.")
    upcoming_amount = fields.Monetary("Upcoming", readonly=True)
    credit_amount = fields.Monetary("Credits", readonly=True)
    net_amount = fields.Monetary("Asked for", readonly=True)
    contact_id = fields.Many2one("res.partner", "Written to", readonly=True, ondelete="restrict")
    email = fields.Char(readonly=True)
    lang = fields.Char("Language", readonly=True)
    subject = fields.Char(readonly=True)
    message_id = fields.Many2one(
        "mail.message", readonly=True, ondelete="set null", index="btree_not_null", copy=False
    )
    mail_id = fields.Many2one(
        "mail.mail", readonly=True, ondelete="set null", index="btree_not_null", copy=False
    )
    sent_at = fields.Datetime(readonly=True, copy=False, help="In UTC.")
    failure_reason = fields.Char(readonly=True, copy=False)

    _one_message_a_day = models.UniqueIndex(
        "(company_id, partner_id, currency_id, date) WHERE companion_of_id IS NULL",
        "A customer gets one message per company, currency and day.",
    )
    _state_date_idx = models.Index("(company_id, date, state)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id.name", "date")
    def _compute_display_name(self):
        for touchpoint in self:
            touchpoint.display_name = f"{touchpoint.partner_id.name}, {touchpoint.date}"

    @api.depends("block_reason")
    def _compute_block_label(self):
        labels = dict(self._fields["block_reason"]._description_selection(self.env))
        for touchpoint in self:
            touchpoint.block_label = labels.get(touchpoint.block_reason, False)

    @api.depends("item_ids.move_line_id")
    def _compute_move_line_ids(self):
        for touchpoint in self:
            touchpoint.move_line_ids = touchpoint.item_ids.move_line_id

    # === BUSINESS METHODS === #

    def _transition(self, target, values=None, payload=None):
        """Move all records to ``target``, or none, and record it: the only writer of ``state``.

        A move to the state and reason a record already has changes nothing and records nothing.

        :param values: further values, the same for all
        :param payload: details of the event; a callable gets the touchpoint
        :raise UserError: when one record may not go there
        """
        self._check_may_become(target)
        self.write({"state": target, **(values or {})})
        self.env["collection.event"]._log_many(
            [
                (
                    f"touchpoint_{target}",
                    touchpoint,
                    payload(touchpoint) if callable(payload) else payload,
                )
                for touchpoint in self
            ]
        )

    def _block(self, code, retry=None, details=None):
        """Hold these touchpoints back; where code and day are stored already, nothing happens."""
        labels = dict(BLOCK_REASONS)
        reason = code if code in labels else guard.HOLD_ORDER[-1]
        changed = self.filtered(
            lambda touchpoint: touchpoint.state != "blocked" or touchpoint.block_reason != reason
        )
        changed._transition(
            "blocked",
            {"block_reason": reason, "retry_date": retry},
            {"reason": code, "retry": str(retry or ""), **(details or {})},
        )

    def action_open_case(self):
        """Open the whole story."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }
