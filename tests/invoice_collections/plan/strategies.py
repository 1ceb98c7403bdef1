"""Terms of plans as hypothesis makes them: every method, frequency, day count and currency."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.interest import DAY_COUNTS
from odoo.addons.invoice_collections.core.plan.terms import FREQUENCIES, METHODS, Terms

DAYS = st.dates(date(2023, 1, 1), date(2031, 12, 31))
RATES = st.decimals(Decimal("0.0001"), Decimal("0.5"), places=4)


@st.composite
def terms(draw, methods=METHODS, rates=RATES, fees=True, even=False):
    """Return terms that any creditor might offer; the method decides what goes with it.

    :param even: rounded up, without installments of interest alone
    """
    method = draw(st.sampled_from(methods))
    start = draw(DAYS)
    count = draw(st.integers(1, 36))
    principal = draw(st.integers(500_00, 50_000_00))
    values = {
        "principal": principal,
        "start": start,
        "first_due": start + timedelta(days=draw(st.integers(1, 60))),
        "count": count,
        "method": method,
        "frequency": draw(st.sampled_from(FREQUENCIES)),
        "day_count": draw(st.sampled_from(DAY_COUNTS)),
        "rate": Decimal(0) if method == "interest_free" else draw(rates),
        "rounding": draw(st.sampled_from(["up", "up", "nearest"])),
        "digits": draw(st.sampled_from([0, 2, 3])),
    }
    if fees:
        values["installment_fee"] = draw(st.sampled_from([0, 0, 2_50]))
        values["upfront_fee"] = draw(st.sampled_from([0, 0, 25_00]))
        values["fee_financed"] = draw(st.booleans())
        values["deposit"] = draw(st.sampled_from([0, 0, principal // 5]))
    values |= draw(_details(method, count, principal, values["rate"]))
    if even:
        values |= {"rounding": "up", "grace": 0}
    return Terms(**values)


@st.composite
def _details(draw, method, count, principal, rate):
    if method == "balloon":
        return {"balloon": draw(st.integers(1, principal * 3 // 4))}
    if method == "seasonal":
        weights = draw(st.lists(st.integers(0, 4), min_size=count - 1, max_size=count - 1))
        return {"weights": tuple(Decimal(weight) / 2 for weight in [*weights, 2])}
    if method == "irregular" and count > 1:
        # More than the interest of two months, less than the debt together.
        least, most = principal // 10, principal * 2 // 3 // (count - 1)
        if least > most:
            return {"method": "annuity"}
        amounts = st.lists(st.integers(least, most), min_size=count - 1, max_size=count - 1)
        return {"amounts": tuple(draw(amounts)), "rate": min(rate, Decimal("0.2"))}
    if method in ("annuity", "linear") and rate:
        return {"grace": draw(st.integers(0, min(2, count - 1)))}
    return {}
