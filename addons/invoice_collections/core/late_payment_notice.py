"""What protects debtors from charges: reminders that are free, notices that must have run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """A notice must have been given, free of charge, ``days`` whole days before any charge.

    The days count from the day after an electronic notice, or from the ``post_days``-th working
    day after a letter was posted.
    """

    days: int
    post_days: int = 0


@dataclass(frozen=True, slots=True)
class FeeRule:
    """How many reminders may cost something, and how much each at most (minor units).

    ``free`` reminders come first. ``most`` is how many may be charged (``None``: no limit), each
    ``gap_days`` after the one charged before, and none before the debt is ``late_days`` late.
    """

    cap: int
    free: int = 0
    most: int | None = None
    gap_days: int = 0
    late_days: int = 0


def notice_starts(
    sent: date, by_post: bool, rule: NoticeRule, closed: Collection[date] = ()
) -> date:
    """Return the first day of a notice's time.

    :param closed: public holidays; weekends need not be among them

    >>> rule = NoticeRule(14, post_days=3)
    >>> notice_starts(date(2026, 3, 10), False, rule)
    datetime.date(2026, 3, 11)
    >>> notice_starts(date(2026, 3, 13), True, rule)
    datetime.date(2026, 3, 18)
    """
    day = sent + _DAY
    if not by_post:
        return day
    waited = 0
    day = sent
    while waited < max(rule.post_days, 1):
        day += _DAY
        waited += day.weekday() < 5 and day not in closed
    return day


def notice_deadline(
    sent: date, by_post: bool, rule: NoticeRule, closed: Collection[date] = ()
) -> date:
    """Return the last day on which paying costs nothing more.

    >>> notice_deadline(date(2026, 3, 10), False, NoticeRule(14))
    datetime.date(2026, 3, 24)
    """
    return notice_starts(sent, by_post, rule, closed) + timedelta(days=rule.days - 1)


def chargeable(
    sent: Sequence[date], due: date, rule: FeeRule, not_before: date = date.min
) -> tuple[int, ...]:
    """Return the positions of the reminders for which a fee may be asked.

    :param not_before: the first day on which charges are allowed at all

    >>> days = [date(2026, 3, d) for d in (1, 5, 11, 21, 31)]
    >>> chargeable(days, date(2026, 2, 1), FeeRule(100_00, most=2, gap_days=10))
    (0, 2)
    """
    found: list[int] = []
    for position, day in enumerate(sent):
        if position < rule.free or day < not_before or (day - due).days < rule.late_days:
            continue
        if rule.most is not None and len(found) >= rule.most:
            break
        if found and (day - sent[found[-1]]).days < rule.gap_days:
            continue
        found.append(position)
    return tuple(found)
