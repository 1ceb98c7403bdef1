from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..core.matching.values import Receipt
from .bank_entry_values import to_minor

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

#: What the bank and the matching say about a line; nobody writes it by hand.
_DERIVED = frozenset(
    {
        "bank_entry_id",
        "bank_detail_number",
        "bank_booking_date",
        "bank_value_date",
        "bank_match_state",
        "bank_match_reason",
    }
)

#: Why a line waits for a person, by ``bank_match_reason``.
WAITING_LABELS = {
    "unknown_payment": _lt("No open item fits"),
    "rival_receipt": _lt("Another line pays the same item"),
    "rejected": _lt("Proposals rejected"),
    "undone": _lt("Match undone"),
}


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    bank_entry_id = fields.Many2one("bank.entry", readonly=True, copy=False, index="btree_not_null")
    bank_detail_number = fields.Integer(
        string="Transaction of the Batch",
        readonly=True,
        copy=False,
        help="Which transaction of the bank's entry this line is; 0 stands for the whole entry.",
    )
    bank_booking_date = fields.Date(
        string="Booked at the Bank",
        readonly=True,
        copy=False,
        help="The bank's own booking day; Odoo moves the accounting date out of locked periods.",
    )
    bank_value_date = fields.Date(string="Value Date", readonly=True, copy=False)
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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines; what the bank says about them comes from its entries alone."""
        self._check_derived(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Write what people decide.

        :raise AccessError: for a user who writes what the bank or the matching says
        """
        self._check_derived(vals)
        self._check_bank_says(vals)
        return super().write(vals)

    def _check_bank_says(self, vals):
        """Refuse another amount or journal for a line of the bank's books: they must stay equal."""
        for line in self.filtered("bank_entry_id") if {"amount", "journal_id"} & set(vals) else ():
            amount, journal = vals.get("amount", line.amount), vals.get("journal_id")
            if line.currency_id.compare_amounts(amount, line.amount) or (
                journal not in {None, line.journal_id.id}
            ):
                raise UserError(
                    self.env._(
                        "%(text)s is in the bank's books: its amount and journal stay as they are.",
                        text=line.payment_ref,
                    )
                )

    def _check_derived(self, names):
        if not self.env.su and (derived := _DERIVED.intersection(names)):
            names = ", ".join(sorted(derived))
            raise AccessError(self.env._("%(fields)s cannot be written by hand.", fields=names))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_mirrored(self):
        """A line the bank's books hold comes back by no reading: it must not get lost."""
        if mirrored := self.filtered("bank_entry_id"):
            raise UserError(
                self.env._(
                    "%(text)s is in the bank's books and cannot be deleted. Match it, or reverse "
                    "its journal entry.",
                    text=mirrored[0].payment_ref,
                )
            )

    # === MATCHING === #

    @api.model
    def _get_receipts(self, company):
        """Return the company's bank lines that are not booked, as core receipts, in one query.

        Amount and currency are those of the suspense item, so that what was booked by hand and
        the bank's own exchange rate are respected.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT st.id, currency.name, -suspense.amount_currency, st.payment_ref,
                       entry.remittance, entry.creditor_reference, entry.end_to_end_id,
                       st.partner_name, partner.commercial_partner_id, st.bank_booking_date,
                       CASE WHEN st.bank_detail_number > 0
                            THEN entry.details -> (st.bank_detail_number - 1) END
                  FROM account_bank_statement_line st
                  JOIN account_move move ON move.id = st.move_id AND move.state = 'posted'
                  JOIN account_journal journal ON journal.id = move.journal_id
                  JOIN account_move_line suspense ON suspense.move_id = move.id
                       AND suspense.account_id = journal.suspense_account_id
                  JOIN res_currency currency ON currency.id = suspense.currency_id
             LEFT JOIN bank_entry entry ON entry.id = st.bank_entry_id
             LEFT JOIN res_partner partner ON partner.id = st.partner_id
                 WHERE st.company_id = %(company)s
                   AND st.is_reconciled IS NOT TRUE
                   AND suspense.amount_currency != 0
                 ORDER BY st.id
                """,
                company=company.id,
            )
        )
        return [_receipt(row) for row in rows]

    def _filtered_unlocked(self):
        """Return the lines whose accounting period is still open; one check per day."""
        allowed = {}
        for line in self:
            key = (line.company_id, line.date)
            if key not in allowed:
                allowed[key] = not line.company_id._get_lock_date_violations(
                    line.date, sale=False, purchase=False, tax=False
                )
        return self.filtered(lambda line: allowed[line.company_id, line.date])

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


def _receipt(row):
    (key, currency, amount, payment_ref, remittance, creditor_reference, end_to_end_id) = row[:7]
    if detail := row[10]:
        # One transaction of a batch: what the others say is not its own.
        remittance = "\n".join(detail.get("remittance") or ())
        creditor_reference = detail.get("creditor_reference")
        end_to_end_id = detail.get("end_to_end_id")
    texts = (remittance or payment_ref or "").split("\n")
    return Receipt(
        key=key,
        currency=currency,
        amount=to_minor(float(amount), currency),
        texts=tuple(texts),
        structured=tuple(text for text in (creditor_reference, end_to_end_id) if text),
        counterparty_name=row[7] or "",
        partner=row[8],
        booking_date=row[9],
    )
