"""What became of a promise to pay, judged from the payments that came in time."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Promise:
    """Amounts in minor units. ``last_day`` is the promised day with the days of grace.

    ``open_then`` is what was open of the promised items when the promise was taken; ``paid`` what
    payments dated up to ``last_day`` took off it since, ``credited`` what credit notes did.
    """

    promised: int
    open_then: int
    last_day: date
    paid: int = 0
    credited: int = 0

    @property
    def expected(self) -> int:
        """What has to be paid for the promise to be kept: nobody pays what was credited."""
        return min(self.promised, max(0, self.open_then - self.credited))


def outcome(promise: Promise, today: date, *, settled_books: bool = True) -> str:
    """Return ``open``, ``kept``, ``part_kept``, ``broken`` or ``cancelled``.

    A promise is kept the moment the money is there. It is part kept or broken only after its last
    day, and only when the books are known to be complete (``settled_books``): money that the bank
    has and we have not read yet must not make a liar of anybody.

    >>> day = date(2026, 3, 13)
    >>> outcome(Promise(100_00, 100_00, day, paid=100_00), date(2026, 3, 11))
    'kept'
    >>> outcome(Promise(100_00, 100_00, day, paid=80_00), day)
    'open'
    >>> outcome(Promise(100_00, 100_00, day, paid=80_00), date(2026, 3, 14))
    'part_kept'
    >>> outcome(Promise(100_00, 100_00, day), date(2026, 3, 14), settled_books=False)
    'open'
    >>> outcome(Promise(100_00, 100_00, day, credited=100_00), day)
    'cancelled'
    """
    if promise.expected <= 0:
        return "cancelled"
    if promise.paid >= promise.expected:
        return "kept"
    if today <= promise.last_day or not settled_books:
        return "open"
    return "part_kept" if promise.paid > 0 else "broken"


def may_promise(broken_days: tuple[date, ...], today: date, limit: int) -> bool:
    """Return whether a debtor may still promise without talking to a person.

    :param broken_days: when earlier promises were broken
    :param limit: so many in twelve months end it; zero: no limit

    >>> may_promise((date(2025, 3, 11), date(2026, 1, 5)), date(2026, 3, 10), 2)
    False
    >>> may_promise((date(2025, 3, 10), date(2026, 1, 5)), date(2026, 3, 10), 2)
    True
    """
    if not limit:
        return True
    year_ago = _a_year_before(today)
    return sum(day > year_ago for day in broken_days) < limit


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
