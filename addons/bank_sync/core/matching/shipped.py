"""What a company starts with, before it has decided anything.

``WEIGHTS`` are log-odds: how much a reason speaks for a proposal. They give the signs a fit must
keep, and what it is pulled towards. ``PRIOR`` are right and wrong decisions by situation, as
measured on benchmarks; a situation that is not in it starts from nothing.
"""

from collections.abc import Mapping

from .fit import BIAS
from .values import Reason

WEIGHTS: Mapping[str, float] = {
    BIAS: -3.0,
    Reason.REFERENCE_QUOTED.value: 5.0,
    Reason.ORDER_QUOTED.value: 3.0,
    Reason.SEVERAL_QUOTED_SUM.value: 5.0,
    Reason.WEAK_REFERENCE.value: 1.5,
    Reason.SHARED_REFERENCE.value: -0.5,
    Reason.EXACT_AMOUNT.value: 2.5,
    Reason.SHORT.value: -1.0,
    Reason.OVER.value: -1.0,
    Reason.PARTNER_TOTAL.value: 2.5,
    Reason.AMOUNT_UNIQUE.value: 1.5,
    Reason.PARTNER_ACCOUNT_KNOWN.value: 2.5,
    Reason.NAME_SIMILAR.value: 1.5,
    Reason.RIVAL_RECEIPT.value: -1.5,
}
PRIOR: Mapping[str, tuple[float, float]] = {}
