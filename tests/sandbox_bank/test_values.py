"""Amounts and account numbers: exact, and checked as the standards say."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as standard_iban

from sandbox_bank import clock, identifiers, money


@pytest.mark.parametrize("module", [money, identifiers, clock])
def test_the_examples_in_the_documentation_are_true(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@given(minor=st.integers(-(10**13), 10**13), currency=st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_survives_writing_and_reading(minor, currency):
    assert money.to_minor(money.to_text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    "text",
    ["", "1,00", "1e3", "NaN", "--1", "+1", " 1", "1.", ".5", "1.234", "١٢", "123456789012345"],
)
def test_what_is_no_exact_amount_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        money.to_minor(text, "EUR")


def test_a_currency_without_decimals_takes_none():
    with pytest.raises(ValueError, match="JPY has 0 decimals"):
        money.to_minor("5.0", "JPY")


@given(name=st.text(min_size=1, max_size=40))
def test_made_up_payers_have_valid_account_numbers_of_their_own(name):
    iban = identifiers.iban_of_person(name)
    assert standard_iban.is_valid(iban)
    assert identifiers.is_iban(iban)
    assert iban == identifiers.iban_of_person(name)


@given(number=st.integers(0, 10**13 - 1))
def test_accounts_of_the_bank_have_valid_numbers(number):
    assert standard_iban.is_valid(identifiers.own_iban(number))
