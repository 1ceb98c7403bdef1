"""The assignment of the entries seen in a window to the entries known for it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .entry_content import (
    content,
    days_apart,
    money,
    references_differ,
    share_bank_reference,
    share_reference,
    texts_agree,
    trusted_id,
)
from .statement import Entry

#: Booking dates are known to move by one to three days after the booking.
MAX_MOVE_DAYS = 3
#: An entry missing from that many complete windows, one after another, is given up as removed.
#: Fewer would take a line for removed which a bank left out for a day.
REMOVED_AFTER_MISSES = 3
#: An id that comes back further away than this from where it was is another booking.
MAX_ID_MOVE_DAYS = 10


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """A booked entry we have recorded.

    :param key: our own key
    :param entry: its content as we know it now
    :param miss_count: how many complete windows it was missing from, one after another
    :param recorded_fingerprint: fingerprint it was added with; that of ``entry`` when ``None``
    :param occurrence: occurrence it was added with; the lowest free number when ``None``
    """

    key: int
    entry: Entry
    miss_count: int = 0
    recorded_fingerprint: str | None = None
    occurrence: int | None = None


class Window:
    """The assignment in the making; `reconcile_window` is how to use it."""

    def __init__(
        self,
        known: Sequence[KnownEntry],
        seen: Sequence[Entry],
        *,
        complete: bool,
        first_day: date | None,
        last_day: date | None,
    ) -> None:
        booked = (row for row in known if not row.entry.pending)
        self.known = sorted(booked, key=lambda row: (row.miss_count, row.key))
        #: Known entries nobody has claimed, in the order they are preferred.
        self.unclaimed = {row.key: row for row in self.known}
        #: Indexes of the seen entries that have no place yet, in their order.
        self.unseated = [index for index, entry in enumerate(seen) if not entry.pending]
        self.pending = tuple(index for index, entry in enumerate(seen) if entry.pending)
        self.pairs: list[tuple[KnownEntry, int]] = []
        self.repeated: list[int] = []
        self.deferred: list[int] = []
        self._seen = seen
        self._complete = complete
        self._first_day = first_day or date.min
        self._last_day = last_day or date.max

    def reused_ids(self) -> frozenset[str]:
        """Return the ids which the bank has used for different entries.

        Proof is one id twice in one fetch with different content, or an id that has come back
        with another amount, another end-to-end id or a far-away date.
        """
        reused = set()
        in_fetch: dict[str, Entry] = {}
        for index in self.unseated:
            entry = self._seen[index]
            identifier = trusted_id(entry)
            if identifier and in_fetch.setdefault(identifier, entry) != entry:
                reused.add(identifier)
        first: dict[str, Entry] = {}
        for row in self.known:
            identifier = trusted_id(row.entry)
            if identifier is None:
                continue
            others = (first.setdefault(identifier, row.entry), in_fetch.get(identifier))
            if any(other is not None and _contradict(row.entry, other) for other in others):
                reused.add(identifier)
        return frozenset(reused)

    def drop_repetitions(self) -> None:
        """Set aside elements that are identical to an earlier one, its id included."""
        met = set()
        kept = []
        for index in self.unseated:
            entry = self._seen[index]
            if trusted_id(entry) is not None and entry in met:
                self.repeated.append(index)
            else:
                met.add(entry)
                kept.append(index)
        self.unseated = kept

    def match_by_id(self) -> None:
        """Pair equal ids; call it only while `reused_ids` finds none."""
        self._match(trusted_id)

    def match_by_content(self) -> None:
        """Pair equal contents, as multisets."""
        self._match(content)

    def match_by_likeness(self) -> None:
        """Pair entries whose text or day has changed, the best evidence first.

        One reference of the bank, one day and one amount are enough. Else it takes a complete
        window to show that the old entry is gone; in an incomplete one the seen entry is deferred.
        """
        unseated = set(self.unseated)
        for unsure, *_evidence, index, row in sorted(self._like(), key=lambda pair: pair[:-1]):
            if row.key not in self.unclaimed or index not in unseated:
                continue
            unseated.remove(index)
            if self._complete or not unsure:
                self._claim(row, index)
            else:
                del self.unclaimed[row.key]
                self.deferred.append(index)
        self.unseated = [index for index in self.unseated if index in unseated]

    def is_missing(self, row: KnownEntry) -> bool:
        """Return whether the window should have held an unclaimed entry and did not."""
        return self._complete and row.miss_count < REMOVED_AFTER_MISSES and self._covers(row.entry)

    def _covers(self, entry: Entry) -> bool:
        day = entry.booking_date
        return day is None or self._first_day <= day <= self._last_day

    def _match(self, key_of) -> None:
        waiting: dict[object, list[KnownEntry]] = defaultdict(list)
        for row in self.unclaimed.values():
            waiting[key_of(row.entry)].append(row)
        waiting.pop(None, None)
        for queue in waiting.values():
            queue.reverse()
        left = []
        for index in self.unseated:
            queue = waiting.get(key_of(self._seen[index]))
            if queue:
                self._claim(queue.pop(), index)
            else:
                left.append(index)
        self.unseated = left

    def _like(self) -> Iterator[tuple]:
        """Yield the pairs that may be one entry, with their evidence: smaller is better."""
        by_day_and_money: dict[tuple, list[tuple[int, KnownEntry]]] = defaultdict(list)
        for position, row in enumerate(self.unclaimed.values()):
            if row.miss_count < REMOVED_AFTER_MISSES:
                place = (row.entry.booking_date, money(row.entry))
                by_day_and_money[place].append((position, row))
        for index in self.unseated:
            entry = self._seen[index]
            for day in _days_around(entry.booking_date):
                for position, row in by_day_and_money.get((day, money(entry)), ()):
                    evidence = self._evidence(row.entry, entry)
                    if evidence is not None:
                        yield (*evidence, position, index, row)

    def _evidence(self, old: Entry, new: Entry) -> tuple[bool, bool, int, bool] | None:
        """Return how weak the evidence is that ``new`` is ``old``; ``None`` where there is none.

        Where a window does not cover the old entry, that it is not there shows nothing: the next
        day's statement of a customer who pays the same again must not swallow the first payment.
        """
        if references_differ(old, new):
            return None
        days = days_apart(old, new) or 0
        unsure = bool(days) or not share_bank_reference(old, new)
        if unsure and not self._covers(old):
            return None
        shared = share_reference(old, new)
        agree = texts_agree(old, new)
        if not days or shared or agree:
            return unsure, not shared, days, not agree
        return None

    def _claim(self, row: KnownEntry, index: int) -> None:
        del self.unclaimed[row.key]
        self.pairs.append((row, index))


def _days_around(day: date | None) -> list[date | None]:
    if day is None:
        return [None]
    return [day + timedelta(offset) for offset in range(-MAX_MOVE_DAYS, MAX_MOVE_DAYS + 1)]


def _contradict(one: Entry, other: Entry) -> bool:
    """Return whether two entries under one id cannot be the same booking."""
    days = days_apart(one, other)
    ids = one.end_to_end_id, other.end_to_end_id
    return (
        money(one) != money(other)
        or (days is not None and days > MAX_ID_MOVE_DAYS)
        or (all(ids) and ids[0] != ids[1])
    )
