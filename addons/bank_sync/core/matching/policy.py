"""What a company allows: how differences are treated, and what may book itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from .values import Kind

#: Countries whose banks send euros without charges between them.
EURO_COUNTRIES = frozenset(
    (
        *("AD", "AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT"),
        *("LT", "LU", "LV", "MC", "MT", "NL", "PT", "SI", "SK", "SM", "VA"),
    )
)
#: Kinds that book themselves unless a company says otherwise; the rest is for people to see.
AUTO_KINDS = frozenset(Kind) - {
    Kind.DUPLICATE,
    Kind.ON_ACCOUNT,
    Kind.RETURN,
    Kind.TRANSFER,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one company; amounts are minor units of the receipt's currency.

    :param threshold: the share of right bookings the company wants at least
    :param margin: how far the best proposal must be ahead of the next
    :param max_amount: largest receipt that books itself; nothing for no limit
    :param tolerance: a difference up to this, inclusive, is written off
    :param charge_limit: a shortfall up to this, inclusive, may be the banks' charges
    :param grace_days: days after the discount's end on which it is still granted
    :param home: where the account is, two letters; nothing for somewhere in the euro
    :param rates: units of a currency for one unit of the company's, which is 1 itself, where known
    """

    threshold: float = 0.999
    margin: float = 0.2
    max_amount: int | None = None
    auto_kinds: frozenset[Kind] = AUTO_KINDS
    tolerance: int = 50
    charge_limit: int = 3000
    grace_days: int = 3
    home: str = ""
    rates: Mapping[str, Fraction] = field(default_factory=dict)

    def is_abroad(self, country: str) -> bool:
        """Tell whether banks may charge for a payment from a country: at home and in the euro not.

        >>> Policy().is_abroad("FR"), Policy().is_abroad("US"), Policy(home="US").is_abroad("US")
        (False, True, False)
        """
        if not country or country == self.home:
            return False
        both_in_euro = country in EURO_COUNTRIES and (self.home or "DE") in EURO_COUNTRIES
        return not both_in_euro

    def rate(self, of: str, to: str) -> Fraction | None:
        """Return the units of one currency for one of another, where both are known.

        >>> policy = Policy(rates={"EUR": Fraction(1), "USD": Fraction(5, 4), "CHF": Fraction(1)})
        >>> policy.rate("USD", "CHF"), policy.rate("USD", "NOK")
        (Fraction(4, 5), None)
        """
        if of not in self.rates or to not in self.rates:
            return None
        return self.rates[to] / self.rates[of]

    def grants_discount(self, until: date | None, day: date | None) -> bool:
        """Tell whether a discount that ends on ``until`` is granted on ``day``."""
        return bool(until and day and day <= until + timedelta(days=self.grace_days))
