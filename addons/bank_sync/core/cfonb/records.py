"""Lines of a CFONB120 file -> records, each with its number and its columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..errors import StatementError
from ..formats.text import line_place
from ..formats.values import day_month_year, minor, scaled

LENGTH = 120
_CODES = ("01", "04", "05", "07")
#: The last digit of an amount carries its sign: ``{`` and A-I are +0 to +9, ``}`` and J-R -0 to -9.
_LAST_DIGIT = {
    **{char: (digit, 1) for digit, char in enumerate("{ABCDEFGHI")},
    **{char: (digit, -1) for digit, char in enumerate("}JKLMNOPQR")},
}
#: Some banks leave the number of decimals blank where it is two.
_DECIMALS = {**{str(number): number for number in range(10)}, " ": 2}
_AMOUNT = re.compile(r"\d{13}[{A-I}J-R]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Record:
    """One record; columns are counted from 0, as slices."""

    line: int
    text: str

    @property
    def code(self) -> str:
        """Return ``01`` (old balance), ``04`` (entry), ``05`` (detail) or ``07`` (new balance)."""
        return self.text[:2]

    @property
    def account(self) -> str:
        """Return bank, branch and account number, the national number without its key."""
        return (self.text[2:7] + self.text[11:16] + self.text[21:32]).strip()

    @property
    def currency(self) -> str:
        """Return the currency of the amount."""
        return self.text[16:19].strip()

    def column(self, start: int, end: int) -> str | None:
        """Return the text of columns, ``None`` where they are blank."""
        return self.text[start:end].strip() or None

    def day(self, start: int) -> date:
        """Return the DDMMYY at a column.

        :raise StatementError: ``bad_date``
        """
        return day_month_year(self.text[start : start + 6], self.line)

    def amount(self) -> int:
        """Return the signed amount in minor units of the currency.

        :raise StatementError: ``bad_amount``, ``bad_currency``, ``amount_precision``
        """
        written = self.text[90:104]
        if not _AMOUNT.fullmatch(written):
            raise StatementError("bad_amount", line_place(self.line), written)
        digit, sign = _LAST_DIGIT[written[-1]]
        decimals = self.text[19]
        if decimals not in _DECIMALS:
            raise StatementError("bad_amount", line_place(self.line), f"{decimals} {written}")
        amount = scaled(f"{written[:-1]}{digit}", _DECIMALS[decimals])
        return sign * minor(amount, self.currency, self.line)


def split(lines: list[str]) -> Iterator[Record]:
    """Yield the records of a file; some banks write them without any line break.

    :raise StatementError: ``bad_record``
    """
    for number, line in enumerate(lines, 1):
        for start in range(0, len(line), LENGTH):
            text = line[start : start + LENGTH]
            if not text.strip():
                continue
            if text[:2] not in _CODES:
                raise StatementError("bad_record", line_place(number), text[:20])
            yield Record(number, text.ljust(LENGTH))
