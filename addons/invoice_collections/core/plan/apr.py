"""The annual percentage rate, as the European Union and as the United States define it.

European Union: Directive (EU) 2023/2225 Annex III (as 2008/48/EC and 2014/17/EU before it): the
rate at which what the debtor gets and what the debtor pays are worth the same on the first day.
United States: 12 CFR 1026 (Regulation Z) Appendix J: the rate of a unit-period by the actuarial
method, times the unit-periods of a year.
"""

import math
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from .intervals import years_between

#: Decimals a rate is computed to, as a share of one: far more than any law asks for.
DECIMALS = Decimal("1e-12")

#: No rate beyond this share of one is told.
HIGHEST = 10**12

_PRECISION = 34
_HALVINGS = 80

#: When (a day, or years from the first one) and how much: positive what the debtor gets, negative
#: what the debtor pays.
Flow = tuple[date | Decimal | Fraction | int, int | Decimal]
#: Years from the first flow, and how much.
_Timed = list[tuple[Fraction, Decimal]]
#: From an unknown to how much is lent too much at that rate, and by how much that grows with it.
_Equation = Callable[[Decimal], tuple[Decimal, Decimal]]
_FastEquation = Callable[[float], float]


def apr_eu(flows: Iterable[Flow], unit: str = "month") -> Decimal | None:
    """Return the annual percentage rate of charge as a share of one, to twelve decimals.

    :param flows: when, as a day or in years from the first day, and how much in minor units:
        positive what the debtor gets, negative what the debtor pays
    :param unit: in what days are counted back: ``month``, ``week`` or ``year``
    :return: ``None`` where no rate of zero or more explains the flows: nothing is lent, or less
        is paid back than was lent

    >>> round(apr_eu([(0, 1000), (1, -600), (2, -600)]), 4)
    Decimal('0.1307')
    >>> apr_eu([(date(2026, 1, 1), 1000_00), (date(2026, 3, 1), -1000_00)]) == 0
    True
    >>> apr_eu([(0, 1000), (1, -900)]) is None
    True
    """
    timed = _in_years(list(flows), unit)
    if not timed or timed[0][1] <= 0 or sum(amount for _years, amount in timed) > 0:
        return None
    with localcontext() as context:
        context.prec = _PRECISION
        steps, parts = _steps(timed)
        fast = [(float(years), float(amount)) for years, amount in timed]

        def exact(force: Decimal) -> tuple[Decimal, Decimal]:
            shrinks = {step: (-force * _decimal(step)).exp() for step in set(steps)}
            value = slope = Decimal(0)
            factor = Decimal(1)
            for step, (years, amount) in zip(steps, parts, strict=True):
                factor *= shrinks[step]
                value += factor * amount
                slope -= factor * amount * years
            return value, slope

        def quick(force: float) -> float:
            return math.fsum(amount * math.exp(-force * years) for years, amount in fast)

        force = _root(exact, quick, math.log1p(HIGHEST))
        return None if force is None else (force.exp() - 1).quantize(DECIMALS)


def apr_reg_z(
    advance: int | Decimal,
    payments: Iterable[tuple[int | Decimal, int, Fraction]],
    unit_periods: int | Fraction,
) -> Decimal | None:
    """Return the annual percentage rate of Regulation Z as a share of one, to twelve decimals.

    :param advance: the amount financed, in minor units, on the first day
    :param payments: amount, whole unit-periods after the advance, and the fraction of one
    :param unit_periods: unit-periods of a year
    :return: ``None`` where nothing is lent, or less is paid back than was lent

    >>> payments = [(230_00, number, Fraction(0)) for number in range(1, 25)]
    >>> round(apr_reg_z(5000_00, payments, 12), 4)
    Decimal('0.0969')
    """
    payments = list(payments)
    if advance <= 0 or sum(amount for amount, _whole, _part in payments) < advance:
        return None
    with localcontext() as context:
        context.prec = _PRECISION
        parts = [(_decimal(amount), whole, _decimal(part)) for amount, whole, part in payments]
        fast = [(float(amount), whole, float(part)) for amount, whole, part in payments]
        lent = _decimal(advance)

        def exact(rate: Decimal) -> tuple[Decimal, Decimal]:
            one, left, slope = 1 + rate, lent, Decimal(0)
            for amount, whole, part in parts:
                worth = amount / ((1 + part * rate) * one**whole)
                left -= worth
                slope += worth * (part / (1 + part * rate) + whole / one)
            return left, slope

        def quick(rate: float) -> float:
            force = math.log1p(rate)
            return float(advance) - math.fsum(
                amount * math.exp(-whole * force) / (1 + part * rate)
                for amount, whole, part in fast
            )

        rate = _root(exact, quick, float(HIGHEST))
        return None if rate is None else (rate * _decimal(unit_periods)).quantize(DECIMALS)


def _in_years(flows: list[Flow], unit: str) -> _Timed:
    """Return the flows by their time in years after the first, those of one time as one."""
    if not flows:
        return []
    origin = min(when for when, _amount in flows)
    by_time: dict[Fraction, Decimal] = {}
    for when, amount in flows:
        is_day = isinstance(when, date)
        years = years_between(origin, when, unit) if is_day else Fraction(when) - Fraction(origin)
        by_time[years] = by_time.get(years, Decimal(0)) + amount
    return sorted(by_time.items())


def _steps(timed: _Timed) -> tuple[list[Fraction], list[tuple[Decimal, Decimal]]]:
    """Return the time from each flow to the next, of which few differ, and the flows."""
    steps = [Fraction(0), *(other[0] - one[0] for one, other in pairwise(timed))]
    return steps, [(_decimal(years), amount) for years, amount in timed]


def _root(exact: _Equation, quick: _FastEquation, highest: float) -> Decimal | None:
    """Return where the equation is zero, between 0 and ``highest``; ``None`` where it is not.

    Halving with floating point finds the place, two steps of Newton with decimals the digits.
    """
    if exact(Decimal(0))[0] == 0:
        return Decimal(0)
    low, high = 0.0, 1.0
    while quick(high) <= 0:
        low, high = high, 2 * high
        if low >= highest:
            return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if quick(middle) <= 0:
            low = middle
        else:
            high = middle
    root = Decimal(low)
    for _ in range(2):
        value, slope = exact(root)
        if not slope:
            break
        root -= value / slope
    return max(root, Decimal(0))


def _decimal(value: Decimal | Fraction | int) -> Decimal:
    ratio = Fraction(value)
    return Decimal(ratio.numerator) / Decimal(ratio.denominator)
