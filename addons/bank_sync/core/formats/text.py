"""Text files of banks: bounded, decoded, without NUL, cut into lines."""

import codecs
from typing import BinaryIO

from ..errors import StatementError
from ..limits import MEBIBYTE, Limits

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Control characters mean nothing in a bank's text, and PostgreSQL refuses NUL.
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {127: None}


def read_lines(stream: BinaryIO, limits: Limits) -> list[str]:
    """Return the file as lines without their ends (CRLF, LF or CR alone).

    Line ``n`` of the file is item ``n - 1``; no line is dropped, so places stay true.

    :raise StatementError: ``too_large``, ``encoding``
    """
    return split_lines(decode(read_bytes(stream, limits)), limits)


def split_lines(text: str, limits: Limits) -> list[str]:
    """Return the lines of a decoded text, see :func:`read_lines`.

    :raise StatementError: ``too_large``
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > limits.max_lines:
        raise StatementError("too_large", None, f"{limits.max_lines} lines")
    for number, line in enumerate(lines, 1):
        if len(line) > limits.max_line:
            raise StatementError("too_large", line_place(number), f"{limits.max_line} characters")
    return lines


def read_bytes(stream: BinaryIO, limits: Limits) -> bytes:
    """Return the whole file, never more than it may have.

    :raise StatementError: ``too_large``
    """
    data = bytearray()
    while chunk := stream.read(limits.chunk_bytes):
        data += chunk
        if len(data) > limits.max_text_bytes:
            raise StatementError("too_large", None, f"{limits.max_text_bytes // MEBIBYTE} MiB")
    return bytes(data)


def decode(data: bytes, encoding: str | None = None) -> str:
    """Return the text of a file, without control characters.

    A byte order mark decides. Without one it is ``encoding`` where the file names it, else UTF-8
    where every byte fits, else Windows-1252, which holds Latin-1: text in a European encoding of
    one byte practically never is valid UTF-8 by chance.

    >>> decode("Müller".encode("latin-1")), decode("Müller".encode()), decode(b"a\\x00b")
    ('Müller', 'Müller', 'ab')

    :raise StatementError: ``encoding`` where the file is not what it says it is
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], marked
            break
    if encoding is not None:
        try:
            return data.decode(encoding).translate(_CONTROLS)
        except (LookupError, UnicodeDecodeError) as error:
            raise StatementError("encoding", None, encoding) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # The five bytes Windows-1252 leaves undefined are control characters of Latin-1.
        text = data.decode("cp1252", "replace")
    return text.translate(_CONTROLS)


def head_text(head: bytes) -> str:
    """Return the beginning of a file as text to recognise it by, whatever bytes it is of.

    >>> head_text(":20:".encode("utf-16")), head_text(b":20:\\xfc\\x00")
    (':20:', ':20:ü')
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace").replace("\0", "")
    return head.decode("latin-1").replace("\0", "")


def line_place(number: int) -> str:
    """Return the place of line ``number``, counted from 1."""
    return f"line {number}"
