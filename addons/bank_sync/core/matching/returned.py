"""Payments that come back, as the bank says: what they had paid is owed again."""

from collections.abc import Iterator

from .drafts import Draft
from .fitting import Fit
from .ledger import Ledger
from .policy import Policy
from .reading import Reading
from .values import Claim, Kind, Reason


def returned(reading: Reading, ledger: Ledger, policy: Policy) -> Iterator[Draft]:
    """Yield drafts for a return that quotes what was settled of late with its amount.

    Our own collections are known by their ids, see ``own_runs``; this is for all other payments,
    those of customers that bounce and those of ours that did not reach a supplier. The fee of the
    bank may be in the amount.
    """
    receipt = reading.receipt
    if not receipt.return_reason:
        return
    for quote in reading.quotes:
        for key in quote.items[:3] if quote.settled else ():
            old = ledger.settled[key].item
            fee = -receipt.amount - old.residual
            within = fee == 0 or (receipt.amount < 0 < fee <= policy.charge_limit)
            if old.currency != receipt.currency or old.residual * receipt.amount >= 0 or not within:
                continue
            found = Fit((Claim(key, -old.residual),), Reason.EXACT_AMOUNT, fee=fee)
            yield Draft((old,), found, quote.strength, (quote,), (Reason.TAKEN_BACK,),
                        kind=Kind.RETURN)  # fmt: skip
