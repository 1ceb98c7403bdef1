"""The payment all others of a plan equal, to the minor unit."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

#: What one minor unit bears in each period: numerator and denominator.
Rates = Sequence[tuple[int, int]]

#: Digits that a first guess is computed with; it is corrected whole unit by whole unit.
_PRECISION = 40


def half_up(numerator: int, denominator: int) -> int:
    """Return a ratio that is not negative as a whole number, halves rounded up.

    >>> half_up(5, 2), half_up(7, 3)
    (3, 2)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def interest_on(balance: int, rate: tuple[int, int]) -> int:
    """Return the interest of one period on a balance in minor units, rounded half up.

    :param rate: what one minor unit bears in the period, as numerator and denominator

    >>> interest_on(1200_00, (1, 100))
    1200
    """
    return half_up(balance * rate[0], rate[1])


def level_unit(
    principal: int, balloon: int, rates: Rates, weights: Sequence[Fraction], rounding: str
) -> int:
    """Return the payment of weight 1, in minor units.

    Rounded ``up`` it is the smallest one at which the last payment, which clears the rest with
    its interest, is not larger than its weight says, the balloon apart. Rounded to the
    ``nearest`` it is what the formula of annuities gives.

    >>> level_unit(1200_00, 0, [(1, 100)] * 6, [Fraction(1)] * 6, "up")
    20706
    """
    exact = _exact_unit(principal, balloon, rates, weights)
    if rounding == "nearest":
        return int(exact.to_integral_value(ROUND_HALF_UP))
    below = above = max(int(exact.to_integral_value(ROUND_FLOOR)), 0)
    step = 1
    while not _is_enough(above, principal, balloon, rates, weights):
        below, above, step = above, above + step, 2 * step
    step = 1
    while below and _is_enough(below, principal, balloon, rates, weights):
        above, below, step = below, max(below - step, 0), 2 * step
    while above - below > 1:
        middle = (above + below) // 2
        if _is_enough(middle, principal, balloon, rates, weights):
            above = middle
        else:
            below = middle
    return above


def _is_enough(
    unit: int, principal: int, balloon: int, rates: Rates, weights: Sequence[Fraction]
) -> bool:
    """Tell whether with this payment the last one is not larger than the others."""
    shares = [weight.as_integer_ratio() for weight in weights]
    balance = principal
    for rate, (numerator, denominator) in zip(rates[:-1], shares[:-1], strict=True):
        payment = half_up(unit * numerator, denominator)
        room = balance - balloon
        balance -= max(0, min(payment - interest_on(balance, rate), room))
    last = balance + interest_on(balance, rates[-1])
    return last - balloon <= half_up(unit * shares[-1][0], shares[-1][1])


def _exact_unit(principal: int, balloon: int, rates: Rates, weights: Sequence[Fraction]) -> Decimal:
    """Return the payment of weight 1 before any rounding."""
    with localcontext() as context:
        context.prec = _PRECISION
        factor, value = Decimal(1), Decimal(0)
        for (numerator, denominator), weight in zip(rates, weights, strict=True):
            factor *= Decimal(denominator) / Decimal(denominator + numerator)
            value += factor * weight.numerator / weight.denominator
        return (Decimal(principal) - Decimal(balloon) * factor) / value
