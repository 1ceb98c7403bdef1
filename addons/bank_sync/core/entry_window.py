"""The assignment of the entries seen in a window to the entries known for it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from .entry_content import content, days_apart, money, payment_references, trusted_id
from .entry_likeness import Likeness, likeness, only_money, same_payment, telling_references
from .statement import Entry

#: Booking dates are known to move by one to three days after the booking.
MAX_MOVE_DAYS = 3
#: An entry missing from that many complete windows, one after another, is given up as removed.
#: Fewer would take a line for removed which a bank left out for a day.
REMOVED_AFTER_MISSES = 3
#: An id that comes back further away than this from where it was is another booking.
MAX_ID_MOVE_DAYS = 10
#: Known entries of one day and amount that one seen entry is compared with, so that hundreds of
#: alike bookings stay cheap. Those it shares a reference with are always among them.
_MAX_COMPARED = 64
#: Entries that must have kept their id before another id means another entry.
_ENOUGH_IDS = 3


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """A booked entry we have recorded.

    :param key: our own key
    :param entry: its content as we know it now
    :param miss_count: how many complete windows it was missing from, one after another
    :param recorded_fingerprint: fingerprint it was added with; that of ``entry`` when ``None``
    :param occurrence: occurrence it was added with; the lowest free number when ``None``
    :param settled: told by a proved statement that has no entry in common with what is read now
    :param same_as: key of the entry this one is another wording of
    :param doubts: keys of the entries it may be; it counts for nothing until that is decided
    :param before: what it said before it was given its present content on weak evidence, as long
        as `REMOVED_AFTER_MISSES` complete windows have not confirmed that this is gone
    """

    key: int
    entry: Entry
    miss_count: int = 0
    recorded_fingerprint: str | None = None
    occurrence: int | None = None
    settled: bool = False
    same_as: int | None = None
    doubts: tuple[int, ...] = ()
    before: Entry | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a reading says about the days it spans.

    :param kind: ``whole``: every page of an interface was read, what is not there is missing.
        ``cut``: some pages were not. ``proved``: a statement whose balances prove it, what it does
        not hold is not between them. ``told``: a file without proof.
    :param first_day: first booking day asked for or told; ``None`` for no limit
    :param last_day: last such day; ``None`` for no limit
    """

    kind: Literal["whole", "cut", "proved", "told"] = "whole"
    first_day: date | None = None
    last_day: date | None = None

    def spans(self, day: date | None) -> bool:
        """Return whether the day is one of those asked for or told."""
        if day is None:
            return True
        return (self.first_day or date.min) <= day <= (self.last_day or date.max)

    def rules_out(self, entry: Entry) -> bool:
        """Return whether the entry, if it is not there, is not in the books as we know it."""
        return self.kind in {"whole", "proved"} and self.spans(entry.booking_date)

    def leaves_open(self, entry: Entry, *, same_day: bool) -> bool:
        """Return whether the entry, if it is not there, may be there told differently.

        A statement of one day says nothing about the day before: the customer who pays the same
        again is no reason to doubt. At the edge of a window there is one; the next can be wider.

        :param same_day: whether what resembles it is booked on its day
        """
        if self.rules_out(entry):
            return False
        spanned = self.kind == "told" and self.spans(entry.booking_date)
        return same_day or spanned or self.kind in {"whole", "cut"}


@dataclass(slots=True)
class Pair:
    """One seen entry laid on one known entry.

    :param likeness: the evidence; ``None`` where id or content are the same
    :param rivals: keys of known entries that fit as well, with another content
    :param rival_indexes: seen entries that fit as well, with another content
    :param id_alone: only id and amount are the same
    :param came_back: an earlier presumption was wrong: the entry as first told is here again
    """

    row: KnownEntry
    index: int
    likeness: Likeness | None = None
    rivals: list[int] = field(default_factory=list)
    rival_indexes: list[int] = field(default_factory=list)
    came_back: bool = False
    id_alone: bool = False


class Window:
    """The assignment in the making; `reconcile_window` is how to use it."""

    def __init__(
        self, known: Sequence[KnownEntry], seen: Sequence[Entry], coverage: Coverage
    ) -> None:
        booked = [row for row in known if not row.entry.pending]
        self.known = sorted(booked, key=lambda row: (row.miss_count, row.key))
        #: Known entries nobody has claimed, in the order they are preferred.
        self._rows = {row.key: row for row in self.known}
        self.unclaimed = {row.key: row for row in self.known if not row.settled}
        #: Indexes of the seen entries that have no place yet, in their order.
        self.unseated = [index for index, entry in enumerate(seen) if not entry.pending]
        self.pending = tuple(index for index, entry in enumerate(seen) if entry.pending)
        self.pairs: list[Pair] = []
        self.repeated: list[int] = []
        #: Seen entries that may be known ones: index → keys of those, the likeliest first.
        self.doubtful: dict[int, list[int]] = {}
        #: Whether equal ids mean the same entry; see `match_by_id`.
        self.trusts_ids = False
        self._first_candidates: set[int] = set()
        self._seen = seen
        self._coverage = coverage
        self._wordings: dict[int, list[int]] = defaultdict(list)
        for row in self.known:
            if row.same_as is not None:
                self._wordings[row.same_as].append(row.key)

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
        if in_fetch:
            for row in self.known:
                again = in_fetch.get(trusted_id(row.entry) or "")
                if again is not None and _contradict(row.entry, again):
                    reused.add(trusted_id(again))
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

    def match_told_alike(self) -> None:
        """Pair entries that are told alike in everything, as multisets."""
        self._match(lambda entry: entry)

    def match_by_id(self) -> None:
        """Pair equal ids; call it only while `reused_ids` finds none.

        Day and text that both change under one id are the likeness of an id used again.
        """
        self.trusts_ids = True
        first = len(self.pairs)
        self._match(trusted_id)
        for pair in self.pairs[first:]:
            pair.id_alone = only_money(pair.row.entry, self._seen[pair.index])

    def match_by_content(self) -> None:
        """Pair equal contents, as multisets."""
        self._match(content)

    def match_by_likeness(self) -> None:
        """Pair entries whose text or day has changed, the best evidence first.

        One reference of the bank, one day and one amount are enough, or the payer's own reference
        of the payment on that day. Else the reading must show that the old entry is gone; where
        it cannot, the seen entry is doubtful.
        """
        alike = sorted(self._alike(), key=lambda one: one[:3])
        unseated = set(self.unseated)
        for evidence, _position, index, row in alike:
            if index not in unseated or row.key not in self.unclaimed:
                continue
            if self._holds(row, index, evidence):
                unseated.remove(index)
                self._claim(Pair(row, index, evidence))
            elif self._coverage.leaves_open(row.entry, same_day=not evidence.days):
                self._doubt(index, row.key)
        for index in self.doubtful.keys() - unseated:
            del self.doubtful[index]
        unseated -= self.doubtful.keys()
        self.unseated = [index for index in self.unseated if index in unseated]
        self._note_rivals({(row.key, index): evidence for evidence, _place, index, row in alike})

    def _note_rivals(self, alike: Mapping[tuple[int, int], Likeness]) -> None:
        """Note with every pair what would have fitted as well and says something else.

        That is an entry without a place, or another pair laid crosswise.
        """
        by_row = {pair.row.key: pair for pair in self.pairs if pair.likeness}
        by_index = {pair.index: pair for pair in by_row.values()}
        new = set(self.unseated)
        for (key, index), evidence in alike.items():
            mine, theirs = by_row.get(key), by_index.get(index)
            if mine and index in new and self._compete(mine, evidence, index=index):
                mine.rival_indexes.append(index)
            elif theirs and key in self.unclaimed and self._compete(theirs, evidence, key=key):
                theirs.rivals.append(key)
            elif mine and theirs and mine is not theirs:
                across = alike.get((theirs.row.key, mine.index))
                if (evidence, across) == (mine.likeness, theirs.likeness) and self._compete(
                    mine, evidence, key=theirs.row.key, index=index
                ):
                    mine.rivals.append(theirs.row.key)

    def _compete(
        self, pair: Pair, evidence: Likeness, *, key: int | None = None, index: int | None = None
    ) -> bool:
        """Return whether evidence of another row or seen entry is as good as that of the pair."""
        if not evidence.rivals(pair.likeness):
            return False
        if key is not None and content(self._rows[key].entry) == content(pair.row.entry):
            return False
        return index is None or content(self._seen[index]) != content(self._seen[pair.index])

    def take_back_presumptions(self) -> None:
        """Undo a presumed change where the entry as it was told before is in this reading, too."""
        presumed: dict[Hashable, list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            if pair.row.before is not None:
                presumed[content(pair.row.before)].append(pair)
        if not presumed:
            return
        left = []
        for index in self.unseated:
            pairs = presumed.get(content(self._seen[index]))
            if pairs:
                pair = pairs.pop()
                left.append(pair.index)
                pair.index, pair.likeness, pair.came_back = index, None, True
            else:
                left.append(index)
        self.unseated = sorted(left)

    def _doubt(self, index: int, key: int) -> None:
        """Note that the seen entry may be the known one; a known one is one entry at most."""
        if index in self.doubtful:
            self.doubtful[index].append(key)
        elif key not in self._first_candidates:
            self._first_candidates.add(key)
            self.doubtful[index] = [key]

    def _holds(self, row: KnownEntry, index: int, evidence: Likeness) -> bool:
        """Return whether the two are one entry, as far as anybody can tell."""
        return (
            evidence.proved
            or self._coverage.rules_out(row.entry)
            or same_payment(row.entry, self._seen[index])
        )

    def _match(self, key_of: Callable[[Entry], Hashable | None]) -> None:
        waiting: dict[Hashable, list[KnownEntry]] = defaultdict(list)
        for row in reversed(self.unclaimed.values()):
            waiting[key_of(row.entry)].append(row)
        waiting.pop(None, None)
        left = []
        for index in self.unseated:
            queue = waiting.get(key_of(self._seen[index]), [])
            while queue and queue[-1].key not in self.unclaimed:
                queue.pop()
            if queue:
                self._claim(Pair(queue.pop(), index))
            else:
                left.append(index)
        self.unseated = left

    def _alike(self) -> Iterable[tuple[Likeness, int, int, KnownEntry]]:
        """Return the pairs that may be one entry: evidence, place of the row, index, row."""
        if not self.unseated or not self.unclaimed:
            return []
        shelf = _Shelf(
            row
            for row in self.unclaimed.values()
            if row.miss_count < REMOVED_AFTER_MISSES and row.same_as is None and not row.doubts
        )
        stable = self.trusts_ids and self._ids_are_stable()
        telling = telling_references(
            (self._seen[index] for index in range(len(self._seen))),
            (row.entry for row in self.known if row.same_as is None),
        )
        return [
            (evidence, position, index, row)
            for index in self.unseated
            for position, row in shelf.near(self._seen[index])
            if (evidence := likeness(row.entry, self._seen[index], telling)) is not None
            and not (stable and _ids_differ(row.entry, self._seen[index]))
        ]

    def _ids_are_stable(self) -> bool:
        """Return whether every entry of this fetch that is known has the id it had."""
        told = [
            trusted_id(pair.row.entry) == identifier
            for pair in self.pairs
            if (identifier := trusted_id(self._seen[pair.index])) and trusted_id(pair.row.entry)
        ]
        return len(told) >= _ENOUGH_IDS and all(told)

    def _claim(self, pair: Pair) -> None:
        """Take the row out of the choice, with every other wording of it."""
        root = pair.row.key if pair.row.same_as is None else pair.row.same_as
        for key in (root, *self._wordings.get(root, ())):
            self.unclaimed.pop(key, None)
        self.pairs.append(pair)


class _Shelf:
    """Known entries by day and money, to be compared with seen ones."""

    def __init__(self, rows: Iterable[KnownEntry]) -> None:
        self._rows: dict[tuple, list[tuple[int, KnownEntry]]] = defaultdict(list)
        self._by_payment: dict[tuple, list[tuple[int, KnownEntry]]] = defaultdict(list)
        self._turns: dict[tuple, int] = defaultdict(int)
        for place, row in enumerate(rows):
            where = row.entry.booking_date, money(row.entry)
            self._rows[where].append((place, row))
            for reference in filter(None, payment_references(row.entry)):
                self._by_payment[(*where, reference)].append((place, row))

    def near(self, entry: Entry) -> list[tuple[int, KnownEntry]]:
        """Return the rows of the same money up to `MAX_MOVE_DAYS` away, from a long list a part."""
        found: dict[int, KnownEntry] = {}
        references = [*filter(None, payment_references(entry))]
        for day in _days_around(entry.booking_date):
            where = day, money(entry)
            rows = self._rows.get(where)
            if not rows:
                continue
            for reference in references:
                found.update(self._by_payment.get((*where, reference), ())[:_MAX_COMPARED])
            if len(rows) > _MAX_COMPARED:
                turn = self._turns[where]
                self._turns[where] += 1
                start = min(max(turn - _MAX_COMPARED // 2, 0), len(rows) - _MAX_COMPARED)
                rows = rows[max(start, 0) : max(start, 0) + _MAX_COMPARED]
            found.update(rows)
        return list(found.items())


def _days_around(day: date | None) -> list[date | None]:
    if day is None:
        return [None]
    return [day + timedelta(offset) for offset in range(-MAX_MOVE_DAYS, MAX_MOVE_DAYS + 1)]


def _ids_differ(one: Entry, other: Entry) -> bool:
    mine, theirs = trusted_id(one), trusted_id(other)
    return mine is not None and theirs is not None and mine != theirs


def _contradict(one: Entry, other: Entry) -> bool:
    """Return whether two entries under one id cannot be the same booking."""
    days = days_apart(one, other)
    mine, theirs = payment_references(one)[0], payment_references(other)[0]
    return (
        money(one) != money(other)
        or (days is not None and days > MAX_ID_MOVE_DAYS)
        or (mine is not None and theirs is not None and mine != theirs)
    )
