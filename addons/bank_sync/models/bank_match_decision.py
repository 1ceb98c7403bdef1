from odoo import api, fields, models
from odoo.exceptions import UserError

from .match_kinds import KIND_LABELS
from .match_reasons import reason_text

#: Actions that book the line, as opposed to those that put it aside.
BOOKING_ACTIONS = ("automatic", "accepted", "corrected", "manual", "written_off")


class BankMatchDecision(models.Model):
    """One decision on a bank line: what was decided, by whom, and on what grounds.

    Rows are added and never removed; only the outcome and the review of a row are written later.
    """

    _name = "bank.match.decision"
    _description = "Matching Decision"
    _order = "decided_at desc, id desc"
    _rec_name = "payment_ref"
    # Who and when are fields of their own, and nothing is changed but what becomes of it.
    _log_access = False

    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    payment_ref = fields.Char(string="Text", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one("account.journal", readonly=True, index=True)
    connection_id = fields.Many2one("bank.connection", readonly=True, ondelete="set null")
    bank_id = fields.Many2one("res.bank", readonly=True, ondelete="set null")
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    date = fields.Date(string="Booked at the Bank", readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Amount of the bank line.")
    decided_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, help="Empty: the rules decided."
    )
    action = fields.Selection(
        [
            ("automatic", "Booked by itself"),
            ("accepted", "Accepted"),
            ("corrected", "Corrected"),
            ("manual", "Matched by hand"),
            ("written_off", "Written off"),
            ("rejected", "Rejected"),
            ("exception", "Put aside"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        help="Corrected: another proposal than the first, or other items, were booked.",
    )
    kind = fields.Selection(KIND_LABELS, readonly=True)
    score = fields.Float(readonly=True, digits=(6, 5), aggregator="avg")
    margin = fields.Float(
        readonly=True,
        digits=(6, 5),
        aggregator="avg",
        help="How far the best proposal was ahead of the next, 0 to 1.",
    )
    situation = fields.Char(readonly=True, help="Kind and reasons; experience is kept under it.")
    reasons = fields.Json(string="Reason Codes", readonly=True)
    reason_text = fields.Char(compute="_compute_reason_text", string="Reasons")
    version = fields.Char(readonly=True, help="Version of the rules that made the proposal.")
    inputs = fields.Json(
        readonly=True, help="All proposals that were shown, and the company's settings then."
    )
    outcome = fields.Selection(
        [
            ("open", "Stands"),
            ("confirmed", "Confirmed"),
            ("corrected", "Corrected"),
            ("undone", "Undone"),
        ],
        default="open",
        required=True,
        readonly=True,
        help="What later decisions on the same line made of this one.",
    )
    review = fields.Selection(
        [("due", "To review"), ("confirmed", "Right"), ("wrong", "Wrong")],
        readonly=True,
        index="btree_not_null",
        help="A random share of what books itself is looked at by a person.",
    )
    seconds = fields.Float(
        string="Time to Match (s)",
        readonly=True,
        aggregator=None,
        help="From the arrival of the bank line to the decision.",
    )
    straight_through = fields.Boolean(
        compute="_compute_straight_through",
        store=True,
        help="Booked without a person.",
    )

    @api.depends("action")
    def _compute_straight_through(self):
        for decision in self:
            decision.straight_through = decision.action == "automatic"

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for decision in self:
            decision.reason_text = reason_text(self.env, decision.reasons or ())

    @api.model
    def _later_fields(self):
        """Return what later decisions on the same line, and a review, may still write."""
        return {"outcome", "review"}

    def write(self, vals):
        """Refuse to rewrite what was decided.

        :raise UserError: for anything but what may come later
        """
        if not self._later_fields().issuperset(vals):
            raise UserError(self.env._("What was decided cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was decided cannot be deleted."))
