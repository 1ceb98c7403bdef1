"""Where a case stands: its state follows from the facts, and can be worked out anew any time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .guard import first_hold


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the state of a case.

    ``holds`` are reasons for which nothing at all is chased, with their last day (``None``: no
    end): the customer's own (insolvency, hardship) and a person's pause. ``withheld`` are the
    reasons for which overdue items are left out. ``is_chased`` says whether some overdue item is
    neither withheld nor handed over.
    """

    is_open: bool
    is_overdue: bool
    is_chased: bool = True
    is_handed_over: bool = False
    notice_until: date | None = None
    holds: Mapping[str, date | None] = field(default_factory=dict)
    withheld: Mapping[str, date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """The state; on hold with a reason and its last day."""

    state: str
    reason: str | None = None
    until: date | None = None


def standing(facts: Facts) -> Standing:
    """Return where a case stands.

    >>> standing(Facts(is_open=False, is_overdue=False)).state
    'clear'
    >>> standing(Facts(is_open=True, is_overdue=True)).state
    'dunning'
    >>> standing(Facts(True, True, is_chased=False, withheld={"dispute": None}))
    Standing(state='on_hold', reason='dispute', until=None)
    >>> standing(Facts(True, True, is_handed_over=True, is_chased=False)).state
    'handed_over'
    """
    if not facts.is_open:
        return Standing("clear")
    holds = dict(facts.holds)
    if "legal_stop" not in holds and facts.is_handed_over and not facts.is_chased:
        return Standing("handed_over")
    if facts.is_overdue and not facts.is_chased:
        holds.update(facts.withheld)
    if holds:
        reason = first_hold(holds)
        return Standing("on_hold", reason, holds[reason])
    if facts.notice_until:
        return Standing("final_notice", until=facts.notice_until)
    return Standing("dunning" if facts.is_overdue else "watching")
