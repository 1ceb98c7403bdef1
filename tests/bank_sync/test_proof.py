"""Balance proof: what it proves, and what it must never claim."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.proof import prove, prove_statement
from odoo.addons.bank_sync.core.statement import Entry, Statement

DAY = date(2026, 3, 2)
amounts = st.integers(-(10**9), 10**9)


def booked(amount, currency="EUR", pending=False):
    return Entry(DAY, DAY, amount, currency, pending=pending)


@given(amounts, st.lists(amounts))
def test_books_that_add_up_are_proved(opening, movements):
    proof = prove(opening, opening + sum(movements), map(booked, movements), currency="EUR")
    assert (proof.status, proof.difference) == ("proved", 0)


@given(amounts, st.lists(amounts), amounts.filter(bool))
def test_any_difference_fails_and_is_told(opening, movements, error):
    closing = opening + sum(movements) + error
    proof = prove(opening, closing, map(booked, movements), currency="EUR")
    assert (proof.status, proof.difference) == ("failed", error)


def test_nothing_is_proved_without_both_balances():
    assert prove(None, 100, [booked(100)]).status == "unproven"
    assert prove(100, None, []).status == "unproven"
    assert prove(None, 100, [booked(100)]).total == 100


def test_pending_and_foreign_entries_are_not_in_the_balance():
    entries = [booked(100), booked(5, pending=True), booked(700, "USD")]
    assert prove(0, 100, entries, currency="EUR").status == "proved"


def test_currencies_are_never_added():
    assert prove(0, 800, [booked(100), booked(700, "USD")]).status == "unproven"


def test_a_statement_proves_itself_in_its_own_currency():
    statement = Statement("1", "A", "EUR", 0, 100, (booked(100), booked(700, "USD")))
    assert prove_statement(statement).status == "proved"
