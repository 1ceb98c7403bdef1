"""Numbers that somebody mistyped, cut off, or shortened to their tail."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.matching.damaged import MIN_LEFT, _one_slip
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import decide, item, receipt, stranger

SLIPS = ["INV/2026/0O012", "INV/2O26/OOO12", "INV/2026/000I2"]


@pytest.mark.parametrize("text", SLIPS)
def test_letters_that_look_like_digits_are_read_as_digits(text):
    proposal = decide(receipt(text), item()).proposals[0]
    assert proposal.items == (1,)
    assert Reason.NOTHING_QUOTED not in proposal.reasons


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("INV/2026/00734", Reason.NUMBER_DAMAGED),
        ("INV/2026/0743", Reason.NUMBER_DAMAGED),
        ("INV/2026/007743", Reason.NUMBER_DAMAGED),
        ("INV/2026/00793", Reason.NUMBER_DAMAGED),
        ("Rechnung INV/2026/007", Reason.NUMBER_CUT),
        ("Rg 743", Reason.NUMBER_TAIL),
        ("facture 00743", Reason.NUMBER_CUT),
    ],
)
def test_a_damaged_number_chooses_among_equals_of_its_payer(text, reason):
    older = item(1, number="INV/2026/00512", due_date=date(2026, 3, 15))
    meant = item(2, number="INV/2026/00743")
    proposal = decide(receipt(text), older, meant).proposals[0]
    assert proposal.items == (2,)
    assert proposal.kind is Kind.DAMAGED_REFERENCE
    assert reason in proposal.reasons


@pytest.mark.parametrize("text", ["INV/2026/00734", "INV/2026/0074", "743", *SLIPS])
def test_a_damaged_number_of_a_stranger_never_books(text):
    decision = decide(stranger(text), item(number="INV/2026/00743"), item(2, 10_000))
    assert decision.action is not Action.BOOK


def test_a_damaged_number_that_may_mean_two_documents_is_left_to_a_person():
    both = item(1, number="INV/2026/00743"), item(2, number="INV/2026/00748")
    decision = decide(receipt("INV/2026/00744"), *both)
    assert decision.action is not Action.BOOK


def test_a_number_quoted_whole_is_never_taken_for_a_slip_of_another():
    items = item(1, 10_000, "INV/2026/00743"), item(2, 7_000, "INV/2026/00744")
    proposals = decide(receipt("INV/2026/00744", 10_000), *items).proposals
    assert all(Reason.NUMBER_DAMAGED not in p.reasons for p in proposals)


def test_a_year_or_a_date_is_no_tail():
    decision = decide(stranger("26.03.2026"), item(number="INV/2026/00026"))
    assert all(Reason.NUMBER_TAIL not in p.reasons for p in decision.proposals)


def slips(text):
    """Return everything one slip makes of a text: wrong, missing, doubled or swapped."""
    made = set()
    for place in range(len(text) + 1):
        head, tail = text[:place], text[place:]
        made.add(head + tail[1:])
        for letter in "012A":
            made |= {head + letter + tail, head + letter + tail[1:]}
        if len(tail) > 1:
            made.add(head + tail[1] + tail[0] + tail[2:])
    return {one for one in made - {text} if len(one) >= MIN_LEFT}


@given(st.text("012A", min_size=MIN_LEFT, max_size=9), st.data())
def test_one_slip_is_what_trying_every_slip_finds(text, data):
    every = slips(text)
    near = st.sampled_from(sorted(every)).flatmap(lambda one: st.sampled_from(sorted(slips(one))))
    other = data.draw(st.one_of(st.sampled_from(sorted(every)), near))
    assert _one_slip(text, other) is (other in every)
    assert _one_slip(other, text) is (other in every)
