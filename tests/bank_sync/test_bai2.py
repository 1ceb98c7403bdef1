"""BAI2: continued records, funds types, control totals, missing trailers."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.proof import prove_statement

HEAD = (
    "01,021000021,987654321,260304,0600,1,80,,2/",
    "02,987654321,021000021,1,260303,2359,USD,2/",
)


def lines(*records, account="03,100,USD,010,10000,,,015,12500,,/", total=None, head=HEAD):
    """Return a file with one account and right totals, or ``total`` in their place."""
    body = [account, *records]
    if total is None:
        amounts = [r.split(",")[2].strip("/") for r in records if r[:2] == "16"]
        total = 22500 + sum(map(int, amounts))
    count = len(body) + 1
    return "\n".join(
        [
            *head,
            *body,
            f"49,{total},{count}/",
            f"98,{total},1,{count + 2}/",
            f"99,{total},1,{count + 4}/",
        ]
    )


def read(text):
    return read_statement_file(io.BytesIO(text.encode()))


def refusal(text):
    with pytest.raises(StatementError) as caught:
        read(text)
    return caught.value


def only_entry(*records):
    file = read(lines(*records))
    assert not file.warnings
    return file.statements[0].entries[0]


def codes(file):
    return [warning.code for warning in file.warnings]


def test_a_plain_day_is_read_and_proved():
    file = read(lines("16,195,2500,Z,WIRE1,OUR-1,ACME CORP/", "88,INVOICE 4711, THANKS"))
    (one,) = file.statements
    assert (file.format, file.version, file.warnings) == ("BAI2", "2", ())
    assert (one.account, one.currency, one.opening, one.closing) == ("100", "USD", 10000, 12500)
    assert one.closing_date == date(2026, 3, 3)
    assert prove_statement(one).status == "proved"
    (entry,) = one.entries
    assert (entry.booking_date, entry.amount) == (date(2026, 3, 3), 2500)
    assert (entry.servicer_reference, entry.end_to_end_id) == ("WIRE1", "OUR-1")
    assert entry.remittance == ("ACME CORP", "INVOICE 4711, THANKS")
    assert entry.bank_transaction_code == "195"


@pytest.mark.parametrize(
    "record",
    [
        ("16,165,2500,Z,BANK,OURS,TEXT",),
        ("16,165,2500,1,BANK,OURS,TEXT/",),
        ("16,165,2500,,BANK,OURS,TEXT",),
        ("16,165,2500,S,1000,1000,500,BANK,OURS,TEXT",),
        ("16,165,2500,D,2,0,1000,1,1500,BANK,OURS,TEXT",),
        ("16,165,2500,V,260305,1200,BANK,OURS,TEXT",),
        ("16,165,2500,V,260305,,BANK,OURS/", "88,TEXT"),
        ("16,165,2500,D/", "88,2,0,1000,1/", "88,1500,BANK/", "88,OURS,TEXT"),
        ("16,165,2500/", "88,V,260305,,BANK,OURS,TEXT"),
    ],
)
def test_every_funds_type_leaves_references_and_text_in_place(record):
    entry = only_entry(*record)
    assert (entry.servicer_reference, entry.end_to_end_id) == ("BANK", "OURS")
    assert entry.remittance == ("TEXT",)
    assert entry.value_date == (date(2026, 3, 5) if "260305" in "".join(record) else None)


def test_commas_and_slashes_belong_to_the_text():
    entry = only_entry("16,165,2500,,B,C,PAID 3/16, 4,5/6, END", "88,AND/OR,MORE/")
    assert entry.remittance == ("PAID 3/16, 4,5/6, END", "AND/OR,MORE")


@pytest.mark.parametrize("at", range(3, 9))
def test_a_summary_may_break_between_any_two_fields(at):
    fields = ["03", "100", "USD", "010", "10000", "", "", "015", "12500", ""]
    account = ",".join(fields[:at]) + "/\n88," + ",".join(fields[at:]) + "/"
    text = lines("16,195,2500,,,,", account=account, total=25000)
    (one,) = read(text).statements
    assert (one.opening, one.closing) == (10000, 12500)


def test_labels_some_banks_use_in_texts_are_understood_and_kept():
    record = "16,195,2500,,B,C,ACH", "88,EREF: E-1", "88,DBNM: Payer", "88,CRNM: Us", "88,DACT: 77"
    entry = only_entry(*record)
    assert (entry.end_to_end_id, entry.counterparty_name) == ("E-1", "Payer")
    assert entry.counterparty_account == "77"
    assert "CRNM: Us" in entry.remittance


@pytest.mark.parametrize(
    ("code", "sign"),
    [
        ("100", 1),
        ("399", 1),
        ("400", -1),
        ("699", -1),
        ("721", 1),
        ("760", -1),
        ("930", 1),
        ("965", -1),
    ],
)
def test_the_type_code_is_the_direction(code, sign):
    assert only_entry(f"16,{code},2500,,,,").amount == sign * 2500


@pytest.mark.parametrize("code", ["", "050", "890", "999x", "abc", "701"])
def test_an_amount_without_direction_is_refused(code):
    error = refusal(lines(f"16,{code},2500,,,,"))
    assert (error.code, error.place) == ("bad_direction", "line 4")


def test_amounts_have_the_decimals_of_their_currency():
    account = "03,100,JPY,010,500,,,015,600,,/"
    (one,) = read(lines("16,195,100,,,,", account=account, total=1200)).statements
    assert (one.currency, one.opening, one.entries[0].amount) == ("JPY", 500, 100)
    assert prove_statement(one).status == "proved"


@pytest.mark.parametrize("amount", ["12.50", "1e3", "abc", "9" * 19, "--1"])
def test_an_amount_that_is_no_whole_number_is_refused(amount):
    assert refusal(lines(f"16,195,{amount},,,,", total=0)).code == "bad_amount"


def test_wrong_totals_and_counts_are_told_and_hide_nothing():
    text = lines("16,195,2500,,,,", total=1)
    file = read(text.replace("49,1,3/", "49,1,9/"))
    assert codes(file) == ["control_total_differs", "record_count_differs"]
    assert file.warnings[0].detail == "1, not 25000"
    assert prove_statement(file.statements[0]).status == "proved"


def test_a_file_without_trailers_ends_and_is_read_only_if_its_balances_prove_it():
    whole = lines("16,195,2500,,,,").split("\n")
    proved = read("\n".join(whole[:-3]))
    assert codes(proved) == ["trailer_missing"] * 3
    assert refusal("\n".join(whole[:-4])).code == "truncated"
    assert codes(read("\n".join(whole[:-1]))) == ["trailer_missing"]


def test_an_account_without_balances_needs_its_trailer():
    whole = lines("16,195,2500,,,,", account="03,100,USD/", total=2500).split("\n")
    assert refusal("\n".join(whole[:-3])).code == "truncated"
    assert len(read("\n".join(whole[:-2])).statements) == 1


def test_records_joined_on_one_line_are_records():
    text = lines("16,195,2500,,WIRE,,TEXT/")
    joined = read(text.replace("\n", ""))
    assert joined.statements == read(text).statements
    assert not joined.warnings


def test_some_records_joined_on_lines_of_others_are_records():
    records = ("16,195,2000,Z,,,TRANSFER   PPD/", "16,451,500,Z,,,ACH_SETL     111/", "88,   222/")
    text = lines(*records)
    for joined in ("/ 16,451", "/  88,", "/ 49,", "/ 98,", "/   99,"):
        mark = joined.strip("/ ")
        text = text.replace("/\n" + mark, joined)
    assert len(text.splitlines()) == 4
    file = read(text)
    assert not file.warnings
    assert file.statements == read(lines(*records)).statements


def test_a_text_broken_without_a_record_code_goes_on():
    text = lines("16,195,2500,Z,B,C,FIRST LINE").replace("FIRST LINE", "FIRST\nLINE  /")
    file = read(text)
    assert file.statements[0].entries[0].remittance == ("FIRST", "LINE")
    assert codes(file) == ["line_joined"]
    error = refusal(text.replace("LINE  /", "17,195,1"))
    assert (error.code, error.place) == ("bad_record", "line 5")


def test_a_continuation_with_a_colon_is_one():
    text = lines("16,195,2500,Z,B,C,TEXT", "88,EREF: E-1").replace("88,EREF", "88:EREF")
    assert read(text).statements[0].entries[0].end_to_end_id == "E-1"


@pytest.mark.parametrize(("status", "code"), [("2", "bad_record"), ("4", "bad_record")])
def test_what_is_no_booking_is_refused(status, code):
    head = (HEAD[0], HEAD[1].replace(",1,260303", f",{status},260303"))
    assert refusal(lines(head=head)).code == code


def test_corrections_and_interim_reports_are_told():
    head = (HEAD[0], HEAD[1].replace(",1,260303", ",3,260303").replace(",2/", ",3/"))
    assert codes(read(lines("16,195,2500,,,,", head=head))) == ["correction", "interim_report"]


def test_without_a_currency_it_is_the_formats_own_and_told():
    head = (HEAD[0], HEAD[1].replace("USD", ""))
    file = read(lines("16,195,2500,,,,", head=head, account="03,100,,010,10000,,,015,12500,,/"))
    assert file.statements[0].currency == "USD"
    assert codes(file) == ["currency_assumed"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD[0], "no_statement"),
        (HEAD[0] + "\n16,195,1,,,,", "out_of_place"),
        (HEAD[0] + "\n03,1,USD/", "out_of_place"),
        ("\n".join(HEAD) + "\nhello", "bad_record"),
        (HEAD[0].replace(",2/", ",1/"), "bad_record"),
        ("\n".join(HEAD).replace("260303", "260230") + "\n03,1/", "bad_date"),
        ("\n".join(HEAD) + "\n03,1,USD,010,5,,D,999999/", "bad_record"),
        ("\n".join(HEAD) + "\n03,1,DOLLAR/", "bad_currency"),
    ],
)
def test_broken_files_are_refused(text, code):
    assert refusal(text).code == code


def test_a_record_out_of_place_is_called_by_its_number():
    words = str(refusal(HEAD[0] + "\n16,195,1,,,,"))
    assert words.startswith("line 2: record 16 does not belong at this place")


@given(st.lists(st.tuples(st.sampled_from(["195", "475"]), st.integers(0, 10**12)), max_size=8))
def test_entries_that_add_up_are_proved(movements):
    closing = 500 + sum(a if code == "195" else -a for code, a in movements)
    records = [f"16,{code},{amount},Z,B,C,T" for code, amount in movements]
    total = 500 + closing + sum(amount for _code, amount in movements)
    account = f"03,100,USD,010,500,,,015,{closing},,/"
    file = read(lines(*records, account=account, total=total))
    assert not file.warnings
    assert prove_statement(file.statements[0]).status == "proved"


def test_the_published_library_reads_the_same():
    bai2 = pytest.importorskip("bai2.bai2", reason="peer bai2 is missing: NOT compared")
    text = lines("16,195,2500,Z,WIRE1,OUR-1,ACME/", "16,475,100,V,260305,1200,B,C,FEE, MORE/")
    (account,) = bai2.parse_from_string(text).children[0].children
    entries = read(text).statements[0].entries
    signs = {"credit": 1, "debit": -1}
    assert [(e.amount, e.servicer_reference, e.end_to_end_id) for e in entries] == [
        (signs[t.type_code.transaction.value] * t.amount, t.bank_reference, t.customer_reference)
        for t in account.children
    ]
