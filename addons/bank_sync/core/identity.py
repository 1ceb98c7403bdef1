"""Which entries of a fetch we already know, when no id a bank gives can be relied on.

Ids are missing, blank, new in every session or used twice; texts and booking dates change after
the booking; two bookings may be alike to the last character. So identity is not a key but an
assignment: the entries seen in a window of days are laid against the entries known for it, as
multisets, the strongest evidence first. Every known entry is used at most once.

1. the bank's id, while it can be trusted, with the same amount
2. the same content
3. the same day, amount and references, another text
4. the same amount and references, booked up to `MAX_MOVE_DAYS` later or earlier

Tiers 3 and 4 hold only where the known entry is gone from a complete window, or where the bank's
own reference of the entry, the day and the amount are the same. What then remains of the fetch is
new; what remains of a complete window is missing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .entry_content import fingerprint
from .entry_window import KnownEntry, Window
from .statement import Entry


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

    Every index is in exactly one of ``added``, ``matched``, ``changed``, ``repeated``,
    ``deferred`` and ``pending``.

    :param matched: known and unchanged: (key, index)
    :param changed: known, with new content to record: (key, index)
    :param missing: keys of known entries a complete window should hold and does not. An entry
        counts as booked until it has been missing ``REMOVED_AFTER_MISSES`` times.
    :param repeated: the same element twice in one fetch, under one trusted id
    :param deferred: may be new, or known entries an incomplete window just did not reach. Where a
        complete window will follow, do nothing: it decides. Where none will, as with a file, add
        them: they are numbered like ``added``
    :param pending: not booked yet, no business of ours
    :param untrusted_ids: ids the bank used for different entries; record it, and pass
        ``trust_ids=False`` for this account from now on
    """

    added: tuple[AddedEntry, ...]
    matched: tuple[tuple[int, int], ...]
    changed: tuple[tuple[int, int], ...]
    missing: tuple[int, ...]
    untrusted_ids: frozenset[str]
    repeated: tuple[int, ...] = ()
    deferred: tuple[AddedEntry, ...] = ()
    pending: tuple[int, ...] = ()


def reconcile_window(
    known: Sequence[KnownEntry],
    seen: Sequence[Entry],
    *,
    complete: bool,
    trust_ids: bool = True,
    window_start: date | None = None,
    window_end: date | None = None,
) -> WindowPlan:
    """Decide what the entries seen in one fetch of one account mean for the entries known.

    Pure and deterministic: known entries are taken by fewest misses, then by key; seen entries in
    their order. The plan carried out, our booked entries are the bank's, as a multiset of their
    contents, apart from what is ``missing`` and ``deferred``.

    Pass as ``known`` every entry of the window, of `MAX_ID_MOVE_DAYS` before and after it, and
    those given up as removed: an entry that comes back is the old one. On ``changed``, record the
    new content but keep fingerprint and occurrence; they only tell equal additions apart.

    >>> day = date(2026, 3, 2)
    >>> coffee = Entry(day, day, -450, "EUR", remittance=("COFFEE",))
    >>> plan = reconcile_window([KnownEntry(7, coffee)], [coffee, coffee], complete=True)
    >>> plan.matched, [(new.index, new.occurrence) for new in plan.added]
    (((7, 0),), [(1, 2)])

    :param complete: whether every page of the window was read; only then can anything be missing
    :param trust_ids: whether the bank has never been seen to reuse an id. Pass ``False`` for
        statement files: ``NtryRef`` may just number the lines of one file.
    :param window_start: first booking date asked for; earlier known entries cannot be missing
    :param window_end: last booking date asked for; later known entries cannot be missing
    """
    window = Window(known, seen, complete=complete, first_day=window_start, last_day=window_end)
    untrusted: frozenset[str] = frozenset()
    if trust_ids:
        untrusted = window.reused_ids()
        if not untrusted:
            window.drop_repetitions()
            window.match_by_id()
    window.match_by_content()
    window.match_by_likeness()
    new = [*window.unseated, *sorted(window.deferred)]
    numbered = _number(known, [(index, seen[index]) for index in new])
    pairs = sorted(
        (row.key, index, _differs(row.entry, seen[index])) for row, index in window.pairs
    )
    return WindowPlan(
        added=numbered[: len(window.unseated)],
        matched=tuple((key, index) for key, index, differs in pairs if not differs),
        changed=tuple((key, index) for key, index, differs in pairs if differs),
        missing=tuple(row.key for row in window.unclaimed.values() if window.is_missing(row)),
        untrusted_ids=untrusted,
        repeated=tuple(window.repeated),
        deferred=numbered[len(window.unseated) :],
        pending=window.pending,
    )


def _number(
    known: Iterable[KnownEntry], added: Iterable[tuple[int, Entry]]
) -> tuple[AddedEntry, ...]:
    """Give every new entry the lowest occurrence its fingerprint still has free."""
    taken: dict[str, set[int]] = defaultdict(set)
    unnumbered = []
    for row in known:
        mark = row.recorded_fingerprint or fingerprint(row.entry)
        if row.occurrence is None:
            unnumbered.append(mark)
        else:
            taken[mark].add(row.occurrence)
    for mark in unnumbered:
        _take_lowest(taken[mark])
    numbered = []
    for index, entry in added:
        mark = fingerprint(entry)
        numbered.append(AddedEntry(index, mark, _take_lowest(taken[mark])))
    return tuple(numbered)


def _take_lowest(taken: set[int]) -> int:
    number = 1
    while number in taken:
        number += 1
    taken.add(number)
    return number


def _differs(recorded: Entry, seen: Entry) -> bool:
    """Return whether ``seen`` says anything new, apart from one id replaced by another."""
    ids = {
        name: getattr(recorded, name)
        for name in ("entry_reference", "servicer_reference")
        if getattr(recorded, name) is not None
    }
    return recorded != replace(seen, **ids)
