"""BAI2 as records: physical lines put together, and cut into fields.

A logical record is one line ``NN,…`` and the 88 lines that continue it; each ends with ``/``,
which banks leave out after a text. A break stands between two fields, also in the middle of a
summary item. Some banks join records on one line, and break a text over two without an 88.
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
#: In a text it takes a blank behind the ``/``, and all of what a record begins with.
_NEXT_IN_TEXT = re.compile(
    r"/\s{1,200}(?=16,[0-9]{3},[0-9+-]|88,|03,[0-9A-Z]|49,[+-]?[0-9]*,[0-9]+/|9[89],[+-]?[0-9]*,[0-9]+,)"
)
_LIKE_A_RECORD = re.compile(r"[0-9]{2},")


@dataclass(slots=True)
class Record:
    """One logical record.

    :param code: its record code
    :param line: number of its first line
    :param parts: its lines without code and closing ``/``
    :param lines: how many of them are records of their own, 88 included
    """

    code: str
    line: int
    parts: list[str]
    lines: int = 1

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
        code, comma, rest = line[:2], line[2:3], line[3:].removesuffix("/")
        if code == "88" and comma in (",", ":"):
            if current is None:
                raise StatementError("out_of_place", line_place(number), "record 88")
            current.parts.append(rest)
            current.lines += 1
        elif code in CODES and comma == ",":
            if current is not None:
                yield current
            current = Record(code, number, [rest])
        elif current is not None and current.code == "16" and not _LIKE_A_RECORD.match(line):
            current.parts.append(line.removesuffix("/"))
        else:
            raise StatementError("bad_record", line_place(number), line)
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
    """Return the records of a line.

    >>> _split_off("49,100,3/98,100,1,5/ 99,100,1,7/"), _split_off("16,165,1,,,,INVOICE 3/16,5")
    (['49,100,3/', '98,100,1,5/', '99,100,1,7/'], ['16,165,1,,,,INVOICE 3/16,5'])
    >>> _split_off("16,165,1,,,,A/ 16,475,2,,,,B/  49,3,4/")
    ['16,165,1,,,,A/', '16,475,2,,,,B/', '49,3,4/']
    """
    pieces = []
    position = 0
    while True:
        plain = text[position : position + 2] in _WITHOUT_TEXT
        match = (_NEXT if plain else _NEXT_IN_TEXT).search(text, position)
        if match is None:
            return [*pieces, text[position:]]
        pieces.append(text[position : match.start() + 1])
        position = match.end()
