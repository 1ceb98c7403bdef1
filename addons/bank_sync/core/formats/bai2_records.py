"""BAI2 as records: physical lines put together, and cut into fields.

A logical record is one line ``NN,…`` and the 88 lines that continue it; each ends with ``/``,
which banks leave out after a text. A break stands between two fields, also in the middle of a
summary item.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import StatementError
from .text import line_place

#: Record codes of the format.
CODES = ("01", "02", "03", "16", "49", "88", "98", "99")
#: Records without free text: a ``/`` in them ends the record, whatever follows on the line.
_WITHOUT_TEXT = ("01", "02", "03", "49", "98", "99")
_NEXT = re.compile(r"/\s{0,200}(?=(?:0[123]|16|49|88|9[89]),)")


@dataclass(slots=True)
class Record:
    """One logical record.

    :param code: its record code
    :param line: number of its first line
    :param parts: its lines without code and closing ``/``
    """

    code: str
    line: int
    parts: list[str]

    @property
    def place(self) -> str:
        """Return where it stands."""
        return line_place(self.line)

    def fields(self) -> list[str]:
        """Return the fields of a record without text, all lines together."""
        return [field.strip() for part in self.parts for field in part.split(",")]


def read_records(lines: list[str]) -> Iterator[Record]:
    """Yield the logical records of a file.

    >>> [(r.code, r.fields()) for r in read_records(["03,1,USD,010/", "88,500,,/", "49,500,3/"])]
    [('03', ['1', 'USD', '010', '500', '', '']), ('49', ['500', '3'])]

    :raise StatementError: ``bad_record`` for a line that is no record
    """
    current: Record | None = None
    for number, line in _physical(lines):
        code, comma, rest = line.partition(",")
        if code not in CODES or not comma:
            raise StatementError("bad_record", line_place(number), line)
        if code == "88":
            if current is None:
                raise StatementError("out_of_place", line_place(number), "88")
            current.parts.append(rest.removesuffix("/"))
            continue
        if current is not None:
            yield current
        current = Record(code, number, [rest.removesuffix("/")])
    if current is not None:
        yield current


def _physical(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield number and text of each physical record; some banks join several on one line."""
    texts = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    one_line = len(texts) == 1
    for number, text in texts:
        if one_line:
            pieces = _NEXT.sub("/\n", text).split("\n")
        else:
            pieces = _split_off(text)
        for piece in pieces:
            yield number, piece.strip()


def _split_off(text: str) -> list[str]:
    """Return the records of a line: one record with text can only be the last of them.

    >>> _split_off("49,100,3/98,100,1,5/ 99,100,1,7/"), _split_off("16,165,1,,,,INVOICE 3/16,5")
    (['49,100,3/', '98,100,1,5/', '99,100,1,7/'], ['16,165,1,,,,INVOICE 3/16,5'])
    """
    pieces = []
    position = 0
    while text[position : position + 2] in _WITHOUT_TEXT and (
        match := _NEXT.search(text, position)
    ):
        pieces.append(text[position : match.start() + 1])
        position = match.end()
    return [*pieces, text[position:]]
