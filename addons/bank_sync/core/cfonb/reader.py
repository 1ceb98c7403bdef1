"""CFONB120 -> statements: an old balance, entries with their details, a new balance."""

from typing import BinaryIO

from ..errors import StatementError
from ..formats.text import line_place, read_lines
from ..limits import Limits
from ..statement import Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .details import Details
from .records import Record, split


def read_cfonb(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole CFONB120 file; every 01 begins a statement, which its 07 ends.

    Amounts carry their own sign and number of decimals. The account is the national number (bank,
    branch, account) of the 01; records of another account belong to the same statement, with a
    warning.

    :raise StatementError: when the file is refused
    """
    statements: list[Statement] = []
    warnings: list[ReadWarning] = []
    builder: _StatementBuilder | None = None
    last = 0
    for record in split(read_lines(stream, limits)):
        last = record.line
        if builder is None:
            if record.code != "01":
                raise StatementError("out_of_place", line_place(last), f"record {record.code}")
            builder = _StatementBuilder(record)
        elif builder.take(record):
            statements.append(builder.build(record))
            warnings += builder.warnings
            builder = None
    if builder is not None:
        raise StatementError("truncated", line_place(last))
    if not statements:
        raise StatementError("no_statement", None, "record 01 is missing")
    return StatementFile("CFONB120", None, tuple(statements), tuple(warnings))


class _StatementBuilder:
    """One statement in the making, from its 01 on."""

    def __init__(self, opening: Record) -> None:
        self.warnings: list[ReadWarning] = []
        self._opening = opening
        self._entries: list[Entry] = []
        self._record: Record | None = None
        self._details = Details()
        self._other_accounts = 0

    def take(self, record: Record) -> bool:
        """Take the next record; return whether it ends the statement.

        :raise StatementError: ``out_of_place``
        """
        if record.account != self._opening.account:
            self._other_accounts += 1
        if record.code == "05":
            if self._record is None:
                raise StatementError("out_of_place", line_place(record.line), "record 05")
            self._details.take(record)
            return False
        if record.code == "01":
            raise StatementError("out_of_place", line_place(record.line), "record 01")
        self._finish_entry()
        if record.code == "04":
            self._record, self._details = record, Details()
        return record.code == "07"

    def build(self, closing: Record) -> Statement:
        """Return the statement, once its 07 has been taken."""
        opening = self._opening
        place = line_place(opening.line)
        if self._other_accounts:
            detail = closing.account if closing.account != opening.account else ""
            self.warnings.append(
                ReadWarning("account_differs", place, detail, self._other_accounts)
            )
        closing_amount: int | None = closing.amount()
        if closing.currency != opening.currency:
            self.warnings.append(ReadWarning("balance_currency_differs", place, "closing"))
            closing_amount = None
        foreign = sum(entry.currency != opening.currency for entry in self._entries)
        if foreign:
            self.warnings.append(ReadWarning("foreign_currency", place, count=foreign))
        return Statement(
            None,
            opening.account,
            opening.currency,
            opening.amount(),
            closing_amount,
            tuple(self._entries),
            opening.day(34),
            closing.day(34),
        )

    def _finish_entry(self) -> None:
        if self._record is not None:
            self._entries.append(_entry(self._record, self._details))
            self._record = None


def _entry(record: Record, details: Details) -> Entry:
    amount = record.amount()
    label = record.column(48, 79)
    original = details.original_amount if details.original_currency != record.currency else None
    return Entry(
        record.day(34),
        record.day(42) if record.column(42, 48) else None,
        amount,
        record.currency,
        servicer_reference=details.bank_reference or record.column(104, 120),
        end_to_end_id=details.end_to_end_id,
        mandate_id=details.mandate_id,
        creditor_reference=details.creditor_reference,
        counterparty_name=details.counterparty_name(credit=amount > 0),
        remittance=tuple(details.remittance or filter(None, (label, *details.labels))),
        bank_transaction_code=record.column(32, 34),
        return_reason=record.column(40, 42),
        description=" ".join(filter(None, (label, *details.labels))) or None
        if details.remittance
        else None,
        original_amount=None if original is None else (original if amount > 0 else -original),
        original_currency=None if original is None else details.original_currency,
        exchange_rate=None if original is None else details.exchange_rate,
        charges=tuple(details.charges),
    )
