"""Any bank file we know -> its statements; also when it comes packed in a ZIP archive."""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from .errors import StatementError
from .formats.registry import read_recognised
from .limits import MEBIBYTE, Limits
from .statement_file import ReadWarning, StatementFile

_DESKTOP_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}
#: Flag of a member that cannot be read without a password.
_ENCRYPTED = 0x1
_ZIP_MAGIC = b"PK\x03\x04"


def read_statement_file(stream: BinaryIO, *, limits: Limits | None = None) -> StatementFile:
    """Read a bank file of any format, or a ZIP archive of files of one format as one file.

    Banks deliver a day's statements of several accounts as one archive. The statements keep the
    order of the archive. One bad member refuses the whole archive.

    :param stream: seekable; read, and not closed
    :raise StatementError: when the file is refused; its place begins with the member's name
        where there is an archive
    """
    limits = limits or Limits()
    magic = stream.read(len(_ZIP_MAGIC))
    stream.seek(0)
    if magic != _ZIP_MAGIC:
        return read_recognised(stream, limits)
    return _join(_read_members(stream, limits))


def _read_members(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, StatementFile]]:
    """Read the members one after another; together they are bounded like one file."""
    try:
        with zipfile.ZipFile(stream) as archive:
            for info in _members(archive, limits):
                with archive.open(info) as member:
                    yield info.filename, _read_member(info.filename, member, limits)
    except StatementError:
        raise
    except Exception as error:  # each method of compression has errors of its own, names too
        raise StatementError("bad_archive", None, str(error) or type(error).__name__) from error


def _members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """Return the files of the bank.

    :raise StatementError: ``too_many_members``, ``too_large``; ``bad_archive`` where one is locked
    """
    members = [info for info in archive.infolist() if _is_member(info)]
    if len(members) > limits.max_members:
        raise StatementError("too_many_members", None, str(limits.max_members))
    if sum(info.file_size for info in members) > limits.max_bytes:
        raise StatementError("too_large", None, f"{limits.max_bytes // MEBIBYTE} MiB")
    for info in members:
        if info.flag_bits & _ENCRYPTED:
            raise StatementError("bad_archive", info.filename, "it is locked by a password")
    return members


def _is_member(info: zipfile.ZipInfo) -> bool:
    """Return whether it is a file of the bank, and nothing a desktop adds to archives."""
    folder, _slash, name = info.filename.rpartition("/")
    added = folder.split("/")[0] == "__MACOSX" or name.startswith("._") or name in _DESKTOP_FILES
    return not info.is_dir() and not added


def _read_member(name: str, member: BinaryIO, limits: Limits) -> StatementFile:
    try:
        return read_recognised(member, limits)
    except StatementError as error:
        place = f"{name}, {error.place}" if error.place else name
        raise StatementError(error.code, place, error.detail) from error


def _join(members: Iterator[tuple[str, StatementFile]]) -> StatementFile:
    """Return the members as one file; format and version only as far as they agree."""
    files = list(members)
    if not files:
        raise StatementError("empty")
    formats = {file.format for _name, file in files}
    if len(formats) > 1:
        raise StatementError("mixed_messages", None, ", ".join(sorted(formats)))
    versions = {file.version for _name, file in files}
    return StatementFile(
        formats.pop(),
        versions.pop() if len(versions) == 1 else None,
        tuple(statement for _name, file in files for statement in file.statements),
        tuple(
            ReadWarning(warning.code, f"{name}, {warning.place}", warning.detail, warning.count)
            for name, file in files
            for warning in file.warnings
        ),
        tuple(report for _name, file in files for report in file.payment_statuses),
    )
