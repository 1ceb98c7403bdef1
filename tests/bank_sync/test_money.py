"""Exact amounts: decimal text to minor units and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core import money

currencies = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF", "XAF", "ZZZ"])


@given(st.integers(-(10**18) + 1, 10**18 - 1), currencies)
def test_an_amount_written_and_read_is_the_same(minor, currency):
    assert money.to_minor(money.to_decimal_text(minor, currency), currency) == minor


@given(st.integers(-(10**15), 10**15), currencies)
def test_the_text_is_the_exact_value(minor, currency):
    value = Decimal(money.to_decimal_text(minor, currency))
    assert value == Decimal(minor).scaleb(-money.exponent(currency))


@given(st.text())
def test_any_text_is_read_exactly_or_refused(text):
    try:
        minor = money.to_minor(text, "EUR")
    except ValueError:
        return
    assert Decimal(minor).scaleb(-2) == Decimal(text)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0), ("-0.00", 0), ("+1.5", 150), (".5", 50), ("5.", 500), ("0012.3400", 1234),
        ("999999999999999.99", 99999999999999999),
    ],
)  # fmt: skip
def test_every_form_of_a_plain_decimal_is_read(text, minor):
    assert money.to_minor(text, "EUR") == minor


@pytest.mark.parametrize(
    "text",
    ["", ".", "-", "1,5", "1.234,56", "1 000", "1e3", "1E3", "NaN", "Infinity", "0x10", "١٢", "1_0",
     "--1", "1.2.3", " 1", "1\n", "9" * 19, "9" * 100_000],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"not a plain decimal|more than 18 digits"):
        money.to_minor(text, "EUR")


@pytest.mark.parametrize(
    ("text", "currency"), [("1.001", "EUR"), ("1.5", "JPY"), ("1.0001", "KWD")]
)
def test_an_amount_smaller_than_the_smallest_coin_is_refused_not_rounded(text, currency):
    with pytest.raises(money.PrecisionError):
        money.to_minor(text, currency)


@pytest.mark.parametrize("currency", ["", "eur", "EU", "EURO", "€€€", "E1R"])
def test_a_malformed_currency_is_refused(currency):
    with pytest.raises(ValueError, match="not a currency code"):
        money.to_minor("1.00", currency)
