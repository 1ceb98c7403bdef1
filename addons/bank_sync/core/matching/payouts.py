"""Payouts of card processors that no report explains: whole days of payments, less a fee."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from .drafts import Draft
from .fitting import Fit
from .ledger import Ledger
from .names import words
from .values import Claim, Kind, Reason, Receipt

#: Days after which a processor has paid out.
DAYS_TO_PAY_OUT = 45
#: Most a processor keeps: of each payment so many minor units, and of all one part in so many.
KEPT_EACH, KEPT_SHARE = 50, 25
#: Ways to cut the days into payouts that are shown.
MAX_WAYS = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """One customer's payment that a processor took for us and has not paid out yet.

    :param processor: its name, as a bank prints it
    """

    processor: str
    item: int
    gross: int
    day: date


class Processors:
    """What each processor still holds, by day."""

    def __init__(self, taken: Iterable[Taken] = ()) -> None:
        self._held: dict[frozenset[str], dict[date, list[Taken]]] = {}
        for one in sorted(taken, key=lambda one: (one.day, one.item)):
            if name := words(one.processor):
                self._held.setdefault(name, {}).setdefault(one.day, []).append(one)

    def drafts(self, receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
        """Yield what a receipt that names a processor may pay out, oldest days first."""
        if not self._held or not receipt.booking_date:
            return
        said = frozenset().union(*(words(t) for t in (*receipt.texts, receipt.counterparty_name)))
        for name, by_day in self._held.items():
            if name <= said:
                yield from _payouts(by_day, receipt, ledger)


def _payouts(by_day: dict[date, list[Taken]], receipt: Receipt, ledger: Ledger) -> Iterator[Draft]:
    until = receipt.booking_date or date.min
    days = [
        held
        for day, every in sorted(by_day.items())
        if until - timedelta(days=DAYS_TO_PAY_OUT) <= day <= until
        and (held := [one for one in every if _is_open(one, receipt, ledger)])
    ]
    ways = list(_ways(days, receipt.amount))
    for place, parts in enumerate(ways[:MAX_WAYS]):
        gross = sum(one.gross for one in parts)
        claims = tuple(Claim(one.item, one.gross) for one in parts)
        items = tuple(ledger.items[one.item] for one in parts)
        order = Reason.SUM_OLDEST if place == 0 else Reason.SUM_AMBIGUOUS
        reasons = (Reason.PAYOUT_LIKELY,) if len(ways) == 1 else (Reason.PAYOUT_LIKELY, order)
        found = Fit(claims, Reason.CHARGES_DEDUCTED, fee=gross - receipt.amount)
        yield Draft(items, found, reasons=reasons, kind=Kind.PAYOUT)


def _ways(days: list[list[Taken]], amount: int) -> Iterator[list[Taken]]:
    """Yield the runs of whole days whose sum less a usual fee is the amount."""
    sums = [0, *accumulate(sum(one.gross for one in day) for day in days)]
    counts = [0, *accumulate(len(day) for day in days)]
    for start in range(len(days)):
        for end in range(start + 1, len(days) + 1):
            gross, count = sums[end] - sums[start], counts[end] - counts[start]
            kept = gross - amount
            if kept > KEPT_EACH * count + gross // KEPT_SHARE:
                break
            if kept > 0:
                yield [one for day in days[start:end] for one in day]


def _is_open(one: Taken, receipt: Receipt, ledger: Ledger) -> bool:
    item = ledger.items.get(one.item)
    return bool(item and item.currency == receipt.currency and 0 < one.gross <= item.residual)
