"""Norma 43 records: fields at fixed columns. Source: AEB, *Cuaderno 43*, June 2012.

Columns are counted from nought here. A line is 80 characters; many a bank leaves off the blanks at
its end, so a line is filled up before it is cut.
"""

from dataclasses import dataclass
from datetime import date

from ..errors import StatementError
from .iso4217_numbers import CODES
from .text import line_place
from .values import full_year, minor, scaled

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One record and its line number."""

    number: int
    text: str

    @property
    def code(self) -> str:
        """Return the record code."""
        return self.text[:2]

    @property
    def place(self) -> str:
        """Return where it stands."""
        return line_place(self.number)

    def cut(self, start: int, length: int) -> str:
        """Return a field without the blanks around it."""
        return self.text[start : start + length].strip()

    def reference(self, start: int, length: int) -> str | None:
        """Return a field that identifies something; noughts alone identify nothing."""
        value = self.cut(start, length)
        return value if value.strip("0 ") else None

    def digits(self, start: int, length: int) -> str:
        """Return a field of digits, all of them.

        :raise StatementError: ``bad_record``
        """
        value = self.text[start : start + length]
        if len(value) != length or not (value.isascii() and value.isdigit()):
            raise StatementError("bad_record", self.place, value)
        return value

    def day(self, start: int) -> date:
        """Return the day of ``YYMMDD``.

        :raise StatementError: ``bad_date``
        """
        value = self.text[start : start + 6]
        try:
            if value.isascii() and value.isdigit():
                return date(full_year(int(value[:2])), int(value[2:4]), int(value[4:]))
        except ValueError:
            pass
        raise StatementError("bad_date", self.place, value)

    def amount(self, start: int, currency: str) -> int:
        """Return twelve digits and two decimals, in minor units of ``currency``.

        :raise StatementError: ``bad_amount``, ``amount_precision``
        """
        value = self.text[start : start + 14]
        if not (len(value) == 14 and value.isascii() and value.isdigit()):
            raise StatementError("bad_amount", self.place, value)
        return minor(scaled(value, 2), currency, self.number)

    def currency(self, start: int) -> str:
        """Return the code of a currency's number.

        :raise StatementError: ``bad_currency``
        """
        number = self.text[start : start + 3]
        if number not in CODES:
            raise StatementError("bad_currency", self.place, number)
        return CODES[number]


def cut_lines(lines: list[str]) -> list[Line]:
    """Return the records; also of a file that is one line without any breaks.

    >>> [line.code for line in cut_lines(["11" + "0" * 78 + "88" + "9" * 78])]
    ['11', '88']
    """
    filled = [(number, text) for number, text in enumerate(lines, 1) if text.strip()]
    if len(filled) == 1 and len(filled[0][1].rstrip()) > WIDTH:
        number, text = filled[0]
        text = text.strip()
        pieces = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
        return [Line(number, piece.ljust(WIDTH)) for piece in pieces if piece.strip()]
    return [Line(number, text.ljust(WIDTH)) for number, text in filled]
