"""Money between our own accounts: what leaves one of them arrives on another."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .values import Kind, Proposal, Reason, Receipt

#: Days between the two ends of a transfer.
DAYS_APART = 5


@dataclass(frozen=True, slots=True)
class End:
    """What may be one end of a transfer: a bank line.

    :param journal: which of our accounts it is on
    :param account: the other side's account as the bank names it, letters and digits alone
    """

    line: int
    journal: int
    currency: str
    amount: int
    day: date
    account: str = ""


class Transfers:
    """Our own accounts, and the lines that may be ends of transfers between them.

    >>> day = date(2026, 3, 2)
    >>> own = Transfers({"FR76": 2}, [End(7, 2, "EUR", 500, day)])
    >>> out = Receipt(8, "EUR", -500, account="FR76", booking_date=day, journal=1)
    >>> own.proposal(out).reasons == (Reason.OWN_ACCOUNT, Reason.OTHER_END)
    True
    """

    def __init__(
        self, accounts: Mapping[str, int | None] | None = None, ends: Iterable[End] = ()
    ) -> None:
        """Start from what is ours.

        :param accounts: number of each account of ours → its journal, ``None`` where it has none
        """
        self._accounts = dict(accounts or {})
        self._ends: dict[tuple[str, int], list[End]] = {}
        for end in ends:
            self._ends.setdefault((end.currency, end.amount), []).append(end)

    def proposal(self, receipt: Receipt) -> Proposal | None:
        """Return that a receipt is a transfer, without a score; nothing where nothing says so.

        Another account of ours is named, or a line on another account is the only one that can be
        the other end, and this one the only one for it; that one may name ours. A line that names
        somebody else's account is none.
        """
        ours = receipt.account in self._accounts
        if not receipt.amount or (receipt.account and not ours):
            return None
        other = self._other_end(receipt)
        reasons = [Reason.OWN_ACCOUNT] if ours or (other and other.account) else []
        if other:
            reasons.append(Reason.OTHER_END)
        if not reasons:
            return None
        return Proposal((), 0.0, tuple(reasons), kind=Kind.TRANSFER, on_account=receipt.amount)

    def _other_end(self, receipt: Receipt) -> End | None:
        if not receipt.journal or not receipt.booking_date:
            return None
        mine = End(receipt.key, receipt.journal, receipt.currency, receipt.amount,
                   receipt.booking_date, receipt.account)  # fmt: skip
        others = list(self._opposite(mine))
        if len(others) != 1:
            return None
        back = [end for end in self._opposite(others[0]) if end.line != mine.line]
        return None if back else others[0]

    def _opposite(self, end: End) -> Iterator[End]:
        """Yield the lines that may be the other end of ``end``."""
        for other in self._ends.get((end.currency, -end.amount), ()):
            near = abs(other.day - end.day) <= timedelta(days=DAYS_APART)
            if near and self._names(end, other) and self._names(other, end):
                yield other

    def _names(self, end: End, other: End) -> bool:
        """Tell whether an end names the account of the other one, or none at all."""
        if end.journal == other.journal:
            return False
        return not end.account or self._accounts.get(end.account, 0) in {None, other.journal}
