"""A CSV or XLSX file as rows of cells."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from ..errors import StatementError
from ..limits import MEBIBYTE

#: A cell: text as written; in XLSX also exact numbers and dates, which have no notation to guess.
Cell = str | Decimal | date

#: Bounds of one table. XLSX: bytes after unpacking.
MAX_BYTES = 32 * MEBIBYTE
MAX_UNPACKED_BYTES = 256 * MEBIBYTE
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 10_000
#: Of a workbook, blank ones included: rows up to the last one Excel has, and cells.
MAX_SHEET_ROWS = 1_048_576
MAX_CELLS = MAX_ROWS * MAX_COLUMNS
DELIMITERS = ";,\t|"

_ZIP_MAGIC = b"PK\x03\x04"
_WORKBOOK = "xl/workbook.xml"
#: Bytes that no text file of a bank holds.
_BINARY = frozenset(range(9)) | {11, 12, *range(14, 27), *range(28, 32)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it stands in the file.

    :param rows: all rows with anything in them; blank cells are ``""``, rows may differ in length
    :param numbers: the row's number in the file, from 1, for each of ``rows``
    :param encoding: of a CSV file, ``None`` for XLSX
    :param delimiter: of a CSV file, ``None`` for XLSX
    """

    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...]
    encoding: str | None
    delimiter: str | None


def looks_like_xlsx(stream: BinaryIO) -> bool:
    """Return whether the file is an Excel workbook; the stream is left at its start."""
    head = stream.read(4)
    stream.seek(0)
    if head != _ZIP_MAGIC:
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            return _WORKBOOK in archive.namelist()
    except Exception:  # noqa: BLE001 - zipfile raises anything for a broken archive
        return False
    finally:
        stream.seek(0)


def read_sheet(
    stream: BinaryIO, *, encoding: str | None = None, delimiter: str | None = None
) -> Sheet:
    """Return the first sheet of a workbook, or the table in a CSV file.

    :param stream: seekable; read, and not closed
    :param encoding: of a CSV file; found out when ``None`` (UTF-8 or UTF-16, else Windows-1252)
    :param delimiter: of a CSV file; found out when ``None``
    :raise StatementError: when it is no table, or larger than the bounds of this module
    """
    if looks_like_xlsx(stream):
        return _read_xlsx(stream)
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise StatementError("too_large", None, f"{MAX_BYTES // MEBIBYTE} MiB")
    if not content.strip():
        raise StatementError("empty")
    encoding = encoding or _encoding(content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise StatementError("encoding", None, str(error)) from error
    if "\0" in text:
        raise StatementError("not_table")
    return _read_csv(text, encoding, delimiter or _delimiter(text))


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if sum(byte in _BINARY for byte in content[:4096]):
        raise StatementError("not_table")
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    """Return the delimiter that splits most of the first lines into equally many cells.

    >>> _delimiter("Date;Amount\\n2026-03-02;1,50\\n2026-03-03;2,50\\n")
    ';'
    """
    lines = [line for line in text[:65536].splitlines()[:50] if line.strip()]

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1]
        most = max(widths, key=widths.count, default=0)
        return widths.count(most) if most else 0, most

    try:
        return max(DELIMITERS, key=regularity)
    except csv.Error as error:
        raise StatementError("not_table", None, str(error)) from error


def _read_csv(text: str, encoding: str, delimiter: str) -> Sheet:
    rows, numbers = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if any(cells):
                _bound(cells, len(rows), reader.line_num)
                rows.append(cells)
                numbers.append(reader.line_num)
    except csv.Error as error:
        raise StatementError("not_table", f"line {reader.line_num}", str(error)) from error
    if not rows:
        raise StatementError("empty")
    return Sheet(tuple(rows), tuple(numbers), encoding, delimiter)


def _read_xlsx(stream: BinaryIO) -> Sheet:
    # Loaded where it is needed: half a second and 15 MB that most imports do without.
    import openpyxl  # noqa: PLC0415

    with zipfile.ZipFile(stream) as archive:
        if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise StatementError("too_large", None, f"{MAX_UNPACKED_BYTES // MEBIBYTE} MiB")
    stream.seek(0)
    rows, numbers, seen = [], [], 0
    try:
        workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        try:
            sheet = workbook.worksheets[0]
            # The size a file claims says nothing: what lies beyond it would be lost, and every
            # cell up to it made.
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                seen += len(row)
                if number > MAX_SHEET_ROWS or seen > MAX_CELLS:
                    raise StatementError("not_table", f"line {number}", "too many blank cells")
                cells = _trim([_xlsx_cell(value) for value in row])
                if any(cell != "" for cell in cells):
                    _bound(cells, len(rows), number)
                    rows.append(cells)
                    numbers.append(number)
        finally:
            workbook.close()
    except StatementError:
        raise
    except Exception as error:  # openpyxl raises anything for a broken workbook
        raise StatementError("bad_workbook", None, type(error).__name__) from error
    if not rows:
        raise StatementError("empty")
    return Sheet(tuple(rows), tuple(numbers), None, None)


def _trim(cells: list[Cell]) -> tuple[Cell, ...]:
    """Return the cells without the blank ones at the end: Excel keeps formatted empty columns."""
    while cells and cells[-1] == "":
        cells.pop()
    return tuple(cells)


def _xlsx_cell(value: object) -> Cell:
    """Return a value of a workbook exactly as Excel shows it (15 significant digits).

    >>> _xlsx_cell(0.1 + 0.2), _xlsx_cell(None), _xlsx_cell(datetime(2026, 3, 2))
    (Decimal('0.3'), '', datetime.date(2026, 3, 2))
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(format(value, ".15g"))
    return str(value).strip()


def _bound(cells: tuple[Cell, ...], count: int, number: int) -> None:
    if count >= MAX_ROWS:
        raise StatementError("too_many_rows", None, str(MAX_ROWS))
    if len(cells) > MAX_COLUMNS:
        raise StatementError("not_table", f"line {number}", f"{len(cells)} columns")
    if any(isinstance(cell, str) and len(cell) > MAX_CELL_CHARACTERS for cell in cells):
        raise StatementError("not_table", f"line {number}", "a cell of a book's length")
