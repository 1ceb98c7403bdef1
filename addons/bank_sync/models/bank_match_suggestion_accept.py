from odoo import Command, api, models
from odoo.exceptions import UserError

from ..core.matching.values import Kind, Proposal, Reason
from .bank_entry_values import to_float, to_minor
from .match_order import BookingOrder

_KNOWN_REASONS = {reason.value for reason in Reason}


class BankMatchSuggestion(models.Model):
    """Suggestions as proposals of the matching core again, and who must accept them."""

    _inherit = "bank.match.suggestion"

    def _proposal(self):
        """Return the suggestion as the proposal it was made of."""
        self.ensure_one()
        currency = self.currency_id.name
        # The reasons against booking it alone are not the proposal's own.
        own = _KNOWN_REASONS.intersection((self.situation or "").split("+"))
        return Proposal(
            claims=tuple(line._claim() for line in self.line_ids),
            score=self.score,
            reasons=tuple(Reason(code) for code in self.reasons or () if code in own),
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

    def _booking_order(self):
        """Return what is to be booked when the suggestion is accepted."""
        line, proposal, evidence = self.statement_line_id, self._proposal(), self._evidence()
        if self.by_hand:
            return line._manual_order(proposal, self.preset_id, evidence)
        return BookingOrder(line, proposal, evidence)

    def _evidence(self):
        """Return why the line is booked; see ``_book_proposals``."""
        return {
            "by": "person",
            "action": self._action(),
            "suggestion": self.id,
            "version": self.version,
            "margin": self.margin,
            "shown": self.statement_line_id.bank_suggestion_ids._shown(),
        }

    def _action(self):
        if self.by_hand:
            return "manual"
        return "accepted" if self.rank <= 1 else "corrected"

    @api.model
    def _create_by_hand(self, line, proposal, preset):
        """Keep what a person has composed as a proposal."""
        suspense = line._seek_for_lines()[1]
        currency = suspense.currency_id
        items = self.env["account.move.line"].browse(proposal.items)
        by_id = {item.id: item.currency_id for item in items}
        amounts = {
            f"{name}_amount": to_float(getattr(proposal, name), currency.name)
            for name in ("fee", "write_off", "on_account")
        }
        return self.create(
            {
                "statement_line_id": line.id,
                "company_id": line.company_id.id,
                "journal_id": line.journal_id.id,
                "date": line.bank_booking_date or line.date,
                "rank": 1,
                "score": proposal.score,
                "reasons": [],
                "kind": proposal.kind.value,
                "situation": proposal.situation,
                "partner_id": proposal.partner,
                "currency_id": currency.id,
                "amount": -suspense.amount_currency,
                "by_hand": True,
                "preset_id": preset.id if preset else False,
                **amounts,
                "line_ids": [
                    Command.create(
                        {
                            "sequence": sequence,
                            "move_line_id": claim.item,
                            "currency_id": by_id[claim.item].id,
                            "claim_amount": to_float(claim.applied, by_id[claim.item].name),
                            "discount_amount": to_float(claim.discount, by_id[claim.item].name),
                        }
                    )
                    for sequence, claim in enumerate(proposal.claims)
                ],
            }
        )

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
