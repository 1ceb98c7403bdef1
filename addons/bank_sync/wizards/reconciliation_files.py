"""Tables as files: XLSX and CSV in which a text is never a formula."""

import csv
import io
import re
from datetime import date

import xlsxwriter

from ..core.money import exponent, to_decimal_text
from .reconciliation_tables import Money

#: Beginnings that spreadsheets take for a formula; what a payer writes is a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Characters a cell of XLSX holds.
MAX_CELL = 32767
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\']")


def csv_cell(value):
    """Return a cell as CSV has it: amounts and days plain, a text never as a formula.

    >>> csv_cell("=1+1"), csv_cell(" =1"), csv_cell("tea"), csv_cell(Money(-1250, "EUR"))
    ("'=1+1", "' =1", 'tea', '-12.50')
    """
    if isinstance(value, Money):
        return to_decimal_text(value.minor, value.currency)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return str(value)


def to_csv(tables):
    """Return the tables one below the other, each under its title, as bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for table in tables:
        writer.writerow([csv_cell(table.title)])
        writer.writerow([csv_cell(name) for name in table.columns])
        writer.writerows([csv_cell(cell) for cell in row] for row in table.rows)
        writer.writerow([])
    # The mark tells spreadsheets that it is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(tables):
    """Return the tables as sheets of one workbook, as bytes."""
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

    def of(self, currency):
        """Return the format of amounts in a currency."""
        digits = exponent(currency)
        if digits not in self.money:
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            self.money[digits] = self.workbook.add_format({"num_format": pattern})
        return self.money[digits]


def _write(sheet, row, column, cell, formats):
    if isinstance(cell, Money):
        number = float(to_decimal_text(cell.minor, cell.currency))
        sheet.write_number(row, column, number, formats.of(cell.currency))
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats.day)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, str(cell)[:MAX_CELL])
