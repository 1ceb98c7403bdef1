"""Which reader a file is for."""

import io
from typing import BinaryIO

from ..errors import StatementError
from ..limits import MEBIBYTE, Limits
from ..statement_file import StatementFile
from .bai2 import BAI2
from .base import StatementFormat
from .camt import CAMT
from .cfonb import CFONB
from .coda import CODA
from .guard import guarded
from .norma43 import NORMA43
from .ofx import OFX
from .pain002 import PAIN002
from .qif import QIF
from .swift import SWIFT
from .unknown import describe

#: How much of a file is looked at to recognise it.
HEAD_BYTES = 4096

#: Asked one after another; the first that recognises a file reads it. The pickier come first:
#: camt takes any XML that no other has taken, and says what is wrong with it.
FORMATS: tuple[StatementFormat, ...] = (
    OFX,
    BAI2,
    NORMA43,
    QIF,
    PAIN002,
    SWIFT,
    CODA,
    CFONB,
    CAMT,
)

_WHITE_SPACE = b" \t\r\n"


def read_recognised(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a file of any format we know.

    :param stream: read once from where it stands; need not be seekable
    :raise StatementError: ``empty``, ``unknown_format``, or whatever its reader refuses
    """
    head = _read_head(stream, limits)
    if not head:
        raise StatementError("empty")
    for known in FORMATS:
        if known.recognises(head):
            # Whatever a file provokes in a reader is a refusal, never a crash of its user's work.
            with guarded(known.names[0]):
                return known.read(_Rejoined(head, stream), limits)
    raise StatementError("unknown_format", None, describe(head))


def _read_head(stream: BinaryIO, limits: Limits) -> bytes:
    """Return the beginning, from the first chunk on that is not white space alone."""
    passed = 0
    while head := _fill(stream):
        if head.strip(_WHITE_SPACE):
            return head
        passed += len(head)
        if passed > limits.max_bytes:
            raise StatementError("too_large", None, f"{limits.max_bytes // MEBIBYTE} MiB")
    return b""


def _fill(stream: BinaryIO) -> bytes:
    """Read ``HEAD_BYTES``; a stream may give less at a time although it has more."""
    pieces = bytearray()
    while len(pieces) < HEAD_BYTES and (piece := stream.read(HEAD_BYTES - len(pieces))):
        pieces += piece
    return bytes(pieces)


class _Rejoined:
    """A stream with what has been read of it put back in front."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, all that is left without it; empty at the end."""
        if size is None or size < 0:
            return self._head.read() + self._rest.read()
        return self._head.read(size) or self._rest.read(size)
