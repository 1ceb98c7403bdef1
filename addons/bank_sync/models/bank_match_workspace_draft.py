from odoo import api, models
from odoo.exceptions import UserError

from ..core.matching.values import Claim, Kind, Proposal
from .bank_entry_values import to_minor
from .match_order import BookingOrder


class BankMatchWorkspace(models.AbstractModel):
    """Booking what a person has composed: items, charges, a write-off, credit."""

    _inherit = "bank.match.workspace"

    @api.model
    def match(self, line_id, stamp, draft):
        """Book a line as composed.

        :param draft: dict of ``items`` as (item id, applied, discount), ``fee``, ``write_off``,
            ``preset``, ``on_account``, ``partner``, and ``left_open`` where the rest is meant to
            wait; amounts in the currencies of the items and of the line
        :raise UserError: when something of it cannot be booked, with the reason
        """
        line = self._existing_line(line_id)
        self._hold(line, stamp)
        try:
            draft = dict(draft or {})
            proposal = self._drafted(line, draft)
        except (TypeError, ValueError, LookupError, ArithmeticError):
            raise UserError(
                self.env._("What is to be booked cannot be read. Look at the line again.")
            ) from None
        if not draft.get("left_open") and line._rest_of(BookingOrder(line, proposal, {})):
            raise UserError(
                self.env._(
                    "Something of %(text)s is left over. Say what becomes of it, or leave it open.",
                    text=line.payment_ref,
                )
            )
        line._match_manually(proposal, self._preset(line, draft.get("preset")))
        return self.get_line(line.id)

    @api.model
    def _drafted(self, line, draft):
        """Return a draft as a proposal of the matching core."""
        currency = self._open_currency(line).name
        told = {int(row[0]): row for row in draft.get("items") or ()}
        items = self.env["account.move.line"].browse(told).exists()
        if len(items) != len(told):
            raise UserError(self.env._("One of the items is gone. Search it again."))
        claims = tuple(
            Claim(
                item=item.id,
                applied=to_minor(float(told[item.id][1]), item.currency_id.name),
                discount=to_minor(float(told[item.id][2] or 0), item.currency_id.name),
            )
            for item in items.sorted(lambda item: (item.date_maturity or item.date, item.id))
        )
        amounts = {
            name: to_minor(float(draft.get(name) or 0), currency)
            for name in ("fee", "write_off", "on_account")
        }
        return Proposal(
            claims=claims,
            score=1.0,
            reasons=(),
            kind=_kind(claims, amounts),
            partner=int(draft.get("partner") or 0) or items.partner_id[:1].id or None,
            **amounts,
        )

    @api.model
    def _preset(self, line, preset_id):
        if not preset_id:
            return self.env["account.reconcile.model"]
        preset = self.env["account.reconcile.model"].search(
            [("id", "=", int(preset_id)), ("company_id", "=", line.company_id.id)]
        )
        if not preset:
            raise UserError(self.env._("This preset is gone. Choose another one."))
        return preset


def _kind(claims, amounts):
    """Return the kind of what a person composed, by how it most differs from one whole item."""
    if not claims:
        return Kind.ON_ACCOUNT if amounts["on_account"] else Kind.UNNAMED
    if amounts["fee"]:
        return Kind.CHARGES
    if any(claim.discount for claim in claims):
        return Kind.DISCOUNT
    if amounts["on_account"]:
        return Kind.OVER
    if {claim.applied > 0 for claim in claims} == {True, False}:
        return Kind.NETTED
    return Kind.SEVERAL if len(claims) > 1 else Kind.EXACT
