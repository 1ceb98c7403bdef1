"""New weights work in the shadow first, and go back into it when they disappoint.

A case is one decision of a person: every proposal that was shown, and which one was right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from .fit import Weights, loss, score
from .trust import beta_cdf

#: The newest cases both weights are measured on.
LATEST = 500
#: Chance of rolling back weights that are as good as they promised.
FALSE_ALARM = 0.01
#: Fewest judged decisions before weights may be rolled back.
FEWEST = 20
#: Shown proposals as (reason codes, whether it was right), in the order they were shown.
Case = Sequence[tuple[Sequence[str], bool]]


@dataclass(frozen=True, slots=True)
class Figures:
    """How weights did on cases.

    :param loss: how far chances were from what came true; 0 is perfect
    :param first_right: cases whose best proposal was right
    :param sure_wrong: cases whose best proposal was wrong and above the threshold
    """

    cases: int
    loss: float
    first_right: int
    sure_wrong: int

    @property
    def wrong_share(self) -> float:
        """Return the share of cases whose best proposal was wrong.

        >>> Figures(cases=200, loss=0.1, first_right=190, sure_wrong=0).wrong_share
        0.05
        """
        return (self.cases - self.first_right) / self.cases if self.cases else 0.0


def measure(weights: Weights, cases: Iterable[Case], threshold: float) -> Figures:
    """Return how weights would have done on cases.

    >>> case = [(("name_similar",), False), (("reference_quoted",), True)]
    >>> measure({"reference_quoted": 9.0}, [case], threshold=0.99).first_right
    1
    """
    cases = [case for case in cases if case]
    first_right = sure_wrong = 0
    for case in cases:
        scored = [(score(weights, reasons), right) for reasons, right in case]
        best, right = max(scored, key=lambda pair: pair[0])
        first_right += right
        sure_wrong += not right and best >= threshold
    rows = [(reasons, right, 1.0) for reasons, right in chain.from_iterable(cases)]
    return Figures(len(cases), loss(weights, rows), first_right, sure_wrong)


def not_worse(new: Figures, old: Figures) -> bool:
    """Return whether new weights may replace old ones: in no figure worse, on the same cases.

    >>> old = Figures(cases=500, loss=0.05, first_right=480, sure_wrong=0)
    >>> not_worse(Figures(500, 0.04, 480, 0), old), not_worse(Figures(500, 0.01, 490, 1), old)
    (True, False)
    """
    return (
        new.cases == old.cases
        and new.loss <= old.loss
        and new.first_right >= old.first_right
        and new.sure_wrong <= old.sure_wrong
    )


def disappoints(wrong: int, judged: int, promised: float) -> bool:
    """Return whether so many wrong ones are no accident any more.

    With the promised share of wrong ones, so many would come up in less than ``FALSE_ALARM`` of
    all times (a binomial tail).

    :param promised: the share that was wrong when the weights went live

    >>> disappoints(2, 100, 0.02), disappoints(8, 100, 0.02)
    (False, True)
    """
    if judged < FEWEST or not wrong:
        return False
    promised = max(promised, 1 / LATEST)
    if promised >= 1:
        return False
    return beta_cdf(promised, wrong, judged - wrong + 1) < FALSE_ALARM
