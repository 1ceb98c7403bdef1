"""Our own collections, what comes back of them, and payouts of card processors."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from odoo.addons.bank_sync.core.matching.own_runs import Collected, OwnRuns, PaidOut
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import DAY, adds_up, best, decide, item, stranger

ITEMS = [item(1, 4_000), item(2, 6_500, "INV/2026/00013", partner=6)]
RUN = [Collected("RUN7", "E2E-1", 1, 4_000, DAY), Collected("RUN7", "E2E-2", 2, 6_500, DAY)]
PAYOUT = [PaidOut("po_1Nx7", 1, 4_000, 120), PaidOut("po_1Nx7", 2, 6_500, 180)]


def test_a_collective_credit_names_its_run():
    one = stranger("SAMMLER", 10_500, run_id="RUN7", count=2)
    decision = decide(one, *ITEMS, runs=OwnRuns(RUN))
    proposal = decision.proposals[0]
    assert (proposal.items, proposal.kind) == ((1, 2), Kind.COLLECTION)
    assert Reason.OUR_COLLECTION in proposal.reasons
    assert adds_up(one, proposal)
    assert decision.action is Action.BOOK


@pytest.mark.parametrize(("late", "count", "found"), [
    (0, 2, True), (10, 2, True), (11, 2, False), (-10, 2, True), (0, 3, False),
])  # fmt: skip
def test_a_collective_credit_without_a_run_is_told_by_total_count_and_day(late, count, found):
    one = stranger("", 10_500, count=count, booking_date=DAY + timedelta(days=late))
    proposals = decide(one, *ITEMS, runs=OwnRuns(RUN)).proposals
    assert any(Reason.COLLECTION_TOTAL in p.reasons for p in proposals) is found


def test_two_runs_of_one_total_tell_nothing():
    twin = [replace(one, run="RUN8", end_to_end_id=f"X{one.item}") for one in RUN]
    proposals = decide(stranger("", 10_500, count=2), *ITEMS, runs=OwnRuns(RUN + twin)).proposals
    assert all(Reason.COLLECTION_TOTAL not in p.reasons for p in proposals)


def test_a_run_of_another_total_is_not_booked():
    decision = decide(stranger("", 10_499, run_id="RUN7", count=2), *ITEMS, runs=OwnRuns(RUN))
    assert all(p.kind is not Kind.COLLECTION for p in decision.proposals)


def test_a_collection_never_claims_more_than_an_item_still_owes():
    """The customer has paid a part meanwhile: the run no longer fits."""
    less = [replace(ITEMS[0], residual=1_000), ITEMS[1]]
    for runs, one in (
        (OwnRuns(RUN), stranger("", 10_500, run_id="RUN7", count=2)),
        (OwnRuns((), PAYOUT), stranger("po_1Nx7", 10_200)),
    ):
        for proposal in decide(one, *less, runs=runs).proposals:
            assert all(c.applied <= 1_000 for c in proposal.claims if c.item == 1)


def test_a_payout_is_its_parts_less_the_processors_fee():
    one = stranger("po_1Nx7", 10_200)
    proposal = best(one, *ITEMS, runs=OwnRuns((), PAYOUT))
    assert (proposal.items, proposal.kind, proposal.fee) == ((1, 2), Kind.PAYOUT, 300)
    assert adds_up(one, proposal)


def test_a_payout_of_another_amount_is_none():
    decision = decide(stranger("po_1Nx7", 10_500), *ITEMS, runs=OwnRuns((), PAYOUT))
    assert all(p.kind is not Kind.PAYOUT for p in decision.proposals)


@pytest.mark.parametrize("fee", [0, 350])
def test_a_collection_that_comes_back_is_owed_again_and_never_books_itself(fee):
    one = stranger("", -4_000 - fee, end_to_end_id="E2E-1", return_reason="AM04")
    settled = [(ITEMS[0], date(2026, 3, 30))]
    decision = decide(one, ITEMS[1], runs=OwnRuns(RUN), settled=settled)
    proposal = decision.proposals[0]
    assert (proposal.kind, proposal.items, proposal.fee) == (Kind.RETURN, (1,), fee)
    assert proposal.claims[0].applied == -4_000
    assert adds_up(one, proposal)
    assert decision.action is Action.SUGGEST
    assert Reason.KIND_NOT_ALLOWED in decision.reasons


@pytest.mark.parametrize("values", [
    {"end_to_end_id": "E2E-1"},
    {"end_to_end_id": "OTHER", "return_reason": "AM04"},
    {"return_reason": "AM04"},
])  # fmt: skip
def test_money_out_is_no_return_without_our_id_and_a_reason(values):
    proposals = decide(stranger("", -4_000, **values), *ITEMS, runs=OwnRuns(RUN)).proposals
    assert all(p.kind is not Kind.RETURN for p in proposals)
