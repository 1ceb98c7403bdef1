"""An amount is read as it was meant, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core.typed_amount import parse_amount


@pytest.mark.parametrize(
    ("text", "decimals", "minor"),
    [
        ("200", 2, 200_00),
        (" 200,5 ", 2, 200_50),
        ("1\u00a0234,56", 2, 1_234_56),
        ("1\u202f234,56", 2, 1_234_56),
        ("1.234.567", 2, 1_234_567_00),
        ("1'234.50", 2, 1_234_50),
        ("1500", 0, 1500),
        ("1,234", 3, 1_234),
        ("0,01", 2, 1),
    ],
)
def test_notations(text: str, decimals: int, minor: int) -> None:
    assert parse_amount(text, decimals) == minor


@pytest.mark.parametrize(
    "text", ["", "1,234", "12.345", "1,2,3", "--1", "-1", "1e9", "nan", "1.23.4", "9" * 14]
)
def test_what_can_be_read_two_ways_or_none(text: str) -> None:
    assert parse_amount(text, 2) is None


def test_no_more_decimals_than_the_currency_has() -> None:
    assert parse_amount("1.5", 0) is None
    assert parse_amount("1.2345", 2) is None


@given(st.text(max_size=30), st.sampled_from([0, 2, 3]))
def test_whatever_is_typed_is_no_error(text: str, decimals: int) -> None:
    value = parse_amount(text, decimals)
    assert value is None or value >= 0
