"""MT940 and MT942 as one format: the fields of the messages say which."""

import re
from typing import BinaryIO

from ..limits import Limits
from ..statement_file import StatementFile
from ..swift.reader import read_swift
from .text import head_text

#: ``:20:`` or ``:940:`` at the start of a line, or a SWIFT envelope; blanks and the control
#: characters of a transfer protocol may stand before.
_START = re.compile(r"(?:^|[\x00-\x1f]|@@)[ \t]*(?::20:|:94[02]\d?:|\{1:F\d\d[A-Z]{4})", re.ASCII)


class SwiftFormat:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("MT940", "MT942")

    def recognises(self, head: bytes) -> bool:
        """Return whether a message begins here; lines of the bank's own may stand before it.

        >>> SwiftFormat().recognises(b"ABNANL2A\\r\\n940\\r\\nABNANL2A\\r\\n:20:ABN AMRO")
        True
        """
        return _START.search(head_text(head)) is not None

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_swift(stream, limits)


SWIFT = SwiftFormat()
