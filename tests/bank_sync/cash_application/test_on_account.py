"""Money of a known customer that fits nothing."""

import pytest

from odoo.addons.bank_sync.core.matching.knowledge import Knowledge
from odoo.addons.bank_sync.core.matching.policy import Policy
from odoo.addons.bank_sync.core.matching.values import Action, Customer, Kind, Reason

from .books import DAY, MARTIN, TrustAll, adds_up, best, decide, engine, item, receipt, stranger


@pytest.mark.parametrize("who", [
    {},
    {"account": "", "counterparty_name": MARTIN.name},
    {"account": "", "counterparty_name": "", "partner": 5},
], ids=("account", "name", "on_file"))  # fmt: skip
def test_money_that_fits_nothing_is_the_credit_of_a_payer_who_is_known(who):
    one = receipt("Anzahlung", 77_700, **who)
    proposal = best(one, item())
    assert (proposal.kind, proposal.partner, proposal.items) == (Kind.ON_ACCOUNT, 5, ())
    assert Reason.NOTHING_FITS in proposal.reasons
    assert proposal.on_account == 77_700
    assert adds_up(one, proposal)


def test_it_is_never_booked_by_itself_whatever_is_allowed_and_earned():
    policy = Policy(auto_kinds=frozenset(Kind))
    decision = decide(receipt("Anzahlung", 77_700), item(), policy=policy, trust=TrustAll())
    assert decision.action is Action.SUGGEST


@pytest.mark.parametrize("one", [
    stranger("Anzahlung", 77_700),
    receipt("Anzahlung", 77_700, account="", counterparty_name="MARTIN"),
    receipt("", -77_700),
    receipt("", 77_700, count=12),
    receipt("", 77_700, return_reason="AC04"),
], ids=("stranger", "similar_name", "money_out", "collective", "returned"))  # fmt: skip
def test_where_it_is_not_sure_who_pays_nothing_is_proposed(one):
    assert not decide(one, item()).proposals


def test_two_customers_of_one_name_are_nobody():
    twins = (MARTIN, Customer(9, MARTIN.name))
    one = receipt("", 77_700, account="", counterparty_name=MARTIN.name)
    assert not decide(one, item(), customers=twins).proposals


def test_one_payment_of_a_learned_account_is_not_certain():
    known = Knowledge()
    one = receipt("", 77_700, account="NL91ABNA0417164300", counterparty_name="Unknown BV")
    known.learn_payment(one.account, one.counterparty_name, 5, DAY)
    assert not decide(one, item(), knowledge=known).proposals
    known.learn_payment(one.account, one.counterparty_name, 5, DAY)
    assert best(one, item(), knowledge=known).kind is Kind.ON_ACCOUNT


def test_a_customer_who_has_paid_under_its_own_name_stays_certain():
    known = Knowledge()
    one = receipt("a conto", 77_700, account="", counterparty_name=MARTIN.name)
    known.learn_payment("", one.counterparty_name, 5, DAY)
    proposal = best(one, item(), knowledge=known)
    assert (proposal.kind, proposal.partner) == (Kind.ON_ACCOUNT, 5)


def test_what_fits_is_paid_before_anything_is_kept_on_account():
    assert Kind.ON_ACCOUNT not in {p.kind for p in decide(receipt("danke"), item()).proposals}


def test_refused_credit_does_not_come_again():
    decision = engine(item()).decide([receipt("", 77_700)], {(100, frozenset())})[0]
    assert decision.action is Action.EXCEPTION
