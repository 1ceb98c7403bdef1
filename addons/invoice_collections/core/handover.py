"""What stands in the way of handing a claim over to a collection agency."""

from dataclasses import dataclass
from datetime import date, timedelta

#: What speaks against it, in the order in which it is told. The first ones cannot be mended.
OBSTACLES = (
    "legal_stop",
    "hardship",
    "settled",
    "not_due",
    "pending_money",
    "unknown_books",
    "withheld",
    "elsewhere",
    "no_notice",
    "notice_running",
    "no_agency",
    "changed",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One item to be handed over; amounts in minor units.

    ``noticed_on`` is the day a final notice about it was delivered, ``None`` when none was.
    ``stated`` is what the hand-over says is open, ``residual`` what the books say.
    """

    residual: int
    stated: int
    due_date: date
    noticed_on: date | None = None
    is_withheld: bool = False
    is_pending: bool = False
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """``stops`` are the customer's own, as insolvency. ``books_known``: the bank was read."""

    today: date
    claims: tuple[Claim, ...]
    notice_days: int
    stops: frozenset[str] = frozenset()
    books_known: bool = True
    has_agency: bool = True


def notice_ends(noticed_on: date, notice_days: int) -> date:
    """Return the last day a final notice leaves the debtor.

    >>> notice_ends(date(2026, 3, 1), 14)
    datetime.date(2026, 3, 15)
    """
    return noticed_on + timedelta(days=notice_days)


def obstacles(facts: Facts) -> tuple[str, ...]:
    """Return the codes of all that stands in the way, in the order of ``OBSTACLES``.

    >>> day = date(2026, 3, 20)
    >>> claim = Claim(100_00, 100_00, date(2026, 1, 1), noticed_on=date(2026, 3, 1))
    >>> obstacles(Facts(day, (claim,), 14))
    ()
    >>> obstacles(Facts(date(2026, 3, 15), (claim,), 14))
    ('notice_running',)
    >>> obstacles(Facts(day, (), 14, stops=frozenset({"legal_stop"})))
    ('legal_stop', 'settled')
    """
    found = set(facts.stops)
    claims = [claim for claim in facts.claims if claim.residual > 0]
    if not claims:
        found.add("settled")
    if not facts.books_known:
        found.add("unknown_books")
    if not facts.has_agency:
        found.add("no_agency")
    if any(claim.residual != claim.stated for claim in facts.claims):
        found.add("changed")
    for claim in claims:
        found |= _of_claim(claim, facts)
    return tuple(code for code in OBSTACLES if code in found)


def _of_claim(claim: Claim, facts: Facts) -> set[str]:
    found = set()
    if claim.due_date >= facts.today:
        found.add("not_due")
    if claim.is_pending:
        found.add("pending_money")
    if claim.is_withheld:
        found.add("withheld")
    if claim.is_elsewhere:
        found.add("elsewhere")
    if claim.noticed_on is None:
        found.add("no_notice")
    elif facts.today <= notice_ends(claim.noticed_on, facts.notice_days):
        found.add("notice_running")
    return found
