from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from .bank_entry_values import to_float
from .match_kinds import KIND_LABELS
from .match_reasons import reason_text
from .matching_run import MatchingRun

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "open": {"accepted", "rejected", "superseded"},
    "accepted": {"undone"},
    "rejected": {"superseded"},
    "superseded": set(),
    "undone": {"superseded"},
}


class BankMatchSuggestion(models.Model):
    """A proposal which open items a bank line pays, with its evidence, for a person to decide."""

    _name = "bank.match.suggestion"
    _description = "Suggested Match"
    _order = "state, rank, score desc, id"
    _rec_name = "payment_ref"
    _check_company_auto = True

    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one("account.journal", readonly=True, index=True)
    state = fields.Selection(
        [
            ("open", "To decide"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("superseded", "Out of date"),
            ("undone", "Undone"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    rank = fields.Integer(readonly=True, help="1 is the best proposal for the line.")
    score = fields.Float(
        readonly=True,
        digits=(5, 4),
        aggregator="avg",
        help="Chance that the proposal is meant, 0 to 1, if each reason holds independently.",
    )
    score_percent = fields.Float(compute="_compute_score_percent", string="Score (%)")
    reasons = fields.Json(
        string="Reason Codes", readonly=True, help="Codes; the evidence for the proposal."
    )
    reason_text = fields.Char(compute="_compute_reason_text", string="Reasons")
    version = fields.Char(readonly=True, help="Version of the rules that made the proposal.")
    kind = fields.Selection(KIND_LABELS, default="exact", readonly=True)
    margin = fields.Float(
        readonly=True,
        digits=(6, 5),
        aggregator="avg",
        help="How far the best proposal is ahead of the next other one, 0 to 1.",
    )
    situation = fields.Char(readonly=True, help="Kind and reasons; experience is kept under it.")
    spans = fields.Json(
        string="Recognised Parts",
        readonly=True,
        help="Parts of the line's texts that were recognised: text number, start, end.",
    )
    line_ids = fields.One2many(
        "bank.match.suggestion.line", "suggestion_id", string="Items", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, help="Whose debt is paid; whose credit the rest becomes."
    )
    item_text = fields.Char(compute="_compute_item_text", string="Pays")
    approved_by_id = fields.Many2one(
        "res.users",
        string="First Accepted by",
        readonly=True,
        copy=False,
        help="A large match waits for a second person.",
    )
    preset_id = fields.Many2one(
        "account.reconcile.model",
        string="Write-off Preset",
        readonly=True,
        ondelete="set null",
        help="How the difference is written off, where a person has composed the match.",
    )
    by_hand = fields.Boolean(
        readonly=True, help="Composed by a person; it waits for a second one to accept it."
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    payment_ref = fields.Char(related="statement_line_id.payment_ref", string="Text")
    counterparty = fields.Char(related="statement_line_id.partner_name", string="Paid by")
    date = fields.Date(string="Booked", readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Amount of the bank line.")
    fee_amount = fields.Monetary(
        string="Charges", readonly=True, help="Charges that were taken from the payment."
    )
    write_off_amount = fields.Monetary(
        string="Written Off",
        readonly=True,
        help="A small difference: forgiven where positive, kept where negative.",
    )
    on_account_amount = fields.Monetary(
        string="On Account", readonly=True, help="What stays as the partner's credit."
    )
    has_discount = fields.Boolean(compute="_compute_has_discount")
    residual_after = fields.Monetary(
        compute="_compute_item_text",
        string="Left Open",
        help="What the items still owe after this; negative when more was paid.",
    )

    def write(self, vals):
        """Refuse what comes from outside: the actions decide, and leave their events."""
        if not self.env.su:
            raise AccessError(
                self.env._("Proposals are accepted or rejected, they cannot be written.")
            )
        return super().write(vals)

    @api.depends("score")
    def _compute_score_percent(self):
        for suggestion in self:
            suggestion.score_percent = 100 * suggestion.score

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for suggestion in self:
            suggestion.reason_text = reason_text(self.env, suggestion.reasons or ())

    @api.depends("line_ids.residual", "line_ids.claim_amount", "on_account_amount", "amount")
    def _compute_item_text(self):
        # One query for all: each suggestion below asks for its own few.
        self.line_ids.move_line_id.fetch(["amount_residual_currency", "currency_id"])
        for suggestion in self:
            names = [line.move_id.name or "/" for line in suggestion.line_ids]
            suggestion.item_text = ", ".join(dict.fromkeys(names))
            same = suggestion.line_ids.filtered(
                lambda line, currency=suggestion.currency_id: line.currency_id == currency
            )
            suggestion.residual_after = (
                sum(same.mapped("residual"))
                - sum(same.mapped("claim_amount"))
                - suggestion.on_account_amount
            )

    @api.depends("line_ids.discount_amount")
    def _compute_has_discount(self):
        for suggestion in self:
            suggestion.has_discount = any(suggestion.line_ids.mapped("discount_amount"))

    def _transition(self, target):
        """Move all suggestions to ``target``, or none.

        :raise UserError: when one has been decided before
        """
        refused = self.filtered(lambda suggestion: target not in TRANSITIONS[suggestion.state])
        if refused:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(text)s was decided by %(user)s: %(state)s.",
                    text=refused[0].payment_ref,
                    user=refused[0].decided_by_id.name or self.env._("somebody else"),
                    state=labels[refused[0].state],
                )
            )
        self.sudo().write(
            {
                "state": target,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    # === ACTIONS === #

    def action_accept(self):
        """Book the proposals as they stand.

        Everything is looked at again under lock: who comes second is told, and nothing is booked
        twice. What is large waits for a second person to accept it too.

        :raise UserError: when a line or an item is no longer open, or its period is locked
        """
        self.check_access("write")
        self._lock()
        self._check_state("open")
        self._check_disjoint()
        waiting = self._approve_large()
        accepted = self - waiting
        orders = [suggestion._booking_order() for suggestion in accepted]
        lines = accepted.statement_line_id
        accepted._transition("accepted")
        lines._book_orders(orders)
        (lines.bank_suggestion_ids - accepted)._supersede()
        return self._tell_waiting(waiting)

    def action_reject(self):
        """Put the proposals aside; they do not come back for these lines."""
        self.check_access("write")
        self._lock()
        self._check_state("open")
        lines = self.statement_line_id
        self.env["bank.match.decision"]._record_lines(lines, "rejected")
        self._transition("rejected")
        self.env["bank.event"]._record("suggestion_rejected", self)
        without = (
            lines
            - lines.bank_suggestion_ids.filtered(
                lambda suggestion: suggestion.state == "open"
            ).statement_line_id
        )
        without.sudo().write({"bank_match_state": "exception", "bank_match_reason": "rejected"})

    def _lock(self):
        """Hold lines and items against everybody else until the end of the transaction."""
        try:
            self.statement_line_id.lock_for_update(allow_referencing=True)
            self.line_ids.move_line_id.lock_for_update(allow_referencing=True)
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._("Somebody else is deciding on one of these lines. Look again.")
            ) from None
        self.invalidate_recordset()
        self.statement_line_id.invalidate_recordset()
        self.line_ids.move_line_id.invalidate_recordset(
            ["amount_residual_currency", "amount_residual", "reconciled"]
        )

    def _check_state(self, state):
        if decided := self.filtered(lambda suggestion: suggestion.state != state):
            decided._transition("accepted")

    def _check_disjoint(self):
        """Refuse two proposals of one line, or of one item, at once."""
        if len(self.statement_line_id) != len(self) or len(self.line_ids.move_line_id) != len(
            self.line_ids
        ):
            raise UserError(
                self.env._("Two of the chosen proposals concern the same line or the same item.")
            )

    def _supersede(self):
        """Take proposals that nobody needs any more off the list."""
        self.filtered(lambda suggestion: suggestion.state == "open")._transition("superseded")

    # === MATCHING === #

    @api.model
    def _run(self, company):
        """Match every open bank line of the company: book what is certain, propose the rest.

        Safe to repeat: the same situation gives the same proposals, and nothing is booked twice.

        :return: the lines that were booked
        """
        return MatchingRun(self.with_company(company).env, company).run()

    @api.model
    def _refused(self, line_ids):
        """Return the proposals people have refused or undone, as (line id, item ids)."""
        refused_sudo = self.sudo().search_fetch(
            [("statement_line_id", "in", line_ids), ("state", "in", ["rejected", "undone"])],
            ["statement_line_id"],
        )
        return {
            (suggestion.statement_line_id.id, frozenset(suggestion.line_ids.move_line_id.ids))
            for suggestion in refused_sudo
        }

    @api.model
    def _create_from_decisions(self, decisions, lines, items, version):
        """Make the proposals of the matching core into suggestions, in two batches.

        :param lines: line id → (receipt, statement line)
        :param items: item id → core open item
        :param version: of the rules and weights
        """
        drafts = [
            (decision, rank, proposal)
            for decision in decisions
            for rank, proposal in enumerate(decision.proposals, start=1)
        ]
        names = {receipt.currency for receipt, _line in lines.values()}
        names |= {item.currency for item in items.values()}
        currencies = self.env["bank.connection.account"]._currencies(names)
        by_name = {name: currency.id for name, currency in currencies.items()}
        created = self.sudo().create(
            [
                {
                    **self._prepare_values(
                        decision, rank, proposal, *lines[decision.receipt], items, by_name
                    ),
                    "version": version,
                }
                for decision, rank, proposal in drafts
            ]
        )
        # The queue is sorted by it.
        created.statement_line_id._write_each(
            "bank_match_score",
            {one.statement_line_id.id: one.score for one in created if one.rank == 1},
        )
        return created

    @api.model
    def _prepare_values(self, decision, rank, proposal, receipt, line, items, currencies):
        currency_id = currencies[receipt.currency]
        reasons = [*proposal.reasons, *(decision.reasons if rank == 1 else ())]
        return {
            "statement_line_id": line.id,
            "company_id": line.company_id.id,
            "journal_id": line.journal_id.id,
            "date": line.bank_booking_date or line.date,
            "rank": rank,
            "score": proposal.score,
            "reasons": [reason.value for reason in reasons],
            "kind": proposal.kind.value,
            "margin": decision.margin,
            "situation": proposal.situation,
            "spans": proposal.spans,
            "partner_id": proposal.partner,
            "currency_id": currency_id,
            "amount": to_float(receipt.amount, receipt.currency),
            "fee_amount": to_float(proposal.fee, receipt.currency),
            "write_off_amount": to_float(proposal.write_off, receipt.currency),
            "on_account_amount": to_float(proposal.on_account, receipt.currency),
            "line_ids": [
                fields.Command.create(
                    {
                        "sequence": sequence,
                        "move_line_id": claim.item,
                        "currency_id": currencies[items[claim.item].currency],
                        "claim_amount": to_float(claim.applied, items[claim.item].currency),
                        "discount_amount": to_float(claim.discount, items[claim.item].currency),
                    }
                )
                for sequence, claim in enumerate(proposal.claims)
            ],
        }
