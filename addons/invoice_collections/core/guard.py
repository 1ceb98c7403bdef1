"""The questions before every contact, in a fixed order; the first "no" is the stored reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .work_calendar import WEEKDAYS, WorkCalendar

#: Reasons an item can be held for, in the order in which they are told. A reason that is not
#: listed counts last.
HOLD_ORDER = (
    "pending_money",
    "legal_stop",
    "handed_over",
    "dispute",
    "promise",
    "plan",
    "hardship",
    "reply",
    "hold",
)

#: Every code :func:`check` can answer with besides what the hooks add, in guard order.
CODES = (
    "kill_switch",
    "dry_run",
    "settled",
    "stale_feed",
    "unproven_feed",
    *HOLD_ORDER,
    "holdout",
    "opt_out",
    "no_address",
    "prerequisite",
    "weekend",
    "holiday",
    "quiet_hours",
    "frequency_cap",
    "min_amount",
    "approval",
)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``count`` contacts in any ``days`` days; ``days_of`` are those made, one a contact.

    ``count`` zero: no limit.
    """

    count: int
    days: int
    days_of: tuple[date, ...] = ()

    def free_from(self, today: date) -> date | None:
        """Return the first day on which one more fits, or ``None`` when it fits today.

        >>> made = (date(2026, 3, 4), date(2026, 3, 9))
        >>> Cap(2, 7, made).free_from(date(2026, 3, 10))
        datetime.date(2026, 3, 11)
        >>> Cap(3, 7, made).free_from(date(2026, 3, 10)) is None
        True
        """
        window = today - timedelta(days=self.days)
        recent = sorted(day for day in self.days_of if window < day <= today)
        if not self.count or len(recent) < self.count:
            return None
        return recent[-self.count] + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Facts:
    """All a guard may look at; amounts in minor units of the message's currency.

    ``due`` and ``upcoming`` are re-read, held items left out; ``credit`` is open credit, not
    negative. ``held`` are the reasons for which *every* item with a step due is held (empty: some
    may be chased). ``free_from`` is the day on which a notice the law gives the debtor has run.
    ``held_out``: soft steps leave this debtor alone, to see what reminders bring.
    ``quiet`` says that the channel must be silent now, until ``slot``, which lies on ``slot_day``
    by our own clock. ``talked_until`` is the
    last day on which nobody calls after a conversation.
    """

    today: date
    due: int
    upcoming: int
    credit: int = 0
    kill_switch: bool = False
    dry_run: bool = False
    feed_reason: str | None = None
    held: frozenset[str] = frozenset()
    held_until: date | None = None
    held_out: bool = False
    opted_out: bool = False
    has_address: bool = True
    free_from: date | None = None
    calendar: WorkCalendar = WEEKDAYS
    quiet: bool = False
    slot: datetime | None = None
    slot_day: date | None = None
    caps: tuple[Cap, ...] = ()
    talked_until: date | None = None
    min_amount: int = 0
    needs_approval: bool = False

    @property
    def asked(self) -> int:
        """What the customer would be asked for, before credits."""
        return self.due or self.upcoming


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code`` is ``None`` when the contact may go out; ``retry`` is the earliest next day.

    ``retry_at`` is the moment (UTC), where only the hour is wrong.
    """

    code: str | None = None
    retry: date | None = None
    details: dict[str, int] = field(default_factory=dict)
    retry_at: datetime | None = None

    @property
    def passed(self) -> bool:
        """Whether the contact may go out."""
        return self.code is None


def check(facts: Facts) -> Verdict:
    """Return the first reason not to contact the customer today, or a passing verdict.

    >>> day = date(2026, 3, 10)
    >>> check(Facts(day, due=100_00, upcoming=0)).passed
    True
    >>> check(Facts(day, due=100_00, upcoming=0, credit=100_00, has_address=False)).code
    'pending_money'
    >>> check(Facts(date(2026, 3, 14), due=100_00, upcoming=0))
    Verdict(code='weekend', retry=datetime.date(2026, 3, 16), details={}, retry_at=None)
    """
    tomorrow = facts.today + timedelta(days=1)
    if facts.kill_switch:
        return Verdict("kill_switch")
    if facts.dry_run:
        return Verdict("dry_run")
    if not facts.held and facts.asked <= 0:
        return Verdict("settled")
    if facts.feed_reason and facts.due > 0:
        return Verdict(facts.feed_reason, tomorrow)
    return _money(facts, tomorrow) or _person(facts) or _moment(facts) or _amount(facts)


def _money(facts: Facts, tomorrow: date) -> Verdict | None:
    if not facts.held and facts.credit >= facts.asked:
        return Verdict("pending_money", tomorrow, {"credit": facts.credit})
    if facts.held:
        return Verdict(first_hold(facts.held), facts.held_until or tomorrow)
    return None


def _person(facts: Facts) -> Verdict | None:
    if facts.held_out:
        return Verdict("holdout")
    if facts.opted_out:
        return Verdict("opt_out")
    if not facts.has_address:
        return Verdict("no_address")
    if facts.free_from and facts.today < facts.free_from:
        return Verdict("prerequisite", facts.free_from)
    return None


def _moment(facts: Facts) -> Verdict | None:
    off = facts.calendar.reason(facts.today)
    if off:
        return Verdict(off, facts.calendar.next_working(facts.today))
    if facts.quiet:
        return Verdict("quiet_hours", facts.slot_day, retry_at=facts.slot)
    return _often_enough(facts)


def _often_enough(facts: Facts) -> Verdict | None:
    free = [
        (day, {"contacts": len(cap.days_of)})
        for cap in facts.caps
        if (day := cap.free_from(facts.today))
    ]
    if facts.talked_until and facts.today <= facts.talked_until:
        free.append((facts.talked_until + timedelta(days=1), {"conversations": 1}))
    if not free:
        return None
    day, details = max(free, key=lambda one: one[0])
    return Verdict("frequency_cap", day, details)


def _amount(facts: Facts) -> Verdict:
    if facts.asked - facts.credit < facts.min_amount:
        return Verdict("min_amount", None, {"min_amount": facts.min_amount})
    if facts.needs_approval:
        return Verdict("approval")
    return Verdict()


def first_hold(reasons: Iterable[str]) -> str:
    """Return the reason told first; unknown ones come last, in alphabetical order.

    >>> first_hold({"hold", "dispute"})
    'dispute'

    :raise ValueError: when there is none
    """
    ranks = {code: rank for rank, code in enumerate(HOLD_ORDER)}
    return min(reasons, key=lambda code: (ranks.get(code, len(ranks)), code))
