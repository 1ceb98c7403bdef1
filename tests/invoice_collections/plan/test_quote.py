"""What a plan costs: the annual rate against other ways to compute it, and the sums told."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.plan.apr import apr_eu, apr_reg_z
from odoo.addons.invoice_collections.core.plan.intervals import years_between
from odoo.addons.invoice_collections.core.plan.quote import compare, flows, quote
from odoo.addons.invoice_collections.core.plan.refusal import PlanRefusedError
from odoo.addons.invoice_collections.core.plan.terms import Terms
from odoo.addons.invoice_collections.core.work_calendar import WEEKDAYS

from .strategies import DAYS, terms

HOUSE = Terms(
    1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, rate=Decimal("0.12"), day_count="30_360"
)
FREE = Terms(1200_00, date(2026, 1, 1), date(2026, 2, 1), 6, method="interest_free")


def _quoted(plan_terms):
    try:
        return quote(plan_terms)
    except PlanRefusedError as refusal:
        assume(refusal.code not in {"principal_too_small", "below_interest"})
        raise


# House examples.


def test_house_example_rates():
    offer = quote(HOUSE)
    assert (offer.total_interest, offer.total_cost) == (42_35, 42_35)
    assert round(offer.apr_percent, 4) == Decimal("12.6831")
    with_fee = quote(replace(HOUSE, upfront_fee=24_00))
    assert with_fee.total_cost == 66_35
    assert round(with_fee.apr_percent, 4) == Decimal("20.8557")
    assert with_fee.total_payable == 1266_35


def test_a_deposit_is_no_credit():
    offer = quote(replace(HOUSE, principal=1500_00, deposit=300_00))
    assert offer.installments == quote(HOUSE).installments
    assert offer.apr == quote(HOUSE).apr
    assert (offer.terms.credit, offer.total_payable) == (1200_00, 1242_35)


def test_a_fee_of_each_installment_is_a_cost():
    offer = quote(replace(FREE, installment_fee=1_50))
    assert (offer.total_fees, offer.total_cost, offer.total_payable) == (9_00, 9_00, 1209_00)
    assert offer.apr > 0


def test_a_fee_as_large_as_the_debt_leaves_nothing_lent_and_no_rate():
    assert quote(replace(FREE, upfront_fee=1200_00)).apr is None


# The rate, by other means.


@given(terms(rates=st.just(Decimal(0)), fees=False))
def test_a_free_plan_has_a_rate_of_zero(plan_terms):
    assume(not plan_terms.grace)
    offer = _quoted(plan_terms)
    assert offer.total_cost == 0
    assert offer.apr == 0


@given(terms())
def test_at_its_rate_the_payments_are_worth_what_was_lent(plan_terms):
    offer = _quoted(plan_terms)
    assume(offer.apr is not None and offer.apr < 1000)
    lent, worth = 0.0, 0.0
    unit = "week" if plan_terms.frequency in {"week", "fortnight"} else "month"
    for day, amount in flows(plan_terms, offer.installments):
        discounted = amount / (1 + float(offer.apr)) ** float(
            years_between(plan_terms.start, day, unit)
        )
        lent, worth = (lent + discounted, worth) if amount > 0 else (lent, worth - discounted)
    assert worth == pytest.approx(lent, rel=1e-8, abs=1e-4)


def _by_halving(payments):
    """Return the rate with plain floating point: halving an interval, days over days of a year."""

    def missing(rate):
        return payments[0][1] + sum(amount / (1 + rate) ** years for years, amount in payments[1:])

    low, high = 0.0, 1e9
    for _ in range(300):
        middle = (low + high) / 2
        low, high = (middle, high) if missing(middle) < 0 else (low, middle)
    return low


@given(
    st.integers(1_000, 10**9),
    st.lists(st.tuples(st.integers(1, 2000), st.integers(1, 10**9)), min_size=1, max_size=40),
)
@example(1_000, [(1, 1_001)])
def test_the_rate_agrees_with_halving_an_interval(lent, payments):
    payments = [(Fraction(days, 365), -amount) for days, amount in payments]
    assume(-sum(amount for _years, amount in payments) > lent)
    rate = apr_eu([(0, lent), *payments])
    oracle = _by_halving([(0, lent), *((float(years), amount) for years, amount in payments)])
    if oracle > 1e8:
        assert rate is None or rate > 10**7
        return
    assert float(rate) == pytest.approx(oracle, rel=1e-6, abs=1e-9)


@given(st.integers(2, 240), st.decimals(Decimal("0.001"), Decimal("0.4"), places=4))
def test_equal_months_without_fees_compound_the_nominal_rate(count, rate):
    """A closed formula: (1 + r / 12) ^ 12 - 1, but for the cents of the installments."""
    offer = quote(replace(HOUSE, principal=10**12, count=count, rate=rate))
    assert float(offer.apr) == pytest.approx((1 + float(rate) / 12) ** 12 - 1, abs=1e-7)


@given(st.integers(2, 60), st.decimals(Decimal("0.001"), Decimal("0.4"), places=4))
def test_regulation_z_gives_the_nominal_rate_back(count, rate):
    offer = quote(replace(HOUSE, principal=10**12, count=count, rate=rate))
    assert float(offer.apr_reg_z) == pytest.approx(float(rate), abs=1e-7)


@given(DAYS, st.integers(1, 800), st.integers(1, 200))
def test_one_payment_has_its_rate_in_a_formula(start, days, percent):
    """Lent P, paid P (1 + x) after t years: the rate is (1 + x) ^ (1 / t) - 1."""
    day = start + timedelta(days=days)
    rate = apr_eu([(start, 100_00), (day, -(100_00 + 100 * percent))])
    years = float(years_between(start, day))
    if rate is None:
        assert (1 + percent / 100) ** (1 / years) > 1e12
        return
    assert float(rate) == pytest.approx((1 + percent / 100) ** (1 / years) - 1, rel=1e-9)


@given(terms(fees=False), st.integers(1, 20_00))
def test_a_fee_never_makes_a_plan_cheaper(plan_terms, fee):
    free, dear = _quoted(plan_terms), _quoted(replace(plan_terms, upfront_fee=fee))
    assert dear.total_cost == free.total_cost + fee
    assert dear.apr is None or dear.apr > free.apr


def test_there_is_no_rate_where_nothing_is_lent_or_less_comes_back():
    day, later = date(2026, 1, 1), date(2026, 6, 1)
    assert apr_eu([]) is None
    assert apr_eu([(day, 100)]) is None
    assert apr_eu([(day, 0), (later, -10)]) is None
    assert apr_eu([(day, -5), (later, 10)]) is None
    assert apr_eu([(day, 100), (later, -99)]) is None
    assert apr_eu([(day, 100), (day, -100), (later, -1)]) is None
    assert apr_reg_z(0, [(5, 1, Fraction(0))], 12) is None
    assert apr_reg_z(100, [(99, 1, Fraction(0))], 12) is None
    assert apr_reg_z(100, [(100, 1, Fraction(0))], 12) == 0


def test_several_drawdowns_are_counted_when_they_come():
    # 500 now and 500 in a year, 1,100 in two years: 500 x^2 + 500 x = 1100, x = 1.0652476.
    rate = apr_eu([(0, 500), (1, 500), (2, -1100)])
    assert round(rate, 6) == Decimal("0.065248")


def test_days_off_count_as_they_are():
    moved = quote(HOUSE, WEEKDAYS.next_working)
    assert [one.due.day for one in moved.installments[:2]] == [2, 2]
    assert moved.apr < quote(HOUSE).apr


# What is told.


@given(terms())
def test_the_sums_told_are_those_of_the_schedule(plan_terms):
    offer = _quoted(plan_terms)
    paid = sum(one.total for one in offer.installments) + plan_terms.paid_at_start
    assert paid == offer.total_payable + plan_terms.deposit
    assert offer.total_cost == offer.total_payable - plan_terms.credit
    assert offer.total_cost == offer.total_interest + offer.total_fees
    assert offer.last_due == max(one.due for one in offer.installments)


@given(terms())
def test_the_same_quote_has_the_same_hash_and_another_one_has_not(plan_terms):
    offer = _quoted(plan_terms)
    assert offer.hash == _quoted(replace(plan_terms)).hash
    other = _quoted(replace(plan_terms, principal=plan_terms.principal + 1))
    assert other.hash != offer.hash
    told = json.loads(offer.as_json())
    assert told["total_payable"] == offer.total_payable
    assert len(told["installments"]) == plan_terms.count


def test_scenarios_are_compared_by_what_they_cost_in_all():
    long, short = replace(HOUSE, count=12), HOUSE
    free = replace(FREE, count=24)
    assert [offer.terms for offer in compare([long, short, free])] == [free, short, long]
