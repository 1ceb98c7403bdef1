"""The comparison of bin/bench beside-oca: fair lines, honest counting, the right arithmetic."""

import doctest
import sys
from collections import Counter

import pytest

from .test_tools import LIB, load

sys.path.insert(0, str(LIB))
beside = load("beside_oca")

INVOICES = [
    beside.Invoice(f"INV/2026/{number:05}", 10_000 + number, f"Customer {number % 40}")
    for number in range(1_000)
]


@pytest.mark.parametrize("module", [beside, load("bench_scale")])
def test_the_examples_are_true(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


def test_every_line_has_a_truth_of_its_own_that_adds_up():
    open_amounts = {invoice.number: invoice.amount for invoice in INVOICES}
    lines = beside.make_lines(INVOICES, 300)
    assert len(lines) == 300
    paid = Counter(number for line in lines for number in line.truth)
    assert max(paid.values()) == 1
    for line in lines:
        if line.kind == "unrelated":
            assert line.truth == {}
            continue
        assert all(0 < cents <= open_amounts[one] for one, cents in line.truth.items())
        owner = f"Customer {int(next(iter(line.truth))[-5:]) % 40}"
        assert line.payer in {owner, "", *beside.PERSONS}
        assert line.payer == owner or line.kind != "payer"
        on_account = line.amount - sum(line.truth.values())
        assert on_account == 0 or line.kind == "short or over"


def test_the_same_lines_come_again_and_one_more_line_is_exact():
    assert beside.make_lines(INVOICES, 101) == beside.make_lines(INVOICES, 101)
    kinds = Counter(line.kind for line in beside.make_lines(INVOICES, 101))
    assert kinds["exact"] == 61


def test_banks_name_most_payers_and_the_rest_not_or_otherwise():
    lines = [line for line in beside.make_lines(INVOICES, 400) if line.kind == "exact"]
    unnamed = sum(not line.payer for line in lines)
    unknown = sum(line.payer in beside.PERSONS for line in lines)
    assert (unnamed, unknown) == (len(lines) * 15 // 100, len(lines) * 15 // 100)


def test_who_pays_without_a_number_owes_the_amount_once():
    twins = [one._replace(amount=777) if int(one.number[-5:]) < 900 else one for one in INVOICES]
    lines = beside.make_lines(twins, 100)
    assert all(line.amount != 777 for line in lines if line.kind == "payer")


LINES = [
    beside.Line("exact", "A", "C", 500, {"A": 500}),
    beside.Line("several", "B C", "C", 700, {"B": 300, "C": 400}),
    beside.Line("unrelated", "Rent", "D", 900, {}),
]


@pytest.mark.parametrize(
    ("booked", "right", "wrong"),
    [
        ({}, 0, 0),
        ({0: {"A": 500}, 1: {"B": 300, "C": 400}}, 2, 0),
        ({0: {"A": 499}}, 0, 1),
        ({1: {"B": 300}}, 0, 1),
        ({2: {"A": 500}}, 0, 1),
        ({0: {}, 2: {}}, 0, 2),
    ],
)
def test_only_what_is_true_in_item_and_amount_is_right(booked, right, wrong):
    judged = beside.judge(LINES, booked)
    assert (judged["booked"], judged["right"], judged["wrong"]) == (len(booked), right, wrong)


def measure(cpu_seconds, queries, **more):
    return {"cpu_seconds": cpu_seconds, "queries": queries, **more}


OURS = {"lines": 100, "match": measure(1.0, 50), "open": measure(0.5, 150, lines=10)}
OCA = {"lines": 100, "create": measure(30.0, 9_000), "open": measure(0.1, 20, lines=5)}
PLAIN = {"one_by_one": measure(5.0, 3_000)}


def test_what_odoo_alone_needs_is_taken_off_theirs():
    assert beside.compared(OURS, OCA, PLAIN) == {
        "match": {
            "ours": {"cpu_ms": 10.0, "queries": 0.5},
            "oca": {"cpu_ms": 250.0, "queries": 60.0},
            "times": 25.0,
        },
        "open": {
            "ours": {"cpu_ms": 50.0, "queries": 15.0},
            "oca": {"cpu_ms": 20.0, "queries": 4.0},
            "times": 0.4,
        },
    }


def test_the_table_has_a_column_for_each_of_us_and_size():
    one = {
        "lines": 3,
        **beside.compared(OURS, OCA, PLAIN),
        "ours": beside.judge(LINES, {0: {"A": 500}}),
        "oca": beside.judge(LINES, {0: {"A": 500}, 2: {"B": 900}}),
    }
    rows = beside.table({2_000: one, 10_000: one}).splitlines()
    assert rows[0] == (
        "|  | ours, 2,000 items | OCA, 2,000 items | ours, 10,000 items | OCA, 10,000 items |"
    )
    assert {row.count("|") for row in rows} == {6}
    assert "| match and book, CPU ms a line | 10.0 | 250.0 | 10.0 | 250.0 |" in rows
    assert "| booked by itself, of lines | 1 of 3 | 2 of 3 | 1 of 3 | 2 of 3 |" in rows
    assert "| of them wrong | 0 | 1 | 0 | 1 |" in rows
