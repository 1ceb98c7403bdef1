"""Customers pay in the ways people do, and the same way each time."""

import datetime
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as standard_iban

from sandbox_bank.sim import behaviours
from sandbox_bank.sim.other_business import KINDS, other_business

DAY = datetime.date(2026, 3, 2)
CUSTOMERS = ("Bäckerei Groß GmbH", "Atelier Nord SARL", "Harcourt & Sons Ltd")


def invoices(count, behaviour=None):
    return [
        behaviours.Invoice(
            reference=f"INV/2026/{number:05d}",
            amount=10_000 + number,
            customer=CUSTOMERS[number % len(CUSTOMERS)],
            behaviour=behaviour,
        )
        for number in range(1, count + 1)
    ]


def pay(count, behaviour=None, seed=1):
    return behaviours.pay(invoices(count, behaviour), seed, "EUR", [DAY])


def text_of(outcome):
    return " ".join(outcome.payment.remittance)


def test_the_same_seed_gives_the_same_payments():
    assert pay(200, seed=5) == pay(200, seed=5)
    assert pay(200, seed=5) != pay(200, seed=6)


def test_three_of_five_payments_carry_the_exact_reference_and_amount():
    outcomes = pay(3000)
    easy = [o for o in outcomes if o.behaviour in ("exact", "in_sentence", "structured")]
    assert 0.55 < len(easy) / len(outcomes) < 0.68
    assert {outcome.behaviour for outcome in outcomes} == set(behaviours.MIX)


def test_every_invoice_is_paid_once_by_somebody():
    outcomes = pay(500)
    meant = [ref for o in outcomes if o.variant != "second" for ref in o.paid_for]
    assert sorted(meant) == [invoice.reference for invoice in invoices(500)]


def test_an_allocation_never_exceeds_its_invoice():
    amounts = {invoice.reference: invoice.amount for invoice in invoices(500)}
    for outcome in pay(500):
        for reference, amount in outcome.allocations:
            assert 0 < amount <= amounts[reference]
        assert sum(amount for _ref, amount in outcome.allocations) <= outcome.payment.amount


@pytest.mark.parametrize("behaviour", ["exact", "in_sentence", "other_name"])
def test_the_reference_stands_in_the_text(behaviour):
    for outcome in pay(60, behaviour):
        assert outcome.behaviour == behaviour
        assert outcome.paid_for[0] in text_of(outcome)
        assert outcome.payment.amount == outcome.allocations[0][1]


def test_a_structured_reference_stands_alone():
    for outcome in pay(20, "structured"):
        assert outcome.payment.creditor_reference == outcome.paid_for[0]
        assert outcome.payment.remittance == ()


def test_a_structured_reference_is_the_one_on_the_invoice():
    invoice = behaviours.Invoice(
        "INV/1", 100, "A", creditor_reference="RF18539007547034", behaviour="structured"
    )
    (outcome,) = behaviours.pay([invoice], 1, "EUR", [DAY])
    assert outcome.payment.creditor_reference == "RF18539007547034"


def test_a_damaged_reference_cannot_be_found_as_it_was():
    outcomes = pay(200, "damaged")
    assert {outcome.variant for outcome in outcomes} == set(behaviours.DAMAGES)
    for outcome in outcomes:
        assert outcome.paid_for[0] not in text_of(outcome)


def test_a_swapped_digit_leaves_the_other_digits():
    for outcome in pay(200, "damaged"):
        if outcome.variant == "digits_swapped":
            (damaged,) = re.findall(r"INV/\d{4}/\d{5}", text_of(outcome))
            assert sorted(damaged) == sorted(outcome.paid_for[0])


def test_with_the_name_only_no_invoice_is_named():
    for outcome in pay(60, "name_only"):
        assert not re.search(r"\d{5}", text_of(outcome))
        assert outcome.payment.amount == outcome.allocations[0][1]


def test_short_over_and_partial_amounts_go_the_right_way():
    amount = {invoice.reference: invoice.amount for invoice in invoices(60)}
    for behaviour, sign in (("short", -1), ("over", 1), ("partial", -1)):
        for outcome in pay(60, behaviour):
            assert (outcome.payment.amount - amount[outcome.paid_for[0]]) * sign > 0


def test_a_second_payment_of_an_invoice_settles_nothing():
    outcomes = pay(10, "twice")
    assert len(outcomes) == 20
    assert all(not o.allocations for o in outcomes if o.variant == "second")


def test_two_in_one_is_by_one_customer():
    customer = {invoice.reference: invoice.customer for invoice in invoices(60)}
    for outcome in pay(60, "two_in_one"):
        assert len({customer[reference] for reference in outcome.paid_for}) == 1
        assert outcome.payment.amount == sum(amount for _ref, amount in outcome.allocations)
        assert outcome.behaviour == "two_in_one" if len(outcome.paid_for) == 2 else "exact"


def test_a_batch_is_the_sum_of_its_details():
    batches = [outcome for outcome in pay(60, "batch") if outcome.behaviour == "batch"]
    assert batches
    for outcome in batches:
        details = outcome.payment.details
        assert len(details) == len(outcome.paid_for) > 1
        assert sum(detail.amount for detail in details) == outcome.payment.amount
        assert [" ".join(detail.remittance) for detail in details] == list(outcome.paid_for)


@settings(max_examples=60, deadline=None)
@given(
    reference=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1)
    .map(lambda text: text[:35])
    .filter(str.strip),
    amount=st.integers(1, 10**10),
    behaviour=st.sampled_from(list(behaviours.MIX)),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    seed=st.integers(0, 2**53),
)
def test_any_invoice_can_be_paid(reference, amount, behaviour, currency, seed):
    invoice = behaviours.Invoice(reference, amount, "{0} %s Müller", behaviour=behaviour)
    for outcome in behaviours.pay([invoice], seed, currency, [DAY]):
        payment = outcome.payment
        assert payment.amount > 0
        assert outcome.paid_for == (reference,)
        assert all(1 <= len(line) <= 140 for line in payment.remittance)
        assert 1 <= len(payment.counterparty_name) <= 70
        assert standard_iban.is_valid(payment.counterparty_iban)


def test_other_business_pays_no_invoice_and_is_repeatable():
    outcomes = other_business(40, 3, "EUR", [DAY])
    assert outcomes == other_business(40, 3, "EUR", [DAY])
    assert {outcome.behaviour for outcome in outcomes} == set(KINDS)
    assert all(not outcome.paid_for and not outcome.allocations for outcome in outcomes)
    assert {outcome.payment.amount > 0 for outcome in outcomes} == {True, False}
