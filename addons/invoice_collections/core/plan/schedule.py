"""The schedule of a plan: what of each installment is principal, interest and fee."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .level import Rates, half_up, interest_on, level_unit
from .periods import Shift, due_dates, year_fractions
from .refusal import PlanRefusedError
from .terms import Terms


@dataclass(frozen=True, slots=True)
class Installment:
    """One installment in minor units; ``balance`` is the principal left after it.

    ``carried_interest`` and ``carried_fee`` are what of its interest and fee fell due earlier, in
    another version of the plan, and is invoiced already.
    """

    number: int
    due: date
    principal: int
    interest: int
    fee: int
    balance: int
    carried_interest: int = 0
    carried_fee: int = 0

    @property
    def total(self) -> int:
        """Return what the debtor pays on the due date, in minor units."""
        return self.principal + self.interest + self.fee


def schedule(terms: Terms, shift: Shift | None = None) -> tuple[Installment, ...]:
    """Return the installments of a plan, in minor units.

    Interest of a period is the balance times the rate times its part of a year, rounded half up.
    The payment all others equal is the smallest at which the last is not larger; the last one
    pays what is left, so the principal adds up to what is financed exactly. No installment is
    below its interest: a debt never grows.

    :param shift: moves a day off to a working day
    :raise PlanRefusedError: for terms of which no plan can be made: ``principal_too_small``
        where an installment would be nothing, ``below_interest`` and ``amounts_exceed_balance``
        where irregular amounts do not fit

    >>> from decimal import Decimal
    >>> plan = schedule(Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6,
    ...                       rate=Decimal("0.12"), day_count="30_360"))
    >>> [installment.total for installment in plan]
    [20706, 20706, 20706, 20706, 20706, 20705]
    >>> sum(installment.interest for installment in plan), plan[2].balance
    (4235, 60895)
    """
    terms.checked()
    dues = due_dates(terms, shift)
    rates = period_rates(terms, dues)
    principal_of = _METHODS[terms.method](terms, rates)
    found, balance = [], terms.financed
    for index, (due, rate) in enumerate(zip(dues, rates, strict=True)):
        interest = interest_on(balance, rate)
        is_last = index == terms.count - 1
        principal = balance if is_last else principal_of(index, balance, interest)
        interest += terms.deferred if is_last else 0
        balance -= principal
        found.append(
            Installment(index + 1, due, principal, interest, terms.installment_fee, balance)
        )
    _refuse_nothing(terms, found)
    return tuple(found)


def period_rates(terms: Terms, dues: Sequence[date]) -> Rates:
    """Return what a minor unit bears in each period, as numerator and denominator.

    >>> from decimal import Decimal
    >>> terms = Terms(1, date(2026, 1, 1), date(2026, 2, 1), 1, rate=Decimal("0.12"),
    ...               day_count="30_360")
    >>> period_rates(terms, [terms.first_due])
    [(1, 100)]
    """
    rate = Fraction(terms.rate)
    return [(rate * part).as_integer_ratio() for part in year_fractions(terms, dues)]


def _refuse_nothing(terms: Terms, installments: Sequence[Installment]) -> None:
    """Refuse a plan with an installment of nothing; a season may be without one, the last not."""
    counted = installments[-1:] if terms.method == "seasonal" else installments
    if any(one.principal + one.interest <= 0 for one in counted):
        raise PlanRefusedError("principal_too_small", value=terms.financed, count=terms.count)
    balances = [one.balance for one in installments[:-1]]
    if balances and balances[-1] <= 0:
        raise PlanRefusedError("principal_too_small", value=terms.financed, count=terms.count)


# === METHODS: THE PRINCIPAL OF AN INSTALLMENT BEFORE THE LAST === #

#: From index, balance before and interest to the principal.
_PrincipalOf = Callable[[int, int, int], int]


def _by_weights(terms: Terms, rates: Rates) -> _PrincipalOf:
    """Pay in proportion to weights, down to the balloon; level payments have equal weights."""
    weights = [Fraction(weight) for weight in terms.weights] or (
        [Fraction(0)] * terms.grace + [Fraction(1)] * (terms.count - terms.grace)
    )
    unit = level_unit(terms.financed, terms.balloon, rates, weights, terms.rounding)
    payments = [half_up(*(unit * weight).as_integer_ratio()) for weight in weights]

    def principal_of(index: int, balance: int, interest: int) -> int:
        return max(0, min(payments[index] - interest, balance - terms.balloon))

    return principal_of


def _by_equal_principal(terms: Terms, _rates: Rates) -> _PrincipalOf:
    paying = terms.count - terms.grace
    nearest = half_up(terms.financed, paying)
    share = nearest if terms.rounding == "nearest" else -(-terms.financed // paying)

    def principal_of(index: int, balance: int, _interest: int) -> int:
        return 0 if index < terms.grace else min(share, balance)

    return principal_of


def _by_amounts(terms: Terms, _rates: Rates) -> _PrincipalOf:
    def principal_of(index: int, balance: int, interest: int) -> int:
        amount = terms.amounts[index]
        if amount < interest:
            raise PlanRefusedError("below_interest", number=index + 1, least=interest)
        if amount - interest >= balance:
            raise PlanRefusedError("amounts_exceed_balance", number=index + 1, balance=balance)
        return amount - interest

    return principal_of


_METHODS: dict[str, Callable[[Terms, Rates], _PrincipalOf]] = {
    "annuity": _by_weights,
    "balloon": _by_weights,
    "seasonal": _by_weights,
    "linear": _by_equal_principal,
    "interest_free": _by_equal_principal,
    "irregular": _by_amounts,
}
