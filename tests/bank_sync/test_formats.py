"""A file is known by what it says; what nobody knows is refused with the formats we read."""

import ast
import io
import pathlib
import re

import pytest

from odoo.addons.bank_sync.core.errors import SENTENCES, StatementError
from odoo.addons.bank_sync.core.file_reader import read_statement_file
from odoo.addons.bank_sync.core.formats import guard, text
from odoo.addons.bank_sync.core.formats.names import NAMES, readable
from odoo.addons.bank_sync.core.formats.registry import FORMATS, HEAD_BYTES
from odoo.addons.bank_sync.core.limits import Limits
from odoo.addons.bank_sync.core.statement_file import ReadWarning

ADDON = pathlib.Path(__file__).parents[2] / "addons" / "bank_sync"
CORE = ADDON / "core"
MODELS = ADDON / "models"


def refusal(data):
    with pytest.raises(StatementError) as caught:
        read_statement_file(io.BytesIO(data))
    return caught.value


def test_the_names_are_those_the_readers_answer_to():
    assert sorted(NAMES) == sorted(name for known in FORMATS for name in known.names)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x1f\x8b\x08 ...", "a gzip archive"),
        (b"Dear customer", "Dear customer"),
        (b"\x00" * 100, "it is no text"),
        (b"<html><body>Please log in</body></html>", "html"),
        (b"\n\n  date;text;amount\n", "date;text;amount"),
    ],
)
def test_an_unknown_file_is_one_sentence_with_the_formats_we_read(data, words):
    error = refusal(data)
    assert error.code == "unknown_format"
    assert words in str(error)
    assert readable() in str(error)
    assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\n" * (HEAD_BYTES * 3)])
def test_a_file_without_anything_is_empty(data):
    assert refusal(data).code == "empty"


def test_a_stream_that_gives_little_at_a_time_is_read_the_same(camt):
    class Trickle(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7) if size >= 0 else size)

    data = b"\n" * (HEAD_BYTES + 1) + camt.document(camt.statement(camt.entry()))
    assert read_statement_file(Trickle(data)) == camt.read(data)


@pytest.mark.parametrize(
    "error", [AssertionError(), RecursionError(), KeyError("x\ny"), MemoryError()]
)
def test_whatever_a_library_raises_is_a_refusal(error):
    with pytest.raises(StatementError) as caught, guard.guarded("CODA", "line 3"):
        raise error
    assert (caught.value.code, caught.value.place) == ("unreadable", "line 3")
    assert type(error).__name__ in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_reader_that_fails_refuses_its_file(monkeypatch, camt):
    def fail(*_args):
        raise ZeroDivisionError("division by zero")

    for known in FORMATS:
        monkeypatch.setattr(type(known), "read", fail)
    error = refusal(camt.document(camt.statement()))
    assert (error.code, error.detail[:9]) == ("unreadable", "camt.052 ")


def test_our_own_refusal_passes_a_guard_as_it_is():
    own = StatementError("truncated", "line 9")
    with pytest.raises(StatementError) as caught, guard.guarded("CODA"):
        raise own
    assert caught.value is own


def test_a_library_that_is_missing_is_a_refusal():
    with pytest.raises(StatementError) as caught:
        guard.load("no_such_library", "BAI2")
    assert caught.value.code == "library_missing"


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("\N{BOM}ü\n".encode(), ["ü", ""]),
        ("\N{BOM}ü".encode("utf-16-le"), ["ü"]),
        (b"a\x00\x1a\x0bb", ["ab"]),
        ("Müller € ß".encode("cp1252"), ["Müller € ß"]),
        ("a\u2028b\x85c".encode(), ["a\u2028b\x85c"]),
    ],
)
def test_text_is_decoded_and_cut_into_lines(data, lines):
    assert text.read_lines(io.BytesIO(data), Limits()) == lines


def test_text_is_bounded():
    with pytest.raises(StatementError, match="larger"):
        text.read_lines(io.BytesIO(b"a\n" * 600), Limits(max_text_bytes=1000))
    with pytest.raises(StatementError, match="20 lines"):
        text.read_lines(io.BytesIO(b"a\n" * 20), Limits(max_lines=20))
    with pytest.raises(StatementError, match="line 2"):
        text.read_lines(io.BytesIO(b"a\n" + b"b" * 11), Limits(max_line=10))


def translated(path):
    """Return the codes that have a translated sentence."""
    (sentences,) = (
        node.value
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "SENTENCES"
    )
    return sorted(key.value for key in sentences.keys)


def test_every_refusal_has_a_sentence_that_is_translated():
    assert sorted(SENTENCES) == translated(MODELS / "file_problems.py")


def test_every_warning_has_a_sentence_that_is_translated():
    described = re.findall(r"^    ``.*``$", ReadWarning.__doc__, re.MULTILINE)
    codes = {code for line in described for code in re.findall(r"``(\w+)``", line)}
    assert sorted(codes) == translated(MODELS / "file_warnings.py")


def test_every_refusal_that_is_raised_has_a_sentence():
    raised = {
        node.args[0].value
        for path in CORE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "StatementError"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(raised) > 30
    assert raised <= set(SENTENCES)


SAMPLES = [
    path
    for path in (pathlib.Path(__file__).parent / "samples").iterdir()
    if path.suffix in (".sta", ".cod", ".txt")
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le"])
def test_a_text_format_is_read_in_every_encoding_that_can_be_told(sample, encoding):
    data = sample.read_bytes()
    text = data.decode("cp1252")
    mark = "\N{BOM}" if encoding in ("utf-16-be", "utf-16-le") else ""
    assert read_statement_file(io.BytesIO((mark + text).encode(encoding))) == read_statement_file(
        io.BytesIO(data)
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_nul_bytes_between_all_others_change_no_figure(sample):
    data = sample.read_bytes()
    spaced = b"\0".join(bytes([byte]) for byte in data)
    amounts = [
        [entry.amount for statement in file.statements for entry in statement.entries]
        for file in map(read_statement_file, (io.BytesIO(data), io.BytesIO(spaced)))
    ]
    assert amounts[0] == amounts[1] != []
