"""What a creditor without a licence for consumer credit must not offer a consumer.

A deferred payment is no consumer credit only where it is free of interest and charges, nobody
else funds it, and it is paid in full within 50 days of the supply; 14 days where a large seller
sells at a distance. Source: Directive (EU) 2023/2225 Article 2(2)(h), which applies from
20 November 2026. Member states may ease this for debts in default already: which ones do is data.
"""

from collections.abc import Collection
from datetime import date

from .periods import Shift, due_dates
from .terms import Terms

#: Days from the supply in which a consumer has to have paid in full.
MAX_DAYS = 50
MAX_DAYS_LARGE_REMOTE = 14


def consumer_refusals(
    terms: Terms,
    *,
    b2c: bool,
    third_party_funded: bool,
    supply_date: date,
    country: str | None,
    licensed: bool,
    in_default: bool = False,
    easing_countries: Collection[str] = (),
    large_remote_seller: bool = False,
    shift: Shift | None = None,
) -> tuple[str, ...]:
    """Return the codes of what forbids a plan; none where it may be offered.

    The codes are ``consumer_interest``, ``consumer_fee``, ``consumer_third_party`` and
    ``consumer_too_long``.

    :param supply_date: day of the earliest supply in the plan
    :param country: of the consumer, ISO 3166
    :param licensed: whether the creditor may grant consumer credit, with a document
    :param easing_countries: those that ease the rules for debts ``in_default``
    :param shift: moves a day off to a working day

    >>> terms = Terms(100_00, date(2026, 12, 1), date(2027, 1, 4), 2, upfront_fee=1_00)
    >>> facts = {"third_party_funded": False, "supply_date": date(2026, 12, 1), "country": "FR"}
    >>> consumer_refusals(terms, b2c=True, licensed=False, **facts)
    ('consumer_fee', 'consumer_too_long')
    >>> consumer_refusals(terms, b2c=False, licensed=False, **facts)
    ()
    """
    if not b2c or licensed:
        return ()
    if in_default and country in easing_countries:
        return ()
    limit = MAX_DAYS_LARGE_REMOTE if large_remote_seller else MAX_DAYS
    found = {
        "consumer_interest": terms.rate > 0,
        "consumer_fee": terms.upfront_fee > 0 or terms.installment_fee > 0,
        "consumer_third_party": third_party_funded,
        "consumer_too_long": (due_dates(terms, shift)[-1] - supply_date).days > limit,
    }
    return tuple(code for code, applies in found.items() if applies)
