"""Payments of a plan: what they pay, how the plan stands; and whom it may be offered."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.plan.allocate import (
    OVERPAYMENTS,
    OpenInstallment,
    Part,
    add_parts,
    allocate,
    open_installments,
)
from odoo.addons.invoice_collections.core.plan.consumer import consumer_refusals
from odoo.addons.invoice_collections.core.plan.refusal import PlanRefusedError
from odoo.addons.invoice_collections.core.plan.schedule import Installment
from odoo.addons.invoice_collections.core.plan.standing import plan_standing
from odoo.addons.invoice_collections.core.plan.terms import Terms
from odoo.addons.invoice_collections.core.work_calendar import WEEKDAYS

MARCH = date(2026, 3, 1)
BILLS = (
    OpenInstallment(1, 90_00, 9_00, 1_00, date(2026, 2, 1)),
    OpenInstallment(2, 91_00, 8_00, 1_00, date(2026, 3, 1)),
    OpenInstallment(3, 92_00, 7_00, 1_00, date(2026, 4, 1)),
    OpenInstallment(4, 93_00, 6_00, 1_00, date(2026, 5, 1)),
)


def _paid(allocation):
    return {part.number: part.total for part in allocation.parts}


# Payments.


def test_a_payment_pays_the_oldest_installment_first_and_its_fee_before_its_interest():
    found = allocate(BILLS[::-1], 105_00, MARCH)
    assert found.parts == (Part(1, 90_00, 9_00, 1_00), Part(2, 0, 4_00, 1_00))


def test_the_order_within_an_installment_is_a_choice():
    found = allocate(BILLS, 95_00, MARCH, order=("principal", "interest", "fee"))
    assert found.parts == (Part(1, 90_00, 5_00, 0),)


def test_an_early_payment_pays_the_next_installment_and_is_no_overpayment():
    for over in OVERPAYMENTS:
        assert _paid(allocate(BILLS, 300_00, MARCH, over=over)) == {1: 100_00, 2: 100_00, 3: 100_00}


def test_an_overpayment_pays_what_comes_or_the_principal_or_stays_credit():
    assert _paid(allocate(BILLS, 350_00, MARCH))[4] == 50_00
    principal = allocate(BILLS, 350_00, MARCH, over="principal")
    assert (principal.to_principal, principal.rest) == (50_00, 0)
    assert 4 not in _paid(principal)
    everything = allocate(BILLS, 400_00, MARCH, over="principal")
    assert (everything.to_principal, everything.rest) == (93_00, 7_00)
    assert allocate(BILLS, 350_00, MARCH, over="credit").rest == 50_00
    assert allocate(BILLS, 1000_00, MARCH).rest == 600_00


@given(
    st.integers(1, 500_00),
    st.integers(0, 200),
    st.permutations(["fee", "interest", "principal"]),
    st.sampled_from(OVERPAYMENTS),
)
def test_no_cent_of_a_payment_is_lost_and_none_paid_twice(amount, days, order, over):
    on = date(2026, 1, 1) + timedelta(days=days)
    found = allocate(BILLS, amount, on, order, over)
    assert sum(part.total for part in found.parts) + found.to_principal + found.rest == amount
    for part in found.parts:
        (bill,) = (one for one in BILLS if one.number == part.number)
        for name in ("fee", "interest", "principal"):
            assert 0 <= getattr(part, name) <= getattr(bill, name)


@given(st.integers(1, 500_00), st.integers(1, 500_00))
def test_two_payments_pay_what_one_would_and_a_return_undoes_one(first, second):
    plan = [
        Installment(one.number, one.due, one.principal, one.interest, one.fee, 0) for one in BILLS
    ]
    one = allocate(open_installments(plan), first, MARCH)
    paid = add_parts({}, one.parts)
    two = allocate(open_installments(plan, paid), second, MARCH)
    both = add_parts(paid, two.parts)
    together = add_parts({}, allocate(open_installments(plan), first + second, MARCH).parts)
    assert open_installments(plan, both) == open_installments(plan, together)
    assert open_installments(plan, add_parts(both, two.parts, -1)) == open_installments(plan, paid)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((0, MARCH), "amount"),
        ((-5, MARCH), "amount"),
        ((5.0, MARCH), "amount"),
        ((5, MARCH, ("fee",)), "order"),
        ((5, MARCH, ("fee", "fee", "principal")), "order"),
        ((5, MARCH, ("fee", "interest", "principal"), "burn"), "over"),
    ],
)
def test_a_payment_that_is_none_is_refused(arguments, code):
    with pytest.raises(PlanRefusedError) as caught:
        allocate(BILLS, *arguments)
    assert caught.value.code == code


# Standing.

PLAN = (
    Installment(1, date(2026, 2, 1), 50_00, 2_00, 0, 100_00),
    Installment(2, date(2026, 3, 1), 50_00, 1_00, 0, 50_00),
    Installment(3, date(2026, 4, 1), 50_00, 50, 0, 0),
)


@pytest.mark.parametrize(
    ("day", "paid", "state", "reason", "late"),
    [
        ((1, 1), {}, "active", "nothing_late", ()),
        ((2, 1), {}, "active", "nothing_late", ()),
        ((2, 2), {}, "active", "within_grace", (1,)),
        ((2, 5), {}, "active", "within_grace", (1,)),
        ((2, 6), {}, "arrears", "installment_late", (1,)),
        ((2, 6), {1: 51_99}, "arrears", "installment_late", (1,)),
        ((2, 6), {1: 52_00}, "active", "nothing_late", ()),
        ((3, 2), {}, "arrears", "installment_late", (1, 2)),
        ((3, 2), {2: 51_00}, "arrears", "installment_late", (1,)),
        ((3, 3), {}, "defaulted", "late_too_long", (1, 2)),
        ((3, 3), {1: 52_00}, "active", "within_grace", (2,)),
        ((9, 9), {1: 52_00, 2: 51_00, 3: 50_50}, "completed", "all_paid", ()),
        ((1, 1), {1: 52_00, 2: 51_00, 3: 50_50}, "completed", "all_paid", ()),
        ((2, 2), {1: 60_00}, "active", "nothing_late", ()),
    ],
)
def test_how_a_plan_stands(day, paid, state, reason, late):
    found = plan_standing(PLAN, paid, date(2026, *day), arrears_after_days=5, default_after=30)
    assert (found.state, found.reasons, found.late) == (state, (reason,), late)


def test_without_grace_a_plan_is_in_arrears_the_day_after():
    assert plan_standing(PLAN, {}, date(2026, 2, 1)).state == "active"
    found = plan_standing(PLAN, {}, date(2026, 2, 2))
    assert (found.state, found.late_amount, found.days_late) == ("arrears", 52_00, 1)
    assert plan_standing(PLAN, {}, date(2036, 2, 2)).state == "arrears"


# Consumers (behaviour 20).

SUPPLY = date(2026, 11, 20)
LAWFUL = Terms(300_00, SUPPLY, date(2026, 12, 9), 2, method="interest_free")


def _refusals(terms=LAWFUL, **facts):
    facts = {
        "b2c": True,
        "third_party_funded": False,
        "supply_date": SUPPLY,
        "country": "FR",
        "licensed": False,
        **facts,
    }
    return consumer_refusals(terms, **facts)


def _with(**values):
    return Terms(**{name: getattr(LAWFUL, name) for name in LAWFUL.__dataclass_fields__} | values)


@pytest.mark.parametrize(
    ("terms", "facts", "codes"),
    [
        (LAWFUL, {}, ()),
        # 9 January 2027 is the 50th day, 10 January the 51st.
        (LAWFUL, {"supply_date": date(2026, 11, 19)}, ("consumer_too_long",)),
        (_with(count=3), {}, ("consumer_too_long",)),
        (_with(method="annuity", rate=Decimal("0.0001")), {}, ("consumer_interest",)),
        (_with(upfront_fee=1), {}, ("consumer_fee",)),
        (_with(installment_fee=1), {}, ("consumer_fee",)),
        (LAWFUL, {"third_party_funded": True}, ("consumer_third_party",)),
        (LAWFUL, {"large_remote_seller": True}, ("consumer_too_long",)),
        (LAWFUL, {"shift": WEEKDAYS.next_working}, ("consumer_too_long",)),
        (_with(count=9, upfront_fee=1), {"b2c": False}, ()),
        (_with(count=9, upfront_fee=1), {"licensed": True}, ()),
        (_with(count=9), {"in_default": True}, ("consumer_too_long",)),
        (_with(count=9), {"in_default": True, "easing_countries": {"FR"}}, ()),
        (_with(count=9), {"easing_countries": {"FR"}}, ("consumer_too_long",)),
    ],
)
def test_behaviour_20_what_a_consumer_must_not_be_offered(terms, facts, codes):
    assert _refusals(terms, **facts) == codes


def test_every_reason_is_told_at_once():
    terms = _with(method="annuity", count=4, rate=Decimal("0.1"), upfront_fee=5_00)
    assert _refusals(terms, third_party_funded=True) == (
        "consumer_interest",
        "consumer_fee",
        "consumer_third_party",
        "consumer_too_long",
    )
