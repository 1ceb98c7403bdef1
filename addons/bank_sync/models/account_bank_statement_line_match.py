from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from .match_kinds import KIND_LABELS

_lt = LazyTranslate(__name__)

#: Context under which suspense items are rewritten: the statement line itself does not change, so
#: Odoo need not compare both sides line by line. What must still follow is tested.
BOOKING_CONTEXT = {
    "skip_account_move_synchronization": True,
    "skip_invoice_sync": True,
    "skip_readonly_check": True,
    "check_move_validity": False,
    "tracking_disable": True,
}

#: Why a line waits for a person, by ``bank_match_reason``.
WAITING_LABELS = {
    "unknown_payment": _lt("No open item fits"),
    "rival_receipt": _lt("Another line pays the same item"),
    "rejected": _lt("Proposals rejected"),
    "undone": _lt("Match undone"),
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
        KIND_LABELS, string="Kind of Match", readonly=True, copy=False, index="btree_not_null"
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
        payloads = matched._last_match_payloads()
        items = self.env["account.move.line"].browse(
            [item for payload in payloads.values() for item in payload["items"]]
        )
        names = {item.id: item.move_id.name for item in items.exists()}
        for line in self:
            paid = payloads.get(line.id, {}).get("items", ())
            line.bank_match_text = ", ".join(names[item] for item in paid if item in names)
        for line in self - matched:
            line.bank_match_text = line._waiting_text()

    def _waiting_text(self):
        """Return in words why the line is not booked."""
        label = WAITING_LABELS.get(self.bank_match_reason)
        return self.env._(label) if label else ""

    # === BOOKING === #

    def _book_matches(self, items_by_line, evidence_by_line):
        """Let each line pay its open items, all in one batch.

        The suspense item of a line becomes the counterpart on the items' account, as a whole:
        what is paid short leaves the items open in part, what is paid over stays as the
        customer's credit. The caller holds the items under lock.

        :param items_by_line: line → journal items of one account and partner
        :param evidence_by_line: line → dict of why; kept for ever in ``bank.event``
        :raise UserError: when the accounting period of a line is locked
        """
        locked = self - self._filtered_unlocked()
        if locked:
            raise UserError(
                self.env._(
                    "%(text)s of %(date)s lies in a locked period. Open the period, or book a "
                    "transfer in an open one.",
                    text=locked[0].payment_ref,
                    date=fields.Date.to_string(locked[0].date),
                )
            )
        suspense_by_line = {line: line._seek_for_lines()[1] for line in self}
        payload = {}
        for line in self:
            items = items_by_line[line]
            payload[line.id] = {
                **evidence_by_line[line],
                "items": items.ids,
                "counterpart": suspense_by_line[line].id,
                "partner_before": line.partner_id.id,
            }
        self._write_counterparts(suspense_by_line, items_by_line)
        self._reconcile_counterparts(suspense_by_line, items_by_line)
        state = {"rule": "booked", "person": "accepted"}
        for author, name in state.items():
            chosen = self.filtered(lambda line, by=author: evidence_by_line[line]["by"] == by)
            if chosen:
                chosen.sudo().write({"bank_match_state": name, "bank_match_reason": False})
        self.env["bank.event"]._record("line_booked", self, payload)

    def _write_counterparts(self, suspense_by_line, items_by_line):
        """Turn the suspense items into counterparts: one write per account, not per line."""
        move_lines = self.env["account.move.line"].with_context(**BOOKING_CONTEXT)
        by_account, by_partner = {}, {}
        for line, suspense in suspense_by_line.items():
            items = items_by_line[line]
            items.account_id.ensure_one()
            by_account.setdefault(items.account_id.id, []).append(suspense.id)
            by_partner.setdefault(items.partner_id[:1].id, []).append(suspense.id)
        self._assign_partners(move_lines, by_partner)
        for account_id, ids in by_account.items():
            move_lines.browse(ids).write(
                {
                    "account_id": account_id,
                    # Given, so that Odoo does not search a distribution model for each item.
                    "analytic_distribution": False,
                }
            )

    @api.model
    def _assign_partners(self, move_lines, ids_by_partner):
        """Give each item its partner; one UPDATE for all of them, where `write` makes one each.

        The account's write, which follows, makes the checks of ``account.move.line.write``; what
        depends on the partner is recomputed as after any write.
        """
        field = move_lines._fields["partner_id"]
        for partner_id, ids in ids_by_partner.items():
            field.write(move_lines.browse(ids), partner_id)
        every_id = [key for ids in ids_by_partner.values() for key in ids]
        move_lines.browse(every_id).modified(["partner_id"])

    def _reconcile_counterparts(self, suspense_by_line, items_by_line):
        """Reconcile everything in one plan that shares one prefetch."""
        move_lines = self.env["account.move.line"].with_context(**BOOKING_CONTEXT)
        ids = [
            key
            for line, suspense in suspense_by_line.items()
            for key in (suspense.id, *items_by_line[line].ids)
        ]
        everything = move_lines.browse(ids)
        plan = [
            (suspense | items_by_line[line])
            .with_env(everything.env)
            .with_prefetch(everything._prefetch_ids)
            for line, suspense in suspense_by_line.items()
        ]
        move_lines._reconcile_plan(plan)

    def action_undo_match(self):
        """Take the lines' matches back and leave the books as they were before.

        The items are open again, the counterpart lies on suspense again, and the match is not
        proposed or booked again by itself.

        :raise UserError: when a line has no match of ours, or its period is locked
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        payloads = self._last_match_payloads()
        for line in self:
            if line.id not in payloads or line.bank_match_state not in {"booked", "accepted"}:
                raise UserError(self.env._("%(text)s is not matched by us.", text=line.payment_ref))
        if locked := self - self._filtered_unlocked():
            raise UserError(
                self.env._("%(text)s lies in a locked period.", text=locked[0].payment_ref)
            )
        for line in self:
            line._undo_one(payloads[line.id])
        self._remember_undone(payloads)
        self.sudo().write({"bank_match_state": "exception", "bank_match_reason": "undone"})
        self.env["bank.event"]._record("match_undone", self, payloads)
        return True

    def _undo_one(self, payload):
        counterpart = self.env["account.move.line"].browse(payload["counterpart"]).exists()
        _liquidity, suspense, others = self._seek_for_lines()
        if suspense or others != counterpart:
            # Somebody has rebuilt the entry by hand since: take Odoo's own way back.
            self.action_undo_reconciliation()
            return
        counterpart.remove_move_reconcile()
        counterpart.with_context(**BOOKING_CONTEXT).write(
            {
                "account_id": self.journal_id.suspense_account_id.id,
                "partner_id": payload["partner_before"],
            }
        )

    def _remember_undone(self, payloads):
        """Keep the undone matches as such, so that they are not made again."""
        suggestions_sudo = self.env["bank.match.suggestion"].sudo()
        accepted = suggestions_sudo.search(
            [("statement_line_id", "in", self.ids), ("state", "=", "accepted")]
        )
        accepted._transition("undone")
        by_rule = self.filtered(lambda line: payloads[line.id]["by"] == "rule")
        suggestions_sudo.create(
            [by_rule._prepare_undone_values(line, payloads[line.id]) for line in by_rule]
        )

    @api.model
    def _prepare_undone_values(self, line, payload):
        items = self.env["account.move.line"].browse(payload["items"]).exists()
        currency = line.foreign_currency_id or line.currency_id
        return {
            "statement_line_id": line.id,
            "company_id": line.company_id.id,
            "journal_id": line.journal_id.id,
            "date": line.bank_booking_date or line.date,
            "state": "undone",
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
            "rank": 1,
            "score": payload["score"],
            "reasons": payload["reasons"],
            "version": payload["version"],
            "partner_id": items.partner_id[:1].id,
            "currency_id": currency.id,
            "amount": line.amount_currency if line.foreign_currency_id else line.amount,
            "line_ids": [
                fields.Command.create({"move_line_id": item.id, "currency_id": currency.id})
                for item in items
            ],
        }

    def _last_match_payloads(self):
        """Return line id → payload of its last match event."""
        events_sudo = (
            self.env["bank.event"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind", "=", "line_booked"),
                ],
                order="id",
            )
        )
        return {event.res_id: event.payload for event in events_sudo}
