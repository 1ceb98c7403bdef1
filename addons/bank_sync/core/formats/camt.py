"""camt.052, camt.053, camt.054 as one format: the message element says which."""

from typing import BinaryIO

from ..camt import read_camt
from ..errors import StatementError
from ..limits import Limits
from ..statement_file import StatementFile

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class CamtFormat:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("camt.052", "camt.053", "camt.054")

    def recognises(self, head: bytes) -> bool:
        """Return whether it is XML of any kind, also UTF-16; the reader finds the message."""
        return looks_like_xml(head)

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says; XML of another message is an unknown format.

        :raise StatementError: when the file is refused
        """
        try:
            return read_camt(stream, limits=limits)
        except StatementError as error:
            if error.code in ("not_camt", "not_xml"):
                raise StatementError("unknown_format", error.place, error.detail) from error
            raise


def looks_like_xml(head: bytes) -> bool:
    """Return whether the first character is ``<``, in UTF-8 or UTF-16, after any blanks.

    >>> looks_like_xml(b"\\xef\\xbb\\xbf\\n<Document>"), looks_like_xml("<a/>".encode("utf-16"))
    (True, True)
    >>> looks_like_xml(b":20:STARTUMS")
    False
    """
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    return head.lstrip(b" \t\r\n\x00").startswith(b"<")


CAMT = CamtFormat()
