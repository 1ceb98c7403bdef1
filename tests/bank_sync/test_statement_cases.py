"""Numbered failure cases of bank files: equal results or a clear refusal, never a guess."""

import io
import re
import time
import tracemalloc
from dataclasses import replace

import pytest

from odoo.addons.bank_sync.core.errors import SENTENCES, StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file

MEBIBYTE = 1024 * 1024
VERSIONS = ["02", "04", "06", "08", "13"]


def read(data):
    return read_statement_file(io.BytesIO(data))


def refusal(stream):
    with pytest.raises(StatementError) as caught:
        read_statement_file(stream)
    assert caught.value.code in SENTENCES
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def month(camt, *, version="08", encoding="UTF-8", entries=3):
    """Return the same booked month in the words of a version."""
    booked = "BOOK" if version < "07" else "<Cd>BOOK</Cd>"
    name = "<Nm>Jörg</Nm>" if version < "07" else "<Pty><Nm>Jörg</Nm></Pty>"
    details = (
        '<TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">10.00</Amt>'
        f"</TxAmt></AmtDtls><RltdPties><Dbtr>{name}</Dbtr></RltdPties>"
        "<RmtInf><Ustrd>Größe</Ustrd></RmtInf></TxDtls>"
    )
    body = [
        camt.balance("OPBD", "0.00"),
        camt.balance("CLBD", f"{entries * 10}.00"),
        *(camt.entry(status=booked, details=details) for _number in range(entries)),
    ]
    return camt.document(
        camt.statement(*body), version=f"camt.053.001.{version}", encoding=encoding
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_case_086_every_version_says_the_same(camt, version):
    file = read(month(camt, version=version))
    assert file.version == f"camt.053.001.{version}"
    assert file.statements == read(month(camt)).statements


def test_case_086_a_prefixed_namespace_says_the_same(camt):
    data = month(camt)
    prefixed = re.sub(rb"<(/?)([A-Z])", rb"<\1ns2:\2", data).replace(b"xmlns=", b"xmlns:ns2=")
    assert read(prefixed) == read(data)


def test_case_086_a_misspelt_namespace_says_the_same_but_for_the_version(camt):
    data = month(camt)
    wrong = data.replace(b"iso:20022", b"iso:20023")
    assert wrong != data
    assert read(wrong).statements == read(data).statements
    absent = re.sub(rb' xmlns="[^"]*"', b"", data)
    assert replace(read(absent), version="camt.053.001.08") == read(data)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16"])
def test_case_086_every_encoding_says_the_same(camt, encoding):
    assert read(month(camt, encoding=encoding)) == read(month(camt))


def test_case_086_an_encoding_that_is_not_the_declared_one_is_refused(camt):
    data = month(camt).decode().encode("iso-8859-1")
    assert refusal(io.BytesIO(data)).code == "encoding"


@pytest.mark.parametrize("entries", [0, 1, 2, 50])
def test_case_086_one_and_many_entries_are_read_alike(camt, entries):
    (statement,) = read(month(camt, entries=entries)).statements
    assert [entry.amount for entry in statement.entries] == [1000] * entries
    assert statement.closing == entries * 1000


HOSTILE = {
    "doctype": b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">',
    "entity": b'<!DOCTYPE Document [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "bomb": b"<!DOCTYPE Document [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]>",
    "parameter": b"<!DOCTYPE Document [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("start", [b"<?xml", b"<Document"])
def test_case_087_xml_with_a_dtd_or_entities_is_refused(camt, name, start):
    data = month(camt)
    place = data.index(b"<Document")
    data = (data[:place] if start == b"<?xml" else b"") + HOSTILE[name] + data[place:]
    assert refusal(io.BytesIO(data)).code in {"doctype", "entity"}


class Endless(io.RawIOBase):
    """A file that is made up while it is read."""

    def __init__(self, pieces):
        self._pieces = pieces
        self._rest = b""
        self._head = b""
        self.given = 0

    def read(self, size=-1):
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        given, self._rest = self._rest[:size], self._rest[size:]
        self.given += len(given)
        self._head = (self._head + given)[:8] if self.given <= 8 else b""
        return given

    def seek(self, offset, whence=0):
        """Go back to the start, which is all a reader may ask of it."""
        assert (offset, whence) == (0, 0)
        assert len(self._head) == self.given
        self._rest, self.given, self._head = self._head + self._rest, 0, b""
        return 0


def test_case_087_200_megabytes_are_streamed_in_flat_memory(camt):
    head, tail = month(camt, entries=0).split(b"</Stmt>")
    piece = camt.entry().encode() + b"<!--" + b"x" * MEBIBYTE + b"-->"

    def pieces():
        yield head
        for _number in range(200):
            yield piece
        yield b"</Stmt>" + tail

    stream = Endless(pieces())
    tracemalloc.start()
    try:
        file = read_statement_file(stream)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert stream.given > 200 * MEBIBYTE
    assert len(file.statements[0].entries) == 200
    assert peak < 16 * MEBIBYTE


@pytest.mark.parametrize(
    "start",
    [
        b'<?xml version="1.0"?><Document>',
        b":20:X\r\n:25:1\r\n",
        b"0130004    00821EUR2 00012345678  010326".ljust(120) + b"\n",
        b"0000001081700005".ljust(127) + b"2\n",
        b"\n",
    ],
)
def test_case_087_a_file_without_end_is_refused_soon(start):
    def pieces():
        yield start
        while True:
            yield b" " * MEBIBYTE

    stream = Endless(pieces())
    begun = time.monotonic()
    assert refusal(stream).code in {"too_large", "unknown_format"}
    assert stream.given < 300 * MEBIBYTE
    assert time.monotonic() - begun < 30


def test_case_087_a_truncated_file_is_refused(camt):
    data = month(camt)
    for length in range(0, len(data.rstrip()) - 1, 7):
        assert refusal(io.BytesIO(data[:length])).code in {"truncated", "empty", "unknown_format"}
