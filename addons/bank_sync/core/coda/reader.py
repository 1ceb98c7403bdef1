"""CODA -> statements."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from ..errors import StatementError
from ..formats.guard import guarded, load
from ..formats.text import line_place, read_lines
from ..formats.values import minor, scaled
from ..limits import Limits
from ..statement import Statement
from ..statement_file import ReadWarning, StatementFile
from .entries import EntryReader
from .records import Group, Record, split

_NAME = "CODA"


def read_coda(stream: BinaryIO, limits: Limits) -> StatementFile:
    """Read a whole CODA file; every header begins a statement.

    Globalised movements (types 1 to 3) are entries, their parts (types 5 to 8) details; parts of
    parts (type 9) are passed over. The account is the one of the old balance.

    :raise StatementError: when the file is refused
    """
    library = load("coda", _NAME)
    statements: list[Statement] = []
    warnings: list[ReadWarning] = []
    for group in split(read_lines(stream, limits)):
        statements.append(_statement(library, group))
        warnings += _warnings(group, statements[-1])
    if not statements:
        raise StatementError("no_statement", None, "record 0 is missing")
    return StatementFile(_NAME, "2", tuple(statements), tuple(warnings))


def _statement(library: Any, group: Group) -> Statement:
    lines = _Lines(group.inside)
    try:
        with guarded(_NAME):
            (found,) = library.CODA(lines).statements
            currency = found.account_currency.strip()
            reader = EntryReader(found, currency, group)
            entries = tuple(reader.entry(move) for move in found.moves)
    except StatementError as error:
        if error.place is not None:
            raise
        raise StatementError(error.code, line_place(lines.line), error.detail) from error
    closing = group.closing
    # Only where nothing has moved may the new balance be left out.
    balance = _amount(closing, 41, currency) if closing else None
    if closing is None and not entries:
        balance = _amount(group.opening, 42, currency)
    opening_date = group.opening.day(58)
    return Statement(
        None,  # the reference of the file is the same in every file of a customer
        found.account.strip() or None,
        currency,
        _amount(group.opening, 42, currency),
        balance,
        entries,
        opening_date,
        closing.day(57) if closing else (opening_date if balance is not None else None),
        (closing.text[1:4] if closing else found.old_sequence).strip() or None,
    )


def _amount(record: Record, start: int, currency: str) -> int:
    sign, digits = record.amount(start)
    return sign * minor(scaled(digits, 3), currency, record.line)


def _warnings(group: Group, statement: Statement) -> Iterator[ReadWarning]:
    """Compare what the statement announces with what it holds."""
    place = line_place(group.opening.line)
    if statement.account is None:
        yield ReadWarning("account_missing", place)
    closing = group.closing
    if closing is not None and closing.text[4:41].strip() != group.opening.text[5:42].strip():
        yield ReadWarning("account_differs", place, " ".join(closing.text[4:41].split()))
    trailer = group.trailer
    announced = trailer.text[16:22], trailer.text[22:37], trailer.text[37:52]
    if not all(digits.isascii() and digits.isdigit() for digits in announced):
        raise StatementError("bad_record", line_place(trailer.line), trailer.text[:52].strip())
    count, debit, credit = map(int, announced)
    if count != group.count:
        yield ReadWarning("record_count_differs", place, str(count))
    if (debit, credit) != (group.debit, group.credit):
        detail = f"-{scaled(str(debit), 3)} +{scaled(str(credit), 3)}"
        yield ReadWarning("totals_differ", place, detail)


class _Lines:
    """The records as the library reads them; knows where it has got to."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self.line = records[0].line

    def __iter__(self) -> Iterator[str]:
        for record in self._records:
            self.line = record.line
            yield record.text
