"""What must hold before a line is booked; asked under lock, just before anything is written."""

from ..core.matching.values import Kind
from .bank_entry_values import to_minor
from .match_order import RefusedOrderError


class MatchChecks:
    """Check orders of one batch, in which no two may claim more of an item than is open."""

    def __init__(self):
        self.claimed = {}

    def check(self, order):
        """Check one order, and keep what it claims.

        :raise RefusedOrderError: when it cannot be booked
        """
        line, proposal = order.line, order.proposal
        if line.is_reconciled and not line.currency_id.is_zero(line.amount):
            raise RefusedOrderError("booked")
        if len(order.suspense_item) != 1 or not order.suspense_item.amount_currency:
            raise RefusedOrderError("nothing")
        if order.suspense_item.move_id.inalterable_hash:
            raise RefusedOrderError("hashed")
        if len(order.items) != len(proposal.claims):
            raise RefusedOrderError("open", item=line.payment_ref)
        claims = {claim.item: claim for claim in proposal.claims}
        for item in order.items:
            self._check_item(order, item, claims[item.id])
        if proposal.on_account and not proposal.partner and proposal.kind is not Kind.TRANSFER:
            raise RefusedOrderError("partner")
        for item in order.items:
            self.claimed[item.id] = self.claimed.get(item.id, 0) + claims[item.id].applied

    def _check_item(self, order, item, claim):
        name = item.move_id.name or item.name or "/"
        if item.company_id != order.line.company_id:
            raise RefusedOrderError("company", item=name)
        if item.parent_state != "posted":
            raise RefusedOrderError("draft", item=name)
        if not item.account_id.reconcile:
            raise RefusedOrderError("account", item=name)
        if item.move_id == order.line.move_id:
            raise RefusedOrderError("own", item=name)
        if order.is_return:
            return
        residual = to_minor(item.amount_residual_currency, item.currency_id.name)
        left = residual - self.claimed.get(item.id, 0)
        discount_fits = not claim.discount or (
            claim.discount * claim.applied > 0 and abs(claim.discount) < abs(claim.applied)
        )
        if (
            item.reconciled
            or claim.applied * residual <= 0
            or abs(claim.applied) > abs(left)
            or left * residual <= 0
            or not discount_fits
        ):
            raise RefusedOrderError("open", item=name)
