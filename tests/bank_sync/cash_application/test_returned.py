"""Payments that come back although we did not collect them."""

from datetime import date

import pytest

from odoo.addons.bank_sync.core.matching.policy import Policy
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import adds_up, decide, item, receipt, stranger

PAID = [(item(), date(2026, 3, 20))]
BILL = [(item(3, -25_000, "RE-2026-7781", partner=6), date(2026, 3, 20))]


@pytest.mark.parametrize("fee", [0, 350])
def test_a_customers_payment_that_comes_back_is_owed_again(fee):
    one = receipt("RETOURE INV/2026/00012", -10_000 - fee, return_reason="AC04")
    decision = decide(one, settled=PAID)
    proposal = decision.proposals[0]
    assert (proposal.kind, proposal.items, proposal.fee) == (Kind.RETURN, (1,), fee)
    assert proposal.claims[0].applied == -10_000
    assert Reason.TAKEN_BACK in proposal.reasons
    assert adds_up(one, proposal)
    assert decision.action is Action.SUGGEST


def test_what_we_paid_and_did_not_arrive_is_ours_to_pay_again():
    one = stranger("RE-2026-7781", 25_000, return_reason="AC01")
    proposal = decide(one, settled=BILL).proposals[0]
    assert (proposal.kind, proposal.items) == (Kind.RETURN, (3,))
    assert proposal.claims[0].applied == 25_000
    assert adds_up(one, proposal)


@pytest.mark.parametrize("one", [
    receipt("INV/2026/00012", -10_000),
    receipt("INV/2026/00012", -9_999, return_reason="AC04"),
    receipt("INV/2026/00012", -13_001, return_reason="AC04"),
    receipt("INV/2026/00012", 10_000, return_reason="AC04"),
    receipt("INV/2026/00099", -10_000, return_reason="AC04"),
    receipt("INV/2026/00012", -10_000, return_reason="AC04", currency="USD"),
], ids=("no_reason", "less", "beyond_charges", "money_in", "other_number", "currency"))  # fmt: skip
def test_what_is_no_return_of_this_payment(one):
    proposals = decide(one, settled=PAID, policy=Policy(charge_limit=3_000)).proposals
    assert all(p.kind is not Kind.RETURN for p in proposals)
