"""Lines of a CODA file -> one group of checked records per statement."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ..errors import StatementError
from ..formats.text import line_place
from ..formats.values import day_month_year

LENGTH = 128
#: Record codes that may follow each other: old balance, movement, information, message.
_INSIDE = ("1", "2", "3", "4")
_AMOUNT = re.compile(r"[01]\d{15}", re.ASCII)
_NO_DAY = "000000"
#: Transaction types of an entry, of a detail of it, and of a detail of a detail.
_ENTRY, _DETAIL, _NESTED = "0123", "5678", "9"
#: Detail number of an entry; its details count from 0001.
_ENTRY_NUMBER = "0000"


@dataclass(frozen=True, slots=True)
class Record:
    """One record; columns are counted from 0, as slices."""

    line: int
    text: str

    @property
    def key(self) -> str:
        """Return sequence and detail number, which all parts of one movement share."""
        return self.text[2:10]

    @property
    def part(self) -> str:
        """Return code and article: ``21``, ``22``, ``23``, ``31`` …"""
        return self.text[:2]

    def amount(self, start: int) -> tuple[int, str]:
        """Return sign and digits, of which the last three are decimals.

        :raise StatementError: ``bad_amount``
        """
        written = self.text[start : start + 16]
        if not _AMOUNT.fullmatch(written):
            raise StatementError("bad_amount", line_place(self.line), written)
        return (-1 if written[0] == "1" else 1), written[1:]

    def day(self, start: int) -> date | None:
        """Return the DDMMYY at a column, ``None`` for 000000.

        :raise StatementError: ``bad_date``
        """
        written = self.text[start : start + 6]
        return None if written == _NO_DAY else day_month_year(written, self.line)


@dataclass(slots=True)
class Group:
    """The records of one statement.

    :param inside: what the library reads: header, old balance, movements, information
    :param opening: record 1
    :param closing: record 8, ``None`` in a statement without movements
    :param trailer: record 9
    """

    inside: list[Record] = field(default_factory=list)
    opening: Record | None = None
    closing: Record | None = None
    trailer: Record | None = None
    #: How many records the trailer should count.
    count: int = 0
    credit: int = 0
    debit: int = 0
    #: Movements without a value date, and the true type of those given to the library as details.
    undated: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    #: Line of every movement.
    lines: dict[str, int] = field(default_factory=dict)


def split(lines: list[str]) -> Iterator[Group]:
    """Yield the statements of a file, from a 0 to a 9 each.

    :raise StatementError: ``bad_record``, ``out_of_place``, ``truncated``
    """
    group: Group | None = None
    walk: _Walk | None = None
    last = 0
    for number, line in _cut(lines):
        if not line.strip():
            continue
        last = number
        record = Record(number, _full(line))
        code = record.text[0]
        if (code == "0") != (group is None):
            raise _out_of_place(record)
        if group is None:
            group = Group([record])
            walk = _Walk(group)
        elif code == "9":
            walk.finish(record)
            yield group
            group = None
        else:
            walk.take(code, record)
    if group is not None:
        raise StatementError("truncated", line_place(last))


def _cut(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield number and text of each record; some programs write no line breaks."""
    for number, line in enumerate(lines, 1):
        if len(line) >= 2 * LENGTH:
            for start in range(0, len(line), LENGTH):
                yield number, line[start : start + LENGTH]
        else:
            yield number, line


def _full(line: str) -> str:
    """Return all columns of a line; a header that lost a blank still ends in its version."""
    if line.startswith("0") and len(line.rstrip()) < LENGTH and line.rstrip().endswith("2"):
        return line.rstrip()[:-1].ljust(LENGTH - 1) + "2"
    return line.ljust(LENGTH)


class _Walk:
    """Checks the order of the records of one statement."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._movement: Record | None = None
        self._information: Record | None = None
        self._entry: str | None = None
        self._entry_key: str | None = None
        self._nested = False

    def take(self, code: str, record: Record) -> None:
        group = self._group
        if code not in (*_INSIDE, "8"):
            raise StatementError("bad_record", line_place(record.line), record.text[:20])
        if (group.opening is None) != (code == "1"):
            raise _out_of_place(record)
        if group.closing is not None and code != "4":
            raise _out_of_place(record)
        group.count += code != "4"
        if code == "1":
            record.amount(42)
            record.day(58)
            group.opening = record
        elif code == "8":
            group.closing = record
            return
        elif code == "2":
            self._take_movement(record)
            if self._nested:
                return
        elif code == "3":
            self._take_information(record)
        group.inside.append(self._readable(record))

    def finish(self, record: Record) -> None:
        """Take the trailer."""
        if self._group.opening is None:
            raise _out_of_place(record)
        self._group.trailer = record

    def _take_movement(self, record: Record) -> None:
        if record.part != "21":
            if self._movement is None or self._movement.key != record.key:
                raise _out_of_place(record)
            return
        self._movement = record
        self._group.lines[record.key] = record.line
        kind, sequence = record.text[53], record.text[2:6]
        if kind not in _ENTRY + _DETAIL + _NESTED:
            raise StatementError("bad_record", line_place(record.line), record.text[53:61])
        sign, digits = record.amount(31)
        record.day(115)
        self._nested = kind in _NESTED
        if record.text[6:10] == _ENTRY_NUMBER or (kind in _ENTRY and sequence != self._entry):
            self._entry, self._entry_key = sequence, record.key
            if sign > 0:
                self._group.credit += int(digits)
            else:
                self._group.debit += int(digits)
        elif self._entry != sequence:
            raise _out_of_place(record)

    def _take_information(self, record: Record) -> None:
        if record.part == "31":
            self._information = record
        elif self._information is None or self._information.key != record.key:
            raise _out_of_place(record)

    def _readable(self, record: Record) -> Record:
        """Return the record as the library can take it.

        That is with the entry date where the value date is not known, and with the type of a
        detail where some banks repeat the type of the entry.
        """
        if record.part != "21":
            return record
        text = record.text
        if record.day(47) is None:
            self._group.undated.add(record.key)
            text = f"{text[:47]}{text[115:121]}{text[53:]}"
        is_entry = self._entry_key == record.key
        if is_entry != (text[53] in _ENTRY):
            self._group.types[record.key] = text[53]
            text = f"{text[:53]}{'0' if is_entry else '5'}{text[54:]}"
        return Record(record.line, text)


def _out_of_place(record: Record) -> StatementError:
    return StatementError("out_of_place", line_place(record.line), f"record {record.part.strip()}")
