"""What the law of late payment allows: which lines of a rule set apply, and what they amount to.

Every figure comes from a rule line that somebody verified; this module knows no country.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .interest import RatePeriod, round_up

#: Who owes: a business, a consumer, a public body.
SEGMENTS = ("b2b", "b2c", "public")

_ALWAYS = (date.min, date.max)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One verified figure. Amounts in minor units of ``currency``; rates and shares in percent.

    ``segment`` is ``None`` where the line holds for everybody. ``amount_from`` is the smallest
    debt of its tier. With a ``reference``, ``value`` is the margin in points over it.
    """

    key: int
    kind: str
    value: Decimal
    segment: str | None = None
    amount_from: int = 0
    currency: int | None = None
    first: date | None = None
    last: date | None = None
    reference: str | None = None
    round_up: Decimal | None = None
    mode: str = "floating"
    day_count: str = "act_365"
    rounding: str = "total"

    @property
    def span(self) -> tuple[date, date]:
        """First and last day on which the line holds."""
        return self.first or _ALWAYS[0], self.last or _ALWAYS[1]


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference rate in percent from ``first`` to ``last``, both included."""

    first: date
    last: date
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount in minor units, and the key of the line it comes from."""

    amount: int
    rule: int


def applicable(
    lines: Iterable[RuleLine], kind: str, segment: str, day: date | None = None
) -> list[RuleLine]:
    """Return the lines of a kind for a debtor; those made for its type beat those for everybody.

    :param day: only those in force on it

    >>> all_, own = RuleLine(1, "fee", Decimal(5)), RuleLine(2, "fee", Decimal(7), segment="b2c")
    >>> [line.key for line in applicable([all_, own], "fee", "b2c")]
    [2]
    >>> [line.key for line in applicable([all_, own], "fee", "b2b")]
    [1]
    """
    found = [
        line
        for line in lines
        if line.kind == kind
        and line.segment in (None, segment)
        and (day is None or line.span[0] <= day <= line.span[1])
    ]
    return [line for line in found if line.segment] or found


def interest_rates(
    lines: Iterable[RuleLine], references: Mapping[str, Sequence[Reference]]
) -> tuple[RatePeriod, ...]:
    """Return the rate of every stretch of days for which the lines and their references know one.

    >>> line = RuleLine(1, "interest", Decimal(8), reference="ECB", round_up=Decimal("0.5"))
    >>> known = {"ECB": [Reference(date(2025, 7, 1), date(2025, 12, 31), Decimal("2.15"))]}
    >>> interest_rates([line], known)[0].percent
    Decimal('10.5')
    """
    periods = []
    for line in lines:
        spans = (
            [Reference(*line.span, Decimal(0))]
            if line.reference is None
            else references.get(line.reference, ())
        )
        for span in spans:
            first, last = max(span.first, line.span[0]), min(span.last, line.span[1])
            if first <= last:
                percent = round_up(span.percent, line.round_up) + line.value
                periods.append(
                    RatePeriod(
                        first, last, percent, line.key, line.mode, line.day_count, line.rounding
                    )
                )
    return tuple(sorted(periods, key=lambda period: period.first))


def fixed_sum(principal: int, lines: Iterable[RuleLine]) -> Sum | None:
    """Return the fixed sum of the highest tier that the debt reaches.

    >>> tiers = [RuleLine(1, "fixed_sum", Decimal(40_00)),
    ...          RuleLine(2, "fixed_sum", Decimal(70_00), amount_from=1_000_00)]
    >>> fixed_sum(999_99, tiers), fixed_sum(1_000_00, tiers)
    (Sum(amount=4000, rule=1), Sum(amount=7000, rule=2))
    """
    reached = [line for line in lines if line.amount_from <= principal]
    if principal <= 0 or not reached:
        return None
    line = max(reached, key=lambda tier: tier.amount_from)
    return Sum(int(line.value), line.key)


def recovery_scale(
    principal: int,
    bands: Iterable[RuleLine],
    floor: RuleLine | None = None,
    ceiling: RuleLine | None = None,
) -> Sum | None:
    """Return the recovery costs of a scale: each band's share of the part of the debt inside it.

    >>> bands = [RuleLine(1, "recovery_share", Decimal(15)),
    ...          RuleLine(2, "recovery_share", Decimal(10), amount_from=2_500_00)]
    >>> recovery_scale(5_000_00, bands)
    Sum(amount=62500, rule=1)
    """
    ordered = sorted(bands, key=lambda band: band.amount_from)
    if principal <= 0 or not ordered:
        return None
    ends = [band.amount_from for band in ordered[1:]] + [principal]
    total = Decimal(0)
    for band, end in zip(ordered, ends, strict=True):
        total += max(min(principal, end) - band.amount_from, 0) * band.value / 100
    if floor is not None:
        total = max(total, floor.value)
    if ceiling is not None:
        total = min(total, ceiling.value)
    return Sum(int(total.quantize(Decimal(1), ROUND_HALF_UP)), ordered[0].key)


def recovery_sum(principal: int, lines: Sequence[RuleLine], segment: str, day: date) -> Sum | None:
    """Return what one late debt costs its debtor once: the fixed sum or the scale, never both.

    Where a country has both, the fixed sum is the least and counts towards the scale.
    """
    bands = applicable(lines, "recovery_share", segment, day)
    floor = next(iter(applicable(lines, "recovery_min", segment, day)), None)
    ceiling = next(iter(applicable(lines, "recovery_max", segment, day)), None)
    sums = [
        fixed_sum(principal, applicable(lines, "fixed_sum", segment, day)),
        recovery_scale(principal, bands, floor, ceiling),
    ]
    return max((found for found in sums if found), key=lambda one: one.amount, default=None)
