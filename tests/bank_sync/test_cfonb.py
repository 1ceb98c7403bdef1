"""CFONB120: overpunched signs, decimals per record, details under qualifiers, strict order."""

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.proof import prove_statement
from odoo.addons.bank_sync.core.statement import Charge


def amount(number):
    """Return 14 columns as the standard's table of signs has them."""
    last = "{ABCDEFGHI" if number >= 0 else "}JKLMNOPQR"
    digits = f"{abs(number):014d}"
    return digits[:-1] + last[int(digits[-1])]


def record(
    code,
    number=0,
    *,
    day="020326",
    currency="EUR",
    decimals="2",
    account="00012345678",
    operation="05",
    value="020326",
    label="",
    reference="",
):
    start = f"{code}30004    00821{currency}{decimals} {account}"
    if code in ("01", "07"):
        return f"{start}  {day}{'':50}{amount(number)}".ljust(120)
    return f"{start}{operation}{day}  {value:6}{label:31}{'':11}{amount(number)}{reference:16}"


def detail(qualifier, text, account="00012345678"):
    return f"0530004    00821EUR2 {account}05020326     {qualifier}{text}".ljust(120)


def file(*records, opening=0, closing=None, total=0):
    closing = opening + total if closing is None else closing
    return [record("01", opening, day="010326"), *records, record("07", closing)]


def read(lines, end="\n"):
    data = end.join(lines).encode("cp1252")
    return read_statement_file(io.BytesIO(data))


def entry(number, *details, **options):
    lines = file(record("04", number, **options), *(detail(*one) for one in details), total=number)
    (statement,) = read(lines).statements
    return statement.entries[0]


def refusal(lines):
    with pytest.raises(StatementError) as caught:
        read(lines)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def test_a_plain_statement_is_read_and_proved():
    lines = file(
        record("04", -1234, label="PRLV SEPA ÉLECTRICITÉ", reference="REF1"),
        record("04", 25000, value="", label="VIR CLIENT"),
        opening=10000,
        total=23766,
    )
    found = read(lines)
    assert (found.format, found.warnings) == ("CFONB120", ())
    (statement,) = found.statements
    assert (statement.account, statement.currency) == ("300040082100012345678", "EUR")
    assert (statement.opening, statement.closing) == (10000, 33766)
    assert (statement.opening_date, statement.closing_date) == (date(2026, 3, 1), date(2026, 3, 2))
    assert prove_statement(statement).status == "proved"
    first, second = statement.entries
    assert (first.amount, first.booking_date, first.value_date) == (
        -1234,
        date(2026, 3, 2),
        date(2026, 3, 2),
    )
    assert (first.remittance, first.servicer_reference) == (("PRLV SEPA ÉLECTRICITÉ",), "REF1")
    assert first.bank_transaction_code == "05"
    assert (second.amount, second.value_date) == (25000, None)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", ""])
def test_line_breaks_do_not_matter(end):
    lines = file(record("04", 100), record("04", -50), total=50)
    assert read(lines, end) == read(lines) or end == "\n\n"
    assert [e.amount for e in read(lines, end).statements[0].entries] == [100, -50]


def test_the_qualifiers_are_told_apart():
    found = entry(
        5000,
        ("NPY", f"{'CLIENT SARL':35}"),
        ("NBE", f"{'NOUS':35}"),
        ("LCC", "FACTURE 2026-001"),
        ("LC2", "ET 2026-002"),
        ("LIB", "COMPLEMENT"),
        ("RCN", f"{'E2E-1':35}{'SALAIRE':35}"),
        ("RUM", f"{'MANDAT-1':35}RCUR"),
        ("REF", "BANQUE-1"),
        ("LCS", "RF18539007547034"),
        ("XYZ", "unknown to us"),
        label="VIR SEPA RECU",
    )
    assert (found.counterparty_name, found.end_to_end_id) == ("CLIENT SARL", "E2E-1")
    assert (found.mandate_id, found.servicer_reference) == ("MANDAT-1", "BANQUE-1")
    assert found.creditor_reference == "RF18539007547034"
    assert found.remittance == ("FACTURE 2026-001", "ET 2026-002")
    assert found.description == "VIR SEPA RECU COMPLEMENT"
    assert entry(-5000, ("NPY", "NOUS"), ("NBE", "FOURNISSEUR")).counterparty_name == "FOURNISSEUR"
    assert entry(-5000, ("NPY", "ELEC")).counterparty_name == "ELEC"
    assert entry(5000, ("RCN", "NOTPROVIDED")).end_to_end_id is None


def test_the_label_is_the_text_where_the_payer_wrote_none():
    found = entry(5000, ("LIB", "SUITE"), label="VIREMENT")
    assert (found.remittance, found.description) == (("VIREMENT", "SUITE"), None)


def test_original_amount_rate_and_fee():
    found = entry(-5000, ("MMO", "USD200000000005385300000001077"), ("FEE", "EUR200000000000740"))
    assert (found.original_amount, found.original_currency) == (-5385, "USD")
    assert found.exchange_rate == Decimal("1.077")
    assert found.charges == (Charge(740, "EUR"),)
    assert entry(5000, ("MMO", "EUR200000001875625             04")).original_amount is None


@pytest.mark.parametrize("text", ["dollars", "JPY200000000000050", "usd200000000000050"])
def test_what_is_no_part_of_a_balance_refuses_no_file(text):
    found = entry(-5000, ("MMO", text), ("FEE", text))
    assert (found.amount, found.original_amount, found.charges) == (-5000, None, ())


@pytest.mark.parametrize(
    ("currency", "decimals", "number", "minor"),
    [
        ("EUR", "2", 100, 100),
        ("EUR", "0", 12, 1200),
        ("EUR", "3", 1230, 123),
        ("TND", "3", 1234, 1234),
        ("XPF", "0", 500, 500),
        ("EUR", " ", 100, 100),
    ],
)
def test_every_record_says_its_decimals(currency, decimals, number, minor):
    money = {"currency": currency, "decimals": decimals}
    lines = [record("01", 0, **money), record("04", number, **money), record("07", number, **money)]
    (statement,) = read(lines).statements
    assert (statement.entries[0].amount, statement.closing) == (minor, minor)


def test_several_days_are_statements_of_their_own():
    found = read([*file(record("04", 100), total=100), "", *file(opening=100)])
    assert [(s.opening, s.closing, len(s.entries)) for s in found.statements] == [
        (0, 100, 1),
        (100, 100, 0),
    ]


def test_records_of_another_account_are_said():
    other = "99999999999"
    lines = [record("01"), record("04", 100, account=other), record("07", 100, account=other)]
    found = read(lines)
    assert [(w.code, w.detail, w.count) for w in found.warnings] == [
        ("account_differs", "300040082199999999999", 2)
    ]
    assert found.statements[0].account == "300040082100012345678"


def test_a_balance_in_another_currency_proves_nothing():
    found = read([record("01"), record("07", currency="USD")])
    assert found.warnings[0].code == "balance_currency_differs"
    assert prove_statement(found.statements[0]).status == "unproven"


def changed(line, start, text):
    return line[:start] + text + line[start + len(text) :]


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        (file(record("04", 100))[1:], "out_of_place", "line 1"),
        (file(record("04", 100))[:-1], "truncated", "line 2"),
        ([record("01"), *file()], "out_of_place", "line 2"),
        (file(detail("LIB", "X")), "out_of_place", "line 2"),
        ([*file(), record("07")], "out_of_place", "line 3"),
        (file(changed(record("04", 100), 103, "Z")), "bad_amount", "line 2"),
        (file(changed(record("04", 100), 90, "          1234")), "bad_amount", "line 2"),
        (file(record("04", 100, day="300226")), "bad_date", "line 2"),
        (file(record("04", 100, value="999999")), "bad_date", "line 2"),
        (file(record("04", 101, decimals="3")), "amount_precision", "line 2"),
        (file(record("04", 100, currency="E R")), "bad_currency", "line 2"),
        (file(record("04", 100, decimals="²")), "bad_amount", "line 2"),
        (file("0930004    00821EUR2 00012345678"), "bad_record", "line 2"),
        (file("Bonjour"), "bad_record", "line 2"),
        (file(record("04", 100) + "04"), "bad_amount", "line 2"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(lines, code, place):
    error = refusal(lines)
    assert (error.code, error.place) == (code, place)


#: Without the letters that after another could be UTF-8 by chance, which no word has.
LETTERS = st.characters(codec="latin-1", categories=["L", "Nd"], exclude_characters="\xaa\xb5\xba")


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**13) + 1, 10**13 - 1),
            st.text(LETTERS, min_size=1, max_size=31),
        ),
        max_size=15,
    ),
    st.integers(-(10**12), 10**12),
    st.sampled_from(["", "\n", "\r\n"]),
)
def test_whatever_is_written_is_read_back(entries, opening, end):
    total = sum(number for number, _label in entries)
    lines = file(
        *(record("04", number, label=label) for number, label in entries),
        opening=opening,
        closing=opening + total if abs(opening + total) < 10**14 else 0,
    )
    (statement,) = read(lines, end).statements
    assert [(e.amount, e.remittance) for e in statement.entries] == [
        (number, (label,)) for number, label in entries
    ]
