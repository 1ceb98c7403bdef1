"""Which entries of a fetch we already know, when no id a bank gives can be relied on.

Ids are missing, blank, new in every session or used twice; texts and booking dates change after
the booking; two bookings may be alike to the last character. So identity is not a key but an
assignment: the entries seen in a window of days are laid against the entries known for it, as
multisets, the strongest evidence first. Every known entry is used at most once.

1. everything is told alike
2. the bank's id, while it can be trusted, with the same amount
3. the same content
4. the same amount, and what else speaks for it (`Likeness`): references, day, text

In tier 4, one reference of the bank on one day is enough. Else the reading must show that the known
entry is gone, and then it is *presumed* to be the seen one: the sum of the books is right in any
case, the row it belongs to is what is likeliest, and is flagged where the evidence is weak. A
reading that shows neither that the known entry is there nor that it is gone leaves the seen one
*doubtful*.

What then remains of the fetch is new; what remains of a complete window is missing.

What nobody can decide, and therefore is flagged:

- two bookings of one day, amount and references whose texts both change at once (``ambiguous``);
- an entry gone and another one of that amount new, up to three days away, with the same text and
  without a reference, or on the same day with another text: moved or reworded, or removed and
  another one booked (``moved``, ``reworded``); the sum of the books is right in both cases;
- an entry outside the days of a reading that resembles one inside them (``edge``, ``resembles``);
- entries alike in everything they say have no identity apart from their number: any may be any.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter

from .entry_content import fingerprint
from .entry_doubt import Decision, DoubtfulEntry, Presumption, decide_doubts, reread_from
from .entry_window import REMOVED_AFTER_MISSES, Coverage, KnownEntry, Pair, Window
from .statement import Entry

#: A bank that makes up ids anew says nothing new with them.
_IDS = frozenset({"entry_reference", "servicer_reference"})
#: What is kept once it is told, and makes no other entry.
_KEPT = (*sorted(_IDS), "ultimate_name")
_saying = attrgetter(*(field.name for field in fields(Entry) if field.name not in _KEPT))


@dataclass(frozen=True, slots=True)
class AddedEntry:
    """A new entry.

    ``occurrence`` numbers equal entries from 1: (account, fingerprint, occurrence) is unique, so
    that two workers who add the same entry at once collide.
    """

    index: int
    fingerprint: str
    occurrence: int


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """What a fetch means for our records. ``index`` counts the entries seen, from 0.

    Every index is in exactly one of ``added``, ``matched``, ``changed``, ``presumed``,
    ``doubtful``, ``repeated`` and ``pending``.

    :param matched: known and unchanged: (key, index)
    :param changed: known, with new content to record: (key, index)
    :param presumed: taken for known and changed: record them as ``changed``, and the reason
    :param doubtful: may be new or known. Where a complete window will follow at once, do nothing:
        it decides. Else keep them apart, without a line, until something decides.
    :param decided: what becomes of entries that were doubtful
    :param missing: keys of known entries a complete window should hold and does not. An entry
        counts as booked until it has been missing ``REMOVED_AFTER_MISSES`` times.
    :param repeated: the same element twice in one fetch, under one trusted id
    :param pending: not booked yet, no business of ours
    :param untrusted_ids: ids the bank used for different entries; record it, and pass
        ``trust_ids=False`` for this account from now on
    :param confirmed: keys of entries that were presumed changed, in a window that would have shown
        what they said before; forget that after ``REMOVED_AFTER_MISSES`` times
    :param reread_from: the day from which the next window must be asked for, or earlier
    """

    added: tuple[AddedEntry, ...]
    matched: tuple[tuple[int, int], ...]
    changed: tuple[tuple[int, int], ...]
    missing: tuple[int, ...]
    untrusted_ids: frozenset[str] = frozenset()
    repeated: tuple[int, ...] = ()
    presumed: tuple[Presumption, ...] = ()
    doubtful: tuple[DoubtfulEntry, ...] = ()
    decided: tuple[Decision, ...] = ()
    pending: tuple[int, ...] = ()
    confirmed: tuple[int, ...] = ()
    reread_from: date | None = None


def reconcile_window(
    known: Sequence[KnownEntry],
    seen: Sequence[Entry],
    coverage: Coverage,
    *,
    trust_ids: bool = True,
) -> WindowPlan:
    """Decide what the entries seen in one fetch of one account mean for the entries known.

    Pure and deterministic: known entries are taken by fewest misses, then by key; seen entries in
    their order. The plan carried out, our booked entries are the bank's, as a multiset of their
    contents, apart from what is ``missing`` and ``doubtful``.

    Pass as ``known`` every entry of the window, of `MAX_ID_MOVE_DAYS` before and after it, and
    those given up as removed: an entry that comes back is the old one. On ``changed``, record the
    new content but keep fingerprint and occurrence; they only tell equal additions apart.

    >>> day = date(2026, 3, 2)
    >>> coffee = Entry(day, day, -450, "EUR", remittance=("COFFEE",))
    >>> plan = reconcile_window([KnownEntry(7, coffee)], [coffee, coffee], Coverage("whole"))
    >>> plan.matched, [(new.index, new.occurrence) for new in plan.added]
    (((7, 0),), [(1, 2)])

    :param trust_ids: whether the bank has never been seen to reuse an id. Pass ``False`` for
        statement files: ``NtryRef`` may just number the lines of one file.
    """
    window = Window(known, seen, coverage)
    untrusted = _assign(window, trust_ids)
    decided = decide_doubts(known, {pair.row.key for pair in window.pairs}, coverage)
    missing = _missing(window, coverage, {one.same_as for one in decided})
    numbers = _Numbers(known)
    added = tuple(AddedEntry(index, *numbers.give(seen[index])) for index in window.unseated)
    doubtful = tuple(
        DoubtfulEntry(index, *numbers.give(seen[index]), _doubt_reason(coverage), tuple(candidates))
        for index, candidates in sorted(window.doubtful.items())
    )
    plain, pairs = _split(window.pairs, seen)
    presumed = tuple(_presumption(pair, numbers.give(seen[pair.index])) for pair in pairs)
    unsure = [*missing, *(one.key for one in presumed if one.tentative)]
    return WindowPlan(
        added=added,
        matched=tuple((key, index) for key, index, differs in plain if not differs),
        changed=tuple((key, index) for key, index, differs in plain if differs),
        missing=missing,
        untrusted_ids=untrusted,
        repeated=tuple(window.repeated),
        presumed=presumed,
        doubtful=doubtful,
        decided=decided,
        pending=window.pending,
        confirmed=_confirmed(window.pairs, coverage),
        reread_from=reread_from(known, seen, doubtful, unsure),
    )


def _assign(window: Window, trust_ids: bool) -> frozenset[str]:
    """Give every entry its place, tier by tier, and return the ids used for different entries."""
    untrusted = window.reused_ids() if trust_ids else frozenset()
    trusted = trust_ids and not untrusted
    if trusted:
        window.drop_repetitions()
    window.match_told_alike()
    if trusted:
        window.match_by_id()
    window.match_by_content()
    window.match_by_likeness()
    window.take_back_presumptions()
    return untrusted


def _missing(window: Window, coverage: Coverage, found: set[int | None]) -> tuple[int, ...]:
    """Return the keys of unclaimed entries that the reading should have held."""
    if coverage.kind != "whole":
        return ()
    return tuple(
        row.key
        for row in window.unclaimed.values()
        if row.miss_count < REMOVED_AFTER_MISSES
        and not row.doubts
        and row.same_as is None
        and row.key not in found
        and coverage.spans(row.entry.booking_date)
    )


def _confirmed(pairs: Iterable[Pair], coverage: Coverage) -> tuple[int, ...]:
    """Return the keys of presumed entries which the reading does not show as they were before."""
    return tuple(
        pair.row.key
        for pair in pairs
        if pair.row.before is not None
        and not pair.came_back
        and coverage.kind == "whole"
        and coverage.rules_out(pair.row.before)
    )


def _split(
    pairs: Iterable[Pair], seen: Sequence[Entry]
) -> tuple[list[tuple[int, int, bool]], list[Pair]]:
    """Return the pairs that are sure, with whether they say anything new, and the presumed ones."""
    plain, presumed = [], []
    for pair in sorted(pairs, key=lambda pair: (pair.row.key, pair.index)):
        if (
            pair.came_back
            or pair.id_alone
            or (pair.likeness is not None and not pair.likeness.proved)
        ):
            presumed.append(pair)
        else:
            differs = _differs(pair.row.entry, seen[pair.index])
            plain.append((pair.row.key, pair.index, differs))
    return plain, presumed


def _presumption(pair: Pair, number: tuple[str, int]) -> Presumption:
    if pair.came_back:
        return Presumption(pair.row.key, pair.index, *number, reason="came_back")
    if pair.likeness is None:
        return Presumption(pair.row.key, pair.index, *number, reason="moved", tentative=True)
    ambiguous = pair.rivals or pair.rival_indexes
    reason = "ambiguous" if ambiguous else pair.likeness.weakness
    return Presumption(
        pair.row.key,
        pair.index,
        *number,
        reason,
        tentative=not pair.likeness.referenced,
        rivals=tuple(pair.rivals),
        rival_indexes=tuple(pair.rival_indexes),
    )


def _doubt_reason(coverage: Coverage) -> str:
    return "edge" if coverage.kind == "whole" else "resembles"


class _Numbers:
    """Gives every new entry the lowest occurrence its fingerprint still has free."""

    def __init__(self, known: Iterable[KnownEntry]) -> None:
        self._taken: dict[str, set[int]] = defaultdict(set)
        self._lowest: dict[str, int] = defaultdict(lambda: 1)
        unnumbered = []
        for row in known:
            mark = row.recorded_fingerprint or fingerprint(row.entry)
            if row.occurrence is None:
                unnumbered.append(mark)
            else:
                self._taken[mark].add(row.occurrence)
        for mark in unnumbered:
            self._take_lowest(mark)

    def give(self, entry: Entry) -> tuple[str, int]:
        """Return fingerprint and occurrence of a new entry."""
        mark = fingerprint(entry)
        return mark, self._take_lowest(mark)

    def _take_lowest(self, mark: str) -> int:
        taken, number = self._taken[mark], self._lowest[mark]
        while number in taken:
            number += 1
        taken.add(number)
        self._lowest[mark] = number + 1
        return number


def _differs(recorded: Entry, seen: Entry) -> bool:
    """Return whether ``seen`` says anything new, apart from one id replaced by another."""
    if recorded is seen:
        return False
    if _saying(recorded) != _saying(seen):
        return True
    return any(
        getattr(recorded, name) is None and getattr(seen, name) is not None for name in _KEPT
    )
