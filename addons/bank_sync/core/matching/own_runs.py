"""What we started ourselves: runs of collections and payments, and payouts of card processors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .drafts import Draft
from .fitting import Fit
from .ledger import Ledger
from .payouts import Processors, Taken
from .text import glued
from .values import Claim, Kind, OpenItem, Reason, Receipt

#: Days in which a run reaches the account.
DAYS_TO_ARRIVE = 10
#: Largest share of a payout that the processor may have kept without saying so, as one of so many.
MAX_KEPT = 10


@dataclass(frozen=True, slots=True)
class Collected:
    """One item of a run of ours.

    :param amount: minor units of the run's currency; what we pay is negative
    :param owed: what is owed again when it comes back, as (item, amount), where that is not the
        item itself
    """

    run: str
    end_to_end_id: str
    item: int
    amount: int
    day: date
    owed: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PaidOut:
    """One item of a processor's payout: what the customer paid, and what was kept of it.

    :param fee: ``None`` where nobody says
    """

    payout: str
    item: int
    gross: int
    fee: int | None


class OwnRuns:
    """Runs and payouts, by everything a bank may say of them."""

    def __init__(
        self,
        collected: Iterable[Collected] = (),
        paid_out: Iterable[PaidOut] = (),
    ) -> None:
        self.by_id: dict[str, Collected] = {}
        self.runs: dict[str, list[Collected]] = {}
        self.payouts: dict[str, list[PaidOut]] = {}
        self._payout_words: set[str] = set()
        self.processors = Processors()
        for one in collected:
            self.add_collected(one)
        for part in paid_out:
            self.add_paid_out(part)

    def add_collected(self, one: Collected) -> None:
        """Take one collection or payment in."""
        self.by_id[one.end_to_end_id] = one
        self.runs.setdefault(one.run, []).append(one)

    def add_paid_out(self, part: PaidOut) -> None:
        """Take one line of a processor's report in."""
        self.payouts.setdefault(glued(part.payout), []).append(part)
        self._payout_words.add(part.payout)

    def take(self, taken: Iterable[Taken]) -> None:
        """Say what processors have taken and not paid out."""
        self.processors = Processors(taken)

    def _run_of_total(self, receipt: Receipt) -> list[list[Collected]]:
        """Return the runs of this total that may just have arrived."""
        day = receipt.booking_date
        return [
            run
            for run in self.runs.values()
            if sum(one.amount for one in run) == receipt.amount
            and (not receipt.count or receipt.count == len(run))
            and day
            and abs(day - run[0].day) <= timedelta(days=DAYS_TO_ARRIVE)
        ]

    def drafts(self, receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
        """Yield what our own records say of a receipt."""
        if receipt.return_reason:
            yield from self._taken_back(receipt, ledger)
            return
        one = self.by_id.get(receipt.end_to_end_id) if receipt.end_to_end_id else None
        if run := self.runs.get(receipt.run_id):
            yield from _collected(run, receipt, ledger, Reason.OUR_COLLECTION)
        elif one and receipt.count <= 1:
            yield from _collected([one], receipt, ledger, Reason.OUR_COLLECTION)
        elif receipt.count > 1:
            yield from self._of_batch(receipt, ledger)
        if receipt.amount > 0:
            yield from self._paid_out(receipt, ledger)
            yield from self.processors.drafts(receipt, ledger)

    def _of_batch(self, receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
        """A collective booking without a run we know: by the ids in it, else by its total."""
        ids = dict.fromkeys(receipt.structured)
        named = [self.by_id[one] for one in ids if one in self.by_id]
        if len(named) == receipt.count:
            yield from _collected(named, receipt, ledger, Reason.OUR_COLLECTION)
            return
        runs = self._run_of_total(receipt)
        if len(runs) == 1:
            yield from _collected(runs[0], receipt, ledger, Reason.COLLECTION_TOTAL)

    def _paid_out(self, receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
        """Yield the payouts a receipt names: as a line of its own, or as a word of one."""
        if not self.payouts:
            return
        said = [glued(text) for text in (*receipt.texts, *receipt.structured)]
        for text in (*receipt.texts, receipt.run_id):
            words = self._payout_words.intersection(text.split())
            said += [glued(word) for word in sorted(words)]
        for name in dict.fromkeys(said):
            if parts := self.payouts.get(name):
                yield from _paid_out(parts, receipt, ledger)

    def _taken_back(self, receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
        """One of a run comes back: what it paid is owed again, the bank's fee is ours."""
        one = self.by_id.get(receipt.end_to_end_id)
        owed = (one.owed or ((one.item, one.amount),)) if one else ()
        total = sum(amount for _item, amount in owed)
        fee = -receipt.amount - total
        if total * receipt.amount >= 0 or fee < 0:
            return
        items = [_known(item, ledger) for item, _amount in owed]
        found = tuple(item for item in items if item)
        if len(found) == len(owed):
            claims = tuple(Claim(item, -amount) for item, amount in owed)
            fits = Fit(claims, Reason.EXACT_AMOUNT, fee=fee)
            yield Draft(found, fits, reasons=(Reason.TAKEN_BACK,), kind=Kind.RETURN)


def _known(key: int, ledger: Ledger) -> OpenItem | None:
    known = ledger.settled.get(key)
    return known.item if known else ledger.items.get(key)


def _owed(claims: tuple[Claim, ...], receipt: Receipt, ledger: Ledger) -> tuple[OpenItem, ...]:
    """Return the claimed items, or none where one of them owes less by now."""
    items = {claim.item: ledger.items.get(claim.item) for claim in claims}
    way = 1 if receipt.amount > 0 else -1
    for claim in claims:
        item = items[claim.item]
        if not item or not 0 < claim.applied * way <= item.residual * way:
            return ()
        if item.currency != receipt.currency:
            return ()
    found = tuple(item for item in items.values() if item)
    return found if len(found) == len(claims) else ()


def _collected(
    run: list[Collected], receipt: Receipt, ledger: Ledger, reason: Reason
) -> Iterator[Draft]:
    claims = tuple(Claim(one.item, one.amount) for one in run)
    items = _owed(claims, receipt, ledger)
    if items and sum(one.amount for one in run) == receipt.amount:
        found = Fit(claims, Reason.EXACT_AMOUNT)
        yield Draft(items, found, reasons=(reason,), kind=Kind.COLLECTION)


def _paid_out(parts: list[PaidOut], receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
    """The payout is what its parts say; where no fee is told, it is what is missing.

    Without any, it is a run of ours that the text names.
    """
    claims = tuple(Claim(part.item, part.gross) for part in parts)
    items = _owed(claims, receipt, ledger)
    gross = sum(part.gross for part in parts)
    told = [part.fee for part in parts if part.fee is not None]
    kept = gross - receipt.amount
    if not items:
        return
    if len(told) == len(parts) and sum(told) == kept:
        found = Fit(claims, Reason.EXACT_AMOUNT, fee=kept)
    elif not told and 0 < kept * MAX_KEPT <= gross:
        found = Fit(claims, Reason.CHARGES_DEDUCTED, fee=kept)
    elif not told and not kept:
        whole = Fit(claims, Reason.EXACT_AMOUNT)
        yield Draft(items, whole, reasons=(Reason.OUR_COLLECTION,), kind=Kind.COLLECTION)
        return
    else:
        return
    yield Draft(items, found, reasons=(Reason.PAYOUT_REPORTED,), kind=Kind.PAYOUT)
