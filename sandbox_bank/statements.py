"""Statements in all formats, and the folder in which the bank lays them down as files."""

import datetime
import os
import pathlib
import re

from . import camt, mt940
from .ledger import Account
from .web import Bank

FORMATS = (*camt.FORMATS, *mt940.NAMES)
# "rename": written beside, then renamed, as it should be. The others are what uploads look like
# while they last, or when they broke off.
WAYS = ("rename", "part_only", "half", "rest")
NAME = re.compile(r"[^/\0]{1,200}")


def content(
    bank: Bank, account: Account, date_from: datetime.date, date_to: datetime.date, name: str
) -> bytes:
    """Return the statement of a period in one of `FORMATS`."""
    write = mt940.statement if name in mt940.NAMES else camt.statement
    return write(bank, account, date_from, date_to, name)


def media_type(name: str) -> str:
    """Return the media type of a format."""
    return "text/plain; charset=us-ascii" if name in mt940.NAMES else "application/xml"


def file_name(account: Account, date_from: datetime.date, date_to: datetime.date, name: str) -> str:
    """Return how the bank calls the file of a statement."""
    ending = "sta" if name in mt940.NAMES else "xml"
    short = name.replace(".001.", "-").replace(".", "")
    return f"{short}-{account.iban}-{account.currency}-{date_from}-{date_to}.{ending}"


def lay_down(folder: pathlib.Path, name: str, data: bytes, way: str = "rename") -> None:
    """Write a file so that it is on the disk, in one of `WAYS`.

    :param way: ``part_only`` leaves the unfinished file beside; ``half`` shows half of it under
        its name, and ``rest`` appends the other half
    """
    if way == "rest":
        with (folder / name).open("ab") as file:
            _write(file, data[len(data) // 2 :])
        return
    part = folder / f"{name}.part"
    with (folder / name if way == "half" else part).open("wb") as file:
        _write(file, data if way == "rename" else data[: len(data) // 2])
    if way == "rename":
        part.replace(folder / name)


def _write(file, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
