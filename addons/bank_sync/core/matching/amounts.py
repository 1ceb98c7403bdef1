"""Amounts that come and go, and which of them a share stays below."""

from collections import defaultdict
from dataclasses import dataclass, field

#: Leading bits by which amounts are kept together: one in so many places is looked through.
_BITS = 6


@dataclass(slots=True)
class Amounts:
    """A changing collection of amounts that need not be sorted to be asked for a quantile.

    Taking one in or out costs the same however many there are. They are kept in drawers of about
    the same size of amount; a question counts the drawers and sorts a single one.

    >>> amounts = Amounts()
    >>> for amount in (1, 2, 3, 500, 90_000):
    ...     amounts.add(amount)
    >>> amounts.below(0.75), len(amounts)
    (500, 5)
    >>> amounts.remove(500)
    >>> amounts.below(0.75)
    3
    """

    _count: int = 0
    _drawers: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def __len__(self) -> int:
        """Return how many amounts there are."""
        return self._count

    def add(self, amount: int) -> None:
        """Take an amount in, not negative."""
        drawer = self._drawers[_drawer(amount)]
        drawer[amount] = drawer.get(amount, 0) + 1
        self._count += 1

    def remove(self, amount: int) -> None:
        """Take an amount out that is there."""
        place = _drawer(amount)
        drawer = self._drawers[place]
        if drawer[amount] > 1:
            drawer[amount] -= 1
        else:
            del drawer[amount]
            if not drawer:
                del self._drawers[place]
        self._count -= 1

    def below(self, share: float) -> int:
        """Return the amount that stands after this share of all, smallest first."""
        wanted = int(share * (self._count - 1))
        for place in sorted(self._drawers):
            drawer = self._drawers[place]
            if wanted >= (held := sum(drawer.values())):
                wanted -= held
                continue
            for amount in sorted(drawer):
                if wanted < drawer[amount]:
                    return amount
                wanted -= drawer[amount]
        raise ValueError("there are no amounts")


def _drawer(amount: int) -> int:
    """Return a number that never falls when amounts grow.

    >>> [_drawer(amount) for amount in (0, 63, 64, 65, 66, 10**9)]
    [0, 63, 96, 96, 97, 1595]
    """
    shift = max(0, amount.bit_length() - _BITS)
    return (shift << _BITS) + (amount >> shift)
