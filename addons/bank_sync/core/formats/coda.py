"""CODA."""

import re
from typing import BinaryIO

from ..coda.reader import read_coda
from ..limits import Limits
from ..statement_file import StatementFile
from .text import head_text

#: Record 0 with its four zeros, the day of creation, the bank, the application.
_START = re.compile(r"\s*00000\d{6}\d{3}\d\d[ D]?", re.ASCII | re.DOTALL)


class CodaFormat:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("CODA",)

    def recognises(self, head: bytes) -> bool:
        """Return whether the first record is CODA's header.

        >>> CodaFormat().recognises(b"0000001081700005                  Address")
        True
        """
        return _START.match(head_text(head)) is not None

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_coda(stream, limits)


CODA = CodaFormat()
