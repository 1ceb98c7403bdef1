"""Rows of a table -> statements, with a mapping a person has approved."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from ..errors import StatementError
from ..money import PrecisionError, to_minor
from ..statement import Entry, Statement
from ..statement_file import ReadWarning, StatementFile
from .mapping import ColumnMapping, ColumnRole
from .notation import parse_date, parse_number
from .sheet import Cell, Sheet

FORMAT = "table"


def read_table(sheet: Sheet, mapping: ColumnMapping) -> StatementFile:
    """Return one statement per account and currency of the table, oldest entry first.

    A balance column proves the table row by row: it must move by each row's amount, from the first
    row to the last or, in tables with the newest row on top, the other way round. Opening and
    closing come from it; without one the statement is unproven.

    :raise StatementError: for a cell that cannot be read; its place names row and column
    :raise ValueError: when ``mapping.problems()`` has any
    """
    if problems := mapping.problems():
        message = f"unusable mapping: {', '.join(problems)}"
        raise ValueError(message)
    groups: dict[tuple[str | None, str], list[tuple[Entry, int | None]]] = {}
    for row in _Rows(sheet, mapping):
        groups.setdefault((row.account, row.entry.currency), []).append((row.entry, row.balance))
    if not groups:
        raise StatementError("no_statement", None, "no row below the header")
    statements, warnings = [], []
    for (account, currency), rows in groups.items():
        statement, warning = _statement(account, currency, rows)
        statements.append(statement)
        if warning:
            place = f"Stmt[{len(statements)}]"
            warnings.append(ReadWarning(warning, place))
    return StatementFile(FORMAT, None, tuple(statements), tuple(warnings))


def _statement(
    account: str | None, currency: str, rows: list[tuple[Entry, int | None]]
) -> tuple[Statement, str | None]:
    """Return the statement of one account, and the code of a warning."""
    rows, moves = _oldest_first(rows)
    entries = tuple(entry for entry, _balance in rows)
    booked = [(entry, balance) for entry, balance in rows if not entry.pending]
    balances = [balance for _entry, balance in booked]
    days = [entry.booking_date or entry.value_date for entry in entries]
    opening = closing = None
    if booked and None not in balances:
        opening, closing = balances[0] - booked[0][0].amount, balances[-1]
    statement = Statement(
        id=None,
        account=account,
        currency=currency,
        opening=opening,
        closing=closing,
        entries=entries,
        opening_date=min(days),
        closing_date=max(days) if closing is not None else None,
    )
    return statement, None if moves or opening is None else "balance_column_jumps"


def _oldest_first(
    rows: list[tuple[Entry, int | None]],
) -> tuple[list[tuple[Entry, int | None]], bool]:
    """Return the rows in the order of the books, and whether the balances move with them."""
    upward = rows[::-1]
    for order in (rows, upward):
        if _moves(order):
            return order, True
    first, last = (
        entry.booking_date or entry.value_date for entry, _balance in (rows[0], rows[-1])
    )
    return (upward if first > last else rows), False


def _moves(rows: Sequence[tuple[Entry, int | None]]) -> bool:
    """Return whether each balance is the one before plus the row's amount."""
    booked = [(entry, balance) for entry, balance in rows if not entry.pending]
    if any(balance is None for _entry, balance in booked):
        return False
    return all(
        before + entry.amount == after
        for (_entry, before), (entry, after) in itertools.pairwise(booked)
    )


class _Row:
    """One row, read."""

    __slots__ = ("account", "balance", "entry")

    def __init__(self, account: str | None, entry: Entry, balance: int | None) -> None:
        self.account, self.entry, self.balance = account, entry, balance


class _Rows:
    """Reads the rows below the header one by one."""

    def __init__(self, sheet: Sheet, mapping: ColumnMapping) -> None:
        self._sheet, self._mapping = sheet, mapping
        first = 0 if mapping.header_row is None else mapping.header_row + 1
        self._first = first
        self._header = sheet.rows[mapping.header_row] if first else ()
        self._by_role: dict[ColumnRole, list[int]] = {}
        for position, role in sorted(mapping.columns.items()):
            self._by_role.setdefault(role, []).append(position)

    def __iter__(self) -> Iterator[_Row]:
        for number, row in zip(
            self._sheet.numbers[self._first :], self._sheet.rows[self._first :], strict=True
        ):
            if self._is_entry(row):
                yield self._read(row, number)

    def _is_entry(self, row: Sequence[Cell]) -> bool:
        first = str(next((cell for cell in row if cell != ""), "")).upper()
        return not any(first.startswith(word) for word in self._mapping.skip_words)

    def _read(self, row: Sequence[Cell], number: int) -> _Row:
        currency = (self._text(row, ColumnRole.CURRENCY) or self._mapping.currency or "").upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            raise StatementError("bad_currency", self._place(number, ColumnRole.CURRENCY), currency)
        booking = self._date(row, number, ColumnRole.BOOKING_DATE)
        value = self._date(row, number, ColumnRole.VALUE_DATE)
        if booking is None and value is None:
            raise StatementError(
                "missing", self._place(number, ColumnRole.BOOKING_DATE), "the booking date"
            )
        state = (self._text(row, ColumnRole.STATE) or "").upper()
        entry = Entry(
            booking_date=booking or value,
            value_date=value,
            amount=self._amount(row, number, currency),
            currency=currency,
            entry_reference=self._text(row, ColumnRole.ENTRY_REFERENCE),
            end_to_end_id=self._text(row, ColumnRole.END_TO_END_ID),
            mandate_id=self._text(row, ColumnRole.MANDATE_ID),
            creditor_reference=self._text(row, ColumnRole.CREDITOR_REFERENCE),
            counterparty_name=self._text(row, ColumnRole.COUNTERPARTY_NAME),
            counterparty_account=self._text(row, ColumnRole.COUNTERPARTY_ACCOUNT),
            remittance=self._texts(row, ColumnRole.REMITTANCE),
            bank_transaction_code=self._text(row, ColumnRole.TRANSACTION_CODE),
            pending=state in self._mapping.pending_words,
        )
        account = self._text(row, ColumnRole.ACCOUNT) or self._mapping.account
        balance = self._money(row, number, ColumnRole.BALANCE, currency)
        return _Row(account, entry, balance)

    def _amount(self, row: Sequence[Cell], number: int, currency: str) -> int:
        """Return the signed amount in minor units; a row without one is refused."""
        amount = self._money(row, number, ColumnRole.AMOUNT, currency)
        if amount is None:
            money_in = self._money(row, number, ColumnRole.MONEY_IN, currency)
            money_out = self._money(row, number, ColumnRole.MONEY_OUT, currency)
            if money_in is None and money_out is None:
                raise StatementError("missing", f"row {number}", "the amount")
            # Some banks write what went out with a minus in its own column, some do not.
            amount = (money_in or 0) - abs(money_out or 0)
        direction = (self._text(row, ColumnRole.DIRECTION) or "").upper()
        if direction in self._mapping.out_words:
            amount = -abs(amount)
        return -amount if self._mapping.reversed_sign else amount

    def _money(
        self, row: Sequence[Cell], number: int, role: ColumnRole, currency: str
    ) -> int | None:
        cell = self._cell(row, role)
        if cell in (None, ""):
            return None
        place = self._place(number, role)
        value = cell if isinstance(cell, Decimal) else None
        if isinstance(cell, str):
            value = parse_number(cell, self._mapping.decimal_mark)
        if value is None:
            raise StatementError("bad_table_amount", place, str(cell))
        try:
            return to_minor(format(value, "f"), currency)
        except PrecisionError as error:
            raise StatementError("amount_precision", place, str(cell)) from error
        except ValueError as error:
            raise StatementError("bad_table_amount", place, str(cell)) from error

    def _date(self, row: Sequence[Cell], number: int, role: ColumnRole) -> date | None:
        cell = self._cell(row, role)
        if cell in (None, ""):
            return None
        if isinstance(cell, date):
            return cell
        day = parse_date(str(cell), self._mapping.date_format)
        if day is None:
            raise StatementError("bad_table_date", self._place(number, role), str(cell))
        return day

    def _cell(self, row: Sequence[Cell], role: ColumnRole) -> Cell | None:
        for position in self._by_role.get(role, ()):
            if position < len(row):
                return row[position]
        return None

    def _text(self, row: Sequence[Cell], role: ColumnRole) -> str | None:
        return next(iter(self._texts(row, role)), None)

    def _texts(self, row: Sequence[Cell], role: ColumnRole) -> tuple[str, ...]:
        found = []
        for position in self._by_role.get(role, ()):
            if position < len(row) and row[position] != "":
                text = str(row[position])
                if text and text not in found:
                    found.append(text)
        return tuple(found)

    def _place(self, number: int, role: ColumnRole) -> str:
        """Return ``row 7, column Amount``; a column without a name is counted from 1."""
        positions = self._by_role.get(role)
        if not positions:
            return f"row {number}"
        named = positions[0] < len(self._header)
        name = self._header[positions[0]] if named else positions[0] + 1
        return f"row {number}, column {name}"
