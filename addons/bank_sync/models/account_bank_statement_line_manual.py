from dataclasses import replace

from odoo import models
from odoo.exceptions import LockError, UserError

from ..core.matching.values import Proposal
from .bank_entry_values import to_float, to_minor
from .match_booking import MatchBooking
from .match_order import BookingOrder, RefusedOrderError, refusal_text
from .match_presets import preset_shares


class AccountBankStatementLine(models.Model):
    """Lines matched, written off or put aside by hand."""

    _inherit = "account.bank.statement.line"

    def _match_manually(self, proposal, preset=None):
        """Book what a person has composed; what it leaves of the line stays open.

        What is large becomes a proposal that a second person must accept.

        :param proposal: a Proposal
        :param preset: ``account.reconcile.model`` that says how its write-off is booked
        :raise UserError: when it cannot be booked
        """
        self.ensure_one()
        self._hold_for_decision(proposal.items)
        order = self._manual_order(proposal, preset, self._manual_evidence(proposal))
        if self._needs_four_eyes():
            self._propose_by_hand(proposal, preset)
            return
        self._book_orders([order])
        self.bank_suggestion_ids._supersede()

    def _manual_order(self, proposal, preset, evidence):
        """Return an order for what a person has composed.

        :raise UserError: when the preset has nothing to say
        """
        order = BookingOrder(self, proposal, evidence)
        try:
            if preset and proposal.write_off:
                self._split_by_preset(order, preset)
        except RefusedOrderError as error:
            raise UserError(refusal_text(self.env, self, error)) from None
        order.rest = self._rest_of(order)
        return order

    def _propose_by_hand(self, proposal, preset):
        """Keep what a person has composed until a second person accepts it."""
        order = self._manual_order(proposal, preset, {"by": "person"})
        if refused := MatchBooking(self.env, [order]).look():
            raise UserError(refusal_text(self.env, self, refused[self]))
        suggestions_sudo = self.env["bank.match.suggestion"].sudo()
        self.bank_suggestion_ids._supersede()
        made = suggestions_sudo._create_by_hand(self, proposal, preset)
        made.approved_by_id = self.env.uid
        self.sudo().write({"bank_match_state": "suggested", "bank_match_reason": False})
        self.env["bank.event"]._record("suggestion_approved", made)

    def _write_off(self, preset, amount=None):
        """Book the line, or a part of it, as a preset says: accounts, taxes, analytics.

        :param amount: how much of what is open, in its currency and with its sign; all of it
            where not given
        """
        self.ensure_one()
        suspense = self._seek_for_lines()[1]
        currency = suspense.currency_id.name or self.currency_id.name
        open_minor = to_minor(-sum(suspense.mapped("amount_currency")), currency)
        wanted = open_minor if amount is None else to_minor(amount, currency)
        if not wanted or wanted * open_minor < 0 or abs(wanted) > abs(open_minor):
            raise UserError(
                self.env._(
                    "%(amount)s cannot be written off: %(open)s of %(text)s is open.",
                    amount=suspense.currency_id.format(to_float(wanted, currency)),
                    open=suspense.currency_id.format(to_float(open_minor, currency)),
                    text=self.payment_ref,
                )
            )
        proposal = Proposal((), 1.0, (), partner=self.partner_id.id or None, write_off=-wanted)
        self._match_manually(proposal, preset)

    def _hold_for_decision(self, item_ids=()):
        """Lock the line and the items it may pay; who comes second is told."""
        self.check_access("write")
        items = self.env["account.move.line"].browse(item_ids).exists()
        try:
            self.lock_for_update(allow_referencing=True)
            items.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._("Somebody else is deciding on one of these lines. Look again.")
            ) from None
        self.invalidate_recordset()
        items.invalidate_recordset(["amount_residual_currency", "amount_residual", "reconciled"])

    def _split_by_preset(self, order, preset):
        currency = self._seek_for_lines()[1].currency_id.name
        order.shares = preset_shares(preset, self, order.proposal.write_off, currency)
        if not order.shares:
            raise RefusedOrderError("preset", preset=preset.name)
        covered = sum(share for _line, share in order.shares)
        order.proposal = replace(order.proposal, write_off=covered)

    def _rest_of(self, order):
        """Return what a person's proposal leaves of the line, in minor units like the receipt."""
        suspense = self._seek_for_lines()[1]
        currency = suspense.currency_id.name
        items = self.env["account.move.line"].browse(order.proposal.items).exists()
        if not suspense or any(item.currency_id.name != currency for item in items):
            return 0
        proposal = order.proposal
        amount = to_minor(-sum(suspense.mapped("amount_currency")), currency)
        used = sum(claim.applied - claim.discount for claim in proposal.claims)
        rest = amount - (used - proposal.fee - proposal.write_off + proposal.on_account)
        return rest if rest * amount > 0 and abs(rest) < abs(amount) else 0

    def _manual_evidence(self, proposal):
        shown = self.bank_suggestion_ids._shown()
        if proposal.write_off and not proposal.claims:
            action = "written_off"
        else:
            action = "corrected" if shown else "manual"
        return {"by": "person", "action": action, "version": "", "shown": shown}

    def _put_aside(self):
        """Send lines to the exceptions until a person decides, and keep that it was decided."""
        self.check_access("write")
        self.sudo().write({"bank_match_state": "exception", "bank_match_reason": "put_aside"})
        self.env["bank.match.decision"]._record_lines(self, "exception")
