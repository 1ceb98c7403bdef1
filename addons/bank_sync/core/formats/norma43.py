"""Norma 43 (AEB/CSB 43), the statement of Spanish banks.

Own reader: the library for it is strict where real banks are not (a sign code of 0, missing
trailers, wrong counts), and takes fifty times as long. The tests read with it and compare.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from ..errors import StatementError
from ..limits import Limits
from ..money import to_decimal_text
from ..proof import prove_statement
from ..statement import Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .norma43_records import Line, cut_lines
from .text import head_text, read_lines

_DEBIT, _CREDIT = "1", "2"
_SIGNS = {_DEBIT: -1, _CREDIT: 1}
#: An account header, after the header of a file on a medium where there is one.
_HEADER = re.compile(r"\s*(?:00[^\r\n]{2,100}[\r\n]+)?11[0-9]{8}[0-9 ]{10}[0-9]{12}[0-9 ]")


class Norma43Format:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("Norma 43",)

    def recognises(self, head: bytes) -> bool:
        """Return whether it begins with an account header: bank, branch, account, two dates."""
        return _HEADER.match(head_text(head)) is not None

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_norma43(stream, limits)


NORMA43 = Norma43Format()


def read_norma43(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole Norma 43 file: one statement for each account header.

    Missing trailers, wrong counts and totals, and sign codes that say nothing are warned about.

    :raise StatementError: when the file is refused
    """
    reader = _Reader()
    lines = cut_lines(read_lines(stream, limits))
    for line in lines:
        reader.take(line)
    return reader.finish()


@dataclass
class _Account:
    """An account in the making."""

    header: Line
    number: str
    currency: str
    entries: list[Entry] = field(default_factory=list)
    #: Text of the last entry, until the next one begins.
    texts: list[str] = field(default_factory=list)

    def add_texts(self) -> None:
        """Give the last entry its text."""
        if self.texts:
            entry = self.entries[-1]
            self.entries[-1] = replace(entry, remittance=(*entry.remittance, *self.texts))
            self.texts = []


class _Reader:
    """Takes the records in their order."""

    def __init__(self) -> None:
        self._warnings: list[ReadWarning] = []
        self._statements: list[Statement] = []
        self._account: _Account | None = None
        self._lines = 0
        self._ended = False
        self._takers: dict[str, Callable[[Line], None]] = {
            "00": lambda line: None,
            "11": self._header,
            "22": self._movement,
            "23": self._text,
            "24": self._equivalence,
            "33": self._trailer,
            "88": self._file_trailer,
        }

    def take(self, line: Line) -> None:
        """Take the next record."""
        if line.code not in self._takers:
            raise StatementError("bad_record", line.place, line.text.rstrip())
        if self._ended:
            raise _out_of_place(line)
        self._takers[line.code](line)
        self._lines += 1

    def finish(self) -> StatementFile:
        """Return the file, read to its end."""
        self._close(None)
        if not self._statements:
            raise StatementError("no_statement", None, "11 is missing")
        if not self._ended:
            self._warnings.append(ReadWarning("trailer_missing", "", "88"))
        return StatementFile("Norma 43", None, tuple(self._statements), tuple(self._warnings))

    def _open_account(self, line: Line) -> _Account:
        if self._account is None:
            raise _out_of_place(line)
        return self._account

    def _header(self, line: Line) -> None:
        self._close(None)
        number = line.cut(2, 18).replace(" ", "")
        self._account = _Account(line, number, line.currency(47))

    def _movement(self, line: Line) -> None:
        account = self._open_account(line)
        sign = _SIGNS.get(line.text[27])
        amount = line.amount(28, account.currency)
        if sign is None:
            raise StatementError("bad_direction", line.place, line.text[27])
        account.add_texts()
        account.entries.append(
            Entry(
                booking_date=line.day(10),
                value_date=line.day(16) if line.reference(16, 6) else None,
                amount=sign * amount,
                currency=account.currency,
                entry_reference=line.reference(42, 10),
                servicer_reference=line.reference(52, 12),
                remittance=tuple(filter(None, [line.reference(64, 16)])),
                bank_transaction_code=f"{line.cut(22, 2)}-{line.cut(24, 3)}".strip("-") or None,
            )
        )

    def _last_entry(self, line: Line) -> Entry:
        account = self._open_account(line)
        if not account.entries:
            raise _out_of_place(line)
        return account.entries[-1]

    def _text(self, line: Line) -> None:
        self._last_entry(line)
        texts = self._open_account(line).texts
        texts += [text for text in (line.cut(4, 38), line.cut(42, 38)) if text]

    def _equivalence(self, line: Line) -> None:
        """Take the amount in the currency it was ordered in; the account's own tells nothing."""
        entry = self._last_entry(line)
        currency = line.currency(4)
        if currency == entry.currency:
            return
        amount = line.amount(7, currency)
        self._open_account(line).entries[-1] = replace(
            entry,
            original_amount=-amount if entry.amount < 0 else amount,
            original_currency=currency,
        )

    def _trailer(self, line: Line) -> None:
        account = self._open_account(line)
        if line.cut(2, 18).replace(" ", "") != account.number:
            self._warn("account_differs", line, line.cut(2, 18))
        amounts = [entry.amount for entry in account.entries]
        for at, sign in ((20, -1), (39, 1)):
            side = [abs(amount) for amount in amounts if amount * sign > 0]
            # An entry of nought counts on either side.
            noughts = amounts.count(0)
            count = int(line.digits(at, 5))
            if not len(side) <= count <= len(side) + noughts:
                self._warn("entry_count_differs", line, str(count))
            total = line.amount(at + 5, account.currency)
            if total != sum(side):
                stated, found = (to_decimal_text(t, account.currency) for t in (total, sum(side)))
                self._warn("control_total_differs", line, f"{stated}, not {found}")
        self._close(line)

    def _file_trailer(self, line: Line) -> None:
        self._close(None)
        count = int(line.digits(20, 6))
        # The trailer itself is counted by some banks and not by others.
        if count not in (self._lines, self._lines + 1):
            self._warn("record_count_differs", line, str(count))
        self._ended = True

    def _close(self, trailer: Line | None) -> None:
        """End the statement of an account, with the closing balance of its trailer."""
        account, self._account = self._account, None
        if account is None:
            return
        account.add_texts()
        header = account.header
        statement = Statement(
            None,
            account.number,
            account.currency,
            header.amount(33, account.currency),
            None,
            tuple(account.entries),
            opening_date=header.day(20),
            closing_date=header.day(26),
        )
        statement = self._signed(statement, header, "opening", header.text[32])
        if trailer is None:
            self._warn("trailer_missing", header, "33")
            statement = replace(statement, closing_date=None)
        else:
            closing = trailer.amount(59, account.currency)
            statement = replace(statement, closing=closing)
            statement = self._signed(statement, trailer, "closing", trailer.text[58])
        self._statements.append(statement)

    def _signed(self, statement: Statement, line: Line, name: str, code: str) -> Statement:
        """Give a balance its sign; where the code is none, credit, unless the proof says debit."""
        amount = getattr(statement, name)
        sign = _SIGNS.get(code)
        if sign is None:
            if code.strip("0"):
                raise StatementError("bad_direction", line.place, code)
            debit = replace(statement, **{name: -amount})
            sign = -1 if prove_statement(debit).status == "proved" else 1
            if amount:
                self._warn("sign_assumed", line, name)
        return replace(statement, **{name: sign * amount})

    def _warn(self, code: str, line: Line, detail: str = "") -> None:
        self._warnings.append(ReadWarning(code, line.place, detail))


def _out_of_place(line: Line) -> StatementError:
    return StatementError("out_of_place", line.place, f"record {line.code}")
