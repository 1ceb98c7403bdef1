"""BAI2, the balance reporting format of North American banks.

Own reader: the library for it never ends on a file without trailers, joins continued lines in the
middle of a summary item wrongly, and refuses the codes banks define themselves. What would have to
be mended before it may see a file is the whole of the reading.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from ..errors import StatementError
from ..limits import Limits
from ..proof import prove_statement
from ..statement import Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .bai2_items import SummaryItem, read_date, read_number, read_summary, read_transaction
from .bai2_records import Record, read_records
from .text import head_text, read_lines

OPENING_LEDGER, CLOSING_LEDGER = "010", "015"
#: What a file without any currency is in; the format's own default.
DEFAULT_CURRENCY = "USD"
_VERSION = "2"
_STATUS_CORRECTION = "3"
#: Group status of what the bank takes back, or has only sent to try the line.
_NOT_BOOKS = {"2": "deletion", "4": "test"}
_INTERIM = ("1", "3")


class Bai2Format:
    """Keeps :class:`~.base.StatementFormat`."""

    names = ("BAI2",)

    def recognises(self, head: bytes) -> bool:
        """Return whether the first line is a 01 record with its nine fields."""
        line = head_text(head).lstrip()
        fields = line.split("\n", 1)[0].split("\r", 1)[0].split(",")
        return fields[0] == "01" and len(fields) > 4 and fields[3].strip().isdigit()

    def read(self, stream: BinaryIO, limits: Limits) -> StatementFile:
        """Return what the file says.

        :raise StatementError: when the file is refused
        """
        return read_bai2(stream, limits)


BAI2 = Bai2Format()


def read_bai2(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole BAI2 file: one statement for each account of each group.

    Control totals and counts that are wrong are warned about. A file without its last trailers is
    read, with a warning, as long as every account is known to be whole: by its own trailer, or
    because its balances prove it.

    :raise StatementError: when the file is refused
    """
    reader = _Reader()
    for record in read_records(read_lines(stream, limits)):
        reader.take(record)
    return reader.finish()


@dataclass
class _Account:
    """An account in the making; ``records`` counts its lines."""

    record: Record
    currency: str
    items: list[SummaryItem]
    entries: list[Entry] = field(default_factory=list)
    total: int = 0
    records: int = 0
    ended: bool = False


@dataclass
class _Level:
    """File or group: what its trailer is to confirm."""

    total: int = 0
    children: int = 0
    records: int = 0


class _Reader:
    """Takes the records in their order."""

    def __init__(self) -> None:
        self._warnings: list[ReadWarning] = []
        self._statements: list[Statement] = []
        self._file: _Level | None = None
        self._group: _Level | None = None
        self._account: _Account | None = None
        self._day: date | None = None
        self._currency = ""
        self._last: Record | None = None
        self._takers: dict[str, Callable[[Record], None]] = {
            "01": self._file_header,
            "02": self._group_header,
            "03": self._account_header,
            "16": self._transaction,
            "49": self._account_trailer,
            "98": self._group_trailer,
            "99": self._file_trailer,
        }

    def take(self, record: Record) -> None:
        """Take the next record."""
        self._last = record
        self._takers[record.code](record)

    def finish(self) -> StatementFile:
        """Return the file, read to its end."""
        if self._last is None:
            raise StatementError("empty")
        if self._file is not None:
            self._end_group()
            self._warn("trailer_missing", self._last, "99")
        if not self._statements:
            raise StatementError("no_statement", None, "03 is missing")
        statements, warnings = tuple(self._statements), tuple(self._warnings)
        return StatementFile("BAI2", _VERSION, statements, warnings)

    def _file_header(self, record: Record) -> None:
        if self._file is not None:
            raise StatementError("out_of_place", record.place, "record 01")
        version = (record.fields() + [""] * 8)[7]
        if version not in ("", _VERSION):
            raise StatementError("bad_record", record.place, f"BAI version {version}")
        self._file = _Level(records=record.lines)

    def _group_header(self, record: Record) -> None:
        self._end_group()
        if self._file is None:
            raise StatementError("out_of_place", record.place, "record 02")
        fields = record.fields() + [""] * 7
        status, day, currency, modifier = fields[2], fields[3], fields[5], fields[6]
        if status in _NOT_BOOKS:
            raise StatementError("bad_record", record.place, f"group status {_NOT_BOOKS[status]}")
        if status == _STATUS_CORRECTION:
            self._warn("correction", record)
        if modifier in _INTERIM:
            self._warn("interim_report", record)
        self._day = read_date(day, record.place)
        self._currency = currency.upper()
        self._group = _Level(records=record.lines)

    def _account_header(self, record: Record) -> None:
        self._end_account()
        if self._group is None:
            raise StatementError("out_of_place", record.place, "record 03")
        currency = ([*record.fields(), ""])[1].upper() or self._currency
        if not currency:
            currency = DEFAULT_CURRENCY
            self._warn("currency_assumed", record, currency)
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
            raise StatementError("bad_currency", record.place, currency)
        items = read_summary(record)
        total = sum(item.amount or 0 for item in items)
        self._account = _Account(record, currency, items, [], total, record.lines)

    def _transaction(self, record: Record) -> None:
        account = self._account
        if account is None or self._day is None:
            raise StatementError("out_of_place", record.place, "record 16")
        entry, counted = read_transaction(record, day=self._day, currency=account.currency)
        if len(record.parts) > record.lines:
            self._warn("line_joined", record)
        account.entries.append(entry)
        account.total += counted
        account.records += record.lines

    def _account_trailer(self, record: Record) -> None:
        account = self._account
        if account is None:
            raise StatementError("out_of_place", record.place, "record 49")
        account.records += record.lines
        account.ended = True
        stated = self._stated(record, 2)
        self._compare(record, "control_total_differs", stated[0], account.total)
        self._compare(record, "record_count_differs", stated[1], account.records)
        self._end_account(stated[0])

    def _end_account(self, stated_total: int | None = None) -> None:
        account, self._account = self._account, None
        if account is None:
            return
        statement = self._statement(account)
        if not account.ended:
            if prove_statement(statement).status != "proved":
                raise StatementError("truncated", account.record.place)
            self._warn("trailer_missing", account.record, "49")
        if statement.account is None:
            self._warn("account_missing", account.record)
        self._statements.append(statement)
        if self._group is not None:
            # What is above counts what the trailer below it says, right or wrong.
            self._group.total += account.total if stated_total is None else stated_total
            self._group.children += 1
            self._group.records += account.records

    def _group_trailer(self, record: Record) -> None:
        self._end_account()
        if self._group is None:
            raise StatementError("out_of_place", record.place, "record 98")
        self._group.records += record.lines
        self._check(record, self._group)
        self._close_group(self._stated(record, 3)[0])

    def _end_group(self) -> None:
        """End a group that has no trailer."""
        self._end_account()
        if self._group is not None and self._last is not None:
            self._warn("trailer_missing", self._last, "98")
            self._close_group(self._group.total)

    def _close_group(self, total: int) -> None:
        group, self._group = self._group, None
        if self._file is not None and group is not None:
            self._file.total += total
            self._file.children += 1
            self._file.records += group.records

    def _file_trailer(self, record: Record) -> None:
        self._end_group()
        if self._file is None:
            raise StatementError("out_of_place", record.place, "record 99")
        self._file.records += record.lines
        self._check(record, self._file)
        self._file = None

    def _check(self, record: Record, level: _Level) -> None:
        total, children, records = self._stated(record, 3)
        self._compare(record, "control_total_differs", total, level.total)
        self._compare(record, "part_count_differs", children, level.children)
        self._compare(record, "record_count_differs", records, level.records)

    @staticmethod
    def _stated(record: Record, count: int) -> list[int]:
        fields = record.fields() + [""] * count
        return [read_number(text, record.place) for text in fields[:count]]

    def _compare(self, record: Record, code: str, stated: int, found: int) -> None:
        if stated != found:
            self._warn(code, record, f"{stated}, not {found}")

    def _statement(self, account: _Account) -> Statement:
        balances = {item.code: item.amount for item in reversed(account.items)}
        opening, closing = balances.get(OPENING_LEDGER), balances.get(CLOSING_LEDGER)
        return Statement(
            None,
            account.record.fields()[0] or None,
            account.currency,
            opening,
            closing,
            tuple(account.entries),
            opening_date=self._day if opening is not None else None,
            closing_date=self._day if closing is not None else None,
        )

    def _warn(self, code: str, record: Record, detail: str = "") -> None:
        self._warnings.append(ReadWarning(code, record.place, detail))
