"""Money that quotes nothing, and money that quotes what is paid already."""

from datetime import date, timedelta

import pytest

from odoo.addons.bank_sync.core.matching.periods import months_named
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import DAY, best, decide, item, receipt, stranger

OLDER = item(1, due_date=date(2026, 2, 1), period="2026-02", issued=date(2026, 2, 1))
NEWER = item(2, number="INV/2026/00031", period="2026-03")


def test_the_only_item_of_this_amount_is_the_payers():
    proposal = best(receipt("danke"), item(), item(2, 7_777, "INV/2026/00031"))
    assert (proposal.items, proposal.kind) == ((1,), Kind.UNNAMED)
    assert Reason.PAYER_AMOUNT_UNIQUE in proposal.reasons


def test_the_oldest_of_equal_items_is_proposed_first():
    proposal = best(receipt("danke"), NEWER, OLDER)
    assert proposal.items == (1,)
    assert Reason.OLDEST_OF_AMOUNT in proposal.reasons


@pytest.mark.parametrize(
    "text", ["Abo März", "loyer mars 2026", "03/2026", "WARTUNG M?RZ", "rent March"]
)
def test_a_month_named_chooses_among_equals(text):
    proposal = best(receipt(text), OLDER, NEWER)
    assert proposal.items == (2,)
    assert Reason.PERIOD_NAMED in proposal.reasons


@pytest.mark.parametrize(("text", "months"), [
    ("FEBRUAR", {2}), ("fevrier".upper(), {2}), ("LUGLIO", {7}), ("GRUDZIEN", {12}),
    ("DEZEMBER 2025", {12}), ("M?RZ", {3}), ("M??Z", set()), ("12.03.2026", set()),
    ("04/26", {4}), ("13/2026", set()), ("MARTIN", set()), ("", set()),
])  # fmt: skip
def test_months_are_read_in_the_languages_of_europe(text, months):
    assert months_named(text) == months


def test_a_month_of_another_invoice_speaks_against_it():
    proposals = decide(receipt("Miete Mai"), OLDER).proposals
    assert Reason.PERIOD_OTHER in proposals[0].reasons
    assert decide(receipt("Miete Mai"), OLDER).action is not Action.BOOK


def test_money_for_what_was_paid_days_ago_is_a_duplicate_and_never_books():
    paid_before = [(item(), DAY - timedelta(days=5))]
    decision = decide(receipt("INV/2026/00012"), settled=paid_before)
    proposal = decision.proposals[0]
    assert (proposal.kind, proposal.items, proposal.on_account) == (Kind.DUPLICATE, (), 10_000)
    assert proposal.partner == 5
    assert decision.action is Action.SUGGEST


def test_a_duplicate_never_books_the_next_item_of_that_amount():
    later = item(2, number="INV/2026/00031")
    decision = decide(receipt("INV/2026/00012"), later, settled=[(item(), DAY - timedelta(days=5))])
    assert decision.action is not Action.BOOK


def test_last_months_number_on_a_standing_order_means_the_oldest_of_that_amount():
    later = item(2, number="INV/2026/00031")
    paid = receipt("INV/2026/00012")
    proposal = best(paid, later, settled=[(item(), DAY - timedelta(days=31))])
    assert proposal.items == (2,)
    assert Reason.SETTLED_QUOTED in proposal.reasons


def test_an_amount_alone_never_books_for_a_stranger():
    decision = decide(stranger(""), item())
    assert decision.action is not Action.BOOK
    assert Reason.PAYER_UNTOLD in decision.proposals[0].reasons


def test_a_date_of_a_document_speaks_for_it():
    silent, dated = (
        best(receipt(text), NEWER) for text in ("votre facture", "votre facture du 02.03.2026")
    )
    assert Reason.DATE_NAMED in dated.reasons
    assert dated.score > silent.score


@pytest.mark.parametrize(
    ("others", "doubt"),
    [
        ((7_000, 5_550), True),
        ((7_000, 5_551), False),
        ((6_275, 6_275), True),
        ((6_275,), False),
    ],
)
def test_two_smaller_invoices_that_add_up_make_one_of_the_amount_doubtful(others, doubt):
    one = item(1, 12_550, "INV/2026/00010", due_date=date(2026, 1, 10))
    between = item(2, 3_000, "INV/2026/00020", due_date=date(2026, 1, 15))
    rest = [
        item(3 + place, amount, f"INV/2026/003{place}1", due_date=date(2026, 1, 14 + 2 * place))
        for place, amount in enumerate(others)
    ]
    proposal = best(receipt("Zahlung", 12_550), one, between, *rest)
    assert proposal.items == (1,)
    assert (Reason.TWO_ADD_UP in proposal.reasons) is doubt
