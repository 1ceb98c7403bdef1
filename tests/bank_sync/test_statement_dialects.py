"""What banks and programs make of the formats: files a careful person still reads one way."""

import io
import pathlib
import zipfile

import pytest

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.money import to_decimal_text
from odoo.addons.bank_sync.core.proof import prove_statement

SAMPLES = pathlib.Path(__file__).parent / "samples"
IBAN = "DE89370400440532013000"
ENTRY = ":61:2603020302C10,00NTRFNONREF\n:86:Invoice 7\n"


def mt940(
    entries=ENTRY, *, account=f":25:{IBAN}", opening="C260301EUR100,00", closing="C260302EUR110,00"
):
    return f":20:REF\n{account}\n:28C:9/1\n:60F:{opening}\n{entries}:62F:{closing}\n-\n"


def mt942(*fields):
    return "\n".join((":20:REF", f":25:{IBAN}", ":28C:1/1", *fields, "-", ""))


def qif(*records, before=""):
    return before + "!Type:Bank\n" + "".join(f"{record}\n^\n" for record in records)


def figures(text, newline="\r\n"):
    """Return account, balances, proof and amounts of the only statement, as text."""
    data = text.replace("\n", newline).encode("latin-1")
    (found,) = read_statement_file(io.BytesIO(data)).statements

    def money(minor):
        return None if minor is None else to_decimal_text(minor, found.currency or "XXX")

    return (
        found.account,
        found.currency,
        money(found.opening),
        money(found.closing),
        prove_statement(found).status,
        [money(entry.amount) for entry in found.entries],
    )


PLAIN = (IBAN, "EUR", "100.00", "110.00", "proved", ["10.00"])


@pytest.mark.parametrize(
    "text",
    [
        mt940(),
        mt940(account=f":25P:{IBAN}\nDEUTDEFFXXX"),
        "\x01" + mt940() + "\x03",
        "".join(f"    {line}\n" for line in mt940().splitlines()),
        "{1:F01AAAABBCCAXXX0000000000}{2:I940AAAABBCCXXXXN}{4:\n" + mt940()[:-1] + "}\n",
        mt940().replace(":60F:", ":86:Pool of the group\n:60F:"),
        mt940().replace(":60F:", ":13D:2603021200+0100\n:60F:"),
        mt940().replace("EUR100,00\n", "EUR100,00\n-\n"),
        mt940(opening="C 260301 EUR 100,00"),
        mt940(ENTRY.replace("C10,00NTRF", "CR10,00 NTRF")),
        mt940(ENTRY.replace("NTRFNONREF", "NMSC//O/1")),
        mt940(ENTRY + ":60F:C260301EUR999,00\n"),
        ":20:REF\n" + mt940(),
    ],
    ids=[
        "plain",
        "25P with a BIC",
        "control characters around",
        "all lines indented",
        "envelope",
        "86 before the opening balance",
        "13D",
        "dash inside",
        "blanks in a balance",
        "funds code",
        "slashes in a reference",
        "an opening balance quoted in a text",
        "a reference written twice",
    ],
)
def test_an_mt940_of_any_bank_says_the_same(text):
    assert figures(text) == figures(text, "\n") == PLAIN


def test_thousands_set_apart_by_commas_are_read_where_a_point_follows():
    found = figures(mt940(opening="C260301EUR1,100.00", closing="C260302EUR1,110.00"))
    assert found[2:5] == ("1100.00", "1110.00", "proved")


def test_an_mt942_takes_its_currency_from_its_sums():
    for total in (":90C:1EUR10,00", ":90D:0EUR0,"):
        assert figures(mt942(":13D:2603021200+0100", ENTRY.rstrip(), total))[1] == "EUR"


def test_an_mt940_that_names_no_currency_leaves_it_to_the_account():
    text = ":20:REF\n:25:123456789\n:28:1/1\n:61:2603020302C500,01N654NONREF\n:86:x\n-\n"
    assert figures(text) == ("123456789", None, None, None, "unproven", ["500.01"])


def test_a_qif_may_begin_with_remarks():
    record = "D3/15/2026\nT10.00"
    for before in ("# Written by hand\n\n", "### A ###\n!Type:Cat\nNFood\n^\n", "^\n"):
        assert figures(qif(record, before=before))[-1] == ["10.00"]


def test_a_split_of_a_qif_may_have_a_day_or_an_amount_but_not_both():
    first = "D3/15/2026\nT-10.00\nSFood\nD3/14/2026\n$-4.00\nSRent\n$-6.00"
    assert figures(qif(first))[-1] == ["-10.00"]
    with pytest.raises(StatementError) as caught:
        figures(qif("D3/15/2026\nT-10.00\nSFood\n$-10.00\nD3/16/2026\nT-5.00"))
    assert caught.value.code == "bad_record"


def test_a_qif_date_without_marks_is_year_month_day():
    file = read_statement_file(io.BytesIO(qif("D20260302\nT1.00", "D20260203\nT1.00").encode()))
    days = [entry.booking_date.isoformat() for entry in file.statements[0].entries]
    assert (days, [w.code for w in file.warnings]) == (
        ["2026-03-02", "2026-02-03"],
        ["account_missing"],
    )


def test_an_archive_with_a_password_says_so():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("day.sta", mt940())
    data = bytearray(buffer.getvalue())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(StatementError) as caught:
        read_statement_file(io.BytesIO(bytes(data)))
    assert (caught.value.code, caught.value.place) == ("bad_archive", "day.sta")
    assert "password" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    "name",
    ["bai2_day.bai", "norma43_month.n43", "cfonb120_march.txt", "coda_march.cod", "ofx1_us.ofx"],
)
def test_a_file_says_the_same_in_any_encoding(name, encoding):
    written = (SAMPLES / name).read_bytes()
    found = read_statement_file(io.BytesIO(written.decode("cp1252").encode(encoding)))
    assert found.statements == read_statement_file(io.BytesIO(written)).statements
