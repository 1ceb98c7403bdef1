"""Money between our own accounts: told by the account named, or by the other end."""

from datetime import timedelta

import pytest

from odoo.addons.bank_sync.core.matching.policy import AUTO_KINDS, Policy
from odoo.addons.bank_sync.core.matching.transfers import End, Transfers
from odoo.addons.bank_sync.core.matching.values import Action, Kind, Reason

from .books import ACCOUNT, DAY, adds_up, best, decide, engine, item, stranger

OURS = "DE89370400440532013000"
#: Our second account is journal 2; the lines below are on journal 1.
ACCOUNTS = {OURS: 2, "DE02120300000000202051": None}


def end(amount=-10_000, *, line=7, journal=2, days=0, account=""):
    """Return a line on our second account."""
    return End(line, journal, "EUR", amount, DAY + timedelta(days=days), account)


def arrival(amount=10_000, **values):
    """Return a line on our first account."""
    return stranger("umbuchung", amount, journal=1, **values)


@pytest.mark.parametrize("account", list(ACCOUNTS))
def test_money_from_another_account_of_ours_is_a_transfer(account):
    one = arrival(account=account)
    proposal = best(one, item(), transfers=Transfers(ACCOUNTS))
    assert (proposal.kind, proposal.items, proposal.partner) == (Kind.TRANSFER, (), None)
    assert Reason.OWN_ACCOUNT in proposal.reasons
    assert adds_up(one, proposal)


def test_money_out_to_another_account_of_ours_is_a_transfer():
    one = arrival(-10_000, account=OURS)
    proposal = best(one, transfers=Transfers(ACCOUNTS, [end(10_000, days=2)]))
    assert proposal.kind is Kind.TRANSFER
    assert {Reason.OWN_ACCOUNT, Reason.OTHER_END} <= set(proposal.reasons)
    assert adds_up(one, proposal)


@pytest.mark.parametrize(("days", "found"), [(0, True), (5, True), (6, False), (-5, True)])
def test_two_lines_that_name_nobody_are_ends_of_a_transfer_within_days(days, found):
    proposals = decide(arrival(), transfers=Transfers({}, [end(days=days)])).proposals
    assert [p.kind for p in proposals] == ([Kind.TRANSFER] if found else [])


@pytest.mark.parametrize("ends", [
    [end(-10_001)],
    [end(journal=1)],
    [end(account=ACCOUNT)],
    [end(), end(line=8)],
    [end(), end(10_000, line=9, journal=1)],
    [],
], ids=("amount", "same_account", "paid_on", "two_others", "two_of_mine", "none"))  # fmt: skip
def test_what_may_be_something_else_is_no_other_end(ends):
    proposals = decide(arrival(), transfers=Transfers(ACCOUNTS, ends)).proposals
    assert all(p.kind is not Kind.TRANSFER for p in proposals)


def test_a_line_that_names_somebody_elses_account_is_no_transfer():
    one = arrival(account=ACCOUNT)
    proposals = decide(one, item(), transfers=Transfers(ACCOUNTS, [end()])).proposals
    assert all(p.kind is not Kind.TRANSFER for p in proposals)


def test_the_other_end_names_the_account_this_line_is_on():
    accounts = {**ACCOUNTS, "FR7612345987650123456789014": 1}
    right, wrong = end(account="FR7612345987650123456789014"), end(account=OURS)
    proposal = best(arrival(), transfers=Transfers(accounts, [right]))
    assert proposal.reasons == (Reason.OWN_ACCOUNT, Reason.OTHER_END)
    assert not decide(arrival(), transfers=Transfers(accounts, [wrong])).proposals


def test_a_transfer_books_itself_only_where_the_company_allows_it():
    ends = Transfers(ACCOUNTS, [end()])
    shown = decide(arrival(account=OURS), transfers=ends)
    assert shown.action is Action.SUGGEST
    assert Reason.KIND_NOT_ALLOWED in shown.reasons
    allowed = Policy(auto_kinds=AUTO_KINDS | {Kind.TRANSFER})
    assert decide(arrival(account=OURS), transfers=ends, policy=allowed).action is Action.BOOK
    # The account or the other end alone must earn it.
    one_sided = decide(arrival(account=OURS), transfers=Transfers(ACCOUNTS), policy=allowed)
    assert one_sided.action is Action.SUGGEST


def test_a_refused_transfer_does_not_come_again():
    known = engine(transfers=Transfers(ACCOUNTS))
    decision = known.decide([arrival(account=OURS)], {(100, frozenset())})[0]
    assert decision.action is Action.EXCEPTION


def test_a_line_of_nothing_is_no_transfer():
    assert not decide(arrival(0, account=OURS), transfers=Transfers(ACCOUNTS)).proposals
