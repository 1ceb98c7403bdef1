"""Invoices in another currency than the receipt's."""

from collections.abc import Iterator
from fractions import Fraction

from .drafts import Draft
from .fitting import Fit, whole
from .ledger import Ledger
from .numbering import Strength
from .payers import Payers
from .policy import Policy
from .reading import Quote, Reading
from .values import OpenItem, Reason

#: How far a bank's rate may lie from the known one, and the largest fee it may keep.
RATE_BAND = Fraction(15, 1000)
MAX_FEE = 2500


def foreign(reading: Reading, ledger: Ledger, payers: Payers, policy: Policy) -> Iterator[Draft]:
    """Yield drafts for single items in a currency that is not the receipt's."""
    receipt = reading.receipt
    seen: set[int] = set()
    for quote in reading.open_quotes():
        items = [ledger.items[key] for key in quote.items]
        for item in items[:4]:
            if item.currency != receipt.currency and item.key not in seen:
                seen.add(item.key)
                yield from _single(reading, item, policy, quote)
    if receipt.instructed:
        currency, amount = receipt.instructed
        same = list(ledger.of_amount(currency, amount))
        for partner in payers.ranked()[:3]:
            mine = [item for item in same if item.partner == partner and item.key not in seen]
            for place, item in enumerate(mine[:2]):
                seen.add(item.key)
                where = Reason.OLDEST_OF_AMOUNT if place == 0 else Reason.LATER_OF_AMOUNT
                position = Reason.PAYER_AMOUNT_UNIQUE if len(mine) == 1 else where
                yield from _single(reading, item, policy, None, (position,))
        return
    for partner in payers.ranked()[:2]:
        for item in ledger.of_partner(partner)[:100]:
            if item.currency != receipt.currency and item.key not in seen:
                yield from _single(reading, item, policy, None)


def _single(
    reading: Reading,
    item: OpenItem,
    policy: Policy,
    quote: Quote | None,
    reasons: tuple[Reason, ...] = (),
) -> Iterator[Draft]:
    receipt = reading.receipt
    if (item.residual > 0) != (receipt.amount > 0):
        return
    if receipt.instructed:
        if receipt.instructed != (item.currency, item.residual):
            return
        reason = Reason.INSTRUCTED_EXACT
    else:
        rate = policy.rate(receipt.currency, item.currency)
        if not rate or not _plausible(receipt.amount, item.residual, rate):
            return
        reason = Reason.RATE_PLAUSIBLE
    found = Fit(whole((item,)), reason, fee=receipt.charges)
    strength: Strength | None = quote.strength if quote else None
    yield Draft((item,), found, strength, (quote,) if quote else (), reasons)


def _plausible(amount: int, residual: int, rate: Fraction) -> bool:
    """Tell whether the amount is the residual at a bank's rate, less a fee."""
    expected = residual / rate
    return expected * (1 - RATE_BAND) - MAX_FEE <= amount <= expected * (1 + RATE_BAND)
