"""Who pays: account, name, family, customer number, and what people's decisions taught."""

from datetime import date

import pytest

from odoo.addons.bank_sync.core.matching.customers import Customers
from odoo.addons.bank_sync.core.matching.knowledge import DECLARED, Knowledge
from odoo.addons.bank_sync.core.matching.values import Action, Customer, Kind, Reason

from .books import ACCOUNT, BRUNNER, MARTIN, best, decide, item, receipt, stranger

UNKNOWN = "DE89370400440532013000"


def taught(account="", name="", partner=5, times=1, *, family=False):
    """Return what so many decisions of people taught."""
    known = Knowledge()
    for _ in range(times):
        known.learn_payment(account, name, partner, date(2026, 3, 1), family=family)
    return known


@pytest.mark.parametrize(
    "name",
    ["Boulangerie Martin SARL", "BOULANGERIE MARTIN", "MARTIN BOULANGERIE", "Boulangerie Mart",
     "BOULANGÉRIE MARTIN S.A.R.L."],
)  # fmt: skip
def test_a_name_as_banks_print_it_is_the_customers(name):
    proposal = best(stranger(counterparty_name=name), item())
    assert proposal.partner == 5
    assert Reason.NAME_SAME in proposal.reasons


def test_a_known_account_is_worth_more_than_a_name_and_a_name_more_than_nothing():
    scores = [
        best(given, item()).score
        for given in (
            stranger("danke"),
            stranger("danke", counterparty_name="Martin Boulangerie"),
            receipt("INV/2026/00012"),
        )
    ]
    assert scores == sorted(set(scores))


def test_an_account_says_more_than_a_name():
    proposal = best(receipt(counterparty_name=BRUNNER.name), item(1), item(2, partner=6, number=""))
    assert proposal.items == (1,)
    assert Reason.PARTNER_ACCOUNT_KNOWN in proposal.reasons


def test_namesakes_are_left_to_a_person():
    other = Customer(7, "Boulangerie Martin")
    items = item(1), item(2, partner=7, number="INV/2026/00031")
    decision = decide(
        stranger(counterparty_name="Boulangerie Martin"), *items, customers=(MARTIN, other)
    )
    assert decision.action is not Action.BOOK
    assert Reason.NAME_SHARED in decision.proposals[0].reasons


def test_a_parent_pays_for_its_subsidiary():
    holding = Customer(8, "Holding Meunier SA", accounts=(UNKNOWN,))
    bakery = Customer(5, MARTIN.name, parent=8)
    one = stranger(account=UNKNOWN, counterparty_name=holding.name)
    proposal = best(one, item(), customers=(holding, bakery))
    assert (proposal.items, proposal.partner) == ((1,), 5)
    assert Reason.PAYER_FAMILY in proposal.reasons
    quoted = stranger("INV/2026/00012", account=UNKNOWN, counterparty_name=holding.name)
    assert best(quoted, item(), customers=(holding, bakery)).kind is Kind.THIRD_PARTY


def test_siblings_are_relatives_and_strangers_are_not():
    known = Customers([Customer(1, "A"), Customer(2, "B", parent=1), Customer(3, "C", parent=1),
                       Customer(4, "D")])  # fmt: skip
    assert known.relatives(2) == {1, 3}
    assert known.relatives(4) == frozenset()


def test_somebody_who_has_paid_for_a_customer_may_again():
    known = taught("", "Factoring Nord AG", family=True)
    proposal = best(stranger(counterparty_name="FACTORING NORD"), item(), knowledge=known)
    assert (proposal.partner, Reason.PAYER_FAMILY in proposal.reasons) == (5, True)


def test_an_alias_is_learned_from_people():
    one = stranger(counterparty_name="Chez Lulu")
    assert Reason.PAYER_UNKNOWN in best(one, item()).reasons
    proposal = best(one, item(), knowledge=taught("", "Chez Lulu"))
    assert Reason.ACCOUNT_LEARNED in proposal.reasons


def test_an_account_confirmed_twice_is_as_good_as_one_on_file():
    one = stranger(account=UNKNOWN)
    assert Reason.ACCOUNT_LEARNED in best(one, item(), knowledge=taught(UNKNOWN)).reasons
    twice = best(one, item(), knowledge=taught(UNKNOWN, times=2))
    assert Reason.PARTNER_ACCOUNT_KNOWN in twice.reasons


def test_a_customer_number_in_the_text_tells_whose_money_it_is():
    proposal = best(stranger("Kd.Nr. 10457"), item(), item(2, partner=6, number="INV/2026/00031"))
    assert proposal.items == (1,)
    assert Reason.CUSTOMER_NUMBER in proposal.reasons


@pytest.mark.parametrize("holder", [
    {"account": ACCOUNT, "counterparty_name": MARTIN.name},
    {"account": "", "counterparty_name": MARTIN.name},
    {"account": "", "counterparty_name": "Somebody's cash pool"},
], ids=("known_account", "known_name", "stranger"))  # fmt: skip
def test_the_ultimate_debtor_is_meant_and_not_whoever_holds_the_account(holder):
    items = item(1), item(2, number="INV/2026/00099", partner=6)
    one = receipt("danke", ultimate_name=BRUNNER.name, **holder)
    proposal = best(one, *items)
    assert (proposal.items, proposal.partner) == ((2,), 6)
    assert Reason.NAME_SAME in proposal.reasons


def test_an_ultimate_debtor_nobody_knows_changes_nothing():
    one = receipt("danke", ultimate_name="Unknown Ltd")
    assert Reason.PARTNER_ACCOUNT_KNOWN in best(one, item()).reasons


def test_a_customer_named_in_the_text_or_as_ultimate_debtor_tells_it_too():
    items = item(1), item(2, partner=6, number="INV/2026/00031")
    assert best(stranger("pour Boulangerie Martin"), *items).items == (1,)
    assert best(stranger(ultimate_name=MARTIN.name), *items).items == (1,)


def test_money_of_a_stranger_that_quotes_nothing_never_books():
    tax_refund = stranger("Finanzamt Erstattung USt 03/2026", counterparty_name="Finanzamt Mitte")
    assert decide(tax_refund, item()).action is not Action.BOOK


def test_a_well_known_other_customer_does_not_book_on_the_amount_alone():
    one = stranger("danke", counterparty_name=BRUNNER.name)
    decision = decide(one, item())
    assert decision.action is not Action.BOOK
    assert Reason.PAYER_OTHER in decision.proposals[0].reasons


@pytest.mark.parametrize("times", [1, 50])
def test_who_paid_under_a_shared_name_once_is_not_known_by_it(times):
    """Three customers may be called the same; the payments of one say nothing of the next."""
    other = Customer(7, "Boulangerie Martin")
    decision = decide(
        stranger(counterparty_name="Boulangerie Martin"),
        *(item(1), item(2, partner=7, number="INV/2026/00031")),
        customers=(MARTIN, other),
        knowledge=taught(name="Boulangerie Martin", times=times),
    )
    assert decision.action is not Action.BOOK
    assert {Reason.NAME_SHARED} == {
        reason
        for proposal in decision.proposals
        for reason in proposal.reasons
        if reason in {Reason.NAME_SHARED, Reason.NAME_SAME, Reason.ACCOUNT_LEARNED}
    }


def test_a_person_may_declare_whose_a_shared_name_is():
    other = Customer(7, "Boulangerie Martin")
    known = Knowledge()
    known.add_alias("Boulangerie Martin", 5, DECLARED)
    proposal = best(
        stranger(counterparty_name="Boulangerie Martin"),
        *(item(1), item(2, partner=7, number="INV/2026/00031")),
        customers=(MARTIN, other),
        knowledge=known,
    )
    assert proposal.partner == 5
    assert Reason.ACCOUNT_LEARNED in proposal.reasons
