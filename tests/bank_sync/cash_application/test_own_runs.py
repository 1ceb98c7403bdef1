"""Our own collections, what comes back of them, and payouts of card processors."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from odoo.addons.bank_sync.core.matching.own_runs import Collected, OwnRuns, PaidOut
from odoo.addons.bank_sync.core.matching.payouts import Taken
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


# === RUNS OF PAYMENTS, SINGLE COLLECTIONS === #


def test_a_single_collection_is_known_by_its_id():
    proposal = best(stranger("", 6_500, end_to_end_id="E2E-2"), *ITEMS, runs=OwnRuns(RUN))
    assert (proposal.items, proposal.kind) == ((2,), Kind.COLLECTION)


@pytest.mark.parametrize("amount", [6_499, 10_500])
def test_a_single_collection_is_of_its_amount(amount):
    decision = decide(stranger("", amount, end_to_end_id="E2E-2"), *ITEMS, runs=OwnRuns(RUN))
    assert all(p.kind is not Kind.COLLECTION for p in decision.proposals)


def test_the_ids_within_a_collective_credit_name_its_collections():
    more = [*RUN, Collected("RUN7", "E2E-3", 3, 100, DAY)]
    one = stranger("", 10_500, count=2, structured=("E2E-1", "E2E-2"))
    proposal = best(one, *ITEMS, item(3, 100), runs=OwnRuns(more))
    assert (proposal.items, proposal.kind) == ((1, 2), Kind.COLLECTION)


def test_a_run_of_payments_to_suppliers_is_one_debit():
    bills = [item(1, -4_000), item(2, -6_500, "INV/2026/00013", partner=6)]
    run = [replace(one, amount=-one.amount) for one in RUN]
    one = stranger("", -10_500, run_id="RUN7", count=2)
    proposal = best(one, *bills, runs=OwnRuns(run))
    assert (proposal.items, proposal.kind) == ((1, 2), Kind.COLLECTION)
    assert adds_up(one, proposal)


def test_items_of_another_currency_are_not_of_the_run():
    dollars = [replace(one, currency="USD") for one in ITEMS]
    one = stranger("", 10_500, run_id="RUN7", count=2)
    assert not decide(one, *dollars, runs=OwnRuns(RUN)).proposals


def test_what_a_payment_had_paid_is_owed_again_when_it_comes_back():
    """The bank line cleared the payment, item 9; what is open again are the invoices."""
    paid = Collected("RUN7", "E2E-9", 9, 10_500, DAY, owed=((1, 4_000), (2, 6_500)))
    settled = [(one, date(2026, 3, 30)) for one in ITEMS]
    one = stranger("", -10_800, end_to_end_id="E2E-9", return_reason="AM04")
    proposal = decide(one, settled=settled, runs=OwnRuns([paid])).proposals[0]
    assert (proposal.items, proposal.kind, proposal.fee) == ((1, 2), Kind.RETURN, 300)
    assert adds_up(one, proposal)


def test_a_payment_to_a_supplier_that_comes_back_is_owed_by_us_again():
    bill = item(1, -4_000)
    runs = OwnRuns([Collected("RUN7", "E2E-1", 1, -4_000, DAY)])
    one = stranger("", 4_000, end_to_end_id="E2E-1", return_reason="AC01")
    proposal = decide(one, settled=[(bill, DAY)], runs=runs).proposals[0]
    assert (proposal.kind, proposal.claims[0].applied) == (Kind.RETURN, 4_000)


# === PAYOUTS THAT ARE REPORTED IN PART OR NOT AT ALL === #

HELD = [
    Taken("Stripe", 1, 4_000, DAY - timedelta(days=2)),
    Taken("Stripe", 2, 6_500, DAY - timedelta(days=1)),
]


def held(*taken):
    runs = OwnRuns()
    runs.take(taken or HELD)
    return runs


@pytest.mark.parametrize("text", ["STRIPE PAYOUT po_1Nx7 2026", "ref: po_1Nx7"])
def test_a_payout_is_named_as_a_word_among_others(text):
    assert best(stranger(text, 10_200), *ITEMS, runs=OwnRuns((), PAYOUT)).fee == 300


@pytest.mark.parametrize(("amount", "kind"), [
    (10_200, Kind.PAYOUT), (9_450, Kind.PAYOUT), (9_449, None), (10_500, Kind.COLLECTION),
])  # fmt: skip
def test_a_fee_nobody_told_is_what_is_missing_up_to_a_tenth(amount, kind):
    parts = [replace(part, fee=None) for part in PAYOUT]
    proposals = decide(stranger("po_1Nx7", amount), *ITEMS, runs=OwnRuns((), parts)).proposals
    told = [p for p in proposals if p.kind in {Kind.PAYOUT, Kind.COLLECTION}]
    assert [(p.kind, p.fee) for p in told] == ([(kind, 10_500 - amount)] if kind else [])


def test_whole_days_of_a_processor_that_is_named_are_proposed_and_never_booked():
    one = stranger("STRIPE PAYMENTS EUROPE", 10_200)
    decision = decide(one, *ITEMS, runs=held())
    proposal = decision.proposals[0]
    assert (proposal.items, proposal.kind, proposal.fee) == ((1, 2), Kind.PAYOUT, 300)
    assert Reason.PAYOUT_LIKELY in proposal.reasons
    assert adds_up(one, proposal)
    assert decision.action is Action.SUGGEST


@pytest.mark.parametrize(("text", "amount", "days"), [
    ("RENT", 10_200, 0),
    ("STRIPE", 10_500, 0),
    ("STRIPE", 9_979, 0),
    ("STRIPE", 10_200, -2),
    ("STRIPE", 10_200, 60),
], ids=("not_named", "no_fee", "kept_too_much", "before_the_day", "long_ago"))  # fmt: skip
def test_what_is_no_payout_of_whole_days(text, amount, days):
    one = stranger(text, amount, booking_date=DAY + timedelta(days=days))
    assert all(p.kind is not Kind.PAYOUT for p in decide(one, *ITEMS, runs=held()).proposals)


def test_where_the_days_can_be_cut_in_several_ways_the_older_ones_come_first():
    more = [*HELD, Taken("Stripe", 3, 4_000, DAY)]
    one = stranger("STRIPE", 10_200)
    proposals = decide(one, *ITEMS, item(3, 4_000), runs=held(*more)).proposals
    payouts = [p for p in proposals if p.kind is Kind.PAYOUT]
    assert payouts[0].items == (1, 2)
    assert Reason.SUM_OLDEST in payouts[0].reasons
    assert [p.items for p in payouts[1:]] in ([], [(2, 3)])
