"""What is paid is not what is owed: discount, tolerance, charges, part payments, excess."""

from datetime import date, timedelta

import pytest

from odoo.addons.bank_sync.core.matching.policy import EURO_COUNTRIES, Policy
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import adds_up, best, decide, item, receipt, stranger

UNTIL = date(2026, 3, 16)
BRITISH = "GB29NWBK60161331926819"


def discounted(**values):
    """Return an invoice with 2 % discount."""
    return item(discount_residual=9_800, discount_until=UNTIL, **values)


@pytest.mark.parametrize(("grace", "late", "granted"), [
    (3, -5, True), (3, 0, True), (3, 3, True), (3, 4, False), (0, 0, True), (0, 1, False),
])  # fmt: skip
def test_a_discount_is_granted_until_the_last_day_of_grace_inclusive(grace, late, granted):
    paid = receipt("INV/2026/00012", 9_800, booking_date=UNTIL + timedelta(days=late))
    proposal = best(paid, discounted(), policy=Policy(grace_days=grace))
    assert (proposal.kind is Kind.DISCOUNT) is granted
    if granted:
        assert proposal.claims[0].applied == 10_000
        assert proposal.claims[0].discount == 200
        assert Reason.DISCOUNT_TAKEN in proposal.reasons
    assert adds_up(paid, proposal)


def test_the_discount_of_one_of_two_invoices_is_granted_to_that_one():
    items = discounted(), item(2, 5_000, "INV/2026/00013")
    paid = receipt("INV/2026/00012 INV/2026/00013", 14_800, booking_date=UNTIL)
    proposal = best(paid, *items)
    assert {claim.item: claim.discount for claim in proposal.claims} == {1: 200, 2: 0}
    assert adds_up(paid, proposal)


@pytest.mark.parametrize(("difference", "forgiven"), [
    (50, True), (51, False), (-50, True), (-51, False), (1, True), (-1, True),
])  # fmt: skip
def test_a_difference_up_to_the_tolerance_inclusive_is_written_off(difference, forgiven):
    paid = receipt("INV/2026/00012", 10_000 - difference)
    proposal = best(paid, item(), policy=Policy(tolerance=50, charge_limit=0))
    assert (proposal.kind is Kind.TOLERANCE) is forgiven
    assert proposal.write_off == (difference if forgiven else 0)
    assert adds_up(paid, proposal)


@pytest.mark.parametrize(("account", "country", "kind"), [
    (BRITISH, "GB", Kind.CHARGES),
    (BRITISH, "FR", Kind.CHARGES),
    ("", "US", Kind.CHARGES),
    ("", "FR", Kind.SHORT),
    ("DE89370400440532013000", "US", Kind.SHORT),
    ("", "", Kind.SHORT),
])  # fmt: skip
def test_banks_take_charges_where_one_is_outside_the_euro(account, country, kind):
    paid = stranger("INV/2026/00012", 8_500, account=account)
    proposal = best(paid, item(country=country))
    assert proposal.kind is kind
    assert proposal.fee == (1_500 if kind is Kind.CHARGES else 0)
    assert adds_up(paid, proposal)


@pytest.mark.parametrize(("limit", "kind"), [(1_500, Kind.CHARGES), (1_499, Kind.SHORT)])
def test_charges_have_a_limit_inclusive(limit, kind):
    paid = stranger("INV/2026/00012", 8_500, account=BRITISH)
    assert best(paid, item(), policy=Policy(charge_limit=limit)).kind is kind


@pytest.mark.parametrize(("stated", "kind"), [(1_500, Kind.CHARGES), (1_200, Kind.SHORT)])
def test_charges_a_bank_states_must_be_the_difference(stated, kind):
    paid = receipt("INV/2026/00012", 8_500, charges=stated)
    assert best(paid, item()).kind is kind


def test_countries_of_the_euro_are_those_of_the_treaty():
    union = {"AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT",
             "LU", "LV", "MT", "NL", "PT", "SI", "SK"}  # fmt: skip
    assert union <= EURO_COUNTRIES
    assert not {"GB", "CH", "US", "SE", "DK", "PL", "CZ", "HU", "RO", "NO"} & EURO_COUNTRIES


def test_what_is_short_stays_open_on_the_invoice_due_last():
    items = item(1, due_date=date(2026, 5, 1)), item(2, 5_000, "INV/2026/00013")
    paid = receipt("INV/2026/00012 INV/2026/00013", 11_000)
    proposal = best(paid, *items)
    assert proposal.kind is Kind.SHORT
    assert {claim.item: claim.applied for claim in proposal.claims} == {1: 6_000, 2: 5_000}
    assert adds_up(paid, proposal)


def test_what_is_over_stays_on_the_customers_account():
    paid = receipt("INV/2026/00012", 15_000)
    proposal = best(paid, item())
    assert (proposal.kind, proposal.on_account, proposal.partner) == (Kind.OVER, 5_000, 5)
    assert adds_up(paid, proposal)


def test_a_refund_takes_a_credit_note():
    paid_back = receipt("RINV/2026/00003", -4_000)
    proposal = best(paid_back, item(2, -4_000, "RINV/2026/00003"), item(1))
    assert (proposal.items, proposal.kind) == ((2,), Kind.REFUND)
    assert proposal.claims[0].applied == -4_000
    assert adds_up(paid_back, proposal)


def test_money_out_never_pays_what_is_owed_to_us():
    decision = decide(receipt("INV/2026/00012", -10_000), item())
    assert decision.action is Action.EXCEPTION
