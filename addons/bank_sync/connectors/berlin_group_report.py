"""What NextGenPSD2 1.3 answers for entries: a JSON list, a link to a file, or the file itself."""

import io
from collections.abc import Mapping
from typing import Any

from ..core.errors import StatementError
from ..core.file_reader import read_statement_file
from ..core.statement import Entry
from .base import BankProfile, Page
from .berlin_group_mapping import read_transaction
from .berlin_group_wire import link_of
from .errors import ContractViolation
from .json_values import as_list, as_object
from .transport import Answer, read_json_object


def next_link(answer: Answer) -> str | None:
    """Return the link to the next page; a file has none."""
    return link_of(_report_of(answer), "next") if _is_json(answer.content) else None


def booked_values(answer: Answer) -> list[Any]:
    """Return the booked entries of a list as they came; none of a file."""
    return as_list(_report_of(answer), "booked") if _is_json(answer.content) else []


def download_link(page: Page) -> str | None:
    """Return where the file lies that the bank has ready instead of a list."""
    if not _is_json(page.content):
        return None
    return link_of(_report(page.content, page.media_type, page.request_id), "download")


def read_entries(content: bytes, media_type: str, profile: BankProfile) -> list[Entry]:
    """Return the entries of a list or file, booked ones first, in the bank's order.

    :raise ContractViolation: when it is neither
    """
    if not _is_json(content):
        return _read_file(content)
    report = _report(content, media_type)
    return [
        read_transaction(value, pending=pending, profile=profile)
        for key, pending in (("booked", False), ("pending", True))
        for value in as_list(report, key)
    ]


def _is_json(content: bytes) -> bool:
    """Tell a list from a file: whatever is no statement file has to be JSON.

    >>> _is_json(b'{"a": 1}'), _is_json(b"<?xml version"), _is_json(b":20:X"), _is_json(b"<html>")
    (True, False, False, True)
    """
    head = content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return not head.startswith((b"<?xml", b"<Doc", b":20:", b"{1:", b"PK\x03\x04"))


def _read_file(content: bytes) -> list[Entry]:
    try:
        file = read_statement_file(io.BytesIO(content))
    except StatementError as error:
        detail = f"The file cannot be read: {error.code} {error.place or ''}".strip()
        raise ContractViolation("unreadable_file", detail, None, content) from error
    return [entry for statement in file.statements for entry in statement.entries]


def _report_of(answer: Answer) -> Mapping[str, Any]:
    return _report(answer.content, answer.media_type, answer.request_id)


def _report(
    content: bytes, media_type: str = "", request_id: str | None = None
) -> Mapping[str, Any]:
    """Return the object that holds entries and links; a link to a file may stand outside of it."""
    value = read_json_object(content, request_id, media_type)
    if "transactions" not in value and link_of(value, "download"):
        return {"_links": value["_links"]}
    if not isinstance(value.get("transactions"), dict):
        raise ContractViolation(
            "wrong_shape", "The answer holds no transactions object.", request_id, content
        )
    return as_object(value["transactions"], "transactions")
