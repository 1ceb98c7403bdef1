"""What the bank's balance decides where the entries alone do not: new, known, or gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

#: Open questions that are tried in all combinations; of more, only all of one kind together.
MAX_COMBINED = 16


@dataclass(frozen=True, slots=True)
class BalanceDecision:
    """The one way in which the books add up to the bank's balance.

    :param status: ``proved``: there is exactly one. ``undecided``: there are several, or no balance
        was given. ``failed``: there is none.
    :param new: indexes of presumed and doubtful entries that are new
    :param same: indexes of doubtful entries that are known ones
    :param removed: keys of missing entries that the bank took back
    """

    status: Literal["proved", "undecided", "failed"]
    new: frozenset[int] = frozenset()
    same: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()


def decide_by_balance(
    difference: int | None,
    *,
    presumed: Mapping[int, int],
    doubtful: Mapping[int, int],
    missing: Mapping[int, int],
) -> BalanceDecision:
    """Return what must be true of the open questions for the books to be right.

    As they stand, the books count presumed entries as known, doubtful ones not at all and missing
    ones as booked. Each may be the other way round. Equal amounts of one kind are exchangeable.

    >>> decide_by_balance(-700, presumed={}, doubtful={}, missing={4: 700, 5: 900})
    BalanceDecision(status='proved', new=frozenset(), same=frozenset(), removed=frozenset({4}))
    >>> decide_by_balance(500, presumed={}, doubtful={0: 500, 1: 300}, missing={}).new
    frozenset({0})
    >>> decide_by_balance(1, presumed={}, doubtful={}, missing={}).status
    'failed'

    :param difference: the bank's balance minus ours, minor units; ``None`` without a balance
    :param presumed: index → amount of the entries taken for known ones
    :param doubtful: index → amount of the entries not counted yet
    :param missing: key → amount of the entries the bank does not show
    """
    if difference is None:
        return BalanceDecision("undecided")
    questions = [("doubtful", index, amount) for index, amount in doubtful.items()]
    if difference:
        questions += (("missing", key, -amount) for key, amount in missing.items())
        questions += (("presumed", index, amount) for index, amount in presumed.items())
    answers = _answers(difference, questions)
    if len(answers) != 1:
        return BalanceDecision("undecided" if answers else "failed")
    turned = answers[0]
    new = frozenset(name for kind, name, _amount in turned if kind != "missing")
    return BalanceDecision(
        "proved",
        new=new,
        same=frozenset(doubtful) - new,
        removed=frozenset(name for kind, name, _amount in turned if kind == "missing"),
    )


def _answers(difference: int, questions: list[tuple[str, int, int]]) -> list[tuple]:
    """Return the sets of questions which, turned round, explain the difference; two at most."""
    if len(questions) > MAX_COMBINED:
        kinds = [
            tuple(one for one in questions if one[0] == kind)
            for kind in ("doubtful", "missing", "presumed")
        ]
        fitting = [kind for kind in [(), *kinds] if sum(one[2] for one in kind) == difference]
        return fitting[:1]
    found: list[tuple] = []
    shapes = set()

    def search(position: int, rest: int, turned: tuple) -> None:
        if len(found) > 1:
            return
        if position == len(questions):
            shape = tuple(sorted((kind, amount) for kind, _name, amount in turned))
            if not rest and shape not in shapes:
                shapes.add(shape)
                found.append(turned)
            return
        search(position + 1, rest, turned)
        question = questions[position]
        search(position + 1, rest - question[2], (*turned, question))

    search(0, difference, ())
    return found
