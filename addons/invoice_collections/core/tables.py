"""Tables as files: CSV and XLSX in which a text is never a formula."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import xlsxwriter

#: Beginnings that spreadsheets take for a formula; what a customer is called is a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Characters a cell of XLSX holds.
MAX_CELL = 32767
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\']")


class Money(NamedTuple):
    """An amount as a cell: minor units, and how many decimals the currency has."""

    minor: int
    digits: int = 2

    def __str__(self) -> str:
        """Return it as exact decimal text.

        >>> str(Money(-1250)), str(Money(7, 0)), str(Money(5, 3))
        ('-12.50', '7', '0.005')
        """
        return f"{Decimal(self.minor).scaleb(-self.digits):f}"


class Table(NamedTuple):
    """One sheet: a title, the heads of its columns, rows of texts, numbers, days and amounts."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


def csv_cell(value: object) -> str:
    """Return a cell as CSV has it: amounts and days plain, a text never as a formula.

    >>> csv_cell("=1+1"), csv_cell(" =1"), csv_cell("tea"), csv_cell(Money(-1250)), csv_cell(None)
    ("'=1+1", "' =1", 'tea', '-12.50', '')
    """
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return str(value)


def to_csv(tables: Sequence[Table]) -> bytes:
    """Return the tables one below the other; where there are several, each under its title."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        if len(tables) > 1:
            writer.writerow([csv_cell(table.title)])
        writer.writerow([csv_cell(name) for name in table.columns])
        writer.writerows([csv_cell(cell) for cell in row] for row in table.rows)
    # The mark tells spreadsheets that it is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(tables: Sequence[Table]) -> bytes:
    """Return the tables as sheets of one workbook."""
    content = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(content, {**options, "strings_to_urls": False}) as workbook:
        formats = _Formats(workbook)
        for table in tables:
            sheet = workbook.add_worksheet(_NOT_IN_TITLE.sub(" ", table.title)[:31])
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(table.columns):
                sheet.set_column(column, column, max(12, min(len(name) + 4, 40)))
                sheet.write_string(0, column, name, formats.head)
            for number, row in enumerate(table.rows, 1):
                for column, cell in enumerate(row):
                    _write(sheet, number, column, cell, formats)
    return content.getvalue()


class _Formats:
    def __init__(self, workbook):
        self.workbook = workbook
        self.head = workbook.add_format({"bold": True, "bottom": 1})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.money = {}

    def of(self, digits):
        """Return the format of amounts with so many decimals."""
        if digits not in self.money:
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            self.money[digits] = self.workbook.add_format({"num_format": pattern})
        return self.money[digits]


def _write(sheet, row, column, cell, formats):
    if isinstance(cell, Money):
        sheet.write_number(row, column, float(str(cell)), formats.of(cell.digits))
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats.day)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, str(cell)[:MAX_CELL])
