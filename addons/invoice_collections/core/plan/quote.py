"""What a plan costs, told before anybody agrees to it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cached_property

from .apr import Flow, apr_eu, apr_reg_z
from .intervals import unit_periods, unit_periods_of_year
from .periods import Shift
from .schedule import Installment, schedule
from .terms import DAYS, Terms

#: Decimals of a rate in percent as it is stored.
_STORED = Decimal("1e-6")


@dataclass(frozen=True)
class Quote:
    """Terms with their installments and what they cost. Amounts in minor units.

    ``total_cost`` is interest and all fees; ``total_payable`` is the credit with that cost, as
    the directive on consumer credit defines it, so without the deposit.
    """

    terms: Terms
    installments: tuple[Installment, ...]
    apr: Decimal | None

    @property
    def total_interest(self) -> int:
        """Return the interest of all installments, in minor units."""
        return sum(one.interest for one in self.installments)

    @property
    def total_fees(self) -> int:
        """Return the fee at the start, financed or not, and those of all installments."""
        return self.terms.upfront_fee + sum(one.fee for one in self.installments)

    @property
    def total_cost(self) -> int:
        """Return interest and fees together, in minor units."""
        return self.total_interest + self.total_fees

    @property
    def total_payable(self) -> int:
        """Return what is paid for the credit in all: the credit and its cost, in minor units."""
        return self.terms.credit + self.total_cost

    @property
    def last_due(self) -> date:
        """Return the day of the last installment."""
        return self.installments[-1].due

    @property
    def apr_percent(self) -> Decimal | None:
        """Return the annual percentage rate in percent, rounded half up to six decimals."""
        return None if self.apr is None else _percent(self.apr)

    @cached_property
    def apr_reg_z(self) -> Decimal | None:
        """Return the annual percentage rate as Regulation Z counts it, as a share of one."""
        terms = self.terms
        payments = [
            (one.total, *unit_periods(terms.start, one.due, terms.frequency))
            for one in self.installments
        ]
        advance = terms.principal - terms.paid_at_start
        return apr_reg_z(advance, payments, unit_periods_of_year(terms.frequency))

    def as_json(self) -> str:
        """Return all figures as JSON that is the same for the same quote, byte for byte.

        Amounts are whole minor units, days ISO 8601, rates decimal text; the annual percentage
        rate is in percent.
        """
        figures = {
            "terms": {field.name: getattr(self.terms, field.name) for field in fields(Terms)},
            "installments": [
                [one.number, one.due, one.principal, one.interest, one.fee, one.balance]
                for one in self.installments
            ],
            "total_interest": self.total_interest,
            "total_fees": self.total_fees,
            "total_cost": self.total_cost,
            "total_payable": self.total_payable,
            "apr_percent": self.apr_percent,
            "last_due": self.last_due,
        }
        return json.dumps(figures, default=_text, sort_keys=True, separators=(",", ":"))

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of :meth:`as_json`, in hexadecimal."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()


def quote(terms: Terms, shift: Shift | None = None) -> Quote:
    """Return what a plan of these terms costs, in minor units; its rate by the EU's formula.

    :param shift: moves a day off to a working day
    :raise PlanRefusedError: for terms of which no plan can be made

    >>> offer = quote(Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"),
    ...                     day_count="30_360", upfront_fee=24_00))
    >>> offer.total_cost, offer.total_payable, str(offer.apr_percent)
    (6635, 126635, '20.855705')
    """
    installments = schedule(terms, shift)
    return Quote(terms, installments, apr_eu(flows(terms, installments), unit_of(terms)))


def flows(terms: Terms, installments: Sequence[Installment]) -> list[Flow]:
    """Return what the debtor gets (positive) and pays (negative), in minor units by day.

    >>> terms = Terms(100_00, date(2026, 1, 1), date(2026, 2, 1), 1, upfront_fee=2_00)
    >>> [amount for _day, amount in flows(terms, schedule(terms))]
    [9800, -10000]
    """
    lent = terms.principal - terms.paid_at_start
    return [(terms.start, lent), *((one.due, -one.total) for one in installments)]


def unit_of(terms: Terms) -> str:
    """Return the unit of time an EU rate of these terms is counted in.

    >>> unit_of(Terms(100, date(2026, 1, 1), date(2026, 2, 1), 1, frequency="fortnight"))
    'week'
    """
    return "week" if terms.frequency in DAYS else "month"


def compare(offers: Iterable[Terms], shift: Shift | None = None) -> tuple[Quote, ...]:
    """Return the quotes of several terms, the cheapest in all first; then the shorter one.

    >>> year = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 12, rate=Decimal("0.12"))
    >>> half = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"))
    >>> [len(offer.installments) for offer in compare([year, half])]
    [6, 12]
    """
    quotes = [quote(terms, shift) for terms in offers]
    return tuple(sorted(quotes, key=lambda offer: (offer.total_cost, offer.last_due)))


def _percent(share: Decimal) -> Decimal:
    return (100 * share).quantize(_STORED, "ROUND_HALF_UP")


def _text(value: date | Decimal) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
