"""Tables a bank or a program exports, CSV or XLSX, read through a mapping a person has approved.

A table does not say what its columns mean. ``sheet`` turns the file into rows of cells, ``guess``
proposes a :class:`~.mapping.ColumnMapping`, a person corrects and saves it, and ``reader`` makes
statements of the rows with it, exactly or not at all.
"""

from .guess import guess_mapping
from .mapping import ColumnMapping, ColumnRole
from .reader import read_table
from .sheet import Sheet, looks_like_xlsx, read_sheet
