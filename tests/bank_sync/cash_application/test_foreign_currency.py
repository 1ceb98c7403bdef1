"""Invoices in one currency, paid in another."""

from fractions import Fraction

import pytest

from odoo.addons.bank_sync.core.matching.policy import Policy
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import best, decide, item, receipt

RATES = Policy(rates={"EUR": Fraction(1), "USD": Fraction(108, 100), "CHF": Fraction(96, 100)})


def dollars(key=1, residual=108_000, **values):
    """Return an invoice of USD 1,080."""
    return item(key, residual, currency="USD", **values)


def test_what_the_payer_ordered_settles_the_invoice_in_its_currency():
    paid = receipt("INV/2026/00012", 99_100, instructed=("USD", 108_000))
    proposal = best(paid, dollars())
    assert (proposal.items, proposal.kind) == ((1,), Kind.FOREIGN_CURRENCY)
    assert proposal.claims[0].applied == 108_000
    assert Reason.INSTRUCTED_EXACT in proposal.reasons


def test_what_the_payer_ordered_finds_the_invoice_without_a_quote():
    paid = receipt("", 99_100, instructed=("USD", 108_000))
    assert best(paid, dollars(), item(2, 99_000, "INV/2026/00013")).items == (1,)


def test_another_ordered_amount_is_no_match_even_where_the_rate_fits():
    paid = receipt("INV/2026/00012", 100_000, instructed=("USD", 107_000))
    assert all(not p.items for p in decide(paid, dollars(), policy=RATES).proposals)


@pytest.mark.parametrize(("amount", "fits"), [
    (100_000, True), (101_500, True), (101_501, False), (96_000, True), (95_999, False),
])  # fmt: skip
def test_the_rate_may_differ_by_a_band_and_a_fee(amount, fits):
    """EUR 1,000 at the rate; 1.5 % either way, EUR 25 of fees down: bounds inclusive."""
    proposals = decide(receipt("INV/2026/00012", amount), dollars(), policy=RATES).proposals
    assert any(Reason.RATE_PLAUSIBLE in p.reasons for p in proposals) is fits


def test_without_a_rate_and_without_an_order_nothing_is_proposed():
    decision = decide(receipt("INV/2026/00012", 100_000), dollars())
    assert decision.action is Action.EXCEPTION


def test_the_same_figure_in_another_currency_is_not_the_same_amount():
    assert decide(receipt("INV/2026/00012"), dollars(1, 10_000)).action is Action.EXCEPTION


def test_a_receipt_in_the_payers_currency_pays_an_invoice_of_what_arrived():
    paid = receipt("INV/2026/00012", 108_000, currency="USD", instructed=("EUR", 100_000))
    proposal = best(paid, item(1, 100_000))
    assert (proposal.items, proposal.claims[0].applied) == ((1,), 100_000)
    assert Reason.INSTRUCTED_EXACT in proposal.reasons


@pytest.mark.parametrize(("currency", "residual"), [("EUR", 100_000), ("CHF", 96_000)])
def test_a_receipt_on_a_foreign_account_is_compared_at_its_own_rate(currency, residual):
    """USD 1,080 are EUR 1,000 and CHF 960."""
    given = {"currency": "USD", "account": ""}
    fits = decide(
        receipt("INV/2026/00012", 108_000, **given),
        item(1, residual, currency=currency),
        policy=RATES,
    )
    assert Reason.RATE_PLAUSIBLE in fits.proposals[0].reasons
    other = decide(
        receipt("INV/2026/00012", 100_000, **given),
        item(1, residual, currency=currency),
        policy=RATES,
    )
    assert not other.proposals
