"""Published annual percentage rates, to the digit they are printed with.

Sources: European Commission, "Examples for the calculation of the APRC" (January 2015); Directive
98/7/EC Annex III; 12 CFR 1026 (Regulation Z) Appendix J (c). The Commission's examples lend
200,000 at 6 % nominal less 4,000 at the start.
"""

import json
import pathlib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from odoo.addons.invoice_collections.core.plan.apr import apr_eu, apr_reg_z
from odoo.addons.invoice_collections.core.plan.intervals import unit_periods, years_between
from odoo.addons.invoice_collections.core.plan.quote import quote
from odoo.addons.invoice_collections.core.plan.schedule import schedule
from odoo.addons.invoice_collections.core.plan.terms import Terms

GOLDENS = json.loads((pathlib.Path(__file__).parent / "golden_apr.json").read_text("utf-8"))
EUROPE = [golden for golden in GOLDENS if golden["id"].startswith("EC")]
DIRECTIVE = [golden for golden in GOLDENS if golden["id"].startswith("98/7")]
REG_Z = [golden for golden in GOLDENS if golden["id"].startswith("RegZ")]


def _cents(amount):
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _monthly(*series, late=Fraction(0)):
    """Return payments: (amount, how many) after each other, month by month."""
    amounts = [_cents(amount) for amount, count in series for _ in range(count)]
    return [(late + Fraction(month, 12), -amount) for month, amount in enumerate(amounts, 1)]


def _falling(principal, count):
    """Return equal principal and 0.5 % of what is left a month."""
    paid, left = [], Fraction(200_000)
    for month in range(1, count + 1):
        share = min(principal, left)
        amount = _cents(float(share + left / 200))
        paid.append((Fraction(month, 12), -amount))
        left -= share
    return paid


#: Published flows of the Commission's examples, after the drawdown of 196,000 net.
FLOWS = {
    "EC-1": _monthly((1432.86, 240)),
    "EC-2.1": _monthly((1433.57, 240), late=Fraction(3, 365)),
    "EC-2.2": _monthly((1433.56, 240), late=Fraction(3, 366)),
    "EC-2.3": [(Fraction(34, 365) + year, -_cents(16541.86)) for year in range(20)],
    "EC-3": _monthly((1449.53, 240)),
    "EC-4": _monthly((1599.53, 240)),
    "EC-5": _monthly((1490.18, 240)),
    "EC-6": [*_monthly((1432.86, 240)), (20, -_cents(100))],
    "EC-7": [*_monthly((1199.10, 180)), (15, -_cents(142_097.69))],
    "EC-8": [*_monthly((1166.67, 240)), (20, -_cents(200_000))],
    "EC-8b": [*_monthly((1166.67, 6), (1398.33, 234)), (20, -_cents(200_000))],
    "EC-11": _monthly((1500, 220), (407.70, 1)),
    "EC-12": _falling(Fraction(900), 223),
    "EC-13": _falling(Fraction(200_000, 240), 240),
}


def _places(number):
    return len(str(number).partition(".")[2])


def _printed(share, places):
    return (100 * share).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def test_all_39_published_rates_are_here():
    assert len(EUROPE) + len(DIRECTIVE) + len(REG_Z) == len(GOLDENS) == 14 + 8 + 17
    assert set(FLOWS) == {golden["id"] for golden in EUROPE}


@pytest.mark.parametrize("golden", EUROPE, ids=lambda golden: golden["id"])
def test_examples_of_the_european_commission(golden):
    rate = apr_eu([(0, _cents(196_000)), *FLOWS[golden["id"]]])
    assert _printed(rate, 6) == Decimal(str(golden["expected"])).quantize(Decimal("1e-6"))


@pytest.mark.parametrize("golden", DIRECTIVE, ids=lambda golden: golden["id"])
def test_examples_of_the_directive(golden):
    flows = [
        (Fraction(years).limit_denominator(366), Decimal(amount))
        for years, amount in golden["flows"]
    ]
    assert _printed(apr_eu(flows), 2) == _cents(golden["expected"])


@pytest.mark.parametrize("golden", REG_Z, ids=lambda golden: golden["id"])
def test_examples_of_regulation_z(golden):
    payments = [
        (_cents(amount), whole + number, Fraction(part).limit_denominator(100))
        for amount, count, whole, part in golden["series"]
        for number in range(count)
    ]
    periods = Fraction(golden["unit_periods"]).limit_denominator(366)
    rate = apr_reg_z(_cents(golden["advance"]), payments, periods)
    assert _printed(rate, 2) == _cents(golden["expected"])


# The schedules behind the Commission's examples.

EXAMPLE = Terms(
    200_000_00,
    date(2012, 1, 1),
    date(2012, 2, 1),
    240,
    rate=Decimal("0.06"),
    day_count="30_360",
    upfront_fee=4_000_00,
    rounding="nearest",
)


def _with(**terms):
    values = {name: getattr(EXAMPLE, name) for name in EXAMPLE.__dataclass_fields__}
    return Terms(**{**values, **terms})


def test_example_1_to_the_cent():
    plan = schedule(EXAMPLE)
    assert {one.total for one in plan[:-1]} == {1_432_86}
    first = plan[0]
    assert (first.interest, first.principal, first.balance) == (1_000_00, 432_86, 199_567_14)
    # The table carries interest that is not rounded (194,660.40); to the cent every month it
    # is three cents more, and the last installment takes what that adds up to.
    assert plan[11].balance == 194_660_43
    assert plan[-1].total == 1_433_76
    # The table's totals are 240 times the installment: 147,886.40 and 347,886.40.
    assert (240 * 1_432_86 + 4_000_00 - 200_000_00, 240 * 1_432_86 + 4_000_00) == (
        147_886_40,
        347_886_40,
    )
    offer = quote(EXAMPLE)
    assert (offer.total_cost, offer.total_payable) == (147_886_40 + 90, 347_886_40 + 90)


def test_example_1_before_rounding_has_the_balances_of_the_table():
    balance, payment = Fraction(200_000), Fraction(200_000) / 200
    payment /= 1 - Fraction(200, 201) ** 240
    for _month in range(12):
        balance += balance / 200 - payment
    assert _cents(float(payment)) == _cents("1432.86")
    assert _cents(float(balance)) == _cents("194660.40")


@pytest.mark.parametrize(
    ("terms", "level", "table"),
    [
        # Published: 147,886.40; 148,056.80; with 16.67 of insurance 151,887.20.
        ({}, 1_432_86, 147_886_40),
        ({"start": date(2012, 1, 12), "first_due": date(2012, 2, 15)}, 1_433_57, 148_056_80),
        ({"installment_fee": 16_67}, 1_449_53, 151_887_20),
    ],
)
def test_total_cost_as_the_tables_have_it(terms, level, table):
    offer = quote(_with(**terms))
    assert offer.installments[0].total == level
    assert 240 * level + 4_000_00 - 200_000_00 == table
    assert abs(offer.total_cost - table) <= 240


def test_example_5_finances_a_premium_of_four_percent():
    premium = quote(_with(principal=200_000_00, upfront_fee=8_000_00, fee_financed=True))
    assert premium.installments[0].total == 1_490_18
    assert premium.total_payable == 200_000_00 + premium.total_cost


def test_example_7_leaves_a_balloon():
    terms = _with(count=180, method="balloon", balloon=142_097_69)
    assert schedule(terms)[0].total == 1_199_10


def test_example_8_pays_interest_alone_and_all_principal_at_the_end():
    terms = _with(rate=Decimal("0.07"), method="balloon", balloon=200_000_00)
    plan = schedule(terms)
    assert (plan[0].total, plan[-1].total) == (1_166_67, 201_166_67)
    rate = quote(terms).apr
    assert _printed(rate, 4) == Decimal("7.4305")


def test_example_11_pays_round_amounts_and_a_rest():
    terms = _with(method="irregular", count=221, amounts=(1_500_00,) * 220)
    plan = schedule(terms)
    # 407.70 without rounding the interest; half a cent a month may add up.
    assert abs(plan[-1].total - 407_70) <= 110
    assert _printed(quote(terms).apr, 4) == Decimal("6.4528")


def test_example_13_pays_equal_principal():
    plan = schedule(_with(method="linear"))
    assert (plan[0].principal, plan[0].total) == (833_33, 1_833_33)
    assert abs(plan[-1].total - 837_50) <= 240
    assert sum(one.principal for one in plan) == 200_000_00


# How time is counted.


@pytest.mark.parametrize(
    ("start", "day", "unit", "years"),
    [
        # Examples 2.1, 2.2 and 2.3 of the Commission.
        (date(2012, 1, 12), date(2012, 2, 15), "month", Fraction(1, 12) + Fraction(3, 365)),
        (date(2013, 1, 12), date(2013, 2, 15), "month", Fraction(1, 12) + Fraction(3, 366)),
        (date(2012, 1, 12), date(2012, 2, 15), "year", Fraction(34, 365)),
        (date(2012, 1, 12), date(2013, 2, 15), "year", 1 + Fraction(34, 365)),
        (date(2026, 1, 31), date(2026, 3, 31), "month", Fraction(2, 12)),
        (date(2024, 2, 29), date(2025, 2, 28), "year", Fraction(1)),
        (date(2026, 1, 1), date(2026, 1, 31), "week", Fraction(4, 52) + Fraction(2, 365)),
    ],
)
def test_years_are_counted_back_from_the_payment(start, day, unit, years):
    assert years_between(start, day, unit) == years


@pytest.mark.parametrize(
    ("start", "day", "frequency", "periods"),
    [
        # The dates of Appendix J (c)(1)(ii), (iv) and (v).
        (date(1978, 2, 10), date(1978, 4, 1), "month", (1, Fraction(19, 30))),
        (date(1978, 5, 23), date(1978, 10, 1), "quarter", (1, Fraction(39, 90))),
        (date(1978, 3, 20), date(1978, 4, 21), "week", (4, Fraction(4, 7))),
    ],
)
def test_unit_periods_are_counted_back_from_the_payment(start, day, frequency, periods):
    assert unit_periods(start, day, frequency) == periods
