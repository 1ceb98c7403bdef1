from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from .match_booking import MatchBooking
from .match_kinds import KIND_LABELS
from .match_order import BookingOrder, RefusedOrderError, refusal_text

_lt = LazyTranslate(__name__)

#: Why a line waits for a person, by ``bank_match_reason``.
WAITING_LABELS = {
    "unknown_payment": _lt("No open item fits"),
    "rival_receipt": _lt("Another line pays the same item"),
    "rejected": _lt("Proposals rejected"),
    "undone": _lt("Match undone"),
    "put_aside": _lt("Put aside"),
    "rest_open": _lt("Matched in part, the rest is open"),
}


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    bank_match_state = fields.Selection(
        [
            ("suggested", "To decide"),
            ("exception", "No proposal"),
            ("booked", "Booked"),
            ("accepted", "Accepted"),
        ],
        string="Matching",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    bank_match_reason = fields.Char(readonly=True, copy=False)
    bank_match_text = fields.Char(compute="_compute_bank_match_text", string="Pays")
    bank_suggestion_ids = fields.One2many(
        "bank.match.suggestion", "statement_line_id", string="Suggestions", readonly=True
    )
    bank_match_kind = fields.Selection(
        KIND_LABELS, string="Kind of Match", readonly=True, copy=False
    )
    bank_match_score = fields.Float(
        string="Score", readonly=True, copy=False, digits=(6, 5), aggregator="avg"
    )
    bank_match_user_id = fields.Many2one(
        "res.users",
        string="Assigned to",
        copy=False,
        index="btree_not_null",
        help="The colleague who is to look at the line.",
    )
    bank_review = fields.Boolean(
        string="To Review",
        readonly=True,
        copy=False,
        help="Booked by itself and chosen by chance to be looked at.",
    )
    bank_booked_at = fields.Datetime(string="Matched at", readonly=True, copy=False)
    bank_decision_ids = fields.One2many(
        "bank.match.decision", "statement_line_id", string="Decisions", readonly=True
    )

    @api.depends("bank_match_state", "bank_match_reason")
    def _compute_bank_match_text(self):
        """Say which documents a line pays, or why it waits."""
        matched = self.filtered(lambda line: line.bank_match_state in {"booked", "accepted"})
        payloads = matched._match_payloads()
        paid_by_line = {
            key: [item for payload in told for item in payload["items"]]
            for key, told in payloads.items()
        }
        items = self.env["account.move.line"].browse(
            [item for paid in paid_by_line.values() for item in paid]
        )
        names = {item.id: item.move_id.name for item in items.exists()}
        for line in self:
            paid = paid_by_line.get(line.id, ())
            line.bank_match_text = ", ".join(names[item] for item in paid if item in names)
        for line in self - matched:
            line.bank_match_text = line._waiting_text()

    def _waiting_text(self):
        """Return in words why the line is not booked."""
        label = WAITING_LABELS.get(self.bank_match_reason)
        return self.env._(label) if label else ""

    # === BOOKING === #

    def _book_proposals(self, proposals, evidence):
        """Book proposals of the matching core, all in one batch.

        The caller holds lines and items under lock. What the rules propose and no longer holds is
        left alone; what a person decides is refused in words, and then nothing is booked.

        :param proposals: line → Proposal
        :param evidence: line → dict of ``by`` ("rule" or "person"), ``version``, ``margin``,
            ``shown`` (all proposals, best first), and of a person's decision ``action`` and
            ``suggestion``
        :return: the lines that were booked
        :raise UserError: when what a person decides cannot be booked
        """
        return self._book_orders(
            [BookingOrder(line, proposals[line], evidence[line]) for line in self]
        )

    @api.model
    def _book_orders(self, orders):
        """Book orders, and keep why; see ``_book_proposals``."""
        refused = self._refused_by_policy(orders)
        booking = MatchBooking(self.env, [order for order in orders if order.line not in refused])
        payloads = booking.book()
        refused.update(booking.refused)
        for order in orders:
            if order.line in refused and order.evidence["by"] == "person":
                raise UserError(refusal_text(self.env, order.line, refused[order.line]))
        booked = self.browse([order.line.id for order in booking.orders])
        if booked:
            self._keep_evidence(booking.orders, payloads)
        return booked

    @api.model
    def _refused_by_policy(self, orders):
        """Return line → why the company or the calendar forbids it to be booked."""
        lines = self.browse([order.line.id for order in orders])
        locked = lines - lines._filtered_unlocked()
        refused = dict.fromkeys(locked, RefusedOrderError("locked"))
        for order in orders:
            if order.evidence["by"] == "rule" and order.line._needs_four_eyes():
                refused[order.line] = RefusedOrderError("four_eyes")
        return refused

    def _needs_four_eyes(self):
        """Tell whether the line is so large that two people must accept what it pays."""
        limit = self.company_id.sudo().bank_four_eyes_amount
        return bool(limit) and abs(self._company_amount()) >= limit

    def _company_amount(self):
        """Return the amount in the company's currency."""
        return sum(self._seek_for_lines()[0].mapped("balance"))

    @api.model
    def _keep_evidence(self, orders, payloads):
        """Write down what was decided and done: on the lines, as events, as decisions."""
        by_state = {}
        for order in orders:
            name = "booked" if order.evidence["by"] == "rule" else "accepted"
            state = ("exception", "rest_open") if order.rest else (name, False)
            by_state.setdefault(state, []).append(order.line.id)
        now = fields.Datetime.now()
        for (state, reason), ids in by_state.items():
            self.browse(ids).sudo().write(
                {"bank_match_state": state, "bank_match_reason": reason, "bank_booked_at": now}
            )
        lines_sudo = self.sudo()
        lines_sudo._write_each(
            "bank_match_kind", {o.line.id: o.proposal.kind.value for o in orders}
        )
        lines_sudo._write_each("bank_match_score", {o.line.id: o.proposal.score for o in orders})
        self.env["bank.event"]._record(
            "line_booked",
            self.browse([order.line.id for order in orders]),
            {order.line.id: {**_told(order), **payloads[order.line]} for order in orders},
        )
        self.env["bank.match.decision"]._record_orders(orders)

    @api.model
    def _write_each(self, name, values):
        """Write one field of many lines, each its own value, in as few statements as can be."""
        field = self._fields[name]
        for key, value in values.items():
            field.write(self.browse(key), value)
        self.browse(list(values)).modified([name])


def _told(order):
    """Return why a line was booked, as plain values."""
    proposal, evidence = order.proposal, order.evidence
    return {
        "by": evidence["by"],
        "suggestion": evidence.get("suggestion"),
        "score": proposal.score,
        "reasons": [reason.value for reason in proposal.reasons],
        "situation": proposal.situation,
        "version": evidence.get("version") or "",
    }
