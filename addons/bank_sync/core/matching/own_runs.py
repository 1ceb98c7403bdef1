"""What we started ourselves: our collection runs, and what card processors report of payouts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .drafts import Draft
from .fitting import Fit
from .ledger import Ledger
from .text import glued
from .values import Claim, Kind, OpenItem, Reason, Receipt

#: Days in which a collection reaches the account, and in which it may be taken back.
DAYS_TO_ARRIVE = 10


@dataclass(frozen=True, slots=True)
class Collected:
    """One item of a collection run of ours.

    :param amount: minor units of the run's currency
    """

    run: str
    end_to_end_id: str
    item: int
    amount: int
    day: date


@dataclass(frozen=True, slots=True)
class PaidOut:
    """One item of a processor's payout: what the customer paid, and what was kept of it."""

    payout: str
    item: int
    gross: int
    fee: int


class OwnRuns:
    """Collections and payouts, by everything a bank may say of them."""

    def __init__(
        self, collected: Iterable[Collected] = (), paid_out: Iterable[PaidOut] = ()
    ) -> None:
        self.by_id: dict[str, Collected] = {}
        self.runs: dict[str, list[Collected]] = {}
        self.payouts: dict[str, list[PaidOut]] = {}
        for one in collected:
            self.add_collected(one)
        for part in paid_out:
            self.payouts.setdefault(glued(part.payout), []).append(part)

    def add_collected(self, one: Collected) -> None:
        """Take one collection in."""
        self.by_id[one.end_to_end_id] = one
        self.runs.setdefault(one.run, []).append(one)

    def add_paid_out(self, part: PaidOut) -> None:
        """Take one line of a processor's report in."""
        self.payouts.setdefault(glued(part.payout), []).append(part)

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
        if receipt.amount < 0:
            yield from self._taken_back(receipt, ledger)
            return
        if run := self.runs.get(receipt.run_id):
            yield from _collected(run, receipt, ledger, Reason.OUR_COLLECTION)
        elif receipt.count > 1:
            runs = self._run_of_total(receipt)
            if len(runs) == 1:
                yield from _collected(runs[0], receipt, ledger, Reason.COLLECTION_TOTAL)
        for text in receipt.texts:
            if parts := self.payouts.get(glued(text)):
                yield from _paid_out(parts, receipt, ledger)

    def _taken_back(self, receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
        """A collection comes back: the item is owed again, the bank's fee is ours."""
        one = self.by_id.get(receipt.end_to_end_id)
        if not one or not receipt.return_reason or -receipt.amount < one.amount:
            return
        known = ledger.settled.get(one.item)
        item = known.item if known else ledger.items.get(one.item)
        if item:
            found = Fit(
                (Claim(one.item, -one.amount),),
                Reason.EXACT_AMOUNT,
                fee=-receipt.amount - one.amount,
            )
            yield Draft((item,), found, reasons=(Reason.TAKEN_BACK,), kind=Kind.RETURN)


def _owed(claims: tuple[Claim, ...], ledger: Ledger) -> tuple[OpenItem, ...]:
    """Return the claimed items, or none where one of them owes less by now."""
    items = {claim.item: ledger.items.get(claim.item) for claim in claims}
    for claim in claims:
        item = items[claim.item]
        if not item or not 0 < claim.applied <= item.residual:
            return ()
    return tuple(items.values()) if len(items) == len(claims) else ()


def _collected(
    run: list[Collected], receipt: Receipt, ledger: Ledger, reason: Reason
) -> Iterator[Draft]:
    claims = tuple(Claim(one.item, one.amount) for one in run)
    items = _owed(claims, ledger)
    if items and sum(one.amount for one in run) == receipt.amount:
        found = Fit(claims, Reason.EXACT_AMOUNT)
        yield Draft(items, found, reasons=(reason,), kind=Kind.COLLECTION)


def _paid_out(parts: list[PaidOut], receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
    claims = tuple(Claim(part.item, part.gross) for part in parts)
    items = _owed(claims, ledger)
    fee = sum(part.fee for part in parts)
    if items and sum(part.gross for part in parts) - fee == receipt.amount:
        found = Fit(claims, Reason.EXACT_AMOUNT, fee=fee)
        yield Draft(items, found, reasons=(Reason.PAYOUT_REPORTED,), kind=Kind.PAYOUT)
