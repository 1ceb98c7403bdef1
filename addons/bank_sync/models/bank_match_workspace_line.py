import hashlib

from odoo import api, models

from ..core.matching.values import Reason
from .account_bank_statement_line import texts_said
from .match_advice import waiting_advice
from .match_reasons import REASON_LABELS

#: Reasons that speak against a proposal, or ask for a second look, by code.
_DOUBTS = {
    reason.value
    for reason in (
        *(Reason.NUMBER_CUT, Reason.NUMBER_DAMAGED, Reason.NUMBER_TAIL, Reason.WEAK_REFERENCE),
        *(
            Reason.NOTHING_QUOTED,
            Reason.SOME_QUOTED,
            Reason.SHORT,
            Reason.OVER,
            Reason.NOTHING_FITS,
        ),
        *(Reason.LATER_OF_AMOUNT, Reason.SUM_AMBIGUOUS, Reason.NAME_SHARED, Reason.NAME_SIMILAR),
        *(Reason.PAYER_UNTOLD, Reason.PAYER_UNKNOWN, Reason.PAYER_OTHER, Reason.PERIOD_OTHER),
        *(Reason.SHARED_REFERENCE, Reason.OTHER_QUOTED, Reason.SETTLED_QUOTED),
        *(Reason.UNREAD_REFERENCE, Reason.OTHERS_OPEN, Reason.RIVAL_RECEIPT, Reason.CLOSE_SECOND),
        *(Reason.TOO_LARGE, Reason.KIND_NOT_ALLOWED, Reason.NOT_EARNED_YET),
    )
}
_LABELS = {reason.value: label for reason, label in REASON_LABELS.items()}

#: Characters of remittance that are shown; a screen is not a place for a hundred pages.
MAX_TEXT = 20_000

#: How many proposals and decisions of a line are shown.
MAX_PROPOSALS, MAX_HISTORY = 9, 8


class BankMatchWorkspace(models.AbstractModel):
    """One chosen bank line: what the bank says, what is proposed, what was decided before."""

    _inherit = "bank.match.workspace"

    @api.model
    def get_line(self, line_id):
        """Return everything the screen shows of a line; ``gone`` where there is none.

        :param line_id: a line that may have been deleted, or belong to another company
        """
        self._check_role()
        line = self._find_line(line_id)
        if not line:
            return {"id": line_id, "gone": True}
        row = self._row(line)
        waits = bool(row["reason_text"])
        return {
            **row,
            **self._bank_says(line),
            "stamp": self._stamp(line),
            "move_id": line.move_id.id,
            "partner": self._partner(line.partner_id),
            "advice": waiting_advice(self.env, line.bank_match_reason) if waits else "",
            "proposals": self._proposals(line),
            "booked": self._booked(line),
            "undoable": self._undoable(line),
            "history": self._history(line),
            "fitting_presets": self._find_presets(line.company_id)._meant_for(line).ids,
            **self._open_amount(line),
        }

    @api.model
    def _find_line(self, line_id):
        lines = self.env["account.bank.statement.line"]
        if not isinstance(line_id, int):
            return lines
        return lines.search([("id", "=", line_id), ("company_id", "in", self.env.companies.ids)])

    @api.model
    def _stamp(self, line):
        """Return a mark of what a person decides upon; another one means it has changed."""
        told = (
            line.amount,
            line.amount_residual,
            line.is_reconciled,
            line.payment_ref,
            line.partner_id.id,
            line.foreign_currency_id.id,
            line.amount_currency,
            line.bank_match_state,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @api.model
    def _partner(self, partner):
        return {"id": partner.id, "name": partner.display_name} if partner else False

    # === WHAT THE BANK SAYS === #

    @api.model
    def _bank_says(self, line):
        entry = line.bank_entry_id
        texts = self._texts(line)
        return {
            "journal_id": line.journal_id.id,
            "journal_name": line.journal_id.display_name,
            "account_number": line.account_number or entry.counterparty_account or "",
            "value_date": line.bank_value_date,
            "accounting_date": line.date,
            "texts": [text[:MAX_TEXT] for text in texts][:200],
            "cut": sum(map(len, texts)) > MAX_TEXT or len(texts) > 200,
            "facts": self._facts(entry) if entry else [],
            "entry_id": entry.id,
        }

    @api.model
    def _texts(self, line):
        """Return what the payer wrote, cut as the matching core reads it: spans point into it."""
        entry, details = line.bank_entry_id, line.bank_entry_id.details or []
        if number := line.bank_detail_number:
            details = details[number - 1]
        elif len(details) < 2:
            details = None
        return texts_said(entry.remittance, line.payment_ref, details)

    @api.model
    def _facts(self, entry):
        """Return what else the bank says, as (label, value); empty values are left out."""
        labels = [
            (self.env._("On Behalf of"), entry.ultimate_name),
            (self.env._("Batch"), entry.batch_reference),
            (self.env._("Creditor reference"), entry.creditor_reference),
            (self.env._("End-to-end id"), entry.end_to_end_id),
            (self.env._("Mandate"), entry.mandate_id),
            (self.env._("Return reason"), entry.return_reason),
            (self.env._("The bank's words"), entry.description),
            (self.env._("Ordered"), entry.original_text),
            (self.env._("Fees"), entry.charges_text),
        ]
        return [
            {"label": label, "value": value}
            for label, value in labels
            if value and value != "NOTPROVIDED"
        ]

    @api.model
    def _open_currency(self, line):
        """Return the currency a line is booked in: that of its open item."""
        suspense = line._seek_for_lines()[1]
        return suspense.currency_id[:1] or line.foreign_currency_id or line.currency_id

    @api.model
    def _open_amount(self, line):
        """Return what of the line is not booked yet, signed like the line."""
        suspense = line._seek_for_lines()[1]
        return {
            "open_amount": -sum(suspense.mapped("amount_currency")) or 0.0,
            "open_currency_id": self._open_currency(line).id,
        }

    # === WHAT IS PROPOSED === #

    @api.model
    def _proposals(self, line):
        """Return the open proposals, best first; where there are none, those turned down."""
        suggestions = line.bank_suggestion_ids.filtered(lambda one: one.state == "open")
        if not suggestions and not line.is_reconciled:
            suggestions = line.bank_suggestion_ids.filtered(
                lambda one: one.state in {"rejected", "undone"}
            ).sorted("id", reverse=True)
        return [self._proposal(one) for one in suggestions.sorted("rank")[:MAX_PROPOSALS]]

    @api.model
    def _proposal(self, suggestion):
        labels = dict(suggestion._fields["kind"]._description_selection(self.env))
        return {
            "id": suggestion.id,
            "state": suggestion.state,
            "rank": suggestion.rank,
            "score": suggestion.score,
            "kind": suggestion.kind,
            "kind_label": labels.get(suggestion.kind, ""),
            "reasons": [self._reason(code) for code in suggestion.reasons or ()],
            "spans": suggestion.spans or [],
            "partner": self._partner(suggestion.partner_id),
            "approved_by": suggestion.approved_by_id.sudo().name or "",
            "fee": suggestion.fee_amount,
            "write_off": suggestion.write_off_amount,
            "on_account": suggestion.on_account_amount,
            "items": [
                {
                    **self._item(line.move_line_id, suggestion.statement_line_id),
                    "applied": line.claim_amount or line.residual,
                    "discount": line.discount_amount,
                }
                for line in suggestion.line_ids
            ],
        }

    @api.model
    def _reason(self, code):
        label = _LABELS.get(code)
        return {
            "code": code,
            # A proposal may be older than the rules, and give a reason they no longer know.
            "label": self.env._(label) if label else code,
            "doubt": code in _DOUBTS,
        }

    @api.model
    def _item(self, item, line):
        """Return what the screen says of one open journal item.

        ``rate`` is what one unit of the item's currency is in the line's, on the line's day.
        """
        currency = self._open_currency(line)
        move = item.move_id
        rate = 1.0
        if item.currency_id != currency:
            rate = item.currency_id._get_conversion_rate(
                item.currency_id, currency, line.company_id, line.date
            )
        return {
            "id": item.id,
            "move_id": move.id,
            "name": move.name or item.name or "/",
            "ref": move.payment_reference or move.ref or "",
            "document": move.move_type,
            "account": item.account_id.display_name,
            "account_type": item.account_id.account_type,
            "partner": self._partner(item.partner_id),
            "due": item.date_maturity or item.date,
            "residual": item.amount_residual_currency,
            "currency_id": item.currency_id.id,
            "rate": rate,
        }

    # === WHAT WAS DECIDED === #

    @api.model
    def _undoable(self, line):
        """Tell whether the matching booked the line, or a part of it."""
        if line.is_reconciled:
            return self._state(line) != "manual"
        return line.bank_match_reason == "rest_open"

    @api.model
    def _booked(self, line):
        """Return what a line pays, item by item; write-offs by their account."""
        _liquidity, _suspense, others = line._seek_for_lines()
        rows = []
        for counterpart in others:
            paid = [
                (partial.debit_move_id, partial.debit_amount_currency)
                for partial in counterpart.matched_debit_ids
            ] + [
                (partial.credit_move_id, -partial.credit_amount_currency)
                for partial in counterpart.matched_credit_ids
            ]
            rows += [self._booked_row(item, amount, item.move_id.name) for item, amount in paid]
            rest = counterpart.amount_residual_currency if paid else counterpart.amount_currency
            if not counterpart.currency_id.is_zero(rest):
                rows.append(
                    self._booked_row(counterpart, -rest, counterpart.account_id.display_name)
                )
        return rows

    @api.model
    def _booked_row(self, item, amount, name):
        return {
            "id": item.id,
            "move_id": item.move_id.id,
            "name": name,
            "partner": self._partner(item.partner_id),
            "amount": amount,
            "currency_id": item.currency_id.id,
        }

    @api.model
    def _history(self, line):
        """Return the last decisions on the line, newest first."""
        decisions = self.env["bank.match.decision"].search(
            [("statement_line_id", "=", line.id)], limit=MAX_HISTORY
        )
        actions = dict(decisions._fields["action"]._description_selection(self.env))
        outcomes = dict(decisions._fields["outcome"]._description_selection(self.env))
        return [
            {
                "id": one.id,
                "at": one.decided_at,
                "who": one.user_id.sudo().name or "",
                "action": actions[one.action],
                "score": one.score,
                "review": one.review or "",
                "outcome": outcomes[one.outcome] if one.outcome != "open" else "",
            }
            for one in decisions
        ]
