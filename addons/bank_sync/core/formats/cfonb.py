"""CFONB120."""

import re
from typing import BinaryIO

from ..cfonb.reader import read_cfonb
from ..limits import Limits
from ..statement_file import StatementFile
from .text import head_text

#: Record code, bank, four columns of the bank's own, branch, currency, decimals.
_START = re.compile(r"\s*0[1457]\d{5}.{4}\d{5}[A-Z]{3}[0-9 ][ 0-9A-Z]", re.ASCII | re.DOTALL)


class CfonbFormat:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("CFONB120",)

    def recognises(self, head: bytes) -> bool:
        """Return whether the first record is one of CFONB120's.

        >>> CfonbFormat().recognises(b"0130004    00821EUR2 00012345678  010326")
        True
        """
        return _START.match(head_text(head)) is not None

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_cfonb(stream, limits)


CFONB = CfonbFormat()
