"""The first rows of a table as JSON and back, so that a preview needs no file."""

from datetime import date
from decimal import Decimal

from ..core.tabular import Sheet

#: Rows kept: enough to see a preamble, the header and how amounts and dates are written.
SAMPLE_ROWS = 60


def to_sample(sheet):
    """Return the first rows of ``sheet`` as plain data."""
    return {
        "rows": [[_plain(cell) for cell in row] for row in sheet.rows[:SAMPLE_ROWS]],
        "numbers": list(sheet.numbers[:SAMPLE_ROWS]),
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
    }


def from_sample(sample):
    """Return the sheet of a sample; the inverse of :func:`to_sample` for its rows."""
    return Sheet(
        tuple(tuple(_cell(value) for value in row) for row in sample["rows"]),
        tuple(sample["numbers"]),
        sample["encoding"],
        sample["delimiter"],
    )


def _plain(cell):
    if isinstance(cell, Decimal):
        return {"number": str(cell)}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return cell


def _cell(value):
    if not isinstance(value, dict):
        return value
    return Decimal(value["number"]) if "number" in value else date.fromisoformat(value["day"])
