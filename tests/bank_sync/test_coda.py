"""CODA: movements, details and information; wrong totals are said, broken records refused."""

import io
import json
import pathlib
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.proof import prove_statement
from odoo.addons.bank_sync.core.statement import Charge

ROOT = pathlib.Path(__file__).parents[2]
IBAN = "BE47435000000080"


def amount(minor, decimals=1):
    return f"{'1' if minor < 0 else '0'}{abs(minor) * 10**decimals:015d}"


def header():
    return f"00000{'020326'}{'725'}05{'':8}{'FILE1':10}{'ACME':26}{'KREDBEBB':11}".ljust(127) + "2"


def old_balance(minor, *, account=IBAN, structure="2", currency="EUR"):
    own = f"{account:37}{currency}" if structure != "0" else f"{account:12} {currency}0BE"
    own = f"{account:34}{currency}" if structure != "0" else own
    return f"1{structure}001{own:37}{amount(minor)}010326{'ACME':26}".ljust(125) + "001"


def new_balance(minor, *, account=IBAN, currency="EUR"):
    own = f"{account:34}{currency}"
    return f"8001{own:37}{amount(minor)}020326".ljust(127) + "0"


def movement(
    minor, *, number=1, detail=0, code="00150000", text="0HELLO", value="020326", decimals=1, **more
):
    key = f"{number:04d}{detail:04d}"
    rest = text[54:]
    return [
        f"21{key}{more.get('reference', 'BANKREF'):21}{amount(minor, decimals)}{value}{code:8}"
        f"{text[:54]:54}020326001".ljust(127)
        + "0",
        f"22{key}{rest[:53]:53}{more.get('end_to_end', ''):35}{'BBRUBEBB':11}   "
        f"{more.get('kind', ''):1}{more.get('reason', ''):4}".ljust(127)
        + "0",
        f"23{key}{more.get('account', ''):37}{more.get('name', ''):35}{rest[53:96]:43}".ljust(127)
        + "0",
    ]


def information(text, *, number=1, detail=1, code="00150000", reference="BANKREF"):
    return [f"31{number:04d}{detail:04d}{reference:21}{code:8}{text:73}".ljust(127) + "0"]


def trailer(count, debit=0, credit=0):
    return f"9{'':15}{count:06d}{debit * 10:015d}{credit * 10:015d}".ljust(127) + "2"


def file(*movements, opening=0, closing=None, **options):
    """Return a file whose totals are right."""
    lines = [line for movement_ in movements for line in movement_]
    entries = [
        int(line[32:47]) // 10 * (-1 if line[31] == "1" else 1)
        for line in lines
        if line.startswith("21") and line[6:10] == "0000"
    ]
    closing = opening + sum(entries) if closing is None else closing
    debit = -sum(entry for entry in entries if entry < 0)
    credit = sum(entry for entry in entries if entry > 0)
    body = [old_balance(opening, **options), *lines, new_balance(closing)]
    return [header(), *body, trailer(len(body), debit, credit)]


def read(lines, encoding="cp1252"):
    return read_statement_file(io.BytesIO("\r\n".join(lines).encode(encoding)))


def entry(*args, **options):
    (statement,) = read(file(movement(*args, **options))).statements
    return statement.entries[0]


def refusal(lines):
    with pytest.raises(StatementError) as caught:
        read(lines)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def test_a_plain_statement_is_read_and_proved():
    found = read(
        file(
            movement(12345, end_to_end="INV-7", account=f"{IBAN:34}EUR", name="ÉLODIE"), opening=50
        )
    )
    assert (found.format, found.version, found.warnings) == ("CODA", "2", ())
    (statement,) = found.statements
    assert (statement.account, statement.currency, statement.sequence) == (IBAN, "EUR", "001")
    assert (statement.opening, statement.closing) == (50, 12395)
    assert (statement.opening_date, statement.closing_date) == (date(2026, 3, 1), date(2026, 3, 2))
    assert prove_statement(statement).status == "proved"
    (only,) = statement.entries
    assert (only.amount, only.booking_date) == (12345, date(2026, 3, 2))
    assert (only.end_to_end_id, only.counterparty_account) == ("INV-7", IBAN)
    assert (only.counterparty_name, only.remittance) == ("ÉLODIE", ("HELLO",))
    assert (only.bank_transaction_code, only.servicer_reference) == ("00150000", "BANKREF")


def test_a_structured_communication_is_a_reference_and_no_text():
    found = entry(100, text="1101090933755493")
    assert (found.creditor_reference, found.remittance) == ("090933755493", ())
    iso = entry(100, text="1100RF18539007547034")
    assert iso.creditor_reference == "RF18539007547034"
    free = entry(100, text="0PAID ***090/9337/55493*** THANKS")
    assert free.creditor_reference == "090933755493"


def test_a_text_goes_on_over_all_three_parts():
    text = "0" + "".join(chr(ord("A") + number % 26) for number in range(149))
    assert entry(100, text=text).remittance == (text[1:],)


def test_a_sepa_debit_has_its_mandate_and_the_reason_of_its_return():
    text = f"1127020326120{'BE2ZZZ3215646432':35}{'MANDATE-1':35}{'INVOICE 7':62}2MD06"
    found = entry(-100, text=text)
    assert (found.mandate_id, found.remittance) == ("MANDATE-1", ("INVOICE 7",))
    assert entry(-100, kind="1", reason="AC04").return_reason == "AC04"
    assert entry(-100, reason="0000").return_reason is None


def test_a_converted_payment_has_its_original_amount_and_rate():
    text = f"1105{10750 * 10:015d}{11645 * 10:015d}{108326000:012d}USD{'':12}"
    found = entry(10750, text=text)
    assert (found.original_amount, found.original_currency) == (11645, "USD")
    assert found.exchange_rate == Decimal("1.08326")
    same = entry(10750, text=text.replace("USD", "EUR"))
    assert (same.original_amount, same.exchange_rate) == (None, None)


def test_a_conversion_that_cannot_be_read_refuses_no_file():
    text = f"1105{1:015d}{105:015d}{100000000:012d}JPY"
    assert entry(10750, text=text).original_amount is None
    assert entry(10750, text="1105 and then words").original_amount is None


def test_a_total_is_one_entry_with_its_payments_as_details():
    total = [
        *movement(300, code="10150000", text="0"),
        *movement(100, detail=1, code="50150000", text="0ONE", name="A"),
        *movement(200, detail=2, code="50150000", text="0TWO", name="B"),
    ]
    (statement,) = read(file(total)).statements
    (only,) = statement.entries
    assert (only.amount, only.batch_size) == (300, 2)
    assert [(d.amount, d.remittance, d.counterparty_name) for d in only.details] == [
        (100, ("ONE",), "A"),
        (200, ("TWO",), "B"),
    ]
    assert prove_statement(statement).status == "proved"


def test_a_detail_that_repeats_the_type_of_an_entry_is_still_a_detail():
    total = [*movement(300, code="10107000"), *movement(300, detail=2, code="00107000")]
    (statement,) = read(file(total)).statements
    (only,) = statement.entries
    assert [detail.bank_transaction_code for detail in only.details] == ["00107000"]


def test_parts_of_parts_change_no_figure():
    nested = [
        *movement(300, code="20150000"),
        *movement(300, detail=1, code="60150000"),
        *movement(120, detail=2, code="90150000"),
    ]
    (statement,) = read(file(nested)).statements
    assert [detail.amount for detail in statement.entries[0].details] == [300]


def test_a_fee_inside_an_entry_is_a_charge():
    net = [*movement(950, code="30150000"), *movement(-50, detail=1, code="80150006", text="1106")]
    (statement,) = read(file(net)).statements
    assert statement.entries[0].charges == (Charge(50, "EUR", True),)


def test_information_names_the_payer_and_describes():
    lines = [
        *movement(100),
        *information(f"1001{'KLANT EEN':70}"),
        *information("0UITVOERING VAN UW BESTAND", detail=2),
    ]
    (statement,) = read(file(lines)).statements
    (only,) = statement.entries
    assert only.counterparty_name == "KLANT EEN"
    assert only.description == "UITVOERING VAN UW BESTAND"


def test_many_movements_of_one_number_are_read_in_linear_time():
    count = 4000
    lines = [line for _number in range(count) for line in (*movement(1), *information("0X"))]
    begun = time.process_time()
    (statement,) = read(file(lines)).statements
    assert len(statement.entries) == count
    assert time.process_time() - begun < 5


def test_a_value_date_the_bank_does_not_know_is_none():
    assert entry(100, value="000000").value_date is None


@pytest.mark.parametrize(
    ("structure", "account", "wanted"),
    [
        ("0", "435000000080", "435000000080"),
        ("2", IBAN, IBAN),
        ("3", "NL91ABNA0417164300", "NL91ABNA0417164300"),
    ],
)
def test_the_account_may_be_old_or_foreign(structure, account, wanted):
    (statement,) = read(file(movement(100), account=account, structure=structure)).statements
    assert (statement.account, statement.currency) == (wanted, "EUR")


def test_what_does_not_agree_is_said_and_the_entries_are_still_read():
    lines = file(movement(100))
    lines[-1] = trailer(99, 5, 7)
    lines[-2] = new_balance(100, account="BE62510007547061")
    found = read(lines)
    assert [(w.code, w.detail) for w in found.warnings] == [
        ("account_differs", "BE62510007547061 EUR"),
        ("record_count_differs", "99"),
        ("totals_differ", "-0.050 +0.070"),
    ]
    assert found.statements[0].entries[0].amount == 100


def test_balances_that_do_not_add_up_are_read_and_fail_the_proof():
    (statement,) = read(file(movement(100), closing=99999)).statements
    assert prove_statement(statement).difference == 99899


def test_optimised_python_reads_and_warns_the_same(tmp_path):
    lines = file(movement(100), closing=500)
    lines[-1] = trailer(99, 5, 7)
    path = tmp_path / "x.cod"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    script = str(ROOT / "bin" / "lib" / "statement.py")
    plain, optimised = (
        subprocess.run(
            [sys.executable, *flag, script, str(path)], capture_output=True, check=True
        ).stdout
        for flag in ([], ["-O"])
    )
    assert plain == optimised
    assert len(json.loads(plain)["warnings"]) == 2


def test_blanks_lost_at_the_end_of_lines_change_nothing():
    lines = file(movement(100))
    cut = [lines[0].replace("                    2", "                   2")]
    assert len(cut[0]) == 127
    assert read([*cut, *(line[:-1].rstrip() for line in lines[1:])]) == read(lines)


def test_several_statements_in_one_file():
    found = read([*file(movement(100)), *file(movement(-30), opening=100), ""])
    assert [(s.opening, s.closing) for s in found.statements] == [(0, 100), (100, 70)]


def replaced(lines, index, start, text):
    line = lines[index]
    return [*lines[:index], line[:start] + text + line[start + len(text) :], *lines[index + 1 :]]


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        (file(movement(100))[1:], "unknown_format", None),
        (file(movement(100))[:-1], "truncated", "line 6"),
        (file(movement(100))[:3], "truncated", "line 3"),
        (file(movement(100))[:2] + file(movement(100))[3:], "out_of_place", "line 3"),
        ([header(), header()], "out_of_place", "line 2"),
        ([header(), *movement(100)], "out_of_place", "line 2"),
        (file(movement(100, detail=1, code="50150000")), "out_of_place", "line 3"),
        (replaced(file(movement(100)), 2, 115, "300226"), "bad_date", "line 3"),
        (replaced(file(movement(100)), 2, 47, "310426"), "bad_date", "line 3"),
        (replaced(file(movement(100)), 2, 31, "0000000000 00100"), "bad_amount", "line 3"),
        (replaced(file(movement(100)), 2, 31, "0000000000000105"), "amount_precision", "line 3"),
        (replaced(file(movement(100)), 2, 53, "X"), "bad_record", "line 3"),
        (replaced(file(movement(100)), 3, 2, "0002"), "out_of_place", "line 4"),
        (replaced(file(movement(100)), 0, 127, "1"), "unreadable", "line 1"),
        (replaced(file(movement(100)), 1, 42, "??"), "bad_amount", "line 2"),
        (replaced(file(movement(100)), -1, 16, "??"), "bad_record", "line 7"),
        ([*file(movement(100)), "X"], "out_of_place", "line 8"),
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
            st.integers(-(10**13), 10**13).filter(bool),
            st.text(LETTERS, max_size=149),
        ),
        max_size=15,
    ),
    st.integers(-(10**13), 10**13),
)
def test_whatever_is_written_is_read_back(movements, opening):
    lines = file(
        *(
            movement(minor, number=number, text=f"0{text}")
            for number, (minor, text) in enumerate(movements, 1)
        ),
        opening=opening,
    )
    (statement,) = read(lines).statements
    assert [(e.amount, "".join(e.remittance)) for e in statement.entries] == movements
    assert prove_statement(statement).status == "proved"


def test_a_file_without_line_breaks_is_read_the_same():
    lines = file(movement(1000))
    assert read(["".join(lines)]).statements == read(lines).statements


def test_without_a_new_balance_movements_prove_nothing():
    lines = [line for line in file(movement(1000)) if not line.startswith("8")]
    (statement,) = read(lines).statements
    assert (statement.closing, prove_statement(statement).status) == (None, "unproven")
