"""Entries of which nobody can tell from one reading whether they are new, and what decides it.

A doubtful entry is kept in the mirror without a statement line: it is neither dropped nor booked
twice. It is decided by the first of these: a complete window or a proved statement that shows both
of its wordings or one; the bank's balance, which is right with it or without; a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .entry_window import MAX_MOVE_DAYS, Coverage, KnownEntry
from .statement import Entry


@dataclass(frozen=True, slots=True)
class DoubtfulEntry:
    """A seen entry that may be new or a known one.

    :param reason: ``resembles``: a file without proof neither shows the known entry nor rules it
        out. ``edge``: the known entry lies just outside the window; a wider one tells.
    :param candidates: keys of the known entries it may be, the likeliest first
    """

    index: int
    fingerprint: str
    occurrence: int
    reason: str
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Presumption:
    """A known entry that is taken for changed, because nothing else is likely.

    To take it for changed keeps the sum of the books right in any case: the old entry is gone. What
    can be wrong is which line it belongs to. ``fingerprint`` and ``occurrence`` number the seen
    entry for the case that the bank's balance shows it to be new.

    :param reason: what a person would ask about; ``None`` where it goes without saying. ``moved``:
        another day and only the text is the same. ``reworded``: the same day, but neither text nor
        references are. ``ambiguous``: others fit as well. ``came_back``: an earlier presumption
        was wrong.
    :param tentative: no reference says that it is the same: remember what the entry said before,
        until `REMOVED_AFTER_MISSES` complete windows have confirmed that this is gone
    :param rivals: keys of the known entries that fit as well
    :param rival_indexes: seen entries that fit as well
    """

    key: int
    index: int
    fingerprint: str
    occurrence: int
    reason: str | None = None
    tentative: bool = False
    rivals: tuple[int, ...] = ()
    rival_indexes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reading decides about an entry that was doubtful.

    :param key: the doubtful entry
    :param same_as: the entry it is another wording of; ``None``: it is another entry
    """

    key: int
    same_as: int | None


def decide_doubts(
    known: Iterable[KnownEntry], claimed: Iterable[int], coverage: Coverage
) -> tuple[Decision, ...]:
    """Return what the known entries seen and not seen decide about the doubtful ones.

    Where all candidates are ruled out if they are not there: with the entry and every candidate
    there, it is another one; with a candidate not there, they are two wordings of one. An entry
    that is not there although its candidate is was another wording, too.

    >>> from .statement import Entry
    >>> rows = [KnownEntry(1, Entry(None, None, 5, "EUR")),
    ...         KnownEntry(2, Entry(None, None, 5, "EUR"), doubts=(1,))]
    >>> decide_doubts(rows, {2}, Coverage())
    (Decision(key=2, same_as=1),)
    >>> decide_doubts(rows, {1, 2}, Coverage())
    (Decision(key=2, same_as=None),)
    """
    rows = {row.key: row for row in known}
    present, used, decisions = set(claimed), set(), []
    for row in rows.values():
        candidates = [rows[key] for key in row.doubts if key in rows]
        if not row.doubts or not coverage.rules_out(row.entry):
            continue
        if not all(coverage.rules_out(candidate.entry) for candidate in candidates):
            continue
        absent = [one.key for one in candidates if one.key not in present | used]
        there = [one.key for one in candidates if one.key in present - used]
        if row.key in present:
            decisions.append(Decision(row.key, absent[0] if absent else None))
            used.update(absent[:1])
        elif there:
            decisions.append(Decision(row.key, there[0]))
            used.add(there[0])
    return tuple(decisions)


def reread_from(
    known: Iterable[KnownEntry],
    seen: Sequence[Entry],
    doubtful: Iterable[DoubtfulEntry],
    unsure: Iterable[int],
) -> date | None:
    """Return the day the next window should start from at the latest; ``None`` for any.

    A booking date that moves across the edge of a window is seen as an entry gone or as one more;
    a window that starts a few days earlier shows which. What was presumed must be confirmed.

    :param unsure: keys of known entries that are missing or presumed changed
    """
    rows = {row.key: row for row in known}
    open_rows = [rows[key] for key in unsure]
    open_rows += [rows[key] for one in doubtful for key in one.candidates]
    open_rows += [row for row in rows.values() if row.doubts]
    days = [row.entry.booking_date for row in open_rows]
    days += [seen[one.index].booking_date for one in doubtful]
    days += [row.before.booking_date for row in rows.values() if row.before is not None]
    dated = [day for day in days if day]
    return min(dated) - timedelta(MAX_MOVE_DAYS + 1) if dated else None
