"""One payment of several documents: lists, ranges, credit notes, and sums that quote nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.matching.subsets import MAX_SETS, MAX_SIZE, sets_of_sum
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import adds_up, best, decide, item, receipt


def run(*residuals, first=101, **values):
    """Return invoices with consecutive numbers."""
    return [
        item(place + 1, residual, f"INV/2026/{first + place:05}", **values)
        for place, residual in enumerate(residuals)
    ]


def test_several_quoted_items_that_add_up_are_paid_together():
    paid = receipt("INV/2026/00101, INV/2026/00102", 11_000)
    proposal = best(paid, *run(4_000, 7_000, 5_500))
    assert (proposal.items, proposal.kind) == ((1, 2), Kind.SEVERAL)
    assert [claim.applied for claim in proposal.claims] == [4_000, 7_000]
    assert Reason.SEVERAL_QUOTED_SUM in proposal.reasons


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("INV/2026/00101, 102, 104", (1, 2, 4)),
        ("INV/2026/00101+00102+00104", (1, 2, 4)),
        ("INV/2026/00101 u. 104", (1, 4)),
        ("INV/2026/00101-104", (1, 2, 3, 4)),
        ("INV/2026/00101 - INV/2026/00104", (1, 2, 3, 4)),
        ("INV/2026/00102 bis 104", (2, 3, 4)),
        ("Rg 101 102 104", (1, 2, 4)),
    ],
)
def test_lists_and_ranges_mean_what_adds_up(text, paid):
    items = run(4_100, 7_300, 5_570, 2_090, 9_110)
    amount = sum(items[key - 1].residual for key in paid)
    proposal = best(receipt(text, amount), *items)
    assert proposal.items == paid
    assert adds_up(receipt(text, amount), proposal)


def test_a_list_that_adds_up_to_nothing_never_books():
    decision = decide(receipt("INV/2026/00101, 102, 104", 9_999), *run(4_100, 7_300, 5_570, 2_090))
    assert decision.action is not Action.BOOK


def test_a_credit_note_is_netted_quoted_or_not():
    invoice, credit = item(1, 10_000), item(2, -1_530, "RINV/2026/00003")
    for text in ("INV/2026/00012 RINV/2026/00003", "INV/2026/00012"):
        paid = receipt(text, 8_470)
        proposal = best(paid, invoice, credit)
        assert set(proposal.items) == {1, 2}
        assert proposal.kind is Kind.NETTED
        assert adds_up(paid, proposal)


def test_the_credit_note_of_another_customer_is_never_netted():
    credit = item(2, -1_530, "RINV/2026/00003", partner=6)
    proposals = decide(receipt("INV/2026/00012", 8_470), item(1), credit).proposals
    assert all(2 not in proposal.items for proposal in proposals)


def test_the_sum_of_all_a_payer_owes_is_proposed_without_a_word():
    proposal = best(receipt("", 16_970), *run(4_100, 7_300, 5_570))
    assert proposal.items == (1, 2, 3)
    assert Reason.PARTNER_TOTAL in proposal.reasons


def test_documents_of_two_customers_never_add_up_unquoted():
    items = item(1, 4_100), item(2, 7_300, "INV/2026/00013", partner=6)
    proposals = decide(receipt("", 11_400), *items).proposals
    assert all(len(proposal.items) < 2 for proposal in proposals)


def test_a_sum_many_sets_reach_never_books():
    decision = decide(receipt("", 3_000), *run(*[1_000] * 9))
    assert decision.action is not Action.BOOK


AMOUNTS = st.lists(st.integers(-9, 30).filter(bool), max_size=9)


@given(AMOUNTS, st.integers(-20, 60), st.integers(1, 2))
def test_sets_of_a_sum_are_those_that_trying_them_all_finds(amounts, target, smallest):
    every = set()
    for mask in range(1 << len(amounts)):
        chosen = tuple(place for place in range(len(amounts)) if mask >> place & 1)
        right_size = smallest <= len(chosen) <= MAX_SIZE
        if right_size and sum(amounts[place] for place in chosen) == target:
            every.add(chosen)
    sums = sets_of_sum(amounts, target, smallest=smallest)
    assert sums.sets == tuple(sorted(every, key=lambda c: (len(c), c))[:MAX_SETS])
    assert sums.complete is (len(every) <= MAX_SETS)
    assert sums.chance >= 0


@pytest.mark.parametrize(
    ("amounts", "paid", "round_"),
    [
        ((21_240, 28_760), 50_000, True),
        ((21_240, 28_761), 50_001, False),
        ((20_000, 30_000), 50_000, False),
        ((29_900, 29_900), 59_800, False),
    ],
)
def test_a_round_amount_of_crooked_invoices_may_be_an_advance(amounts, paid, round_):
    items = [item(key, amount, f"INV/2026/000{key}1") for key, amount in enumerate(amounts, 1)]
    proposal = best(receipt("avance", paid), *items)
    assert proposal.items == (1, 2)
    assert (Reason.ROUND_AMOUNT in proposal.reasons) is round_
