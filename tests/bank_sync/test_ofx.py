"""OFX 1 and 2 as banks write them."""

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.limits import Limits
from odoo.addons.bank_sync.core.money import NO_CURRENCY, to_decimal_text

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
OK = "<STATUS><CODE>0<SEVERITY>INFO</STATUS>"


def transaction(inner="", *, amount="10.00", posted="20260302", tag="STMTTRN"):
    day = f"<DTPOSTED>{posted}" if posted else ""
    return f"<{tag}><TRNTYPE>CREDIT{day}<TRNAMT>{amount}<FITID>F1{inner}</{tag}>"


def statement(*transactions, currency="EUR", balance="", tag="STMTRS"):
    money = f"<CURDEF>{currency}" if currency else ""
    return (
        f"<{tag}>{money}<BANKACCTFROM><BANKID>1<ACCTID>A1</BANKACCTFROM>"
        f"<BANKTRANLIST>{''.join(transactions)}</BANKTRANLIST>{balance}</{tag}>"
    )


def balance(amount, day="20260303"):
    return f"<LEDGERBAL><BALAMT>{amount}<DTASOF>{day}</LEDGERBAL>"


def document(*statements, header=HEADER, status=OK):
    inside = f"<STMTTRNRS>{status}{''.join(statements)}</STMTTRNRS>"
    return f"{header}<OFX><BANKMSGSRSV1>{inside}</BANKMSGSRSV1></OFX>"


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return read_statement_file(io.BytesIO(data))


def refusal(text):
    with pytest.raises(StatementError) as caught:
        read(text)
    return caught.value


def only_entry(inner="", **options):
    (one,) = read(document(statement(transaction(inner, **options)))).statements
    (entry,) = one.entries
    return entry


def codes(file):
    return [warning.code for warning in file.warnings]


def test_everything_a_transaction_says_is_kept():
    entry = only_entry(
        "<SRVRTID>S1<REFNUM>R1<CHECKNUM>77<DTUSER>20260228<DTAVAIL>20260304<NAME>ACME"
        "<BANKACCTTO><BANKID>2<ACCTID>B2</BANKACCTTO><MEMO>INV 1<MEMO2>INV 2"
        "<ORIGCURRENCY><CURRATE>1,07<CURSYM>usd</ORIGCURRENCY>"
    )
    assert (entry.booking_date, entry.value_date) == (date(2026, 3, 2), date(2026, 3, 4))
    assert (entry.amount, entry.currency) == (1000, "EUR")
    assert (entry.entry_reference, entry.servicer_reference) == ("F1", "S1")
    assert (entry.counterparty_name, entry.counterparty_account) == ("ACME", "B2")
    assert entry.remittance == ("INV 1", "INV 2")
    assert entry.bank_transaction_code == "CREDIT"
    assert entry.description == "CHECKNUM 77, REFNUM R1, DTUSER 20260228"
    assert (entry.original_currency, entry.exchange_rate) == ("USD", Decimal("1.07"))
    assert entry.original_amount is None


def test_the_longest_name_and_the_payee_are_names():
    assert only_entry("<NAME>AC<EXTDNAME>ACME Ltd").counterparty_name == "ACME Ltd"
    payee = "<PAYEE><NAME>ACME<CITY>Bonn</PAYEE><MEMO>x"
    assert only_entry(payee).counterparty_name == "ACME"


def test_the_ledger_balance_closes_wherever_it_stands():
    one = transaction()
    for text in (
        document(statement(one, balance=balance("12,50"))),
        document(statement(one) + balance("12.50")),
        document(statement(one + balance("12.50"))),
        document(statement(one)).replace("</BANKMSGSRSV1>", balance("12.50") + "</BANKMSGSRSV1>"),
    ):
        (found,) = read(text).statements
        assert (found.opening, found.closing) == (None, 1250)
        assert found.closing_date == date(2026, 3, 3)


@pytest.mark.parametrize("amount", ["", " "])
def test_an_empty_balance_is_none(amount):
    (found,) = read(document(statement(transaction(), balance=balance(amount)))).statements
    assert (found.closing, found.closing_date) == (None, None)


@pytest.mark.parametrize("day", ["19000101", "garbage"])
def test_a_balance_with_an_impossible_day_keeps_its_amount(day):
    file = read(document(statement(transaction(), balance=balance("5", day))))
    assert (file.statements[0].closing, file.statements[0].closing_date) == (500, None)
    assert codes(file) == ["balance_date_ignored"]


def test_two_different_balances_are_refused():
    two = balance("1.00") + balance("2.00")
    assert refusal(document(statement(transaction(), balance=two))).code == "repeated"


def test_several_statements_in_one_response_are_several_statements():
    file = read(document(statement(transaction()), statement(balance=balance("1"))))
    assert [len(one.entries) for one in file.statements] == [1, 0]
    assert [one.closing for one in file.statements] == [None, 100]


def test_several_lists_in_one_statement_are_one_statement():
    lists = transaction() + "</BANKTRANLIST><BANKTRANLIST>" + transaction()
    assert [len(one.entries) for one in read(document(statement(lists))).statements] == [2]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "OFXHEADER:100 DATA:OFXSGML VERSION:102 CHARSET:1252 ",
        "\n\n\t OFXHEADER:100\n\tDATA:X\n",
    ],
)
def test_any_header_or_none_is_read(header):
    assert len(read(document(statement(transaction()), header=header)).statements) == 1


def test_the_version_of_either_header_is_told():
    new = '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>'
    body = statement(transaction())
    assert read(document(body)).version == "102"
    assert read(document(body, header=new)).version == "211"
    assert read(document(body, header="")).version is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Smith & Sons", "Smith & Sons"),
        ("Smith &amp; Sons &lt;x&gt; &#65;&#x42;", "Smith & Sons <x> AB"),
        ("Caf&eacute;&nbsp;R&D; &zz; &euro;", "Café R&D; &zz; €"),
        ("<![CDATA[a <b> & c]]>", "a <b> & c"),
        ("a < b", "a < b"),
        ("one<!-- two -->three", "onethree"),
        ("  wrapped\n   line ", "wrapped line"),
        ("one&#13;&#10;two&#9;three", "one two three"),
        ("bad &#0; &#xD800; &#x110000;", "bad \ufffd \ufffd \ufffd"),
    ],
)
def test_text_is_text_whatever_its_marks(written, name):
    assert only_entry(f"<NAME>{written}<MEMO>m").counterparty_name == name


@pytest.mark.parametrize("charset", ["CHARSET:1252", "CHARSET:8859-1", "CHARSET:NONE", "x"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_umlauts_survive_what_banks_declare_and_what_they_write(charset, encoding):
    text = document(statement(transaction("<NAME>Müller ß")))
    data = text.replace("CHARSET:1252", charset).encode(encoding)
    assert read(data).statements[0].entries[0].counterparty_name == "Müller ß"


def test_declared_utf8_that_is_none_is_refused():
    text = document(statement(transaction("<NAME>Müller")))
    data = text.replace("USASCII", "UTF-8").encode("latin-1")
    assert refusal(data).code == "encoding"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20260302", date(2026, 3, 2)),
        ("20260302235959.999[-8:PST]", date(2026, 3, 2)),
        ("20260302000000[+9:JST]", date(2026, 3, 2)),
        ("202603022359", date(2026, 3, 2)),
        ("20260302120000.000[-:EST]", date(2026, 3, 2)),
        ("2026-03-02", date(2026, 3, 2)),
    ],
)
def test_the_date_is_the_banks_own_calendar_date(written, day):
    assert only_entry(posted=written).booking_date == day


@pytest.mark.parametrize("written", ["20260230", "2026", "20261302", "tomorrow", "201120000000"])
def test_a_day_that_does_not_exist_is_refused_with_its_place(written):
    error = refusal(document(statement(transaction(), transaction(posted=written))))
    assert (error.code, error.place) == ("bad_date", "STMTRS[1]/STMTTRN[2]/DTPOSTED")


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("-130,00", -13000),
        ("+1,234.50", 123450),
        ("1.234,5", 123450),
        ("00000000001500.0000", 150000),
        ("12.3400000000000000", 1234),
        ("-9.9900000000000002", -999),
        ("0.98999999999999999", 99),
        ("-0.00", 0),
        (".5", 50),
    ],
)
def test_amounts_are_exact(written, minor):
    assert only_entry(amount=written).amount == minor


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("$120", "bad_amount"),
        ("1,234", "bad_amount"),
        ("1e3", "bad_amount"),
        ("--1", "bad_amount"),
        ("NaN", "bad_amount"),
        ("9" * 19, "bad_amount"),
        ("9" * 5000, "bad_amount"),
        ("9" * 5000 + ".990000000001", "amount_precision"),
        ("115.8331", "amount_precision"),
        ("0.0049999999", "amount_precision"),
    ],
)
def test_amounts_that_leave_a_doubt_are_refused(written, code):
    assert refusal(document(statement(transaction(amount=written)))).code == code


@given(st.integers(-(10**17), 10**17), st.sampled_from(["EUR", "JPY", "KWD"]), st.booleans())
def test_every_amount_comes_back(minor, currency, comma):
    written = to_decimal_text(minor, currency)
    if comma and currency != "KWD":
        written = written.replace(".", ",")
    (one,) = read(document(statement(transaction(amount=written), currency=currency))).statements
    assert one.entries[0].amount == minor


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip))
def test_every_text_comes_back(text):
    written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    entry = only_entry(f"<NAME>{written}<MEMO>m")
    assert entry.counterparty_name == (" ".join(text.split()) or None)


def test_an_amount_in_another_currency_is_never_added():
    foreign = transaction("<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>")
    file = read(document(statement(transaction(), foreign)))
    assert [entry.currency for entry in file.statements[0].entries] == ["EUR", "USD"]
    assert file.statements[0].entries[1].exchange_rate == Decimal("1.1")
    assert codes(file) == ["foreign_currency"]


def test_without_any_currency_the_entries_take_that_of_their_account_later():
    file = read(document(statement(transaction(), currency="", balance=balance("10.00"))))
    (one,) = file.statements
    assert (one.currency, one.closing, codes(file)) == (None, None, [])
    assert [(entry.amount, entry.currency) for entry in one.entries] == [(1000, NO_CURRENCY)]


@pytest.mark.parametrize("rate", ["1e999999", "NaN", "0", "-1", "1" * 50, ""])
def test_a_rate_that_is_none_is_left_out(rate):
    entry = only_entry(f"<ORIGCURRENCY><CURRATE>{rate}<CURSYM>USD</ORIGCURRENCY>")
    assert (entry.exchange_rate, entry.original_currency) == (None, "USD")


@pytest.mark.parametrize("currency", ["EURO", "1", "E R"])
def test_a_currency_that_is_no_code_is_refused(currency):
    error = refusal(document(statement(currency=currency)))
    assert (error.code, error.place) == ("bad_currency", "STMTRS[1]/CURDEF")
    symbol = f"<ORIGCURRENCY><CURRATE>1<CURSYM>{currency}</ORIGCURRENCY>"
    assert only_entry(symbol).original_currency is None


def test_pending_transactions_are_pending():
    entry = only_entry(tag="STMTTRNP", posted="")
    assert (entry.pending, entry.booking_date) == (True, None)


@pytest.mark.parametrize("missing", ["amount", "posted"])
def test_a_transaction_without_amount_or_day_is_refused(missing):
    assert refusal(document(statement(transaction(**{missing: ""})))).code == "missing"


@pytest.mark.parametrize("end", [6, 20, 100, 200])
def test_a_truncated_file_is_refused(end):
    error = refusal(document(statement(transaction(), balance=balance("1")))[:-end])
    assert error.code == "truncated"


def test_a_transaction_without_its_end_is_refused():
    text = document(statement(transaction(), transaction()))
    error = refusal(text.replace("</STMTTRN>", "", 1))
    assert (error.code, error.place) == ("bad_record", "STMTRS[1]/STMTTRN[1]")


def test_transactions_that_have_run_together_are_refused():
    text = document(statement(transaction(), transaction()))
    error = refusal(text.replace("</STMTTRN><STMTTRN>", "", 1))
    assert (error.code, error.place) == ("repeated", "STMTRS[1]/STMTTRN[1]/DTPOSTED")


def test_no_transaction_is_lost_for_where_it_stands():
    text = document(statement(transaction()))
    assert refusal(text.replace("<STMTTRN>", "<STMTTRN>text")).code == "bad_record"
    stray = document(statement(transaction()), "</STMTTRNRS><STMTTRNRS>", transaction())
    assert refusal(stray).code == "out_of_place"


def test_an_error_of_the_bank_is_told_in_its_words():
    status = "<STATUS><CODE>2000<SEVERITY>ERROR<MESSAGE>General error</STATUS>"
    error = refusal(document(status=status))
    assert (error.code, error.detail) == ("bank_error", "2000 General error")


def test_an_error_for_one_of_two_accounts_is_a_warning():
    failed = "</STMTTRNRS><STMTTRNRS><STATUS><CODE>2000<SEVERITY>ERROR</STATUS>"
    file = read(document(statement(transaction()), failed))
    assert (len(file.statements), codes(file)) == (1, ["bank_error"])


def test_an_investment_statement_is_no_bank_statement():
    invested = f"<INVSTMTRS><CURDEF>USD<INVBANKTRAN>{transaction()}</INVBANKTRAN></INVSTMTRS>"
    assert refusal(document(invested)).code == "investment_only"
    both = read(document(statement(transaction()), invested))
    assert [len(one.entries) for one in both.statements] == [1]
    assert codes(both) == ["not_a_bank_statement"]


@pytest.mark.parametrize("doctype", ["<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY a "b">]>'])
def test_a_doctype_is_refused(doctype):
    assert refusal(document(statement(transaction()), header=HEADER + doctype)).code == "doctype"


def test_nesting_without_end_is_refused():
    deep = "<A>" * 60 + "</A>" * 60
    assert refusal(document(statement(transaction(deep)))).code == "too_deep"


def test_equal_transactions_are_all_kept():
    (one,) = read(document(statement(transaction(), transaction()))).statements
    assert len(one.entries) == 2


@pytest.mark.parametrize(
    "text",
    [
        statement() * 10_001,
        statement(transaction("<A>1" * 1000)),
        statement(transaction("<NAME>" + "<" * 10_001)),
        statement(transaction("<NAME>" + "<!-- -->" * 10_001)),
        "<INVSTMTRS></INVSTMTRS>" * 10_001,
    ],
)
def test_what_costs_more_than_any_bank_sends_is_refused(text):
    assert refusal(document(text)).code == "too_large"


def test_entries_are_bounded():
    limits = Limits(max_lines=9)
    data = document(statement(*[transaction()] * 4)).encode()
    with pytest.raises(StatementError) as caught:
        read_statement_file(io.BytesIO(data), limits=limits)
    assert (caught.value.code, caught.value.detail) == ("too_large", "3 entries")


def test_tags_may_have_the_prefix_of_a_namespace():
    plain = document(statement(transaction()), header='<?OFX OFXHEADER="200" VERSION="202"?>')
    prefixed = plain.replace("</OFX>", "</n:OFX>").replace("<OFX>", '<n:OFX xmlns:n="urn:x">')
    prefixed = prefixed.replace("<STMTTRN>", "<n:STMTTRN>").replace("</STMTTRN>", "</n:STMTTRN>")
    assert read(prefixed) == read(plain)


def test_an_optional_date_of_noughts_is_none():
    assert only_entry("<DTAVAIL>00000000").value_date is None
    assert refusal(document(statement(transaction(posted="00000000")))).code == "bad_date"


@pytest.mark.parametrize("odd", ["</n:>", "<n:></n:>", "<n:>x", "</n:></n:>"])
def test_a_prefix_without_a_name_closes_nothing(odd):
    plain = statement(transaction("<NAME>ACME"))
    assert read(document(plain.replace("<NAME>", f"{odd}<NAME>"))) == read(document(plain))
