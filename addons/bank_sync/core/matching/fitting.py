"""How an amount fits a set of items: to the cent, less a discount, less charges, short or over."""

from dataclasses import dataclass

from .ledger import oldest_first
from .policy import Policy
from .values import Claim, OpenItem, Reason, Receipt


@dataclass(frozen=True, slots=True)
class Fit:
    """What a receipt would settle of a set of items, and what becomes of the difference."""

    claims: tuple[Claim, ...]
    reason: Reason
    fee: int = 0
    write_off: int = 0
    on_account: int = 0

    @property
    def is_close(self) -> bool:
        """Tell whether the items are settled whole, and for a reason."""
        return self.reason not in {Reason.SHORT, Reason.OVER}


def fit(receipt: Receipt, items: tuple[OpenItem, ...], policy: Policy) -> Fit | None:
    """Return how the receipt fits the items; nothing where it goes the other way.

    The items are in the receipt's currency. A difference is an early-payment discount, else a
    tolerance, else the banks' charges, else it stays open on what is due last, or on account.
    """
    items = tuple(sorted(items, key=oldest_first))
    total = sum(item.residual for item in items)
    if not total or not receipt.amount or (total > 0) != (receipt.amount > 0):
        return None
    missing = total - receipt.amount
    if missing == 0:
        return Fit(whole(items), Reason.EXACT_AMOUNT)
    if discounted := _discounted(receipt, items, missing, policy):
        return discounted
    if abs(missing) <= policy.tolerance:
        return Fit(whole(items), Reason.SMALL_DIFFERENCE, write_off=missing)
    if receipt.amount < 0:
        return None
    if 0 < missing <= policy.charge_limit and _has_charges(receipt, items, missing, policy):
        return Fit(whole(items), Reason.CHARGES_DEDUCTED, fee=missing)
    if missing < 0:
        return Fit(whole(items), Reason.OVER, on_account=-missing)
    return _short(items, missing)


def whole(items: tuple[OpenItem, ...]) -> tuple[Claim, ...]:
    """Return claims on all that is left of the items."""
    return tuple(Claim(item.key, item.residual) for item in items)


def _discounted(
    receipt: Receipt, items: tuple[OpenItem, ...], missing: int, policy: Policy
) -> Fit | None:
    """Grant the discount of every item, or of one, where that explains the difference."""
    granted = {
        item.key: item.residual - item.discount_residual
        for item in items
        if item.discount_residual is not None
        and policy.grants_discount(item.discount_until, receipt.booking_date)
    }
    if sum(granted.values()) == missing:
        chosen = granted
    else:
        chosen = dict([pair for pair in granted.items() if pair[1] == missing][:1])
    if not chosen:
        return None
    claims = tuple(Claim(item.key, item.residual, chosen.get(item.key, 0)) for item in items)
    return Fit(claims, Reason.DISCOUNT_TAKEN)


def _has_charges(
    receipt: Receipt, items: tuple[OpenItem, ...], missing: int, policy: Policy
) -> bool:
    """Banks take charges between countries outside the euro, or where they say so."""
    if receipt.charges:
        return receipt.charges == missing
    country = receipt.account[:2] if receipt.account else items[0].country
    return policy.is_abroad(country)


def _short(items: tuple[OpenItem, ...], missing: int) -> Fit | None:
    """What is missing stays open on the invoice that is due last."""
    last = items[-1]
    if missing >= last.residual:
        return None
    claims = tuple(
        Claim(item.key, item.residual - (missing if item is last else 0)) for item in items
    )
    return Fit(claims, Reason.SHORT)
