"""Weights of reasons, fitted again from a company's own decisions.

Logistic regression over the reasons of the proposals people saw: how much does each reason speak
for a proposal? Three things keep few decisions from overruling experience:

- a weight never changes its sign: more evidence never lowers a score;
- weights are pulled towards the shipped ones, as strongly as cross-validation finds best;
- with fewer than ``ENOUGH`` proposals nothing is fitted at all.

Same rows, same weights: no chance and no clock enters.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, fsum, log1p

#: The weight every proposal has, before its reasons.
BIAS = "bias"
#: Fewest judged proposals that are fitted.
ENOUGH = 200
#: How strongly weights are pulled towards the shipped ones; cross-validation chooses.
PULLS = (3.0, 30.0, 300.0)
FOLDS = 5
#: One judged proposal: its reason codes, whether it was right, how much it counts.
Row = tuple[Sequence[str], bool, float]
Weights = Mapping[str, float]

_SWEEPS, _STILL = 100, 1e-4


def score(weights: Weights, reasons: Iterable[str]) -> float:
    """Return the chance that a proposal with these reasons is right.

    >>> score({BIAS: -1.0, "exact_amount": 1.0}, ["exact_amount", "never heard of"])
    0.5
    """
    return _chance(_logit(weights, reasons))


def loss(weights: Weights, rows: Iterable[Row]) -> float:
    """Return the mean logarithmic loss: how far chances are from what came true.

    >>> round(loss({}, [(("short",), True, 1.0)]), 4)
    0.6931
    """
    total = weight_sum = 0.0
    for reasons, right, weight in rows:
        logit = _logit(weights, reasons)
        total += weight * _surprise(logit if right else -logit)
        weight_sum += weight
    return total / weight_sum if weight_sum else 0.0


def fit(
    rows: Sequence[Row], shipped: Weights, *, pulls: Sequence[float] = PULLS
) -> dict[str, float]:
    """Return weights that explain the rows, near the shipped ones, none with another sign.

    A reason the shipped weights do not know starts at zero and may go either way.

    >>> rows = [(("exact_amount",), True, 1.0)] * 150 + [((), False, 1.0)] * 150
    >>> weights = fit(rows, {BIAS: -1.0, "exact_amount": 1.0})
    >>> weights["exact_amount"] > 1.0 and weights[BIAS] < -1.0
    True
    """
    if len(rows) < ENOUGH:
        return dict(shipped)
    pull = pulls[0] if len(pulls) == 1 else _best_pull(rows, shipped, pulls)
    return _fit_once(rows, shipped, pull)


def _best_pull(rows: Sequence[Row], shipped: Weights, pulls: Sequence[float]) -> float:
    """Return the pull with the least loss on rows that were held back, the strongest of equals."""
    losses = {}
    for pull in pulls:
        total = 0.0
        for fold in range(FOLDS):
            held_back = rows[fold::FOLDS]
            rest = [row for number, row in enumerate(rows) if number % FOLDS != fold]
            total += loss(_fit_once(rest, shipped, pull), held_back)
        losses[pull] = total
    return min(sorted(pulls, reverse=True), key=lambda pull: round(losses[pull], 9))


class _Group:
    """All rows with the same reasons."""

    __slots__ = ("logit", "right", "wrong")

    def __init__(self) -> None:
        self.right = self.wrong = self.logit = 0.0


def _fit_once(rows: Sequence[Row], shipped: Weights, pull: float) -> dict[str, float]:
    groups: dict[frozenset[str], _Group] = {}
    for reasons, right, weight in rows:
        group = groups.setdefault(frozenset(reasons), _Group())
        if right:
            group.right += weight
        else:
            group.wrong += weight
    weights = {BIAS: 0.0, **dict.fromkeys(sorted(frozenset().union(*groups)), 0.0), **shipped}
    having: dict[str, list[_Group]] = {reason: [] for reason in weights}
    for reasons, group in sorted(groups.items(), key=lambda pair: sorted(pair[0])):
        group.logit = weights[BIAS] + sum(weights[reason] for reason in sorted(reasons))
        for reason in (BIAS, *sorted(reasons)):
            having[reason].append(group)
    reach = dict.fromkeys(weights, 1.0)
    for _ in range(_SWEEPS):
        moved = 0.0
        for reason, members in having.items():
            if members:
                start = shipped.get(reason, 0.0)
                step = _step(weights[reason], members, start, pull, reach[reason])
                reach[reason] = max(2 * abs(step), reach[reason] / 2)
                weights[reason] += step
                for group in members:
                    group.logit += step
                moved = max(moved, abs(step))
        if moved < _STILL:
            break
    return weights


def _step(weight: float, members: list[_Group], start: float, pull: float, reach: float) -> float:
    """Return one Newton step of one weight, no longer than ``reach``, never across zero."""
    slope, bend = pull * (weight - start), pull
    for group in members:
        chance, count = _chance(group.logit), group.right + group.wrong
        slope += count * chance - group.right
        bend += count * chance * (1 - chance)
    target = weight + max(-reach, min(reach, -slope / bend))
    if start > 0:
        target = max(0.0, target)
    elif start < 0:
        target = min(0.0, target)
    return target - weight


def _logit(weights: Weights, reasons: Iterable[str]) -> float:
    """Return the exact sum: a set has no order, and equals must not depend on one."""
    return fsum([weights.get(reason, 0.0) for reason in {BIAS, *reasons}])


def _chance(logit: float) -> float:
    if logit >= 0:
        return 1 / (1 + exp(-logit))
    return exp(logit) / (1 + exp(logit)) if logit > -700 else 0.0


def _surprise(logit: float) -> float:
    """Return -log(chance) without overflow."""
    return log1p(exp(-logit)) if logit > 0 else log1p(exp(logit)) - logit
