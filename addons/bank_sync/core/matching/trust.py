"""Earned automation: how sure we are that a situation is decided rightly.

A situation (a kind of proposal with its reasons) books itself once so small a share of its
decisions is wrong, shipped experience and the company's own together, as the company's target
allows. What is allowed depends on how much the company has decided itself:

- A company that has decided nothing is shown all but what is beyond doubt: a situation may err
  no more often than the target says for all together (``FIRST``).
- With its own decisions, up to ``EXPERIENCED`` of them, a single situation may err up to
  ``WORST`` times as often as the target says for all together. Most situations err far less;
  what all together do is measured (``docs/benchmarks.md``).
- A wrong decision counts against its situation at once. A wrong *automatic* booking is recorded
  with the weight ``AUTOMATIC_WRONG``, which takes back any situation for long.
- What was taken back comes back the way it came: by right decisions, or when a person takes the
  wrong one out again (``forget``).
"""

from collections.abc import Iterable, Iterator
from math import exp, lgamma, log, log1p
from typing import Protocol

#: How often a wrong automatic booking counts, which a person had to find.
AUTOMATIC_WRONG = 20.0
#: How often a right automatic booking counts that a person was shown by chance: it stands for those
#: nobody was shown.
REVIEWED_RIGHT = 10.0
#: How often a single situation may err, as a multiple of what is allowed for all together: of a
#: company that has decided nothing yet, ...
FIRST = 1.0
#: ... and at most, ...
WORST = 25.0
#: ... less in proportion where the amount is large, but so many times at least, ...
LEAST = 2.0
#: ... once the company has decided so many times itself; with few decisions hardly more than at
#: first, for they say little.
EXPERIENCED, SLOWLY = 3000, 1.35
#: How sure ``lower_bound`` is not.
DOUBT = 0.05
#: What is known as (situation, right, wrong), without the shipped counts.
Row = tuple[str, float, float]

# The continued fraction: what stands in for zero, when it is exact enough, how many terms.
_TINY, _EXACT, _TERMS = 1e-300, 1e-14, 20_000


class Prior(Protocol):
    """What is known of a situation before anything is decided; a mapping will do."""

    def get(self, situation: str, default: tuple[float, float]) -> tuple[float, float]:
        """Return right and wrong decisions, both zero where nothing is known."""
        ...


class Trust:
    """Right and wrong decisions by situation.

    >>> trust = Trust(target=0.999)
    >>> for _ in range(600):
    ...     trust.record("exact+reference_quoted", right=True)
    >>> trust.released("exact+reference_quoted"), trust.released("unnamed")
    (True, False)
    >>> trust.record("exact+reference_quoted", right=False, weight=AUTOMATIC_WRONG)
    >>> trust.released("exact+reference_quoted")
    False
    """

    def __init__(self, target: float = 0.999, prior: Prior | None = None) -> None:
        """Start from shipped counts.

        :param prior: situation → right and wrong decisions it starts with
        """
        self.target = target
        self._prior = {} if prior is None else prior
        self._counts: dict[str, list[float]] = {}
        self._decided = 0.0
        self._held: set[str] = set()

    def record(self, situation: str, right: bool, weight: float = 1.0) -> None:
        """Count one decision of a person on a proposal."""
        self._add(situation, right, weight)

    def forget(self, situation: str, right: bool, weight: float = 1.0) -> None:
        """Take out one decision that was undone; never counts below zero."""
        self._add(situation, right, -weight)

    def hold(self, situation: str) -> None:
        """Never release a situation, whatever it earns: a person wants to see it.

        >>> trust = Trust(prior={"exact": (5000, 0)})
        >>> trust.hold("exact")
        >>> trust.released("exact")
        False
        """
        self._held.add(situation)

    def level(self, situation: str) -> float:
        """Return the share of right decisions to expect.

        >>> Trust().level("never seen")
        0.5
        """
        right, wrong = self._posterior(situation)
        return right / (right + wrong)

    def lower_bound(self, situation: str) -> float:
        """Return what the share of right decisions is at least, with 95 % certainty.

        >>> round(Trust(prior={"exact": (2000, 0)}).lower_bound("exact"), 5)
        0.99904
        """
        right, wrong = self._posterior(situation)
        return beta_quantile(DOUBT, right + 0.5, wrong + 0.5)

    @property
    def allowed(self) -> float:
        """Return which share of wrong decisions a situation may have to book itself."""
        return self._allowed(WORST)

    def released(self, situation: str, *, size: float = 1.0) -> bool:
        """Return whether a situation errs rarely enough, and nobody holds it.

        :param size: the amount as a multiple of a large one: the larger it is, the less is
            allowed, so that what goes wrong weighs little by money too
        """
        allowed = self._allowed(max(LEAST, WORST / max(1.0, size)))
        return situation not in self._held and 1.0 - self.level(situation) <= allowed

    def _allowed(self, worst: float) -> float:
        grown = min(1.0, self._decided / EXPERIENCED) ** SLOWLY
        first = min(FIRST, worst)
        return (1.0 - self.target) * (first + (worst - first) * grown)

    def rows(self) -> Iterator[Row]:
        """Yield what was recorded, in a fixed order, for ``from_rows``."""
        for situation, (right, wrong) in sorted(self._counts.items()):
            yield situation, right, wrong

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Row],
        target: float = 0.999,
        prior: Prior | None = None,
    ) -> "Trust":
        """Return the trust kept in rows."""
        trust = cls(target, prior)
        for situation, right, wrong in rows:
            trust._add(situation, True, right)
            trust._add(situation, False, wrong)
        return trust

    def _add(self, situation: str, right: bool, weight: float) -> None:
        counts = self._counts.setdefault(situation, [0.0, 0.0])
        place = 0 if right else 1
        before = counts[place]
        counts[place] = max(0.0, before + weight)
        if right:
            # What went wrong, however heavily it counts, must not widen what is allowed.
            self._decided += counts[place] - before
        if counts == [0.0, 0.0]:
            del self._counts[situation]

    def _posterior(self, situation: str) -> tuple[float, float]:
        right, wrong = self._prior.get(situation, (0.0, 0.0))
        if not right and not wrong:
            right = wrong = 0.5  # Jeffreys' prior: nothing is known
        own = self._counts.get(situation, (0.0, 0.0))
        return right + own[0], wrong + own[1]


def beta_quantile(share: float, right: float, wrong: float) -> float:
    """Return below which value a Beta(right, wrong) variable stays with chance ``share``.

    >>> round(beta_quantile(0.05, 10, 1), 6) == round(0.05 ** (1 / 10), 6)
    True
    """
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if beta_cdf(middle, right, wrong) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_cdf(value: float, right: float, wrong: float) -> float:
    """Return the chance that a Beta(right, wrong) variable is at most ``value``.

    Computed by its continued fraction (Abramowitz and Stegun 26.5.8, modified Lentz), from the
    side on which it converges fast.

    >>> beta_cdf(0.25, 1, 1)
    0.25
    """
    if value <= 0:
        return 0.0
    if value >= 1:
        return 1.0
    if value > (right + 1) / (right + wrong + 2):
        return 1.0 - beta_cdf(1 - value, wrong, right)
    front = exp(
        lgamma(right + wrong) - lgamma(right) - lgamma(wrong)
        + right * log(value) + wrong * log1p(-value)
    )  # fmt: skip
    return front / (right * _fraction(value, right, wrong))


def _fraction(value: float, right: float, wrong: float) -> float:
    result, upper, lower = 1.0, 1.0, 0.0
    for term in range(1, _TERMS):
        half = term // 2
        if term % 2:
            step = -(right + half) * (right + wrong + half) / (right + 2 * half + 1)
        else:
            step = half * (wrong - half) / (right + 2 * half - 1)
        step *= value / (right + 2 * half)
        lower = 1.0 / (1.0 + step * lower or _TINY)
        upper = 1.0 + step / upper or _TINY
        result *= upper * lower
        if abs(upper * lower - 1.0) < _EXACT:
            break
    return result
