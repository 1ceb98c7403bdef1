"""Statements of one account as a chain: what follows, what is missing, what was told twice."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.statement import Entry, Statement
from odoo.addons.bank_sync.core.statement_chain import (
    StatementMark,
    are_apart,
    coverage_of,
    link_statements,
    proved_stretches,
)

DAY = date(2026, 3, 1)


def mark(key, day, opening, closing, sequence=None, *, last=None, proved=True):
    first = DAY + timedelta(day)
    return StatementMark(
        key, first, DAY + timedelta(day if last is None else last), opening, closing, sequence,
        proved,
    )  # fmt: skip


def states(*marks):
    return {link.key: link.status for link in link_statements(marks)}


def test_each_opens_with_what_the_one_before_closed_with():
    marks = [mark(1, 0, 0, 10), mark(2, 1, 10, 30), mark(3, 2, 30, 30)]
    assert states(*marks) == {1: "first", 2: "follows", 3: "follows"}
    (stretch,) = proved_stretches(marks, link_statements(marks))
    assert (stretch.first_day, stretch.last_day) == (DAY, DAY + timedelta(2))
    assert (stretch.opening, stretch.closing) == (0, 30)


def test_case_081_a_missing_statement_is_named_with_days_numbers_and_amount():
    marks = [mark(1, 0, 0, 10, "00017/001"), mark(2, 5, 45, 50, "00020/001")]
    _first, gap = link_statements(marks)
    assert (gap.status, gap.difference, gap.missing_numbers) == ("gap", 35, ("18", "19"))
    assert (gap.gap_from, gap.gap_until) == (DAY, DAY + timedelta(5))
    assert len(proved_stretches(marks, link_statements(marks))) == 2


def test_case_081_a_number_that_did_not_come_without_any_movement_loses_nothing():
    _first, link = link_statements([mark(1, 0, 0, 10, "7"), mark(2, 5, 10, 50, "9")])
    assert (link.status, link.missing_numbers) == ("follows", ("8",))


def test_case_081_statements_out_of_order_heal_the_gap():
    late = [mark(1, 0, 0, 10), mark(3, 2, 30, 40), mark(2, 1, 10, 30)]
    assert states(*late[:2]) == {1: "first", 3: "gap"}
    assert states(*late) == {1: "first", 2: "follows", 3: "follows"}


def test_numbers_begin_again_with_the_year():
    marks = [
        StatementMark(1, date(2025, 12, 31), date(2025, 12, 31), 0, 10, "250"),
        StatementMark(2, date(2026, 1, 5), date(2026, 1, 5), 15, 20, "3"),
    ]
    assert link_statements(marks)[1].missing_numbers == ("1", "2")


def test_pages_of_one_statement_hang_together():
    """MT940 60M and 62M: the balance is carried from page to page."""
    pages = [mark(1, 0, 0, 10, "5/1"), mark(2, 0, 10, 30, "5/2"), mark(3, 0, 30, 25, "5/3")]
    assert states(*reversed(pages)) == {1: "first", 2: "follows", 3: "follows"}


def test_the_same_statement_again_and_a_month_over_its_days_break_nothing():
    days = [mark(1, 0, 0, 10), mark(2, 1, 10, 30), mark(3, 2, 30, 40)]
    again = mark(9, 1, 10, 30)
    month = mark(8, 0, 0, 40, last=2)
    assert states(*days, again)[9] == "repeated"
    assert states(*days, month)[8] == "overlap"
    assert states(*days, mark(4, 3, 40, 41), month, again)[4] == "follows"


def test_case_080_a_statement_without_proof_proves_nothing():
    marks = [mark(1, 0, 0, 10), mark(2, 1, None, 30, proved=False), mark(3, 2, 10, 12)]
    assert states(*marks) == {1: "first", 2: "unproven", 3: "follows"}


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_whole_chains_have_no_gap_in_whatever_order_they_come(amounts, rng):
    marks, balance = [], 100
    for number, amount in enumerate(amounts):
        marks.append(mark(number + 1, number, balance, balance + amount, str(number + 1)))
        balance += amount
    rng.shuffle(marks)
    assert {link.status for link in link_statements(marks)} <= {"first", "follows"}


@given(st.lists(st.integers(1, 50), min_size=3, max_size=12), st.data())
def test_one_statement_less_is_one_gap_of_its_amount(amounts, data):
    marks, balance = [], 100
    for number, amount in enumerate(amounts):
        marks.append(mark(number + 1, number, balance, balance + amount))
        balance += amount
    lost = marks.pop(data.draw(st.integers(1, len(marks) - 2)))
    random.Random(1).shuffle(marks)  # noqa: S311 - an order, no secret
    (gap,) = [link for link in link_statements(marks) if link.status == "gap"]
    assert gap.difference == lost.closing - lost.opening


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        (mark(2, 1, 10, 30), True),
        (mark(2, 0, 10, 30), True),
        (mark(2, 0, 0, 10), False),
        (mark(2, 0, 50, 60, "9"), True),
        (mark(2, 0, 50, 60), False),
        (mark(2, -3, 0, 40, last=3), False),
        (mark(2, 1, 10, 30, proved=False), False),
    ],
)
def test_statements_that_can_tell_the_same_entry_are_not_apart(other, apart):
    one = mark(1, 0, 0, 10, "1")
    assert are_apart(one, other) is are_apart(other, one) is apart


def test_a_balance_of_the_day_before_is_no_day_told():
    entry = Entry(DAY, DAY, 5, "EUR")
    before = DAY - timedelta(1)
    told = Statement("S", None, "EUR", 0, 5, (entry,), opening_date=before, closing_date=DAY)
    coverage = coverage_of(told, proved=True)
    assert (coverage.first_day, coverage.last_day) == (DAY, DAY)
