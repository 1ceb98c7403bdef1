"""The limits of contacting somebody on one channel; of several rules the strictest wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .work_calendar import Hours, common_hours


@dataclass(frozen=True, slots=True)
class Limits:
    """What one rule, or all rules together, allow.

    ``week`` are the hours by weekday (``None``: any hour). ``caps`` are ``(channel, count, days)``:
    at most so many contacts in so many days on that channel, on all together for ``any``.
    ``talk_days`` is the silence after a conversation, ``notice_days`` the time a debtor has after
    the first reminder before anything firmer.
    """

    week: Mapping[int, Hours] | None = None
    caps: frozenset[tuple[str, int, int]] = frozenset()
    talk_days: int = 0
    notice_days: int = 0


def strictest(rules: Iterable[Limits]) -> Limits:
    """Return the limits that keep every one of the rules.

    >>> seven_calls = Limits(caps=frozenset({("call", 7, 7)}), talk_days=7)
    >>> both = strictest([seven_calls, Limits(notice_days=14)])
    >>> both.talk_days, both.notice_days, sorted(both.caps)
    (7, 14, [('call', 7, 7)])
    >>> strictest([]) == Limits()
    True
    """
    rules = list(rules)
    return Limits(
        week=common_hours(rule.week for rule in rules if rule.week is not None),
        caps=frozenset().union(*(rule.caps for rule in rules)),
        talk_days=max((rule.talk_days for rule in rules), default=0),
        notice_days=max((rule.notice_days for rule in rules), default=0),
    )
