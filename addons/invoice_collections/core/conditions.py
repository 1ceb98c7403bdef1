"""For whom a step of a cadence is meant: amount, segment, country, risk."""

from dataclasses import dataclass

#: Bands of risk from low to high; an unknown risk counts as the middle one.
RISK_BANDS = ("low", "medium", "high")
_UNKNOWN_RISK = "medium"


@dataclass(frozen=True, slots=True)
class Debtor:
    """What conditions look at; ``amount`` is what the debtor owes, in minor units of one currency.

    ``segment`` is ``b2b``, ``b2c`` or ``public``; ``risk`` one of :data:`RISK_BANDS` or ``None``.
    """

    amount: int = 0
    segment: str = "b2b"
    country: int | None = None
    risk: str | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """Who a step is for; what is empty does not matter."""

    min_amount: int = 0
    segment: str | None = None
    countries: frozenset[int] = frozenset()
    min_risk: str | None = None

    def hold(self, debtor: Debtor) -> bool:
        """Return whether the step is for this debtor.

        >>> large = Conditions(min_amount=500_00, segment="b2b")
        >>> debtors = Debtor(500_00), Debtor(499_99), Debtor(900_00, "b2c")
        >>> [large.hold(debtor) for debtor in debtors]
        [True, False, False]
        >>> risky = Conditions(min_risk="medium")
        >>> [risky.hold(Debtor(risk=band)) for band in ("low", None, "high")]
        [False, True, True]
        """
        return (
            debtor.amount >= self.min_amount
            and self.segment in (None, debtor.segment)
            and (not self.countries or debtor.country in self.countries)
            and self._is_risky_enough(debtor)
        )

    def _is_risky_enough(self, debtor):
        if self.min_risk is None:
            return True
        return RISK_BANDS.index(debtor.risk or _UNKNOWN_RISK) >= RISK_BANDS.index(self.min_risk)


#: A step for everybody.
ANYONE = Conditions()
