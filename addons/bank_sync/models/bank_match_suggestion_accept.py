from odoo import models
from odoo.exceptions import UserError

from ..core.matching.values import Kind, Proposal, Reason
from .bank_entry_values import to_minor

_KNOWN_REASONS = {reason.value for reason in Reason}


class BankMatchSuggestion(models.Model):
    """Suggestions as proposals of the matching core again, and who must accept them."""

    _inherit = "bank.match.suggestion"

    def _proposal(self):
        """Return the suggestion as the proposal it was made of."""
        self.ensure_one()
        currency = self.currency_id.name
        return Proposal(
            claims=tuple(line._claim() for line in self.line_ids),
            score=self.score,
            reasons=tuple(Reason(code) for code in self.reasons or () if code in _KNOWN_REASONS),
            kind=Kind(self.kind or "exact"),
            partner=self.partner_id.id or None,
            fee=to_minor(self.fee_amount, currency),
            write_off=to_minor(self.write_off_amount, currency),
            on_account=to_minor(self.on_account_amount, currency),
            spans=tuple(tuple(span) for span in self.spans or ()),
        )

    def _shown(self):
        """Return the open ones as proposals, best first."""
        shown = self.filtered(lambda suggestion: suggestion.state == "open").sorted("rank")
        return [suggestion._proposal() for suggestion in shown]

    def _evidence(self):
        """Return why the line is booked; see ``_book_proposals``."""
        return {
            "by": "person",
            "action": "accepted" if self.rank <= 1 else "corrected",
            "suggestion": self.id,
            "version": self.version,
            "margin": self.margin,
            "shown": self.statement_line_id.bank_suggestion_ids._shown(),
        }

    # === FOUR EYES === #

    def _approve_large(self):
        """Note who is the first to accept what two people must accept.

        :return: the suggestions that now wait for a second person
        :raise UserError: when the same person accepts again
        """
        large = self.filtered(lambda suggestion: suggestion.statement_line_id._needs_four_eyes())
        mine = large.filtered(lambda suggestion: suggestion.approved_by_id == self.env.user)
        if mine:
            raise UserError(
                self.env._(
                    "You have accepted %(text)s already. It is so large that a second person must "
                    "accept it too.",
                    text=mine[0].payment_ref,
                )
            )
        waiting = large.filtered(lambda suggestion: not suggestion.approved_by_id)
        if waiting:
            waiting.sudo().write({"approved_by_id": self.env.uid})
            self.env["bank.event"]._record("suggestion_approved", waiting)
        return waiting

    def _tell_waiting(self, waiting):
        """Return a notice that a second person must accept, if any must."""
        if not waiting:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Accepted by you. A second person must accept it too before it is booked."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
