from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..core.matching.values import Kind
from .match_items import BOOKING_CONTEXT, TAXES, assign, is_worth, write_amounts, write_taxes


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_undo_match(self):
        """Take the lines' matches back and leave the books as they were before.

        The items are open again, the counterpart lies on suspense again, and the match is not
        proposed or booked again by itself.

        :raise UserError: when a line has no match of ours, or its period is locked
        """
        self.check_access("write")
        self._lock_for_undo()
        payloads = self._match_payloads()
        self._check_undo(payloads)
        self._undo(payloads)
        last = {key: told[-1] for key, told in payloads.items()}
        self._remember_undone(last)
        self.sudo().write(
            {
                "bank_match_state": "exception",
                "bank_match_reason": "undone",
                "bank_match_kind": False,
                "bank_match_score": 0.0,
                "bank_booked_at": False,
                "bank_review": False,
            }
        )
        self.env["bank.event"]._record("match_undone", self, last)
        self.env["bank.match.decision"]._record_lines(self, "undone")
        return True

    def _lock_for_undo(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._("Somebody else is deciding on one of these lines. Look again.")
            ) from None
        self.invalidate_recordset()

    def _check_undo(self, payloads):
        """Refuse what cannot be taken back.

        :raise UserError: for lines that are not matched by us, that lie in a locked period, or
            whose payment the bank has returned since
        """
        for line in self:
            matched = line.bank_match_state in {"booked", "accepted"} or (
                line.bank_match_reason == "rest_open"
            )
            if not matched or line.id not in payloads:
                raise UserError(self.env._("%(text)s is not matched by us.", text=line.payment_ref))
        if locked := self - self._filtered_unlocked():
            raise UserError(
                self.env._("%(text)s lies in a locked period.", text=locked[0].payment_ref)
            )
        items = self._items_of(payloads)
        others = (
            items.matched_debit_ids.debit_move_id | items.matched_credit_ids.credit_move_id
        ).statement_line_id - self
        for other in others.filtered(lambda line: line.bank_match_kind == Kind.RETURN.value):
            raise UserError(
                self.env._(
                    "%(other)s returns this payment. Take that match back first.",
                    other=other.payment_ref,
                )
            )

    def _items_of(self, payloads):
        """Return the journal items our bookings made or rewrote."""
        ids = [
            key
            for told in payloads.values()
            for payload in told
            for key in (payload["counterpart"], *payload.get("created", ()))
        ]
        return self.env["account.move.line"].browse(ids).exists()

    # === THE WAY BACK === #

    def _undo(self, payloads):
        """Take everything back in one go; entries rebuilt by hand go Odoo's own way back."""
        items = self.env["account.move.line"].with_context(**BOOKING_CONTEXT)
        ours = set(self._items_of(payloads).ids)
        rebuilt = self.browse()
        for line in self:
            liquidity, _suspense, _others = line._seek_for_lines()
            rest = line.line_ids - liquidity
            if not ours.issuperset(rest.ids) or payloads[line.id][0]["counterpart"] not in ours:
                rebuilt |= line
        ordinary = self - rebuilt
        mine = ordinary._items_of({line.id: payloads[line.id] for line in ordinary})
        (mine | rebuilt.line_ids).remove_move_reconcile()
        first = {payloads[line.id][0]["counterpart"]: payloads[line.id][0] for line in ordinary}
        items.browse([key for key in mine.ids if key not in first]).with_context(
            force_delete=True, dynamic_unlink=True
        ).unlink()
        ordinary._restore(items, first)
        for line in rebuilt:
            line.action_undo_reconciliation()
        self._settle_again(items, payloads)

    def _restore(self, items, first):
        """Bring the counterparts back on suspense, as they were."""
        amounts, partners, names, by_account = {}, {}, {}, {}
        for item in items.browse(list(first)):
            payload = first[item.id]
            before = payload.get("before") or {
                "partner_id": payload.get("partner_before"),
                "name": item.name,
            }
            if "balance" in before and not is_worth(before, item):
                amounts[item.id] = before
            partners.setdefault(before["partner_id"] or False, []).append(item.id)
            names.setdefault(before["name"], []).append(item.id)
            suspense = item.journal_id.suspense_account_id.id
            by_account.setdefault(suspense, []).append(item.id)
        write_amounts(items, amounts)
        for item in items.browse(list(first)).filtered("tax_ids"):
            write_taxes(item, {name: [fields.Command.clear()] for name in TAXES})
        assign(items, partner_id=partners, name=names)
        for account, ids in by_account.items():
            items.browse(ids).write({"account_id": account, "analytic_distribution": False})

    def _settle_again(self, items, payloads):
        """Let what a return had set free settle its items again."""
        plan = []
        for told in payloads.values():
            for payload in told:
                for item, payments in payload.get("freed", ()):
                    group = items.browse([item, *payments]).exists()
                    if len(group) > 1:
                        plan.append(group)
        if plan:
            items._reconcile_plan(plan)

    # === MEMORY === #

    def _remember_undone(self, payloads):
        """Keep the undone matches as such, so that they are not made again."""
        suggestions_sudo = self.env["bank.match.suggestion"].sudo()
        accepted = suggestions_sudo.search(
            [("statement_line_id", "in", self.ids), ("state", "=", "accepted")]
        )
        accepted._transition("undone")
        by_rule = self.filtered(lambda line: payloads[line.id]["by"] == "rule")
        every_item = self.env["account.move.line"].browse(
            [item for line in by_rule for item in payloads[line.id]["items"]]
        )
        existing = every_item.exists()
        suggestions_sudo.create(
            [self._prepare_undone_values(line, payloads[line.id], existing) for line in by_rule]
        )

    @api.model
    def _prepare_undone_values(self, line, payload, existing):
        known = set(existing._ids)
        items = existing.browse([item for item in payload["items"] if item in known])
        items = items.with_prefetch(existing._prefetch_ids)
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
            "kind": payload.get("kind"),
            "situation": payload.get("situation"),
            "version": payload["version"],
            "partner_id": items.partner_id[:1].id,
            "currency_id": currency.id,
            "amount": line.amount_currency if line.foreign_currency_id else line.amount,
            "line_ids": [
                fields.Command.create({"move_line_id": item.id, "currency_id": item.currency_id.id})
                for item in items
            ],
        }

    def _match_payloads(self):
        """Return line id → payloads of its bookings that stand, oldest first."""
        events_sudo = (
            self.env["bank.event"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind", "in", ["line_booked", "match_undone"]),
                ],
                order="id",
            )
        )
        told = {}
        for event in events_sudo:
            if event.kind == "match_undone":
                told.pop(event.res_id, None)
            else:
                told.setdefault(event.res_id, []).append(event.payload)
        return told
