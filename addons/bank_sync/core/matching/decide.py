"""Decide what to do with a batch of receipts: book, suggest, or leave to a person.

Booking alone needs all of it: one single open item is quoted by a reference that can stand
alone and that no other open item bears, the amount is the residual to the cent, the currency is
the same, and no other receipt quotes the item. Everything less is a suggestion.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from .candidates import Evidence, OpenItems
from .proposals import propose
from .values import Action, Decision, OpenItem, Proposal, Reason, Receipt

#: Version of the rules, kept with every decision. Change it with the rules.
VERSION = "exact-1"


def decide(
    receipts: Iterable[Receipt],
    items: Iterable[OpenItem],
    *,
    refused: Collection[tuple[int, frozenset[int]]] = frozenset(),
) -> tuple[Decision, ...]:
    """Return one decision per receipt, in the order of the receipts.

    Two receipts never claim one item beyond its residual, suggestions included: the claim of
    the surer proposal stands, and the other receipt falls back on its next proposal or becomes
    an exception. Same input, same output.

    >>> invoice = OpenItem(1, "EUR", 1000, references=("INV/2026/00012",))
    >>> paid = Receipt(7, "EUR", 1000, texts=("Invoice INV-2026-00012, thanks",))
    >>> decide([paid], [invoice])[0].action
    <Action.BOOK: 'book'>
    >>> twice = Receipt(8, "EUR", 1000, texts=("INV/2026/00012",))
    >>> [decision.action.value for decision in decide([paid, twice], [invoice])]
    ['suggest', 'exception']

    :param refused: receipt and items a person has put aside or undone; never proposed again
    """
    receipts, items = list(receipts), list(items)
    index = OpenItems(items)
    evidence = {receipt.key: index.evidence(receipt) for receipt in receipts}
    rivals = Counter(
        item.key
        for receipt in receipts
        for item in evidence[receipt.key].quoted
        if (item.residual > 0) == (receipt.amount > 0)
    )
    drafts = {}
    for receipt in receipts:
        said = evidence[receipt.key]
        proposals = tuple(
            proposal
            for proposal in propose(receipt, said, index)
            if (receipt.key, frozenset(proposal.items)) not in refused
        )
        drafts[receipt.key] = _draft(receipt, said, proposals, rivals)
    settled = _assign(drafts, {item.key: item.residual for item in items})
    return tuple(settled[receipt.key] for receipt in receipts)


def _draft(
    receipt: Receipt, evidence: Evidence, proposals: tuple[Proposal, ...], rivals: Counter[int]
) -> Decision:
    if not proposals:
        return Decision(receipt.key, Action.EXCEPTION)
    if not _is_exact(proposals[0], evidence):
        return Decision(receipt.key, Action.SUGGEST, proposals)
    if rivals[proposals[0].items[0]] > 1:
        return Decision(receipt.key, Action.SUGGEST, proposals, (Reason.RIVAL_RECEIPT,))
    return Decision(receipt.key, Action.BOOK, proposals[:1])


def _is_exact(proposal: Proposal, evidence: Evidence) -> bool:
    return (
        len(evidence.quoted) == 1
        and proposal.items == (evidence.quoted[0].key,)
        and {Reason.REFERENCE_QUOTED, Reason.EXACT_AMOUNT} <= set(proposal.reasons)
    )


def _assign(drafts: dict[int, Decision], residuals: dict[int, int]) -> dict[int, Decision]:
    """Give each receipt the best proposal that still fits, surest receipts first."""
    settled = {}
    for key in sorted(drafts, key=lambda receipt: (*_urgency(drafts[receipt]), receipt)):
        draft = drafts[key]
        fitting = [proposal for proposal in draft.proposals if _fits(proposal, residuals)]
        if fitting:
            for claim in fitting[0].claims:
                residuals[claim.item] -= claim.applied
            settled[key] = Decision(key, draft.action, tuple(fitting), draft.reasons)
        else:
            reasons = (Reason.RIVAL_RECEIPT,) if draft.proposals else ()
            settled[key] = Decision(key, Action.EXCEPTION, (), reasons)
    return settled


def _urgency(draft: Decision) -> tuple[bool, float]:
    best = draft.proposals[0].score if draft.proposals else 0.0
    return (draft.action is not Action.BOOK, -best)


def _fits(proposal: Proposal, residuals: dict[int, int]) -> bool:
    return all(
        abs(claim.applied) <= abs(residuals[claim.item])
        and claim.applied * residuals[claim.item] > 0
        for claim in proposal.claims
    )
