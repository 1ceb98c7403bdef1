"""Cash application for one company: decide a batch of receipts, and learn from people.

The engine holds what is known; one decision depends on nothing else, so that the same knowledge
and the same receipts give the same decisions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from .customers import Customers
from .damaged import damaged
from .drafts import Draft, finished
from .fit import score
from .foreign import foreign
from .knowledge import Knowledge
from .ledger import Ledger
from .named import named
from .numbering import Strength
from .on_account import on_account
from .own_runs import OwnRuns
from .payers import Payers, find_payers
from .policy import Policy
from .reading import Reading, read
from .repeated import repeated
from .returned import returned
from .shipped import PRIOR, WEIGHTS
from .text import span_in_lines
from .transfers import Transfers
from .trust import Trust
from .unnamed import unnamed
from .values import Action, Decision, Kind, OpenItem, Proposal, Reason, Receipt

#: Version of the rules, kept with every decision. Change it with the rules.
VERSION = "earned-2"
#: Most proposals kept for a receipt.
KEEP = 5
#: A proposal below this helps nobody.
SHOW = 0.02
#: Receipts of more than this share of the open items must be the surer, the larger they are.
LARGE_SHARE = 0.8
#: Reasons under which nothing books itself, whatever the company's experience.
VETOES = frozenset({Reason.UNREAD_REFERENCE, Reason.OWN_OTHER_QUOTED, Reason.EXACT_ELSEWHERE})
#: A payer may deduct something else than the credit note of that amount: where nobody names the
#: note, the booking must be as sure as one so many times as large.
UNNAMED_NOTES = frozenset({Reason.CREDIT_NETTED, Reason.NOTHING_QUOTED})
NOTE_SIZE = 5
#: Which of several items that share a reference is meant, only a payer who is known can tell.
SURE_PAYER = frozenset({Reason.PARTNER_ACCOUNT_KNOWN, Reason.ACCOUNT_LEARNED, Reason.NAME_SAME})


@dataclass(slots=True)
class Engine:
    """Everything a decision rests on."""

    ledger: Ledger
    customers: Customers
    knowledge: Knowledge
    trust: Trust
    policy: Policy
    runs: OwnRuns
    transfers: Transfers
    weights: dict[str, float]
    version: str = VERSION

    @classmethod
    def start(cls, **known) -> "Engine":
        """Return an engine that knows nothing but what is given."""
        return cls(
            known.get("ledger") or Ledger(),
            known.get("customers") or Customers(),
            known.get("knowledge") or Knowledge(),
            known.get("trust") or Trust(prior=PRIOR),
            known.get("policy") or Policy(),
            known.get("runs") or OwnRuns(),
            known.get("transfers") or Transfers(),
            dict(known.get("weights") or WEIGHTS),
        )

    # === PROPOSE === #

    def propose(
        self, receipt: Receipt, refused: Collection[frozenset[int]] = ()
    ) -> tuple[Proposal, ...]:
        """Return what the receipt may pay, likeliest first.

        :param refused: sets of items a person has put aside for this receipt
        """
        if not receipt.amount:
            return ()
        reading = read(receipt, self.ledger)
        payers = find_payers(receipt, reading, self.customers, self.knowledge)
        best: dict[frozenset[int], Proposal] = {}
        drafts = list(self._drafts(reading, payers))
        hinted = {d.items for d in drafts if _is_hint(d)}
        for draft in drafts:
            if draft.strength is None and hinted - {draft.items} and draft.items:
                draft.reasons = (*draft.reasons, Reason.OTHER_QUOTED)
            keys, proposal = finished(draft, reading, payers, self.ledger)
            if keys in refused:
                continue
            proposal = replace(proposal, score=self._chance(proposal))
            known = best.get(keys)
            if known is None or known.score < proposal.score:
                best[keys] = replace(proposal, spans=_spans(draft, reading))
        nothing = frozenset[int]()
        if nothing not in refused and (transfer := self.transfers.proposal(receipt)):
            best[nothing] = replace(transfer, score=self._chance(transfer))
        shown = _shown(best.values())
        if not shown and nothing not in refused and (credit := on_account(reading, payers)):
            proposal = finished(credit, reading, payers, self.ledger)[1]
            return _shown([replace(proposal, score=self._chance(proposal))])
        return shown

    def _chance(self, proposal: Proposal) -> float:
        return score(self.weights, (reason.value for reason in proposal.reasons))

    def _drafts(self, reading: Reading, payers: Payers) -> Iterator[Draft]:
        receipt = reading.receipt
        yield from self.runs.drafts(receipt, self.ledger)
        settled = False
        for draft in named(reading, self.ledger, payers, self.policy):
            whole = draft.strength is not None and draft.strength >= Strength.DIGITS
            settled |= whole and draft.fit.reason is Reason.EXACT_AMOUNT
            yield draft
        if settled and not reading.unread:
            return
        yield from chain(
            foreign(reading, self.ledger, payers, self.policy),
            repeated(reading, self.ledger),
            returned(reading, self.ledger, self.policy),
            damaged(reading, self.ledger, payers, self.policy),
            unnamed(reading, self.ledger, payers, self.policy),
        )

    # === DECIDE === #

    def decide(
        self,
        receipts: Iterable[Receipt],
        refused: Collection[tuple[int, frozenset[int]]] = (),
    ) -> tuple[Decision, ...]:
        """Return one decision per receipt, in their order.

        Two receipts never claim one item beyond its residual, suggestions included: the surer
        one has it, and the other is looked at again without it. The ledger is as before.
        """
        receipts = list(receipts)
        put_aside: dict[int, list[frozenset[int]]] = {}
        for key, items in refused:
            put_aside.setdefault(key, []).append(items)
        drafts = {r.key: self.propose(r, put_aside.get(r.key, ())) for r in receipts}
        rivals = _rivals(drafts)
        by_key = {receipt.key: receipt for receipt in receipts}
        order = {receipt.key: place for place, receipt in enumerate(receipts)}
        taken: dict[int, OpenItem] = {}
        large = self.ledger.large_amounts(LARGE_SHARE)
        decisions: dict[int, Decision] = {}
        for key in sorted(drafts, key=lambda key: (*_urgency(drafts[key]), order[key])):
            proposals = drafts[key]
            lost = any(not taken.keys().isdisjoint(p.items) for p in proposals)
            if lost:
                proposals = self.propose(by_key[key], put_aside.get(key, ()))
            decision = self._decision(by_key[key], proposals, key in rivals, large)
            decisions[key] = decision
            if decision.proposals:
                self._take(decision.proposals[0], taken)
        for original in taken.values():
            self.ledger.add(original)
        return tuple(decisions[receipt.key] for receipt in receipts)

    def _take(self, proposal: Proposal, taken: dict[int, OpenItem]) -> None:
        """Take what a proposal claims out of the ledger, for the rest of the batch."""
        if proposal.kind is Kind.RETURN:
            return
        for claim in proposal.claims:
            item = self.ledger.remove(claim.item)
            taken.setdefault(claim.item, item)
            if item.residual != claim.applied:
                self.ledger.add(
                    replace(item, residual=item.residual - claim.applied, discount_residual=None)
                )

    def _decision(
        self,
        receipt: Receipt,
        proposals: tuple[Proposal, ...],
        rivalled: bool,
        large: Mapping[str, int],
    ) -> Decision:
        if not proposals:
            return Decision(receipt.key, Action.EXCEPTION)
        best = proposals[0]
        second = proposals[1].score if len(proposals) > 1 else 0.0
        margin = best.score - second
        against = list(self._against(receipt, best, margin, rivalled))
        size = abs(receipt.amount) / (large.get(receipt.currency) or abs(receipt.amount))
        if best.kind is Kind.NETTED and not UNNAMED_NOTES.isdisjoint(best.reasons):
            size *= NOTE_SIZE
        if not self.trust.released(best.situation, size=size):
            against.append(Reason.NOT_EARNED_YET)
        action = Action.SUGGEST if against else Action.BOOK
        return Decision(receipt.key, action, proposals, tuple(against), margin)

    def _against(
        self, receipt: Receipt, best: Proposal, margin: float, rivalled: bool
    ) -> Iterator[Reason]:
        """Yield why the best proposal does not book itself."""
        policy = self.policy
        moves = best.claims or best.kind is Kind.TRANSFER
        if best.kind not in policy.auto_kinds or not moves:
            yield Reason.KIND_NOT_ALLOWED
        if policy.max_amount is not None and abs(receipt.amount) > policy.max_amount:
            yield Reason.TOO_LARGE
        if margin < policy.margin:
            yield Reason.CLOSE_SECOND
        if rivalled:
            yield Reason.RIVAL_RECEIPT
        yield from (reason for reason in best.reasons if reason in VETOES)
        if Reason.SHARED_REFERENCE in best.reasons and SURE_PAYER.isdisjoint(best.reasons):
            yield Reason.SHARED_REFERENCE


def _shown(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Return those that help somebody, likeliest first."""
    ranked = sorted(proposals, key=lambda p: (-p.score, p.items))
    return tuple(proposal for proposal in ranked[:KEEP] if proposal.score >= SHOW)


def _is_hint(draft: Draft) -> bool:
    """Tell whether a number in the text may mean one document that fits to the cent."""
    return (
        draft.strength is not None
        and draft.strength < Strength.ORDER
        and draft.fit.is_close
        and len(draft.items) == 1
    )


def _urgency(proposals: tuple[Proposal, ...]) -> tuple[bool, float]:
    """Order receipts: those that name a document by how sure they are, the others as booked.

    Two payments of one amount that name nothing settle the older invoice first.
    """
    if not proposals:
        return True, 0.0
    best = proposals[0]
    unnamed = Reason.NOTHING_QUOTED in best.reasons
    return unnamed, 0.0 if unnamed else -best.score


def _rivals(drafts: dict[int, tuple[Proposal, ...]]) -> set[int]:
    """Return the receipts whose best proposal wants an item another's wants too, by a quote."""
    wanted: dict[int, list[int]] = {}
    for key, proposals in drafts.items():
        if proposals and Reason.NOTHING_QUOTED not in proposals[0].reasons:
            for item in proposals[0].items:
                wanted.setdefault(item, []).append(key)
    return {key for keys in wanted.values() if len(keys) > 1 for key in keys}


def _spans(draft: Draft, reading: Reading) -> tuple[tuple[int, int, int], ...]:
    """Return where in the receipt's lines stands what the draft rests on."""
    places = [quote.place for quote in draft.quotes if quote.place] + list(draft.explains)
    found = []
    for start, end in places:
        first, last = reading.words[start].start, reading.words[end - 1].end
        if span := span_in_lines(reading.receipt.texts, first, last):
            found.append(span)
    return tuple(dict.fromkeys(found))
