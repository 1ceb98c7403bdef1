"""A document's number in a text: what means it, and what must not."""

import pytest

from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import BRUNNER, TrustAll, best, decide, item, receipt, stranger


@pytest.mark.parametrize(
    "text",
    [
        "INV/2026/00012",
        "inv 2026 00012",
        "Payment of INV-2026-00012, thank you",
        "INV/2026/\n00012",
        "Rechnung INV.2026.00012 v. 02.03.2026",
        "(INV/2026/00012)",
        "INV202600012",
        "Facture n° INV/2026/00012 merci",
        ("SEPA CT INV/2026/0", "0012 MARTIN"),
        ("Rg INV/2026/", "00012"),
        "INV / 2026 / 00012",
    ],
)
def test_a_quoted_number_books_in_every_usual_spelling(text):
    decision = decide(receipt(text), item())
    assert decision.action is Action.BOOK
    proposal = decision.proposals[0]
    assert (proposal.items, proposal.kind) == ((1,), Kind.EXACT)
    assert {Reason.REFERENCE_QUOTED, Reason.EXACT_AMOUNT} <= set(proposal.reasons)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026/00012", Reason.NUMBER_DIGITS),
        ("Rechnung 202600012", Reason.NUMBER_DIGITS),
        ("26/12 Martin 2026/12", Reason.WEAK_REFERENCE),
        ("invoice 26-00012", Reason.WEAK_REFERENCE),
    ],
)
def test_a_shortened_number_is_read_and_says_so(text, reason):
    proposal = best(receipt(text), item())
    assert proposal.items == (1,)
    assert reason in proposal.reasons


@pytest.mark.parametrize(
    "text",
    ["00012", "12", "INV/2026", "RINV/2026/00012", "INV/2026/000123", "XINV202600012", "", "/",
     "INV/2026/00021", "INV/2025/00012", "INV/2026/00013", "+33 1 26 00 01 2", "12.03.2026"],
)  # fmt: skip
def test_a_fragment_or_a_neighbouring_number_of_a_stranger_never_books(text):
    assert decide(stranger(text), item()).action is not Action.BOOK


@pytest.mark.parametrize(
    "text", ["INV/2026/00013", "INV/2026/00021", "INV/2025/00012", "INV/2026/00112"]
)
def test_a_number_that_looks_like_ours_and_is_unknown_never_books_another(text):
    decision = decide(receipt(text), item(), trust=TrustAll())
    assert decision.action is not Action.BOOK
    assert Reason.UNREAD_REFERENCE in decision.proposals[0].reasons


def test_digits_of_a_credit_note_are_not_those_of_an_invoice():
    invoice = item(1)
    credit_note = item(2, -4_000, "RINV/2026/00012", partner=6)
    proposals = decide(stranger("RINV/2026/00012"), invoice, credit_note).proposals
    assert not any(Reason.REFERENCE_QUOTED in p.reasons for p in proposals)
    assert decide(stranger("RINV/2026/00012"), invoice, credit_note).action is not Action.BOOK


@pytest.mark.parametrize(
    ("text", "ours", "of_series"),
    [
        ("SUB/2026/01/06", "INV/2026/0106", "SUB/2026/01/07"),
        ("RINV/2026/00012", "INV/2026/00012", "RINV/2026/00003"),
    ],
)
def test_letters_of_another_series_keep_a_number_from_meaning_ours(text, ours, of_series):
    other = item(2, 3_000, of_series, partner=6)
    digits = {Reason.NUMBER_DIGITS, Reason.WEAK_REFERENCE, Reason.REFERENCE_QUOTED}
    decision = decide(stranger(text), item(number=ours), other)
    assert decision.action is not Action.BOOK
    assert all(digits.isdisjoint(p.reasons) for p in decision.proposals)


def test_an_order_number_equal_to_the_digits_of_anothers_invoice_books_neither():
    ordered = item(1, 10_000, "INV/2026/00777", orders=("202600012",))
    foreign_invoice = item(2, 8_000, "INV/2026/00012", partner=6)
    decision = decide(receipt("202600012"), ordered, foreign_invoice)
    assert not (decision.action is Action.BOOK and decision.proposals[0].items == (2,))
    assert decision.proposals[0].items == (1,)


def test_an_order_number_is_a_reason_of_its_own():
    proposal = best(receipt("PO 4500017734"), item(orders=("4500017734",)))
    assert proposal.items == (1,)
    assert Reason.ORDER_QUOTED in proposal.reasons


def test_a_bare_number_as_invoice_number_never_books_for_a_stranger():
    decision = decide(stranger("4711"), item(number="4711"))
    assert decision.action is Action.SUGGEST
    assert Reason.WEAK_REFERENCE in decision.proposals[0].reasons


def test_a_number_of_two_or_three_characters_is_never_looked_up():
    decision = decide(stranger("A 12", 4_000), item(number="A12"), item(2, number="12"))
    assert decision.action is Action.EXCEPTION


def test_a_reference_that_two_open_items_of_one_amount_bear_is_left_to_a_person():
    decision = decide(receipt("INV/2026/00012", 5_000), item(1, 5_000), item(2, 5_000),
                      trust=TrustAll())  # fmt: skip
    assert decision.action is Action.SUGGEST
    assert Reason.SHARED_REFERENCE in decision.proposals[0].reasons


@pytest.mark.parametrize("amount", [5_000, 20_000, -10_000, 6_500])
def test_another_amount_never_settles_the_invoice_whole_by_itself(amount):
    decision = decide(receipt("INV/2026/00012", amount), item())
    for proposal in decision.proposals:
        assert proposal.kind is not Kind.EXACT
    assert decision.action is not Action.BOOK or decision.proposals[0].kind in {
        Kind.SHORT,
        Kind.OVER,
    }


def test_an_invoice_that_somebody_else_pays_is_named_a_third_partys():
    by_brunner = receipt("INV/2026/00012", account="", counterparty_name="Brunner Werkzeugbau GmbH")
    proposal = best(by_brunner, item())
    assert (proposal.kind, proposal.partner) == (Kind.THIRD_PARTY, 5)
    assert Reason.PAYER_OTHER in proposal.reasons
    assert BRUNNER.key != proposal.partner


def test_the_place_of_the_quote_is_shown_in_the_line_it_stands_in():
    proposal = best(receipt(("Danke", "Zahlung INV/2026/00012 vom 2.3.")), item())
    assert proposal.spans == ((1, 8, 22),)


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_a_second_quoted_item_speaks_against_the_booking_of_one(currency):
    items = item(1), item(2, 3_000, "INV/2026/00013", currency=currency)
    alone = best(receipt("INV/2026/00012"), *items)
    both = best(receipt("INV/2026/00012 INV/2026/00013"), *items)
    assert Reason.OWN_OTHER_QUOTED in both.reasons
    assert both.score < alone.score
    by_stranger = decide(stranger("INV/2026/00012 INV/2026/00013"), *items)
    assert by_stranger.action is not Action.BOOK


def test_zero_is_never_matched():
    assert decide(receipt("INV/2026/00012", 0), item()).action is Action.EXCEPTION
    assert decide(receipt("INV/2026/00012", 0), item(residual=0)).action is Action.EXCEPTION


def test_who_quotes_an_invoice_of_his_own_means_it_whatever_else_has_the_amount():
    quoted = item(1, 25_000)
    same_amount = item(2, 10_000, "INV/2026/00013")
    decision = decide(receipt("INV/2026/00012"), quoted, same_amount)
    assert decision.proposals[0].items == (1,)
    assert decision.proposals[0].kind is Kind.SHORT
    assert Reason.EXACT_ELSEWHERE in decision.proposals[0].reasons
    assert decision.action is Action.SUGGEST
    for proposal in decision.proposals:
        if proposal.items == (2,):
            assert Reason.OWN_OTHER_QUOTED in proposal.reasons


def test_who_quotes_a_strangers_number_pays_what_is_his():
    strangers = item(1, 25_000, partner=6)
    own = item(2, 10_000, "2026-4711")
    proposal = best(receipt("INV/2026/00012"), strangers, own)
    assert proposal.items == (2,)
    assert Reason.OTHER_QUOTED in proposal.reasons
    assert Reason.OWN_OTHER_QUOTED not in proposal.reasons
