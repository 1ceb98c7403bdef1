"""Whatever stands in an answer: entries, or a clear refusal; never anything else."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.transport import Transport

from .dialects import DIALECTS, Line

TEXTS = st.sampled_from(
    ["", " ", "EUR", "1.00", "-1", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00",
     "2026-02-30", "2026-13-01T00:00:00Z", "T", "BOOK", "Debit", "\x00", "٣", "x" * 300]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["amount", "Amount", "currency", "Currency", "href", "iban", "Name", "reference",
                 "SourceCurrency", "sourceCurrency", "exchangeRate", "ExchangeRate", "next", "Next"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)  # fmt: skip
EXTRAS = {
    "berlin_group": (
        "entryDetails", "currencyExchange", "debtorAccount", "creditorAccount", "debtorName",
        "remittanceInformationStructured", "remittanceInformationUnstructuredArray",
        "remittanceInformationStructuredArray", "batchNumberOfTransactions", "valueDate",
        "endToEndId", "bankTransactionCode", "additionalInformation",
    ),
    "open_banking_uk": (
        "CurrencyExchange", "DebtorAccount", "CreditorAccount", "MerchantDetails", "ValueDateTime",
        "BankTransactionCode", "ProprietaryBankTransactionCode", "SupplementaryData",
        "RemittanceInformation", "UltimateDebtor", "TransactionReference",
    ),
}  # fmt: skip


def places(value, path=()):
    """Yield where something stands in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))
        else:
            yield (*path, key)


def replaced(value, path, new):
    if not path:
        return new
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return changed


@st.composite
def answers(draw, dialect):
    """Return a page in which one place, or one field the standard knows, holds nonsense."""
    page = dialect.page(Line("1.00", id="T1"), pending=[Line("-2.00")], following="/next")
    spots = list(places(page))
    entry = next(path for path in spots if path[-2:-1] in {("booked",), ("Transaction",)})
    fields = [(*entry, name) for name in EXTRAS[dialect.name]]
    place = draw(st.sampled_from(spots) | st.sampled_from(fields))
    return replaced(page, place, draw(VALUES))


@pytest.mark.parametrize("kind", DIALECTS, ids=[each.name for each in DIALECTS])
def test_nonsense_anywhere_is_read_or_refused(kind):
    adapter = kind.adapter(Transport("http://127.0.0.1:1"))
    seen = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(page=answers(kind))
    def check(page):
        content = json.dumps(page).encode()
        try:
            found = adapter.read_page(content, resource_id="A1::EUR")
        except base.ContractViolation as error:
            seen.add(error.code)
            return
        seen.add("read")
        assert all(type(entry.amount) is int for entry in found)

    check()
    assert "read" in seen
    assert len(seen) > 2


@pytest.mark.parametrize("kind", DIALECTS, ids=[each.name for each in DIALECTS])
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(content=st.binary(max_size=60) | st.sampled_from([b"\xff\xfe{", b"\xfe\xff", b"PK\x03\x04"]))
def test_bytes_that_are_nothing_are_refused(kind, content):
    adapter = kind.adapter(Transport("http://127.0.0.1:1"))
    with pytest.raises(base.ContractViolation):
        adapter.read_page(content, media_type="application/json; charset=utf-16")
