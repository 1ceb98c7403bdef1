"""QIF, the old exchange format of personal finance programs; some banks still offer it.

Own reader: the library for it asks the caller for the order of day and month, swaps them in
silence where they do not fit, and refuses split entries that do not add up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from ..errors import StatementError
from ..limits import Limits
from ..money import NO_CURRENCY
from ..statement import Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .qif_values import WrittenDate, decide_order, decimal_comma, read_amount, written_date
from .text import head_text, line_place, read_lines

_BANK_TYPES = {"bank", "cash", "ccard", "oth a", "otha", "oth l", "othl"}
#: Lists that are no books.
_LISTS = {"cat", "class", "memorized", "security", "prices", "template", "budget", "tag", "invoice"}
_INVESTMENT = "invst"
#: Before the first header: remarks of whoever wrote the file, and a record that is none.
_PASSED = ("#", "^")
_HEADERS = ("!type:", "!account", "!option:", "!clear:")
_ENDS = re.compile(r"[\r\n]+")


class QifFormat:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("QIF",)

    def recognises(self, head: bytes) -> bool:
        """Return whether the first line is a header of QIF; remarks (``#``) may stand before it."""
        lines = (line.strip().lower() for line in _ENDS.split(head_text(head)))
        first = next((line for line in lines if line and not line.startswith(_PASSED)), "")
        return first.startswith(_HEADERS)

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_qif(stream, limits)


QIF = QifFormat()


@dataclass
class _Record:
    """One record: its first line's number, and its lines by their letter."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)
    closed: bool = True

    def first(self, letter: str) -> str | None:
        """Return the first value of ``letter``, ``None`` where it is empty or missing."""
        return next((value for value in self.values.get(letter, []) if value), None)


@dataclass
class _Section:
    """Records under one header, and the account named before it."""

    kind: str
    account: str | None
    line: int
    records: list[_Record] = field(default_factory=list)


def read_qif(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole QIF file: one statement for each section of a bank, cash or card account.

    Statements have no currency (``None``), entries have ``NO_CURRENCY``: it is that of the account
    they are imported into (:mod:`~..denominate`). There are no balances. Splits are categories of
    the program that wrote the file, not of a bank, and are left out.

    A file that holds investments only gives no statement, and a warning.

    :raise StatementError: when the file is refused
    """
    warnings: list[ReadWarning] = []
    sections = list(_sections(read_lines(stream, limits), warnings))
    books = [section for section in sections if section.kind in _BANK_TYPES and section.records]
    if not books:
        if not any(section.kind == _INVESTMENT for section in sections):
            raise StatementError("no_statement", None, "!Type:Bank is missing")
        warnings.append(ReadWarning("investment_only", ""))
        return StatementFile("QIF", None, (), tuple(warnings))
    statements = _statements(books, warnings)
    return StatementFile("QIF", None, statements, tuple(warnings))


def _statements(books: list[_Section], warnings: list[ReadWarning]) -> tuple[Statement, ...]:
    """Return the statements, once the whole file has said how it writes dates and amounts."""
    dates = [_date(record) for section in books for record in section.records]
    order, in_doubt = decide_order(dates)
    if in_doubt:
        warnings.append(ReadWarning("date_order_assumed", dates[0].place, order, in_doubt))
    comma = decimal_comma(_amount(record) for section in books for record in section.records)
    days = iter(dates)
    statements = []
    for section in books:
        entries = tuple(_entry(record, next(days).read(order), comma) for record in section.records)
        statements.append(Statement(None, section.account, None, None, None, entries))
        place = line_place(section.line)
        if section.account is None:
            warnings.append(ReadWarning("account_missing", place))
        if (section.records[0].first("P") or "").lower() == "opening balance":
            warnings.append(ReadWarning("opening_balance_entry", place))
    return tuple(statements)


def _sections(lines: list[str], warnings: list[ReadWarning]) -> Iterator[_Section]:
    """Yield the sections in their order; an account list names the account of the next one."""
    account: str | None = None
    section: _Section | None = None
    for number, line in enumerate(lines, 1):
        if not line.lstrip().startswith("!"):
            if section is not None:
                _take(section, number, line)
            elif line.strip() and line.lstrip()[0] not in "#^":
                raise StatementError("out_of_place", line_place(number), line)
            continue
        kind = _kind(line)
        if kind == "flag":
            continue
        if section is not None:
            account = _finish(section, account, warnings)
            yield section
        section = _Section(kind, account, number)
        if kind not in _BANK_TYPES | _LISTS | {_INVESTMENT, "account"}:
            warnings.append(ReadWarning("unknown_section", line_place(number), line.strip()))
    if section is not None:
        _finish(section, account, warnings)
        yield section


def _kind(line: str) -> str:
    """Return the section's type; switches of the program begin no section.

    >>> _kind("!Type:Oth A "), _kind("!Account"), _kind("!Option:AutoSwitch")
    ('oth a', 'account', 'flag')
    """
    name, _colon, kind = line.strip()[1:].lower().partition(":")
    if name in ("option", "clear"):
        return "flag"
    return kind.strip() if name == "type" else name


def _take(section: _Section, number: int, line: str) -> None:
    """Put one line into the record it belongs to."""
    records = section.records
    if line.startswith("^"):
        if records and not records[-1].closed:
            records[-1].closed = True
        return
    if not line.strip():
        return
    if not records or records[-1].closed:
        records.append(_Record(number, closed=False))
    records[-1].values.setdefault(line[0].upper(), []).append(line[1:].strip())


def _finish(section: _Section, account: str | None, warnings: list[ReadWarning]) -> str | None:
    """End a section; return the account that is named from here on."""
    records = section.records
    if records and not records[-1].closed and section.kind in _BANK_TYPES:
        warnings.append(ReadWarning("record_not_closed", line_place(records[-1].line)))
    if section.kind == "account" and records:
        return records[-1].first("N") or account
    return account


def _date(record: _Record) -> WrittenDate:
    place = line_place(record.line)
    text = record.first("D")
    if text is None:
        raise StatementError("missing", place, "the date (D)")
    repeated = {letter for letter in "DTU" if len(record.values.get(letter, ())) > 1}
    # A split may have a day of its own, or its amount as T; with both it is another record.
    if "S" in record.values and ("D" not in repeated or repeated == {"D"}):
        repeated = set()
    if repeated:
        # Two records have run together; the second would be lost.
        raise StatementError("bad_record", place, "D, T: no ^ between them")
    return written_date(text, place)


def _amount(record: _Record) -> str:
    text = record.first("T") or record.first("U")
    if text is None:
        raise StatementError("missing", line_place(record.line), "the amount (T)")
    return text


def _entry(record: _Record, day: date | None, comma: bool) -> Entry:
    place = line_place(record.line)
    return Entry(
        booking_date=day,
        value_date=None,
        amount=read_amount(_amount(record), NO_CURRENCY, place, comma=comma),
        currency=NO_CURRENCY,
        counterparty_name=record.first("P"),
        remittance=tuple(memo for memo in record.values.get("M", []) if memo),
        description=_description(record),
    )


def _description(record: _Record) -> str | None:
    """Return number or kind of the entry, and the payee's address."""
    said = [value for letter in "NA" for value in record.values.get(letter, []) if value]
    return ", ".join(said) or None
