"""What of an open item must not be chased now, and why: a dispute, a promise, an agency at work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Withheld:
    """A part of one item; ``amount`` in minor units, ``until`` its last day (``None``: open)."""

    code: str
    amount: int
    until: date | None = None


def total(parts: Iterable[Withheld]) -> int:
    """Return how much is withheld in all.

    >>> total([Withheld("dispute", 200_00), Withheld("promise", 100_00)])
    30000
    """
    return sum(part.amount for part in parts)


def chased(residual: int, parts: Iterable[Withheld]) -> int:
    """Return what may be chased of a residual: never more than is open, never less than nothing.

    >>> chased(1_000_00, [Withheld("dispute", 200_00)])
    80000
    >>> chased(150_00, [Withheld("dispute", 200_00)])
    0
    """
    return max(0, residual - total(parts)) if residual > 0 else residual


def asked(residual: int, parts: Iterable[Withheld]) -> tuple[int, set[str]]:
    """Return what of an item may be asked for, or all of it with the codes that forbid it.

    >>> asked(1_000_00, [Withheld("dispute", 200_00)])
    (80000, set())
    >>> asked(150_00, [Withheld("dispute", 200_00)])
    (15000, {'dispute'})
    """
    parts = list(parts)
    free = chased(residual, parts)
    if free or not parts:
        return free, set()
    return residual, {part.code for part in parts}


def release_day(parts: Iterable[Withheld]) -> date | None:
    """Return the last day on which something is withheld, or ``None`` when nobody knows it.

    >>> release_day([Withheld("promise", 1, date(2026, 3, 13)), Withheld("dispute", 1)]) is None
    True
    """
    days = [part.until for part in parts]
    if not days or None in days:
        return None
    return max(day for day in days if day)


def spread(amount: int, open_amounts: Sequence[tuple[int, int]]) -> Mapping[int, int]:
    """Spread a sum over items in the given order, none beyond what is open of it.

    :param open_amounts: ``(item, minor units)``, the oldest first
    :raise ValueError: when the items do not hold the sum

    >>> spread(150_00, [(7, 100_00), (8, 100_00)])
    {7: 10000, 8: 5000}
    """
    shares, left = {}, amount
    for item, residual in open_amounts:
        share = min(left, max(0, residual))
        if share:
            shares[item] = share
        left -= share
    if left:
        msg = f"{amount} does not fit into {amount - left}"
        raise ValueError(msg)
    return shares
