"""The questions before every contact, in a fixed order; the first "no" is the stored reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

#: Reasons an item can be held for, in the order in which they are told. A reason that is not
#: listed counts last.
HOLD_ORDER = (
    "pending_money",
    "legal_stop",
    "dispute",
    "promise",
    "plan",
    "hardship",
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
    "opt_out",
    "no_address",
    "weekend",
    "frequency_cap",
    "min_amount",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """All a guard may look at; amounts in minor units of the message's currency.

    ``due`` and ``upcoming`` are re-read, held items left out; ``credit`` is open credit, not
    negative. ``held`` are the reasons for which *every* item with a step due is held (empty: some
    may be chased). ``contact_days`` are the days of earlier messages to the customer.
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
    opted_out: bool = False
    has_address: bool = True
    working_days_only: bool = True
    contact_days: tuple[date, ...] = ()
    cap_count: int = 0
    cap_days: int = 7
    min_amount: int = 0

    @property
    def asked(self) -> int:
        """What the customer would be asked for, before credits."""
        return self.due or self.upcoming


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code`` is ``None`` when the contact may go out; ``retry`` is the earliest next day."""

    code: str | None = None
    retry: date | None = None
    details: dict[str, int] = field(default_factory=dict)

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
    Verdict(code='weekend', retry=datetime.date(2026, 3, 16), details={})
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
    if facts.opted_out:
        return Verdict("opt_out")
    if not facts.has_address:
        return Verdict("no_address")
    return None


def _moment(facts: Facts) -> Verdict | None:
    if facts.working_days_only and facts.today.weekday() >= 5:
        return Verdict("weekend", facts.today + timedelta(days=7 - facts.today.weekday()))
    window = facts.today - timedelta(days=facts.cap_days)
    recent = sorted({day for day in facts.contact_days if window < day < facts.today})
    if facts.cap_count and len(recent) >= facts.cap_count:
        free = recent[-facts.cap_count] + timedelta(days=facts.cap_days)
        return Verdict("frequency_cap", free, {"contacts": len(recent)})
    return None


def _amount(facts: Facts) -> Verdict:
    if facts.asked - facts.credit < facts.min_amount:
        return Verdict("min_amount", None, {"min_amount": facts.min_amount})
    return Verdict()


def first_hold(reasons: Iterable[str]) -> str:
    """Return the reason told first; unknown ones come last, in alphabetical order.

    >>> first_hold({"hold", "dispute"})
    'dispute'

    :raise ValueError: when there is none
    """
    ranks = {code: rank for rank, code in enumerate(HOLD_ORDER)}
    return min(reasons, key=lambda code: (ranks.get(code, len(ranks)), code))
