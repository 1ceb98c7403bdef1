"""What the bank's balance decides, and which way round a source tells its amounts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.balance_decision import MAX_COMBINED, decide_by_balance
from odoo.addons.bank_sync.core.sign_convention import told_signs, turn_sign, turn_statement
from odoo.addons.bank_sync.core.statement import Entry, EntryDetail, Statement
from odoo.addons.bank_sync.core.window_days import is_exhausted, widened_start

DAY = date(2026, 3, 2)


def decide(difference, presumed=None, doubtful=None, missing=None):
    return decide_by_balance(
        difference, presumed=presumed or {}, doubtful=doubtful or {}, missing=missing or {}
    )


def test_without_a_balance_nothing_is_decided():
    assert decide(None, doubtful={0: 5}).status == "undecided"


def test_a_right_balance_makes_doubtful_entries_known_ones():
    assert decide(0, doubtful={0: 5, 1: 7}).same == {0, 1}


def test_a_difference_makes_the_one_that_explains_it_new():
    verdict = decide(5, doubtful={0: 5, 1: 7})
    assert (verdict.status, verdict.new, verdict.same) == ("proved", {0}, {1})


def test_two_ways_to_explain_it_decide_nothing():
    assert decide(5, doubtful={0: 5}, missing={3: -5}).status == "undecided"
    assert decide(0, doubtful={0: 5, 1: -5}).status == "undecided"


def test_equal_amounts_of_one_kind_are_exchangeable():
    assert len(decide(-5, missing={1: 5, 2: 5}).removed) == 1


def test_a_presumed_entry_can_turn_out_to_be_new():
    assert decide(5, presumed={0: 5}).new == {0}


def test_case_079_what_nothing_explains_fails():
    assert decide(1, {0: 5}, {1: 7}, {2: 9}).status == "failed"


@given(
    st.dictionaries(st.integers(0, 99), st.integers(-9, 9).filter(bool), max_size=6),
    st.dictionaries(st.integers(100, 199), st.integers(-9, 9).filter(bool), max_size=6),
    st.integers(-30, 30),
)
def test_what_is_decided_always_adds_up(doubtful, missing, difference):
    verdict = decide(difference, doubtful=doubtful, missing=missing)
    if verdict.status == "proved":
        explained = sum(doubtful[index] for index in verdict.new)
        explained -= sum(missing[key] for key in verdict.removed)
        assert explained == difference
        assert verdict.new | verdict.same == set(doubtful)


def test_hundreds_of_open_questions_are_answered_all_together_or_not_at_all():
    doubtful = dict.fromkeys(range(300), 7)
    assert decide(2100, doubtful=doubtful).new == set(doubtful)
    assert decide(14, doubtful=doubtful).status == "failed"
    assert MAX_COMBINED < 20


@pytest.mark.parametrize(
    ("opening", "closing", "signs"),
    [(0, 50, "as_told"), (0, -50, "reversed"), (0, 49, None), (None, 50, None)],
)
def test_case_073_balances_tell_which_way_round_a_source_counts(opening, closing, signs):
    entries = [Entry(DAY, DAY, 80, "EUR"), Entry(DAY, DAY, -30, "EUR")]
    assert told_signs(opening, closing, entries, "EUR") == signs


def test_case_073_entries_that_cancel_out_tell_nothing():
    entries = [Entry(DAY, DAY, 80, "EUR"), Entry(DAY, DAY, -80, "EUR")]
    assert told_signs(0, 0, entries, "EUR") is None


def test_turning_twice_changes_nothing():
    detail = EntryDetail(5, "EUR", original_amount=7, original_currency="USD")
    entry = Entry(DAY, DAY, 5, "EUR", details=(detail,), original_amount=7)
    assert turn_sign(turn_sign(entry)) == entry
    statement = Statement("S", None, "EUR", 9, 4, (entry,))
    assert turn_statement(statement).entries[0].details[0].original_amount == -7


def test_case_079_failures_look_back_further_and_end_with_a_person():
    today = date(2026, 6, 1)
    starts = [widened_start(date(2026, 5, 18), today, failures, None) for failures in range(5)]
    assert [(today - start).days for start in starts] == [14, 30, 90, 90, 90]
    assert [is_exhausted(failures) for failures in range(5)] == [False] * 3 + [True] * 2
