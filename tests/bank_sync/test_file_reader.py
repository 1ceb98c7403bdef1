"""ZIP archives of statements: bounded, and refused as a whole."""

import io
import zipfile

import pytest

from odoo.addons.bank_sync.core.errors import StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.limits import Limits
from odoo.addons.bank_sync.core.tabular import looks_like_xlsx


def archive(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return buffer.getvalue()


def refusal(data, **limits):
    with pytest.raises(StatementError) as caught:
        read_statement_file(io.BytesIO(data), limits=Limits(**limits))
    return caught.value


def test_an_archive_is_one_file_with_all_statements_in_order(camt):
    first = camt.document(camt.statement(camt.entry("1.00"), account="A1"))
    second = camt.document(camt.statement(camt.entry(booked=""), account="A2"))
    file = read_statement_file(io.BytesIO(archive(one=first, two=second)))
    assert [statement.account for statement in file.statements] == ["A1", "A2"]
    assert (file.format, file.version) == ("camt.053", "camt.053.001.08")
    assert [warning.place for warning in file.warnings] == ["two, Stmt[1]"]


def test_a_plain_file_is_read_as_ever(camt):
    data = camt.document(camt.statement())
    assert read_statement_file(io.BytesIO(data)) == camt.read(data)


def test_one_bad_member_refuses_the_archive_and_is_named(camt):
    good = camt.document(camt.statement(camt.entry()))
    error = refusal(archive(good=good, bad=good.replace(b"10.00", b"1e1")))
    assert (error.code, error.place) == ("bad_amount", "bad, Stmt[1]/Ntry[1]/Amt")


def test_a_bomb_is_stopped_before_it_is_unpacked():
    error = refusal(archive(bomb=b" " * 50_000_000), max_bytes=10_000_000)
    assert error.code == "too_large"


def test_a_bomb_that_lies_about_its_size_is_stopped_too():
    data = archive(bomb=b" " * 5_000_000)
    real, lie = (5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert real in data
    assert refusal(data.replace(real, lie), max_bytes=1_000_000).code in {
        "bad_archive",
        "empty",
        "too_large",
    }


def test_archives_in_archives_are_refused(camt):
    inner = archive(one=camt.document(camt.statement()))
    assert refusal(archive(inner=inner)).code == "unknown_format"


def test_damaged_and_empty_archives_are_refused(camt):
    whole = archive(one=camt.document(camt.statement(camt.entry())))
    assert refusal(archive()).code in {"empty", "unknown_format"}
    assert refusal(whole[:-30]).code == "bad_archive"
    assert refusal(whole[:60] + b"\xff\xff\xff\xff" + whole[64:]).code == "bad_archive"


def test_too_many_members_are_refused(camt):
    data = camt.document(camt.statement())
    members = {f"m{number}": data for number in range(4)}
    assert refusal(archive(**members), max_members=3).code == "too_many_members"


def test_what_a_desktop_adds_to_an_archive_is_passed_over(camt):
    data = camt.document(camt.statement())
    members = {"one.xml": data, "__MACOSX/._one.xml": b"x", ".DS_Store": b"x", "a/Thumbs.db": b"x"}
    assert len(read_statement_file(io.BytesIO(archive(**members))).statements) == 1


def test_every_format_is_read_out_of_an_archive():
    message = (
        b":20:A\r\n:25:1\r\n:60F:C260301EUR0,00\r\n:61:260302C1,00NMSC\r\n:62F:C260302EUR1,00\r\n-"
    )
    file = read_statement_file(io.BytesIO(archive(one=message, two=message)))
    assert (file.format, len(file.statements)) == ("MT940", 2)
    assert [warning.place for warning in file.warnings] == ["one, line 1", "two, line 1"]


def test_archives_of_several_formats_and_with_odd_names_are_refused_in_one_line(camt):
    data = camt.document(camt.statement())
    mixed = archive(one=data, two=b":20:A\r\n:25:1\r\n:60F:C260301EUR0,00\r\n")
    assert refusal(mixed).code == "mixed_messages"
    error = refusal(archive(**{"a\nb\x1b[31m.xml" + "c" * 300: b"no bank file"}))
    assert error.code == "unknown_format"
    assert len(str(error).splitlines()) == 1
    assert str(error).isprintable()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_inside_any_method_of_compression_is_refused(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as out:
        out.writestr("one", b":20:A\r\n:25:1\r\n" * 1000)
    data = bytearray(buffer.getvalue())
    data[45:65] = bytes(byte ^ 0x55 for byte in data[45:65])
    assert refusal(bytes(data)).code == "bad_archive"


def test_a_directory_of_nonsense_is_refused(camt):
    """Names that are no text, versions nobody knows, places before the file begins."""
    whole = archive(ä=camt.document(camt.statement()))
    directory = whole.rindex(b"PK\x01\x02")
    for offset, value in ((6, b"\x63"), (46, b"\xff"), (42, b"\xff\xff\xff\x7f")):
        data = bytearray(whole)
        data[directory + offset : directory + offset + len(value)] = value
        assert refusal(bytes(data)).code == "bad_archive"
        assert not looks_like_xlsx(io.BytesIO(bytes(data)))
