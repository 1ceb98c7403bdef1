"""Which entry takes back which: reversals the bank marks, and corrections it books as a pair."""

from collections import defaultdict
from collections.abc import Mapping

from .entry_content import (
    days_apart,
    is_silent,
    references_differ,
    share_payer,
    share_payment_reference,
    texts_agree,
)
from .statement import Entry

#: A reversal the bank marks may come that late: direct debits are returned for eight weeks.
MARKED_DAYS = 60
#: A correction nobody marks comes within days, or it is another payment.
UNMARKED_DAYS = 10


def pair_reversals(new: Mapping[int, Entry], known: Mapping[int, Entry]) -> dict[int, int]:
    """Return new key → key of the entry it takes back, new or known; each is taken back once.

    >>> from datetime import date
    >>> paid = Entry(date(2026, 3, 2), None, -1000, "EUR", remittance=("RENT",))
    >>> back = Entry(date(2026, 3, 3), None, 1000, "EUR", remittance=("RENT",), reversal=True)
    >>> pair_reversals({2: back}, {1: paid})
    {2: 1}

    :param new: key → entry that was just added
    :param known: key → entry that was there and that nothing takes back yet
    """
    by_money: dict[tuple[str, int], list[int]] = defaultdict(list)
    entries = {**known, **new}
    for key, entry in entries.items():
        by_money[entry.currency, entry.amount].append(key)
    pairs: dict[int, int] = {}
    # What the bank marks goes first: it is sure of it.
    for key in sorted(new, key=lambda key: (not _is_marked(new[key]), _day(new[key]), key)):
        mine = new[key]
        if key in pairs.values():
            continue
        candidates = [
            (weight, other)
            for other in by_money[mine.currency, -mine.amount]
            if other not in pairs and other not in pairs.values()
            if (weight := _weight(mine, entries[other], other < key or other in known)) is not None
        ]
        if candidates:
            pairs[key] = min(candidates)[1]
    return pairs


def _weight(mine: Entry, other: Entry, earlier: bool) -> tuple | None:
    """Return how little speaks for ``mine`` taking back ``other``; ``None`` where nothing does."""
    days = days_apart(mine, other)
    if days is None or _day(other) > _day(mine) or (not days and not earlier):
        return None
    marked = _is_marked(mine)
    if days > (MARKED_DAYS if marked else UNMARKED_DAYS) or references_differ(mine, other):
        return None
    shared, agree = share_payment_reference(mine, other), texts_agree(mine, other)
    if not (shared or (agree and not is_silent(mine)) or (marked and share_payer(mine, other))):
        return None
    return not shared, not agree, days


def _is_marked(entry: Entry) -> bool:
    return entry.reversal or bool(entry.return_reason)


def _day(entry: Entry) -> str:
    return entry.booking_date.isoformat() if entry.booking_date else ""
