"""What the bank says survives storage, whatever it says."""

import json
from dataclasses import astuple, fields
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.entry_clean import clean
from odoo.addons.bank_sync.core.entry_store import (
    charges_from_plain,
    charges_to_plain,
    details_difference,
    details_from_plain,
    details_to_plain,
)
from odoo.addons.bank_sync.core.statement import Charge, Entry, EntryDetail

#: Everything Python calls a string, lone surrogates and NUL included.
TEXT = st.none() | st.text(st.characters(), max_size=12)
MONEY = st.integers(-(10**18), 10**18)
CURRENCY = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
RATE = st.none() | st.decimals(allow_nan=False, allow_infinity=False, min_value=0)
CHARGE = st.builds(Charge, MONEY, CURRENCY, st.none() | st.booleans())
LINES = st.lists(st.text(st.characters(), max_size=12), max_size=3).map(tuple)


def payments(cls, **more):
    texts = {
        field.name: TEXT
        for field in fields(cls)
        if field.type == str | None and not field.name.endswith("currency")
    }
    return st.builds(
        cls,
        amount=MONEY,
        currency=CURRENCY,
        remittance=LINES,
        original_amount=st.none() | MONEY,
        original_currency=st.none() | CURRENCY,
        exchange_rate=RATE,
        charges=st.lists(CHARGE, max_size=2).map(tuple),
        **texts,
        **more,
    )


DETAIL = payments(EntryDetail)
ENTRY = payments(
    Entry,
    booking_date=st.none() | st.dates(),
    value_date=st.none() | st.dates(),
    details=st.lists(DETAIL, max_size=3).map(tuple),
)


@given(ENTRY)
def test_a_clean_entry_stays_as_it_is(entry):
    once = clean(entry)
    assert clean(once) == once
    assert once.amount == entry.amount


@given(ENTRY)
def test_what_is_clean_can_be_encoded_and_holds_no_nul(entry):
    for text in _texts(astuple(clean(entry))):
        text.encode("utf-8")
        assert "\0" not in text


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)


@given(st.lists(DETAIL, max_size=3).map(tuple))
def test_details_come_back_as_they_went_through_json(details):
    details = clean(Entry(None, None, 1, "EUR", details=details)).details
    assert details_from_plain(json.loads(json.dumps(details_to_plain(details)))) == details


@given(st.lists(CHARGE, max_size=3).map(tuple))
def test_charges_come_back_as_they_went_through_json(charges):
    assert charges_from_plain(json.loads(json.dumps(charges_to_plain(charges)))) == charges


def test_rates_keep_every_digit_the_bank_wrote():
    detail = EntryDetail(1, "EUR", exchange_rate=Decimal("1.0850000000000000001"))
    assert details_from_plain(details_to_plain([detail])) == (detail,)


def test_details_of_older_rows_are_still_read():
    old = [{"amount": 100, "currency": "EUR", "remittance": ["a"], "end_to_end_id": None}]
    assert details_from_plain(old) == (EntryDetail(100, "EUR", remittance=("a",)),)


def test_details_in_another_currency_are_not_added_up():
    details = [EntryDetail(100, "EUR"), EntryDetail(100, "USD")]
    assert details_difference(200, "EUR", details) is None
