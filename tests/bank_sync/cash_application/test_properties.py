"""What holds for any books and any receipts."""

from copy import deepcopy
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.matching.values import Reason

from .books import ACCOUNT, BRUNNER, DAY, MARTIN, adds_up, engine, item, receipt

FEW = settings(max_examples=60, deadline=None)
AMOUNTS = st.sampled_from([500, 1_000, 1_500, 2_500, 2_470, 9_800, 10_000, -500, -1_500, 37])
NUMBERS = st.builds("INV/2026/{:05}".format, st.integers(1, 12))
DAYS = st.builds(lambda days: DAY + timedelta(days=days), st.integers(-60, 30))


@st.composite
def items(draw):
    """Return some open items."""
    found = []
    for key in range(draw(st.integers(0, 9))):
        residual = draw(AMOUNTS)
        discount = residual - residual // 50 if draw(st.booleans()) else None
        found.append(
            item(
                key,
                residual,
                draw(NUMBERS | st.just("RINV/2026/00003") | st.just("")),
                partner=draw(st.sampled_from([5, 6, None])),
                currency=draw(st.sampled_from(["EUR"] * 5 + ["USD"])),
                due_date=draw(st.none() | DAYS),
                discount_residual=discount,
                discount_until=draw(DAYS) if discount else None,
                orders=draw(st.sampled_from([(), ("4500017734",)])),
                period=draw(st.sampled_from(["", "2026-03"])),
                country=draw(st.sampled_from(["", "FR", "US"])),
            )
        )
    return found


WORDS = st.one_of(
    NUMBERS,
    st.sampled_from(["3", "7", "-", "bis", "März", "4500017734", "10457", "RF18539007547034",
                     "RINV/2026/00003", "202600004", "INV/2026/0O003", BRUNNER.name]),
    st.text(max_size=12),
)  # fmt: skip


@st.composite
def receipts(draw):
    """Return some receipts."""
    return [
        receipt(
            tuple(draw(st.lists(WORDS, max_size=4))),
            draw(AMOUNTS | st.integers(-20_000, 20_000)),
            100 + place,
            structured=tuple(draw(st.lists(WORDS, max_size=1))),
            account=draw(st.sampled_from(["", ACCOUNT, "GB29NWBK60161331926819"])),
            counterparty_name=draw(st.sampled_from(["", MARTIN.name, BRUNNER.name, "X"])),
            booking_date=draw(st.none() | DAYS),
            charges=draw(st.sampled_from([0, 0, 0, 30])),
            instructed=draw(st.sampled_from([None, None, ("USD", 1_000)])),
            count=draw(st.integers(0, 3)),
        )
        for place in range(draw(st.integers(1, 5)))
    ]


#: Shapes of numbers stay when items go; what is sorted is sorted once it is asked for.
REMEMBERED = {"_shapes", "_in_order", "_amount_in_order"}


def indexes(ledger):
    """Return every index of a ledger, sets in an order of their own; not what is remembered."""
    told = {name: value for name, value in vars(deepcopy(ledger)).items() if name not in REMEMBERED}
    for name, index in told.items():
        if isinstance(index, dict):
            told[name] = {
                place: sorted(value) if isinstance(value, dict) else value
                for place, value in index.items()
            }
    return told


@FEW
@given(items(), receipts())
def test_every_cent_is_accounted_for_in_every_proposal_shown(open_items, given_receipts):
    known = {one.key: one for one in open_items}
    for one, decision in zip(
        given_receipts, engine(*open_items).decide(given_receipts), strict=True
    ):
        assert len(decision.proposals) <= 5
        for proposal in decision.proposals:
            assert 0 <= proposal.score <= 1
            assert len(set(proposal.items)) == len(proposal.items)
            if all(known[key].currency == one.currency for key in proposal.items):
                assert adds_up(one, proposal), proposal


@FEW
@given(items(), receipts())
def test_no_item_is_ever_claimed_beyond_its_residual(open_items, given_receipts):
    claimed = {one.key: 0 for one in open_items}
    for decision in engine(*open_items).decide(given_receipts):
        for claim in decision.proposals[0].claims if decision.proposals else ():
            claimed[claim.item] += claim.applied
    for one in open_items:
        assert claimed[one.key] * one.residual >= 0
        assert abs(claimed[one.key]) <= abs(one.residual)


@FEW
@given(items(), receipts())
def test_deciding_leaves_the_ledger_as_it_was_and_decides_the_same_again(
    open_items, given_receipts
):
    known = engine(*open_items)
    before = indexes(known.ledger)
    decisions = known.decide(given_receipts)
    assert indexes(known.ledger) == before
    assert known.decide(given_receipts) == decisions
    assert engine(*reversed(open_items)).decide(given_receipts) == decisions


@FEW
@given(items(), receipts())
def test_a_refused_set_never_returns(open_items, given_receipts):
    known = engine(*open_items)
    refused = {
        (decision.receipt, frozenset(decision.proposals[0].items))
        for decision in known.decide(given_receipts)
        if decision.proposals and decision.proposals[0].items
    }
    for decision in known.decide(given_receipts, refused):
        for proposal in decision.proposals:
            assert (decision.receipt, frozenset(proposal.items)) not in refused


@FEW
@given(
    st.permutations(range(1, 7)), st.lists(AMOUNTS.filter(lambda a: a > 0), min_size=6, max_size=6)
)
def test_the_order_of_receipts_does_not_matter_to_those_that_name_an_item(order, amounts):
    open_items = [
        item(key, amount, f"INV/2026/{key:05}") for key, amount in enumerate(amounts, start=1)
    ]
    named = [
        receipt(f"INV/2026/{key:05}", amount, 100 + key)
        for key, amount in enumerate(amounts, start=1)
    ]
    expected = engine(*open_items).decide(named)
    assert all(Reason.NOTHING_QUOTED not in d.proposals[0].reasons for d in expected)
    shuffled = engine(*open_items).decide([named[key - 1] for key in order])
    assert {d.receipt: d for d in shuffled} == {d.receipt: d for d in expected}


@FEW
@given(
    st.text(max_size=400), st.integers(-(10**12), 10**12), st.none() | st.dates(date(2000, 1, 1))
)
def test_any_text_is_survived(text, amount, day):
    open_items = [item(), item(2, amount, "2026-1"), item(3, number="RF18539007547034")]
    one = receipt(text, amount, structured=(text,), booking_date=day, counterparty_name=text)
    for proposal in engine(*open_items).decide([one])[0].proposals:
        for line, start, end in proposal.spans:
            assert 0 <= start < end <= len(one.texts[line])
