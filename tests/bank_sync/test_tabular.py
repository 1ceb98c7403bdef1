"""Tables, CSV and XLSX: recognised, guessed, read exactly, or refused with row and column."""

import contextlib
import datetime
import io
import re
import time
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.money import to_decimal_text
from odoo.addons.bank_sync.core.proof import prove_statement
from odoo.addons.bank_sync.core.tabular import (
    ColumnMapping,
    ColumnRole,
    guess_mapping,
    looks_like_xlsx,
    read_sheet,
    read_table,
)
from odoo.addons.bank_sync.core.tabular.notation import (
    DATE_FORMATS,
    guess_date_format,
    guess_decimal_mark,
    parse_date,
    parse_number,
)

# Layouts as German, Dutch and British banks export them, written by hand.
SPARKASSE = """\
"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter";\
"Kontonummer";"Betrag";"Waehrung";"Info"
"DE89370400440532013000";"03.03.26";"03.03.26";"GUTSCHRIFT";"RE 2026-0117";"Köhler GmbH";\
"DE02120300000000202051";"1.190,00";"EUR";"Umsatz gebucht"
"DE89370400440532013000";"02.03.26";"02.03.26";"LASTSCHRIFT";"Strom März";"Stadtwerke";\
"DE02100100100006820101";"-84,20";"EUR";"Umsatz gebucht"
"""
ING = """\
"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)",\
"Mededelingen"
"20260303","De Vries","NL91ABNA0417164300","NL20INGB0001234567","GT","Bij","250,00","factuur 7"
"20260302","KPN","NL91ABNA0417164300","NL69INGB0123456789","IC","Af","45,99","abonnement"
"""
BRITISH = """\
Account statement

Date,Description,Money Out,Money In,Balance
25/03/2026,INVOICE 12,,1000.00,"2,450.50"
24/03/2026,RENT,549.50,,"1,450.50"
"""


def sheet(text, **options):
    return read_sheet(io.BytesIO(text if isinstance(text, bytes) else text.encode()), **options)


def workbook(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def amounts(file):
    return [
        [to_decimal_text(entry.amount, entry.currency) for entry in statement.entries]
        for statement in file.statements
    ]


def test_a_german_export_is_guessed_and_read():
    table = sheet(SPARKASSE.encode("cp1252"))
    mapping = guess_mapping(table)
    assert (table.encoding, table.delimiter) == ("cp1252", ";")
    assert (mapping.date_format, mapping.decimal_mark) == ("%d.%m.%y", ",")
    [statement] = read_table(table, mapping).statements
    assert [entry.counterparty_name for entry in statement.entries] == ["Stadtwerke", "Köhler GmbH"]
    assert amounts(read_table(table, mapping)) == [["-84.20", "1190.00"]]
    assert statement.entries[1].booking_date == date(2026, 3, 3)
    assert statement.entries[1].counterparty_account == "DE02120300000000202051"
    assert statement.entries[1].remittance == ("RE 2026-0117",)


def test_a_direction_column_gives_the_sign():
    table = sheet(ING)
    mapping = guess_mapping(table, currency="EUR")
    assert mapping.date_format == "%Y%m%d"
    [statement] = read_table(table, mapping).statements
    assert amounts(read_table(table, mapping)) == [["-45.99", "250.00"]]
    assert statement.account == "NL91ABNA0417164300"
    assert statement.entries[0].counterparty_account == "NL69INGB0123456789"
    assert "abonnement" in statement.entries[0].remittance


def test_the_balance_column_proves_the_table_whichever_row_is_on_top():
    newest_first = sheet(BRITISH)
    mapping = guess_mapping(newest_first, currency="GBP", account="12345678")
    assert mapping.header_row == 1
    [statement] = read_table(newest_first, mapping).statements
    lines = BRITISH.splitlines()
    oldest_first = sheet("\n".join([*lines[:3], lines[4], lines[3]]))
    assert read_table(oldest_first, mapping).statements == (statement,)
    assert prove_statement(statement).status == "proved"
    assert (statement.opening, statement.closing) == (200000, 245050)


def test_a_balance_column_that_jumps_is_told_and_does_not_prove():
    table = sheet(BRITISH.replace("1000.00", "1000.01"))
    file = read_table(table, guess_mapping(table, currency="GBP", account="12345678"))
    assert [warning.code for warning in file.warnings] == ["balance_column_jumps"]
    assert prove_statement(file.statements[0]).status == "failed"


def test_a_workbook_gives_exact_numbers_and_days():
    morning = datetime.datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001  (Excel knows no zone)
    content = workbook(
        ["Booking date", "Amount", "Description", "Balance"],
        [morning, 0.1 + 0.2, "one", 10.3],
        [date(2026, 3, 3), -5, "two", 5.3],
    )
    assert looks_like_xlsx(io.BytesIO(content))
    table = sheet(content)
    file = read_table(table, guess_mapping(table, currency="EUR", account="X"))
    assert amounts(file) == [["0.30", "-5.00"]]
    assert file.statements[0].entries[0].booking_date == date(2026, 3, 2)
    assert prove_statement(file.statements[0]).status == "proved"


def claiming(content, reference, row=""):
    """Return the workbook with another size in its first sheet, and ``row`` behind its last."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name).decode()
            if name.endswith("sheet1.xml"):
                data = re.sub('<dimension ref="[^"]*"', f'<dimension ref="{reference}"', data)
                data = data.replace("</sheetData>", f"{row}</sheetData>")
            after.writestr(name, data)
    return out.getvalue()


def test_rows_beyond_the_size_a_workbook_claims_are_read():
    content = workbook(["Date", "Amount"], ["2026-03-02", 1], ["2026-03-03", 2])
    assert sheet(claiming(content, "A1")).rows == sheet(content).rows


def test_a_workbook_that_claims_to_be_huge_costs_no_more_than_it_holds():
    last = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    content = claiming(workbook(["Date", "Amount"]), "A1:XFD1048576", last)
    start = time.process_time()
    assert sheet(content).numbers == (1, 1_048_576)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "row",
    ['<row r="999999999999"><c r="A1"><v>1</v></c></row>', '<row><c r="XFD2"/></row>' * 2500],
    ids=["rows", "columns"],
)
def test_a_workbook_of_blank_cells_without_end_is_refused(row):
    with pytest.raises(StatementError) as caught:
        sheet(claiming(workbook(["Date", "Amount"]), "A1:B2", row))
    assert caught.value.code == "not_table"


def test_accounts_and_currencies_are_kept_apart():
    table = sheet("Date,Amount,Currency,Account\n2026-03-02,1.00,EUR,A\n2026-03-02,2.00,USD,A\n")
    mapping = ColumnMapping(
        0,
        {
            0: ColumnRole.BOOKING_DATE,
            1: ColumnRole.AMOUNT,
            2: ColumnRole.CURRENCY,
            3: ColumnRole.ACCOUNT,
        },
        "%Y-%m-%d",
    )
    statements = read_table(table, mapping).statements
    assert [(one.account, one.currency) for one in statements] == [("A", "EUR"), ("A", "USD")]


@pytest.mark.parametrize(
    ("row", "code", "place"),
    [
        ("30.02.2026;1,00;EUR", "bad_table_date", "row 2, column Datum"),
        ("02.03.2026;1,0,0;EUR", "bad_table_amount", "row 2, column Betrag"),
        ("02.03.2026;=1+1;EUR", "bad_table_amount", "row 2, column Betrag"),
        ("02.03.2026;1,005;EUR", "amount_precision", "row 2, column Betrag"),
        ("02.03.2026;;EUR", "missing", "row 2"),
        (";1,00;EUR", "missing", "row 2, column Datum"),
        ("02.03.2026;1,00;Euro", "bad_currency", "row 2, column Währung"),
        ("02.03.2026;" + "9" * 19 + ";EUR", "bad_table_amount", "row 2, column Betrag"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_with_row_and_column(row, code, place):
    table = sheet(f"Datum;Betrag;Währung\n{row}\n")
    columns = {0: ColumnRole.BOOKING_DATE, 1: ColumnRole.AMOUNT, 2: ColumnRole.CURRENCY}
    with pytest.raises(StatementError) as caught:
        read_table(table, ColumnMapping(0, columns, "%d.%m.%Y", ","))
    assert (caught.value.code, caught.value.place) == (code, place)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n \n;;\n", "empty"),
        (b"\x00\x01\x02", "not_table"),
        (b"%PDF-1.4\n\x93\x8c\x8b\x9e\x00", "not_table"),
        (b"PK\x03\x04 broken", "not_table"),
        (b"Date,Amount\n" + b"," * 300 + b"x\n", "not_table"),
        (b"Date,Amount\n" + b"x" * 200_000 + b",1\n", "not_table"),
    ],
)
def test_what_is_no_table_is_refused(content, code):
    with pytest.raises(StatementError) as caught:
        sheet(content)
    assert caught.value.code == code


def test_a_broken_workbook_is_refused():
    content = workbook(["Date", "Amount"], [date(2026, 3, 2), 1])
    with pytest.raises(StatementError):
        sheet(content[: len(content) // 2])


def test_a_mapping_says_what_it_lacks():
    columns = {1: ColumnRole.AMOUNT, 2: ColumnRole.MONEY_IN, 3: ColumnRole.MONEY_IN}
    assert ColumnMapping(0, columns, "%Y-%m-%d").problems() == (
        "no_date",
        "amount_twice",
        "repeated_role",
        "no_currency",
    )
    with pytest.raises(ValueError, match="no_date"):
        read_table(sheet("a,b\n1,2\n"), ColumnMapping(0, columns, "%Y-%m-%d"))


def test_totals_are_no_entries_and_pending_rows_are_marked():
    table = sheet("Date,Amount,Status\n2026-03-02,1,Pending\n2026-03-02,2,Done\nTotal,3,\n")
    columns = {0: ColumnRole.BOOKING_DATE, 1: ColumnRole.AMOUNT, 2: ColumnRole.STATE}
    mapping = ColumnMapping(0, columns, "%Y-%m-%d", currency="EUR", skip_words=frozenset({"TOTAL"}))
    [statement] = read_table(table, mapping).statements
    assert [entry.pending for entry in statement.entries] == [True, False]


def test_a_column_of_days_that_could_be_months_is_a_question():
    assert guess_date_format(["03/04/2026", "05/06/2026"]) == ("%d/%m/%Y", "%m/%d/%Y")
    assert guess_decimal_mark(["1.234", "2.345"]) == (",", ".")


@given(st.dates(date(1970, 1, 1), date(2067, 12, 31)), st.sampled_from(DATE_FORMATS))
def test_every_notation_reads_what_it_writes(day, date_format):
    assert parse_date(day.strftime(date_format), date_format) == day


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.sampled_from([(",", "."), (".", ","), (".", "'"), (",", "\u202f"), (".", "")]),
)
def test_every_grouping_reads_what_it_writes(amount, marks):
    mark, group = marks
    text = f"{amount:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group)
    assert parse_number(text, mark) == amount
    if amount:
        assert parse_number(f"({text.lstrip('-')})", mark) == -abs(amount)
        assert parse_number(text.lstrip("-") + " D", mark) == -abs(amount)


@given(st.text(max_size=30), st.sampled_from(",."))
def test_no_text_breaks_the_number_reader(text, mark):
    number = parse_number(text, mark)
    assert number is None or isinstance(number, Decimal)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_sheet_reader(content):
    try:
        table = sheet(content)
    except StatementError:
        return
    mapping = guess_mapping(table, currency="EUR", account="X")
    if not mapping.problems():
        with contextlib.suppress(StatementError):
            assert read_table(table, mapping).statements
