"""The QR code of a transfer says what the guidelines EPC069-12 (version 002) ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.invoice_collections.core import epc

IBAN = "BE72000000001616"


def test_the_example_of_the_guidelines() -> None:
    """A donation of one euro to the Belgian Red Cross, with a free text."""
    text = epc.payload(
        name="Red Cross of Belgium", iban=IBAN, bic="BPOTBEB1", amount=1_00, text="Urgency fund"
    )
    assert text == "\n".join(
        [
            "BCD",
            "002",
            "1",
            "SCT",
            "BPOTBEB1",
            "Red Cross of Belgium",
            IBAN,
            "EUR1.00",
            "",
            "",
            "Urgency fund",
        ]
    )


def test_a_creditor_reference_takes_the_place_of_the_text() -> None:
    text = epc.payload(
        name="Shop", iban=IBAN, amount=9_99, reference="RF18 5390 0754 7034", text="INV 1"
    )
    assert text is not None
    assert text.split("\n")[9:] == ["RF18539007547034"]


def test_a_name_cannot_bring_lines_of_its_own() -> None:
    text = epc.payload(name="Shop\nDE00FAKE", iban=IBAN, amount=1, text="a\r\nb")
    assert text is not None
    assert text.split("\n")[5:7] == ["Shop DE00FAKE", IBAN]
    assert text.split("\n")[10] == "a b"


@pytest.mark.parametrize("amount", [0, -1, 1_000_000_000_00])
def test_amounts_no_transfer_can_have(amount: int) -> None:
    assert epc.payload(name="Shop", iban=IBAN, amount=amount) is None


@given(st.text(), st.text(), st.integers(1, 999_999_999_99))
def test_it_always_fits_the_code(name: str, text: str, amount: int) -> None:
    value = epc.payload(name=name, iban=IBAN, amount=amount, text=text)
    if value is not None:
        lines = value.split("\n")
        assert len(value.encode()) <= 331
        assert len(lines) - 1 <= 10
        assert lines[6] == IBAN


def test_whole_numbers_only() -> None:
    numbers = [f"INV/2026/{n:05d}" for n in range(1, 40)]
    text, count = epc.remittance(numbers)
    assert len(text) <= 140
    assert text.split(" ") == numbers[:count]
    assert count == 9
