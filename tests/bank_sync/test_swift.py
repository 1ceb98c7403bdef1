"""MT940 and MT942: what the fields of the standard mean, and what banks make of them."""

import contextlib
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.money import to_decimal_text
from odoo.addons.bank_sync.core.proof import prove_statement

HEAD = ":20:REF\r\n:25:DE89370400440532013000\r\n:28C:9/1\r\n"


def message(*lines, opening="C260301EUR100,00", closing="C260302EUR110,00"):
    closing = [f":62F:{closing}"] if closing else []
    return HEAD + "\r\n".join([f":60F:{opening}", *lines, *closing, "-", ""])


def read(text, encoding="latin-1"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read_statement_file(io.BytesIO(data))


def one(*lines, **options):
    (statement,) = read(message(*lines, **options)).statements
    return statement.entries[0]


def entry(line="2603020302C10,00NTRFNONREF", *information):
    return one(f":61:{line}", *information)


def refusal(text):
    with pytest.raises(StatementError) as caught:
        read(text)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def test_a_plain_statement_is_read_and_proved():
    (statement,) = read(message(":61:2603020302C10,00NTRFINV-7//BANK1", ":86:Invoice 7")).statements
    assert (statement.id, statement.account) == ("REF", "DE89370400440532013000")
    assert (statement.currency, statement.sequence) == ("EUR", "9/1")
    assert (statement.opening, statement.closing) == (10000, 11000)
    assert (statement.opening_date, statement.closing_date) == (date(2026, 3, 1), date(2026, 3, 2))
    assert prove_statement(statement).status == "proved"
    (only,) = statement.entries
    assert (only.amount, only.currency, only.booking_date) == (1000, "EUR", date(2026, 3, 2))
    assert (only.end_to_end_id, only.servicer_reference) == ("INV-7", "BANK1")
    assert only.remittance == ("Invoice 7",)
    assert (only.bank_transaction_code, only.pending, only.reversal) == ("NTRF", False, False)


@pytest.mark.parametrize(
    ("mark", "amount", "reversal"),
    [
        ("C", 1000, False),
        ("D", -1000, False),
        ("RC", -1000, True),
        ("RD", 1000, True),
        ("CR", 1000, False),  # R is the third letter of EUR
        ("RCR", -1000, True),
        ("RDR", 1000, True),
    ],
)
def test_a_reversal_of_a_credit_is_a_debit(mark, amount, reversal):
    found = one(f":61:2603020302{mark}10,00NTRFNONREF", closing=None)
    assert (found.amount, found.reversal) == (amount, reversal)


def test_the_balances_decide_where_a_bank_means_a_reversal_the_other_way_round():
    lines = (":61:2603020302RC10,00NTRFNONREF", ":61:2603020302C5,00NTRFNONREF")
    file = read(message(*lines, closing="C260302EUR115,00"))
    assert [entry.amount for entry in file.statements[0].entries] == [1000, 500]
    assert [(w.code, w.count) for w in file.warnings] == [("reversal_direction", 1)]
    neither = read(message(*lines, closing="C260302EUR99,00"))
    assert [entry.amount for entry in neither.statements[0].entries] == [-1000, 500]
    assert neither.warnings == ()


def test_an_expected_entry_is_pending():
    assert entry("2603020302EC10,00NTRFNONREF").pending


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("10,00", 1000),
        ("10,", 1000),
        ("10", 1000),
        ("10.00", 1000),
        ("0,5", 50),
        (",5", 50),
        ("1.234,56", 123456),
        ("000000000010,00", 1000),
    ],
)
def test_an_amount_has_a_comma_or_none_or_a_lone_point(written, amount):
    assert entry(f"2603020302C{written}NTRFNONREF").amount == amount


@pytest.mark.parametrize("written", ["1.2.3", "1,2,3", "12.34,56", "10,001"])
def test_an_amount_that_can_be_read_two_ways_is_refused_with_its_line(written):
    error = refusal(message(f":61:2603020302C{written}NTRFNONREF"))
    assert error.code in {"bad_amount", "amount_precision"}
    assert error.place == "line 5"


@pytest.mark.parametrize(
    ("written", "value_date", "booking_date"),
    [
        ("2603020303", date(2026, 3, 2), date(2026, 3, 3)),
        ("2512310102", date(2025, 12, 31), date(2026, 1, 2)),
        ("2601021231", date(2026, 1, 2), date(2025, 12, 31)),
        ("240229 ", date(2024, 2, 29), date(2024, 2, 29)),
        ("240229    ", date(2024, 2, 29), date(2024, 2, 29)),
        ("991231", date(1999, 12, 31), date(1999, 12, 31)),
        ("2602300301", date(2026, 2, 28), date(2026, 3, 1)),
        ("2602270230", date(2026, 2, 27), date(2026, 2, 28)),
    ],
)
def test_the_booking_date_is_in_the_year_nearest_to_the_value_date(
    written, value_date, booking_date
):
    found = entry(f"{written}C10,00NTRFNONREF")
    assert (found.value_date, found.booking_date) == (value_date, booking_date)


def test_what_was_odd_about_dates_is_said():
    file = read(message(":61:260230C10,00NTRFNONREF", closing="C021131EUR110,00"))
    warnings = {warning.code: warning for warning in file.warnings}
    assert set(warnings) == {"impossible_date", "booking_date_from_value_date"}
    assert warnings["impossible_date"].count == 2
    assert file.statements[0].closing_date == date(2002, 11, 30)


@pytest.mark.parametrize("written", ["261301", "260300", "260332"])
def test_a_month_or_day_that_never_exists_is_refused(written):
    error = refusal(message(f":61:{written}C10,00NTRFNONREF"))
    assert (error.code, error.place) == ("bad_date", "line 5")


def test_text_that_looks_like_a_field_or_an_end_stays_text():
    (statement,) = read(
        message(
            ":61:2603020302C4,00NTRFNONREF",
            ":86:PAID AT",
            ":08:46 Uhr",
            ":20:37 again",
            ":61:room number",
            "-",
            ":25:th of March",
            ":61:2603020302C6,00NTRFNONREF",
            ":86:second",
        )
    ).statements
    first, second = statement.entries
    assert first.remittance == (
        "PAID AT",
        ":08:46 Uhr",
        ":20:37 again",
        ":61:room number",
        "-",
        ":25:th of March",
    )
    assert second.remittance == ("second",)
    assert prove_statement(statement).status == "proved"


def test_messages_in_envelopes_with_lines_of_the_bank_between_them():
    envelope = "{1:F01INGBNL2ABXXX0000000000}\r\n{2:I940INGBNL2AXXXN}\r\n{4:\r\n"
    one_line = "{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:"
    body = message(":61:2603020302C10,00NTRFNONREF").replace("-\r\n", "-}{5:}\r\n")
    file = read("ABNANL2A\r\n940\r\n" + envelope + body + one_line + body + ":940:\r\n" + body)
    assert [len(statement.entries) for statement in file.statements] == [1, 1, 1]
    assert {prove_statement(statement).status for statement in file.statements} == {"proved"}


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\N{BOM}"])
def test_ends_of_lines_and_byte_order_marks_do_not_matter(end, mark):
    text = message(":61:2603020302C10,00NTRFNONREF", ":86:Ü").replace("\r\n", end)
    file = read((mark + text).encode())
    assert file == read(message(":61:2603020302C10,00NTRFNONREF", ":86:Ü"))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_umlauts_are_right_in_every_encoding(encoding):
    text = message(":61:2603020302C10,00NTRFNONREF", ":86:Bücher für Jürgen €")
    assert read(text, encoding).statements[0].entries[0].remittance == ("Bücher für Jürgen €",)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1250", "iso-8859-2", "cp852"])
@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("PL61109010140000071219812874", "Zażółć gęślą jaźń za Łódź"),
        ("KOMBCZPP/CZ6508000000192000145399", "Příliš žluťoučký kůň"),
        ("HU42117730161111101800000000", "Árvíztűrő tükörfúrógép"),
    ],
)
def test_letters_of_central_europe_are_right(encoding, account, words):
    text = message(":61:2603020302C10,00NTRFNONREF", f":86:{words}")
    text = text.replace("DE89370400440532013000", account)
    assert read(text, encoding).statements[0].entries[0].remittance == (words,)


def test_nul_and_other_control_characters_are_dropped():
    text = message(":61:2603020302C10,00NTRFNONREF", ":86:B\x00u\x01ch\x1a")
    assert read(text).statements[0].entries[0].remittance == ("Buch",)


def test_pages_are_statements_of_their_own():
    first = message(":61:2603020302C10,00NTRFNONREF").replace(":62F:", ":62M:")
    second = message(
        ":61:2603020302D10,00NTRFNONREF", opening="C260302EUR110,00", closing="C260302EUR100,00"
    ).replace(":60F:", ":60M:")
    file = read(first + second)
    assert [(s.opening, s.closing) for s in file.statements] == [(10000, 11000), (11000, 10000)]


def test_mt942_is_announced_not_booked():
    text = (
        HEAD + ":34F:EURD10,00\r\n:34F:EURC25,00\r\n:13D:2603041530+0100\r\n"
        ":61:2603040304D150,25NTRFNONREF//B1\r\n:86:177?20EREF+INV-77\r\n:90D:1EUR150,25\r\n-"
    )
    file = read(text)
    (statement,) = file.statements
    assert (file.format, statement.currency, statement.opening) == ("MT942", "EUR", None)
    (only,) = statement.entries
    assert (only.amount, only.pending, only.end_to_end_id) == (-15025, True, "INV-77")
    assert [warning.code for warning in file.warnings] == ["interim_report"]


def test_a_reference_longer_than_the_standard_allows_is_whole():
    long = entry("2603020302C10,00NTRFBIPI-dvT1FzfMqvzF5HaU4oetlH7SGRkonU//20220706")
    assert long.end_to_end_id == "BIPI-dvT1FzfMqvzF5HaU4oetlH7SGRkonU"
    assert long.servicer_reference == "20220706"
    alone = entry("2603020302C10,00NTRF0123456789012345678901234567")
    assert alone.end_to_end_id == "0123456789012345678901234567"


def test_an_account_in_place_of_the_reference_is_the_counterpartys():
    asn = entry("2603020302D65,00NOVBNL47INGB9999999999\r\nhr paulissen", ":86:Betaling")
    assert (asn.counterparty_account, asn.end_to_end_id) == ("NL47INGB9999999999", None)
    rabobank = entry("260302D000000000065,00N0440121470966      W.P. Jansen       ", ":86:x")
    assert (rabobank.counterparty_account, rabobank.end_to_end_id) == ("0121470966", None)
    assert rabobank.counterparty_name == "W.P. Jansen"


def test_old_german_banks_end_lines_with_two_signs():
    text = message(":61:2603020302C10,00NTRFNONREF", ":86:166?20SVWZ+a@b").replace("\r\n", "@@")
    file = read(f"@@{text}")
    assert file == read(message(":61:2603020302C10,00NTRFNONREF", ":86:166?20SVWZ+a@b"))


def test_an_amount_torn_at_the_end_of_a_file_is_refused():
    whole = message(":61:2603020302C1234,50NTRFNONREF", closing=None).partition("-\r\n")[0].strip()
    end = whole.index("NTRF")
    for length in range(whole.index("C1234") + 2, end + 1):
        assert refusal(whole[:length]).code == "truncated"


def test_a_file_that_was_cut_off_never_proves():
    whole = message(":61:2603020302C10,00NTRFNONREF", ":86:Invoice 7")
    for length in range(len(whole) - len(":62F:C260302EUR110,00\r\n-\r\n")):
        with contextlib.suppress(StatementError):
            file = read(whole[:length])
            assert {prove_statement(s).status for s in file.statements} <= {"unproven"}


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (message(":61:no date"), "bad_record", "line 5"),
        (HEAD + ":60F:nonsense\r\n", "bad_record", "line 4"),
        (HEAD + ":86:no balance, no entry\r\n-\r\n", "no_statement", None),
        (message(":61:2603020302C1E3,00NTRFNONREF"), "bad_amount", "line 5"),
        (":940:\r\n", "no_statement", None),
        (message(":61:2603020302C" + "9" * 40 + ",00NTRF"), "bad_amount", "line 5"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text, code, place):
    error = refusal(text)
    assert (error.code, error.place) == (code, place)


#: Signs of the upper half, which after a letter could be UTF-8 by chance.
_SIGNS = "".join(map(chr, range(0xA0, 0xC0)))
_WORDS = (
    st.text(
        st.characters(
            codec="latin-1", exclude_categories=["Cc"], exclude_characters=f"-:/?+{_SIGNS}"
        ),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(bool)
    .filter(lambda text: not text[:3].isdigit())
)


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**11), 10**11).filter(bool),
            st.dates(date(2000, 1, 1), date(2069, 12, 31)),
            _WORDS,
            st.booleans(),
        ),
        max_size=20,
    ),
    st.integers(-(10**12), 10**12),
)
def test_whatever_is_written_is_read_back(entries, opening):
    def written(minor):
        return to_decimal_text(abs(minor), "EUR").replace(".", ",")

    def balance(minor):
        return f"{'C' if minor >= 0 else 'D'}260302EUR{written(minor)}"

    lines = []
    for amount, day, words, reversed_ in entries:
        mark = ("RD" if amount > 0 else "RC") if reversed_ else ("C" if amount > 0 else "D")
        lines += [f":61:{day:%y%m%d%m%d}{mark}{written(amount)}NTRFNONREF", f":86:{words}"]
    closing = opening + sum(amount for amount, *_rest in entries)
    text = message(*lines, opening=balance(opening), closing=balance(closing))
    (statement,) = read(text).statements
    assert [
        (e.amount, e.value_date, e.booking_date, e.remittance, e.reversal)
        for e in statement.entries
    ] == [(amount, day, day, (words,), reversed_) for amount, day, words, reversed_ in entries]
    assert prove_statement(statement).status == "proved"
