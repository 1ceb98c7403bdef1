"""How much of what a customer owes may be lost: by what a collector's work is put in order.

The shares are those of a usual provision matrix: the older, the less of it comes in. They rank
cases and book nothing.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

#: Share of a debt that is at risk, by how late it is (codes of ``aging.BUCKETS``).
SHARES = {
    "not_due": Decimal("0.01"),
    "1_30": Decimal("0.03"),
    "31_60": Decimal("0.10"),
    "61_90": Decimal("0.25"),
    "over_90": Decimal("0.50"),
}
#: By what a person's judgement of a customer multiplies the shares; nobody judged: medium.
FACTORS = {"low": Decimal("0.5"), "medium": Decimal(1), "high": Decimal(2)}


def value_at_risk(aged: Mapping[str, int], risk: str | None = None) -> int:
    """Return the part of the debts that may be lost, in the minor units of the amounts.

    :param aged: debts by bucket
    :param risk: a key of ``FACTORS``; ``None``: nobody has judged the customer

    >>> value_at_risk({"1_30": 10_000, "over_90": 10_000})
    5300
    >>> value_at_risk({"1_30": 10_000, "over_90": 10_000}, "high")
    10600
    >>> value_at_risk({})
    0
    """
    factor = FACTORS[risk or "medium"]
    whole = sum(
        (max(amount, 0) * min(SHARES[code] * factor, Decimal(1)) for code, amount in aged.items()),
        Decimal(0),
    )
    return int(whole.quantize(Decimal(1), rounding=ROUND_HALF_UP))
