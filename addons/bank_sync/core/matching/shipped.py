"""What a company starts with, before it has decided anything.

``WEIGHTS`` are log-odds: how much a reason speaks for a proposal. They give the signs a fit must
keep, and what it is pulled towards. ``PRIOR`` says how many right and wrong decisions a situation
starts with.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from .fit import BIAS, score
from .values import Reason

WEIGHTS: Mapping[str, float] = {
    BIAS: -6.5,
    Reason.STRUCTURED_REFERENCE.value: 8.8,
    Reason.REFERENCE_QUOTED.value: 11.0,
    Reason.NUMBER_DIGITS.value: 5.8,
    Reason.WEAK_REFERENCE.value: 4.2,
    Reason.ORDER_QUOTED.value: 4.0,
    Reason.NUMBER_CUT.value: 0.8,
    Reason.NUMBER_DAMAGED.value: -1.8,
    Reason.NUMBER_TAIL.value: -2.4,
    Reason.SEVERAL_QUOTED_SUM.value: -2.8,
    Reason.LIST_COMPLETED.value: 0.0,
    Reason.SOME_QUOTED.value: -9.9,
    Reason.EXACT_AMOUNT.value: 9.3,
    Reason.DISCOUNT_TAKEN.value: 3.9,
    Reason.CHARGES_DEDUCTED.value: -2.5,
    Reason.SMALL_DIFFERENCE.value: -1.1,
    Reason.SHORT.value: -0.7,
    Reason.OVER.value: -4.4,
    Reason.CREDIT_NETTED.value: -9.2,
    Reason.INSTRUCTED_EXACT.value: 2.9,
    Reason.RATE_PLAUSIBLE.value: 0.3,
    Reason.NOTHING_FITS.value: 4.3,
    Reason.PAYOUT_LIKELY.value: 12.5,
    Reason.AMOUNT_UNIQUE.value: 2.5,
    Reason.PAYER_AMOUNT_UNIQUE.value: 1.1,
    Reason.OLDEST_OF_AMOUNT.value: -2.2,
    Reason.LATER_OF_AMOUNT.value: -11.0,
    Reason.PERIOD_NAMED.value: 11.4,
    Reason.PARTNER_TOTAL.value: 2.2,
    Reason.SUM_UNIQUE.value: -1.9,
    Reason.SUM_LIKELY.value: -3.2,
    Reason.SUM_OLDEST.value: -4.7,
    Reason.SUM_FIRST.value: 1.7,
    Reason.SUM_AMBIGUOUS.value: -8.2,
    Reason.PARTNER_ACCOUNT_KNOWN.value: 2.8,
    Reason.ACCOUNT_LEARNED.value: 2.6,
    Reason.NAME_SAME.value: 2.5,
    Reason.NAME_SHARED.value: 1.1,
    Reason.NAME_SIMILAR.value: -0.4,
    Reason.PAYER_FAMILY.value: 0.2,
    Reason.CUSTOMER_NUMBER.value: 0.7,
    Reason.CUSTOMER_NAMED.value: 1.0,
    Reason.PAYER_UNTOLD.value: -2.6,
    Reason.PAYER_UNKNOWN.value: -4.5,
    Reason.PAYER_OTHER.value: -5.1,
    Reason.OUR_COLLECTION.value: 8.3,
    Reason.COLLECTION_TOTAL.value: 5.7,
    Reason.PAYOUT_REPORTED.value: 8.9,
    Reason.TAKEN_BACK.value: 8.0,
    Reason.OWN_ACCOUNT.value: 10.0,
    Reason.OTHER_END.value: 7.0,
    Reason.SHARED_REFERENCE.value: -4.6,
    Reason.OTHER_QUOTED.value: -4.9,
    Reason.OWN_OTHER_QUOTED.value: -8.2,
    Reason.SETTLED_QUOTED.value: -0.6,
    Reason.SETTLED_HINTED.value: -8.1,
    Reason.UNREAD_REFERENCE.value: -2.8,
    Reason.PERIOD_OTHER.value: -8.6,
    Reason.OTHERS_OPEN.value: -4.1,
    Reason.EXACT_ELSEWHERE.value: -2.0,
    Reason.TWO_ADD_UP.value: -2.0,
    Reason.ROUND_AMOUNT.value: -4.9,
    Reason.DATE_NAMED.value: 3.0,
}
#: Most decisions the shipped experience with one situation counts for, and how many the weights
#: alone count for: a company's own decisions soon weigh more.
MOST_SHIPPED = 100
BY_WEIGHTS = 5


class Experience:
    """Right and wrong decisions a situation starts with.

    Counted on the benchmark's workloads (``experience.csv``), and where a situation is rare
    there, told by the weights of its reasons.
    """

    def __init__(self, counts: Mapping[str, tuple[float, float]], weights: Mapping[str, float]):
        self._counts, self._weights = counts, weights

    def get(self, situation: str, _default: object = None) -> tuple[float, float]:
        """Return the decisions, as right and wrong ones.

        >>> right, wrong = PRIOR.get("exact+exact_amount+name_same+reference_quoted")
        >>> right > 100, wrong < 0.1
        (True, True)
        """
        right, wrong = self._counts.get(situation, (0.0, 0.0))
        share = min(1.0, MOST_SHIPPED / (right + wrong)) if right or wrong else 0.0
        chance = score(self._weights, situation.split("+")[1:])
        return right * share + BY_WEIGHTS * chance, wrong * share + BY_WEIGHTS * (1 - chance)


def _counted() -> dict[str, tuple[float, float]]:
    with (Path(__file__).parent / "experience.csv").open(encoding="ascii", newline="") as rows:
        return {
            row["situation"]: (float(row["right"]), float(row["wrong"]))
            for row in csv.DictReader(rows)
        }


PRIOR = Experience(_counted(), WEIGHTS)
