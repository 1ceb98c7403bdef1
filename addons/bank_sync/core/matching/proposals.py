"""Turn the evidence of one receipt into scored proposals.

A score is the chance that the proposal is meant, if the pieces of evidence fail independently:
``1 - product of (1 - weight)``, times what speaks against it. So more evidence never lowers a
score, and each reason shown to the accountant is exactly one factor.
"""

from collections.abc import Iterable, Iterator
from math import prod

from .candidates import Evidence, OpenItems
from .values import Claim, OpenItem, Proposal, Reason, Receipt

#: Chance that a proposal is meant, given this one piece of evidence alone. Start values by
#: judgement: a quoted invoice number is nearly always meant, an amount alone rarely is.
WEIGHTS = {
    Reason.REFERENCE_QUOTED: 0.95,
    Reason.SEVERAL_QUOTED_SUM: 0.95,
    Reason.ORDER_QUOTED: 0.55,
    Reason.WEAK_REFERENCE: 0.50,
    Reason.SHARED_REFERENCE: 0.60,
    Reason.EXACT_AMOUNT: 0.40,
    Reason.PARTNER_TOTAL: 0.45,
    Reason.AMOUNT_UNIQUE: 0.25,
    Reason.PARTNER_ACCOUNT_KNOWN: 0.60,
    Reason.NAME_SIMILAR: 0.50,
}
#: What remains of that chance where the amount is another one.
DOUBTS = {Reason.SHORT: 0.9, Reason.OVER: 0.8}
#: The order in which reasons are told: what was quoted, how much, who.
ORDER = {reason: position for position, reason in enumerate(Reason)}
#: Proposals kept for one receipt.
KEEP = 3


def score(reasons: Iterable[Reason]) -> float:
    """Return the score of a set of reasons, 0 to 1, to four decimals.

    >>> score([Reason.REFERENCE_QUOTED, Reason.EXACT_AMOUNT])
    0.97
    >>> score([Reason.REFERENCE_QUOTED, Reason.OVER])
    0.76
    """
    reasons = tuple(reasons)
    chance = 1 - prod(1 - WEIGHTS.get(reason, 0.0) for reason in reasons)
    return round(chance * prod(DOUBTS.get(reason, 1.0) for reason in reasons), 4)


def propose(receipt: Receipt, evidence: Evidence, index: OpenItems) -> tuple[Proposal, ...]:
    """Return what the receipt may pay, best first; ties go to the item due first."""
    best: dict[tuple[int, ...], Proposal] = {}
    for items, reasons in _candidates(receipt, evidence, index):
        proposal = _proposal(receipt, items, reasons, evidence)
        known = best.get(proposal.items) if proposal else None
        if proposal and (known is None or known.score < proposal.score):
            best[proposal.items] = proposal
    return tuple(sorted(best.values(), key=lambda p: -p.score)[:KEEP])


def _candidates(
    receipt: Receipt, evidence: Evidence, index: OpenItems
) -> Iterator[tuple[tuple[OpenItem, ...], list[Reason]]]:
    """Yield sets of items with the reasons they were thought of."""
    quoted = tuple(item for item in evidence.quoted if item.currency == receipt.currency)
    if len(quoted) > 1 and sum(item.residual for item in quoted) == receipt.amount:
        yield quoted, [Reason.SEVERAL_QUOTED_SUM]
    for item in quoted[:KEEP]:
        yield (item,), [_quoted_reason(item, evidence)]
    for item in evidence.ordered[:KEEP]:
        if item.currency == receipt.currency:
            yield (item,), [Reason.ORDER_QUOTED]
    for partner, _alike in evidence.partners:
        key = (partner, receipt.currency, receipt.amount)
        for item in index.by_partner_amount.get(key, ())[:KEEP]:
            yield (item,), []
        for items, total in index.accounts(partner, receipt.currency):
            if len(items) > 1 and total == receipt.amount:
                yield items, [Reason.PARTNER_TOTAL]
    same = index.by_amount.get((receipt.currency, receipt.amount), ())
    if len(same) == 1:
        yield (same[0],), [Reason.AMOUNT_UNIQUE]


def _quoted_reason(item: OpenItem, evidence: Evidence) -> Reason:
    if item.key in evidence.shared:
        return Reason.SHARED_REFERENCE
    return Reason.WEAK_REFERENCE if item.key in evidence.weak else Reason.REFERENCE_QUOTED


def _proposal(
    receipt: Receipt, items: tuple[OpenItem, ...], reasons: list[Reason], evidence: Evidence
) -> Proposal | None:
    """Complete the reasons; ``None`` where one counterpart could not settle the items."""
    total = sum(item.residual for item in items)
    same_direction = (total > 0) == (receipt.amount > 0)
    if not receipt.amount or not total or not same_direction or len({i.group for i in items}) > 1:
        return None
    if len(items) == 1:
        reasons = [*reasons, _amount_reason(receipt.amount, total)]
    partner = next((pair for pair in evidence.partners if pair[0] == items[0].partner), None)
    if partner:
        known = receipt.partner is not None
        reasons.append(Reason.PARTNER_ACCOUNT_KNOWN if known else Reason.NAME_SIMILAR)
    applied = _claims(receipt.amount, items)
    return Proposal(
        claims=tuple(Claim(item.key, amount) for item, amount in zip(items, applied, strict=True)),
        partner=items[0].partner,
        on_account=receipt.amount - sum(applied),
        score=score(reasons),
        reasons=tuple(sorted(reasons, key=ORDER.__getitem__)),
    )


def _amount_reason(amount: int, residual: int) -> Reason:
    if amount == residual:
        return Reason.EXACT_AMOUNT
    return Reason.SHORT if abs(amount) < abs(residual) else Reason.OVER


def _claims(amount: int, items: tuple[OpenItem, ...]) -> tuple[int, ...]:
    """Return how much of each residual the receipt takes: all of several, else what is there."""
    if len(items) > 1:
        return tuple(item.residual for item in items)
    residual = items[0].residual
    return (amount if abs(amount) < abs(residual) else residual,)
