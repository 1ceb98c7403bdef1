"""QIF: dates and amounts that only the whole file explains."""

import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file


def record(day="3/15/2026", amount="10.00", *more):
    return "\n".join([f"D{day}", f"T{amount}", *more, "^"])


def bank(*records, kind="Bank"):
    return "\n".join([f"!Type:{kind}", *records])


def read(text, encoding="utf-8"):
    return read_statement_file(io.BytesIO(text.encode(encoding)))


def refusal(text):
    with pytest.raises(StatementError) as caught:
        read(text)
    return caught.value


def days(*written):
    file = read(bank(*(record(day) for day in written)))
    found = [entry.booking_date.isoformat() for entry in file.statements[0].entries]
    return found, "date_order_assumed" in codes(file)


def amounts(*written):
    file = read(bank(*(record(amount=amount) for amount in written)))
    return [entry.amount for entry in file.statements[0].entries]


def codes(file):
    return [warning.code for warning in file.warnings]


def test_what_a_record_says_is_kept():
    more = "N101", "PAcme Corp", "AStreet 1", "A10001 New York", "MInvoice 4711", "MSecond line"
    account = "!Account\nNChecking\nTBank\n^\n"
    file = read(account + bank(record("3/15/2026", "1,250.00", *more)))
    (one,) = file.statements
    assert (one.account, one.currency, one.opening, one.closing) == ("Checking", None, None, None)
    (entry,) = one.entries
    assert (entry.booking_date, entry.amount, entry.currency) == (date(2026, 3, 15), 125000, "XXX")
    assert entry.counterparty_name == "Acme Corp"
    assert entry.remittance == ("Invoice 4711", "Second line")
    assert entry.description == "101, Street 1, 10001 New York"
    assert not file.warnings


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (["3/15/26", "3/4/26"], ["2026-03-15", "2026-03-04"]),
        (["15/3/26", "3/4/26"], ["2026-03-15", "2026-04-03"]),
        (["2026-03-15"], ["2026-03-15"]),
        (["26/3/1", "26/3/31"], ["2026-03-01", "2026-03-31"]),
        (["31.12.1999", "1.1.2000"], ["1999-12-31", "2000-01-01"]),
        (["12/31'99", "1/ 1' 0"], None),
        (["12/31/97"], ["1997-12-31"]),
        (["13/ 4' 26"], ["2026-04-13"]),
        (["03/25/099Share Withdrawal"], ["1999-03-25"]),
        (["6/6/26", "7/7/26"], ["2026-06-06", "2026-07-07"]),
    ],
)
def test_the_order_of_day_and_month_is_that_of_the_whole_file(written, found):
    if found is None:
        assert refusal(bank(*(record(day) for day in written))).code == "bad_date"
    else:
        assert days(*written) == (found, False)


def test_an_order_that_remains_open_is_told():
    assert days("3/4/2026") == (["2026-03-04"], True)
    assert days("1/2/2026", "2/2/2026", "1/3/2026") == (
        ["2026-02-01", "2026-02-02", "2026-03-01"],
        True,
    )
    assert days("26/03/15", "26/03/31") == (["2026-03-15", "2026-03-31"], True)
    assert days("3/4/2026", "3/5/2026", "3/6/2026")[0] == ["2026-03-04", "2026-03-05", "2026-03-06"]


def test_dates_that_fit_no_order_are_refused():
    error = refusal(bank(record("13/1/2026"), record("1/13/2026")))
    assert (error.code, error.place) == ("bad_date", "line 2")
    assert refusal(bank(record("tomorrow"))).code == "bad_date"
    assert refusal(bank(record("2/30/2026"))).code == "bad_date"


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        (["-1,000.00", "2,5"], [-100000, 250]),
        (["1,000", "12.50"], [100000, 1250]),
        (["1.000", "12,50"], [100000, 1250]),
        (["-1.234.567,8", "0,10"], [-123456780, 10]),
        (["1 234,50"], [123450]),
        (["1'234.50"], [123450]),
        (["12", ".5", "+3."], [1200, 50, 300]),
    ],
)
def test_the_decimal_sign_is_that_of_the_whole_file(written, minor):
    assert amounts(*written) == minor


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (["1.234"], "bad_amount"),
        (["1.000"], "bad_amount"),
        (["1234.567"], "amount_precision"),
        (["12,34,56"], "bad_amount"),
        (["$5"], "bad_amount"),
        (["1e3"], "bad_amount"),
        (["-"], "bad_amount"),
        (["1,000", "2,50"], "bad_amount"),
        (["9" * 5000], "bad_amount"),
    ],
)
def test_amounts_that_leave_a_doubt_are_refused(written, code):
    assert refusal(bank(*(record(amount=amount) for amount in written))).code == code


def test_sections_are_statements_and_lists_are_none():
    lists = "!Type:Cat\nNIncome\nI\n^\n!Type:Memorized\nT-5.00\nPRent\n^\n!Type:Class\nNx\n^^\n"
    accounts = "!Option:AutoSwitch\n!Account\nNA\n^\nNB\n^\n!Clear:AutoSwitch\n"
    first, second = bank(record()), bank(record(), record(), kind="Oth A ")
    file = read(
        f"{lists}{accounts}!Account\nNA\n^\n{first}\n!Account\nNB\n^\n{second}\n!Type:Invst\nD1\n^"
    )
    assert [(one.account, len(one.entries)) for one in file.statements] == [("A", 1), ("B", 2)]


def test_double_carets_end_one_record():
    text = bank("D3/15/2026\nT1.00\n^^", "D3/16/2026\nT2.00\n^^")
    assert [entry.amount for entry in read(text).statements[0].entries] == [100, 200]


def test_a_last_record_without_its_end_is_read_and_told():
    file = read(bank(record(), "D3/16/2026\nT2.00"))
    assert len(file.statements[0].entries) == 2
    assert "record_not_closed" in codes(file)


@pytest.mark.parametrize("cut", ["D3/16/2026", "T2.00", "PAcme"])
def test_a_record_without_day_or_amount_is_refused(cut):
    error = refusal(bank(record(), cut))
    assert (error.code, error.place) == ("missing", "line 5")


@pytest.mark.parametrize("letter", ["D", "T"])
def test_records_that_have_run_together_are_refused(letter):
    text = bank(record(), record()).replace("^\nD", f"{letter}", 1)
    assert refusal(text).code in ("bad_record", "bad_date")
    assert refusal(bank("D3/15/2026\nT1.00\nD3/16/2026\nT2.00\n^")).code == "bad_record"


def test_a_header_may_be_indented():
    assert len(read("!Type:Cat\nNx\n^\n  !Type:Bank\n" + record()).statements) == 1


def test_splits_are_no_entries_and_do_not_change_the_amount():
    splits = "SFood\nEpart\n$-70.00\nSOther\n$-5.46"
    (entry,) = read(bank(record("3/15/2026", "-75.46", splits))).statements[0].entries
    assert (entry.amount, entry.details) == (-7546, ())


def test_investments_alone_are_no_statement():
    file = read("!Type:Invst\nD25/07/1993\nNBuy\nT1000.00\n^\n")
    assert (file.statements, codes(file)) == ((), ["investment_only"])
    assert refusal("!Type:Cat\nNIncome\nI\n^\n").code == "no_statement"


def test_an_unknown_section_and_an_opening_balance_are_told():
    opening = record("3/15/2026", "5.00", "POpening Balance", "L[A]")
    file = read("!Type:Novel\nD1\n^\n" + bank(opening))
    assert codes(file) == ["unknown_section", "account_missing", "opening_balance_entry"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_and_end_of_line_is_read(encoding, newline):
    text = bank(record("3/15/2026", "1.00", "PMüller")).replace("\n", newline)
    (entry,) = read(text, encoding).statements[0].entries
    assert entry.counterparty_name == "Müller"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_it_is_recognised_in_every_encoding_with_a_mark(encoding):
    mark = "\N{BOM}" if encoding in ("utf-16-le", "utf-16-be") else ""
    text = mark + "# \u2026 a remark\n" + bank(record("3/15/2026", "1.00"))
    assert read_statement_file(io.BytesIO(text.encode(encoding))).format == "QIF"


FORMATS = {"mdy": "%m/%d/%Y", "dmy": "%d.%m.%Y", "ymd": "%Y-%m-%d", "short": "%m/%d'%y"}


@given(
    st.sampled_from(sorted(FORMATS)),
    st.lists(st.dates(date(2000, 1, 1), date(2068, 12, 31)), min_size=1, max_size=10),
)
def test_days_are_right_or_the_doubt_is_told(order, chosen):
    found, told = days(*(day.strftime(FORMATS[order]) for day in chosen))
    assert told or found == [day.isoformat() for day in chosen]


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(13, 40))
def test_a_fortnight_of_days_in_order_is_never_misread(first, length):
    chosen = [first + timedelta(days=step) for step in range(length)]
    assert days(*(day.strftime("%d/%m/%Y") for day in chosen)) == (
        [day.isoformat() for day in chosen],
        False,
    )


def test_the_published_library_reads_the_same():
    quiffen = pytest.importorskip("quiffen", reason="peer quiffen is missing: NOT compared")
    text = bank(record("15/03/2026", "-1000.00", "PAcme"), record("16/03/2026", "2.50", "PB"))
    (account,) = quiffen.Qif.parse_string(text, day_first=True).accounts.values()
    theirs = sorted(
        (t.date.date(), int(t.amount * 100), t.payee)
        for group in account.transactions.values()
        for t in group
    )
    ours = [
        (e.booking_date, e.amount, e.counterparty_name) for e in read(text).statements[0].entries
    ]
    assert theirs == ours
