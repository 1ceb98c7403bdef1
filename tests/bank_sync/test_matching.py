"""Cash application: what books itself, what is proposed, and what must never happen."""

import itertools
import random
import time
from datetime import date

import pytest

from odoo.addons.bank_sync.core.matching import names, references
from odoo.addons.bank_sync.core.matching.decide import decide
from odoo.addons.bank_sync.core.matching.values import Action, OpenItem, Reason, Receipt


def item(key=1, residual=10_000, reference="INV/2026/00012", **values):
    """Return an open item of EUR 100 unless told otherwise."""
    values = {"partner": 5, "partner_name": "Boulangerie Martin SARL", **values}
    return OpenItem(key, values.pop("currency", "EUR"), residual, references=(reference,), **values)


def receipt(text, amount=10_000, key=100, **values):
    """Return a receipt of EUR 100 unless told otherwise."""
    return Receipt(key, values.pop("currency", "EUR"), amount, texts=(text,), **values)


def one(receipts, items, **options):
    """Return the decision on the first receipt."""
    receipts = receipts if isinstance(receipts, list) else [receipts]
    return decide(receipts, items, **options)[0]


@pytest.mark.parametrize(
    "text",
    [
        "INV/2026/00012",
        "inv 2026 00012",
        "Payment of INV-2026-00012, thank you",
        "INV/2026/\n00012",
        "Rechnung INV.2026.00012 v. 02.03.",
        "(INV/2026/00012)",
    ],
)
def test_a_quoted_number_books_in_every_usual_spelling(text):
    decision = one(receipt(text), [item()])
    assert decision.action is Action.BOOK
    assert decision.proposals[0].items == (1,)
    assert {Reason.REFERENCE_QUOTED, Reason.EXACT_AMOUNT} <= set(decision.proposals[0].reasons)


@pytest.mark.parametrize(
    "text", ["00012", "12", "2026/00012", "2026 00012", "INV/2026", "RINV/2026/00012",
             "INV/2026/000123", "XINV202600012", "", "/", "INV/2026/00021"],
)  # fmt: skip
def test_a_fragment_or_a_neighbouring_number_never_books(text):
    assert one(receipt(text), [item()]).action is not Action.BOOK


def test_a_bare_number_as_invoice_number_never_books_alone():
    decision = one(receipt("4711"), [item(reference="4711")])
    assert decision.action is Action.SUGGEST
    assert Reason.WEAK_REFERENCE in decision.proposals[0].reasons


@pytest.mark.parametrize("amount", [9_999, 10_001, 5_000, 20_000, -10_000])
def test_another_amount_never_books(amount):
    assert one(receipt("INV/2026/00012", amount), [item()]).action is not Action.BOOK


def test_another_currency_never_books_nor_is_proposed():
    decision = one(receipt("INV/2026/00012", currency="USD"), [item()])
    assert decision.action is Action.EXCEPTION


def test_a_reference_that_two_open_items_bear_is_left_to_a_person():
    installments = [item(1, 5_000), item(2, 5_000)]
    decision = one(receipt("INV/2026/00012", 5_000), installments)
    assert decision.action is Action.SUGGEST
    assert Reason.SHARED_REFERENCE in decision.proposals[0].reasons


def test_a_second_quoted_item_stops_the_booking():
    items = [item(1), item(2, 3_000, "INV/2026/00013")]
    assert one(receipt("INV/2026/00012 INV/2026/00013"), items).action is Action.SUGGEST


def test_a_quoted_item_in_another_currency_stops_the_booking():
    items = [item(1), item(2, 3_000, "INV/2026/00013", currency="USD")]
    assert one(receipt("INV/2026/00012 INV/2026/00013"), items).action is Action.SUGGEST


def test_two_receipts_for_one_item_are_both_left_to_a_person():
    pair = [receipt("INV/2026/00012"), receipt("INV/2026/00012", 4_000, key=101)]
    first, second = decide(pair, [item()])
    assert first.action is Action.SUGGEST
    assert first.reasons == (Reason.RIVAL_RECEIPT,)
    assert second.action is not Action.BOOK


def test_what_a_person_refused_is_not_proposed_again():
    refused = {(100, frozenset([1]))}
    decision = one(receipt("INV/2026/00012"), [item()], refused=refused)
    assert decision.action is Action.EXCEPTION


def test_structured_references_count_whole():
    rf = item(reference="RF18539007547034")
    assert one(receipt("", structured=("RF18 5390 0754 7034",)), [rf]).action is Action.BOOK
    ogm = item(reference="+++090/9337/55493+++")
    assert one(receipt("", structured=("090933755493",)), [ogm]).action is Action.BOOK
    assert one(receipt("", structured=("see 090933755493 x",)), [ogm]).action is not Action.BOOK


def test_several_quoted_items_that_add_up_are_proposed_together():
    items = [item(1, 4_000), item(2, 6_000, "INV/2026/00013")]
    decision = one(receipt("INV/2026/00012, INV/2026/00013"), items)
    assert decision.action is Action.SUGGEST
    assert decision.proposals[0].items == (1, 2)
    assert [claim.applied for claim in decision.proposals[0].claims] == [4_000, 6_000]


def test_items_of_two_customers_are_not_proposed_together():
    items = [item(1, 4_000), item(2, 6_000, "INV/2026/00013", partner=6, group=1)]
    decision = one(receipt("INV/2026/00012, INV/2026/00013"), items)
    assert all(len(proposal.items) == 1 for proposal in decision.proposals)


def test_a_name_and_an_amount_are_proposed_not_booked():
    decision = one(receipt("danke", counterparty_name="BOULANGERIE MARTIN"), [item()])
    assert decision.action is Action.SUGGEST
    assert Reason.NAME_SIMILAR in decision.proposals[0].reasons


def test_a_known_account_is_worth_more_than_a_name_and_a_name_more_than_nothing():
    scores = [
        one(given, [item()]).proposals[0].score
        for given in (
            receipt("danke"),
            receipt("danke", counterparty_name="Boulangerie Martin"),
            receipt("danke", partner=5),
            receipt("INV/2026/00012", 9_000),
            receipt("INV/2026/00012"),
        )
    ]
    assert scores == sorted(set(scores))


def test_order_of_the_input_changes_nothing():
    items = [item(key, 1_000 * (key % 3 + 1), f"INV/2026/{key:05}") for key in range(1, 7)]
    receipts = [receipt(f"INV/2026/{key:05}", 2_000, key=100 + key) for key in range(1, 5)]
    expected = {decision.receipt: decision for decision in decide(receipts, items)}
    for shuffled in itertools.permutations(receipts):
        decisions = decide(shuffled, list(reversed(items)))
        assert {decision.receipt: decision for decision in decisions} == expected


@pytest.mark.parametrize("seed", range(30))
def test_no_item_is_ever_claimed_beyond_its_residual(seed):
    generator = random.Random(seed)  # noqa: S311 (figures, not secrets)
    items = [
        item(key, generator.choice([500, 1_000, 1_500, -700]), f"INV/2026/{key % 9:05}",
             partner=key % 3, partner_name=f"Customer {'ABC'[key % 3]}x", group=key % 3)
        for key in range(1, 15)
    ]  # fmt: skip
    receipts = [
        receipt(
            " ".join(
                f"INV/2026/{generator.randint(0, 9):05}" for _n in range(generator.randint(0, 3))
            ),
            generator.choice([500, 1_000, 1_500, 2_000, -700]),
            key=100 + number,
            counterparty_name=generator.choice(["", "Customer Ax", "Bx"]),
        )
        for number in range(25)
    ]  # fmt: skip
    claimed = dict.fromkeys((one.key for one in items), 0)
    for decision in decide(receipts, items):
        if decision.proposals:
            best = decision.proposals[0]
            for claim in best.claims:
                claimed[claim.item] += claim.applied
    for one_item in items:
        assert claimed[one_item.key] * (1 if one_item.residual > 0 else -1) >= 0
        assert abs(claimed[one_item.key]) <= abs(one_item.residual)


def test_hundred_kilobytes_of_text_are_read_in_time():
    text = "INV/2026/00099 " * 7_000
    started = time.process_time()
    one(receipt(text), [item()])
    assert time.process_time() - started < 5


def test_cost_grows_with_the_lines_not_with_lines_times_items():
    def work(count):
        items = [item(key, 1_000 + key, f"INV/2026/{key:06}", partner=key) for key in range(count)]
        receipts = [receipt(f"INV/2026/{key:06}", 1_000 + key, key=key) for key in range(count)]
        started = time.process_time()
        assert all(decision.action is Action.BOOK for decision in decide(receipts, items))
        return (time.process_time() - started) / count

    work(500)
    assert work(8_000) < 4 * work(1_000)


def test_zero_is_never_matched():
    assert one(receipt("INV/2026/00012", 0), [item()]).action is Action.EXCEPTION
    assert one(receipt("INV/2026/00012", 0), [item(residual=0)]).action is Action.EXCEPTION


def test_references_of_two_or_three_characters_are_never_looked_up():
    assert references.quoted(["A 12"], {"A12": 1, "12": 1}) == set()


@pytest.mark.parametrize(
    ("one_name", "other", "alike"),
    [
        ("Müller GmbH", "MUELLER", False),
        ("Müller GmbH", "MULLER GMBH & CO. KG", True),
        ("Société Générale", "SOCIETE GENERALE SA", True),
        ("GmbH", "AG", False),
        ("", "", False),
    ],
)
def test_names_are_compared_by_their_telling_words(one_name, other, alike):
    score = names.similarity(names.words(one_name), names.words(other))
    assert (score >= names.SIMILAR) is alike


def test_the_oldest_of_equal_items_is_proposed_first():
    items = [
        item(1, due_date=date(2026, 5, 1), reference="A/2026/0001"),
        item(2, due_date=date(2026, 3, 1), reference="A/2026/0002"),
    ]
    decision = one(receipt("danke", partner=5), items)
    assert decision.proposals[0].items == (2,)
