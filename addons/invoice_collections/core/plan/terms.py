"""What is agreed in a payment plan: how much, over how long, at what price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from ..interest import DAY_COUNTS
from .refusal import PlanRefusedError

#: How often an installment falls due: months of a step, or days.
MONTHS = {"month": 1, "two_months": 2, "quarter": 3}
DAYS = {"week": 7, "fortnight": 14}
FREQUENCIES = (*DAYS, *MONTHS)

#: Level payments; equal principal; equal principal at no interest; level payments with a large
#: last one; payments given one by one; payments in proportion to given weights.
METHODS = ("annuity", "linear", "interest_free", "balloon", "irregular", "seasonal")

#: How the payment all others equal is rounded: up, so that the last is never the largest, or to
#: the nearest minor unit, as the tables of the European Commission are.
ROUNDINGS = ("up", "nearest")

#: Beyond these somebody mistyped.
MAX_PRINCIPAL = 10**15
MAX_RATE = Decimal(10)
MAX_COUNT = 600
MAX_DIGITS = 4
#: Days from the start to the first installment.
MAX_WAIT = 5 * 366
YEARS = (1970, 2300)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a plan. Amounts in minor units; ``rate`` a share of one a year.

    ``start`` is the day from which interest runs. ``deposit`` is paid on it and lowers what is
    financed; so is ``upfront_fee``, unless ``fee_financed`` adds it to what is financed.
    ``installment_fee`` comes on top of each installment. The first ``grace`` installments are of
    interest alone. ``balloon`` is the principal left for the last installment. ``amounts`` are
    the irregular payments before the last one, without ``installment_fee``; the last pays what
    is left. ``dates`` are irregular due dates; without them one follows from ``first_due`` and
    ``frequency``, and ``month_day`` is the day of the month wanted (31: the last one), 0 that of
    ``first_due``. ``deferred`` is interest from before ``start`` that falls due with the last
    installment, ``paused`` interest of a pause before ``first_due`` that does; only versions that
    follow a pause have them. ``digits`` are the decimals of the currency, for who shows it.

    >>> Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12")).financed
    120000
    """

    principal: int
    start: date
    first_due: date
    count: int
    frequency: str = "month"
    method: str = "annuity"
    rate: Decimal = Decimal(0)
    day_count: str = "act_365"
    upfront_fee: int = 0
    fee_financed: bool = False
    installment_fee: int = 0
    deposit: int = 0
    grace: int = 0
    balloon: int = 0
    amounts: tuple[int, ...] = ()
    weights: tuple[Decimal, ...] = ()
    dates: tuple[date, ...] = ()
    month_day: int = 0
    deferred: int = 0
    paused: int = 0
    rounding: str = "up"
    digits: int = 2

    @property
    def credit(self) -> int:
        """Return the amount of credit in minor units: the principal without the deposit."""
        return self.principal - self.deposit

    @property
    def financed(self) -> int:
        """Return what the installments pay off: the credit and a financed fee, in minor units."""
        return self.credit + (self.upfront_fee if self.fee_financed else 0)

    @property
    def paid_at_start(self) -> int:
        """Return what is paid on the first day: the deposit and a fee that is not financed."""
        return self.deposit + (0 if self.fee_financed else self.upfront_fee)

    def checked(self) -> "Terms":
        """Return these terms, if a plan can be made of them.

        >>> try:
        ...     Terms(0, date(2026, 1, 1), date(2026, 2, 1), 6).checked()
        ... except PlanRefusedError as refusal:
        ...     refusal.code
        'principal'

        :raise PlanRefusedError: with the name of what is wrong as its code
        """
        self._check_words()
        self._check_amounts()
        self._check_days()
        self._check_method()
        return self

    def _check_words(self) -> None:
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise PlanRefusedError(name, value=getattr(self, name))

    def _check_amounts(self) -> None:
        for name, (least, most) in _limits(self).items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise PlanRefusedError(name, value=value, least=least, most=most)
        rate = self.rate
        if not isinstance(rate, Decimal) or not rate.is_finite() or not 0 <= rate <= MAX_RATE:
            raise PlanRefusedError("rate", value=rate, most=MAX_RATE)

    def _check_days(self) -> None:
        for name in ("start", "first_due"):
            day = getattr(self, name)
            if not _is_day(day) or not YEARS[0] <= day.year <= YEARS[1]:
                raise PlanRefusedError(name, value=day)
        if self.first_due < self.start:
            raise PlanRefusedError("first_due_before_start", due=self.first_due, start=self.start)
        if (self.first_due - self.start).days > MAX_WAIT:
            raise PlanRefusedError("first_due_too_late", due=self.first_due, start=self.start)
        if self.dates:
            self._check_dates()

    def _check_dates(self) -> None:
        if self.method != "irregular":
            raise PlanRefusedError("dates_without_irregular", method=self.method)
        if len(self.dates) != self.count:
            raise PlanRefusedError("dates_count", value=len(self.dates), count=self.count)
        if self.dates[0] != self.first_due or not _ascending(self.dates):
            raise PlanRefusedError("dates_out_of_order")
        if self.dates[-1].year > YEARS[1]:
            raise PlanRefusedError("dates", value=self.dates[-1])

    def _check_method(self) -> None:
        method = self.method
        if method == "interest_free" and self.rate:
            raise PlanRefusedError("rate_of_interest_free", value=self.rate)
        if self.grace and not self.rate:
            raise PlanRefusedError("grace_without_interest", value=self.grace)
        if self.grace and method in ("irregular", "seasonal"):
            raise PlanRefusedError("grace_of_method", method=method)
        if bool(self.balloon) != (method == "balloon"):
            raise PlanRefusedError("balloon", value=self.balloon)
        if bool(self.amounts) != (method == "irregular" and self.count > 1):
            raise PlanRefusedError("amounts_of_method", method=method)
        if bool(self.weights) != (method == "seasonal"):
            raise PlanRefusedError("weights_of_method", method=method)
        if self.amounts:
            self._check_irregular()
        if self.weights:
            self._check_weights()

    def _check_irregular(self) -> None:
        if len(self.amounts) != self.count - 1:
            raise PlanRefusedError("amounts_count", value=len(self.amounts), count=self.count - 1)
        for number, amount in enumerate(self.amounts, 1):
            if type(amount) is not int or not 0 < amount <= MAX_PRINCIPAL:
                raise PlanRefusedError("amounts", number=number, value=amount)

    def _check_weights(self) -> None:
        if len(self.weights) != self.count:
            raise PlanRefusedError("weights_count", value=len(self.weights), count=self.count)
        for number, weight in enumerate(self.weights, 1):
            usable = isinstance(weight, int | Decimal) and 0 <= weight <= 1000
            if not usable or (number == self.count and not weight):
                raise PlanRefusedError("weights", number=number, value=weight)


_CHOICES = {
    "frequency": FREQUENCIES,
    "method": METHODS,
    "day_count": DAY_COUNTS,
    "rounding": ROUNDINGS,
    "fee_financed": (False, True),
}


def _limits(terms: Terms) -> dict[str, tuple[int, int]]:
    """Return the least and the greatest value of each whole number, in the order of checking."""
    return {
        "principal": (1, MAX_PRINCIPAL),
        "count": (1, MAX_COUNT),
        "deposit": (0, terms.principal - 1),
        "upfront_fee": (0, terms.principal),
        "installment_fee": (0, terms.principal),
        "grace": (0, terms.count - 1),
        "balloon": (0, terms.financed),
        "month_day": (0, 31),
        "deferred": (0, MAX_PRINCIPAL),
        "paused": (0, MAX_PRINCIPAL),
        "digits": (0, MAX_DIGITS),
    }


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _ascending(days: Sequence[date]) -> bool:
    return all(one < other for one, other in pairwise(days))
