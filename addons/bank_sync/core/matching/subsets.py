"""Find sets of items that add up to an amount, and tell meaning from chance."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

#: Most items looked at, most items of one set, and most sets returned.
MAX_ITEMS = 22
MAX_SIZE = 8
MAX_SETS = 12
#: How many neighbouring amounts are looked at to measure chance, on either side.
NEIGHBOURS = 500


@dataclass(frozen=True, slots=True)
class Sums:
    """The sets that reach the amount.

    :param sets: each as positions in the input, smallest sets first
    :param chance: how many sets an amount nearby has on average; near 0 means that the only set
        that reaches the amount is no accident. Of several sets, their number.
    :param complete: ``False`` when there are more sets than returned
    """

    sets: tuple[tuple[int, ...], ...]
    chance: float
    complete: bool = True


_NONE = Sums((), 0.0)


def sets_of_sum(amounts: list[int], target: int, *, smallest: int = 2) -> Sums:
    """Return the sets of two items or more whose amounts add up to ``target``.

    Meets in the middle: the work is that of half the items, twice 2048 sums at most.

    >>> sets_of_sum([100, 250, 700, 450], 350).sets
    ((0, 1),)
    >>> sets_of_sum([100, 100, 100], 200).sets
    ((0, 1), (0, 2), (1, 2))

    :param amounts: minor units; credit notes are negative; the first 22 are looked at
    """
    return _sets(tuple(amounts[:MAX_ITEMS]), target, smallest)


@lru_cache(maxsize=256)
def _sets(amounts: tuple[int, ...], target: int, smallest: int) -> Sums:
    """Search; one receipt asks for the same documents several times."""
    if not _within_reach(amounts, target):
        return _NONE
    half = len(amounts) // 2
    left, right = _sums(amounts[:half]), _sums(amounts[half:])
    reached = set(right).intersection(map(target.__sub__, left))
    if not reached:
        return _NONE
    by_sum: dict[int, list[int]] = defaultdict(list)
    for mask, total in enumerate(right):
        if total in reached:
            by_sum[total].append(mask << half)
    masks = [
        mask | other
        for mask, total in enumerate(left)
        if target - total in reached
        for other in by_sum[target - total]
    ]
    masks = [mask for mask in masks if smallest <= mask.bit_count() <= MAX_SIZE]
    found = sorted((_places(mask) for mask in masks), key=lambda chosen: (len(chosen), chosen))
    alone = len(found) == 1
    chance = _chance(left, sorted(right), target, amounts) if alone else float(len(found))
    return Sums(tuple(found[:MAX_SETS]), chance, len(found) <= MAX_SETS)


def _within_reach(amounts: tuple[int, ...], target: int) -> bool:
    """Tell whether the amount lies between all credit notes and all invoices together."""
    lowest = sum(amount for amount in amounts if amount < 0)
    return lowest <= target <= sum(amounts) - lowest


def _sums(amounts: tuple[int, ...]) -> list[int]:
    """Return the sum of every set; the bits of a sum's place say which amounts it has."""
    sums = [0]
    for amount in amounts:
        sums += [total + amount for total in sums]
    return sums


def _places(mask: int) -> tuple[int, ...]:
    return tuple(place for place in range(mask.bit_length()) if mask >> place & 1)


def _chance(left: list[int], right: list[int], target: int, amounts: tuple[int, ...]) -> float:
    """Return the sets an amount nearby has; price lists are measured in their own steps."""
    step = gcd(target, *amounts) or 1
    reach = NEIGHBOURS * step
    near = sum(
        bisect_right(right, target - total + reach) - bisect_left(right, target - total - reach)
        for total in left
    )
    return max(0, near - 1) / (2 * NEIGHBOURS)
