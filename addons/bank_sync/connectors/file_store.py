"""What a place for files must do, and which names in it are those of statement files.

``file_folder`` is such a place on this machine, ``file_sftp`` one on a server; ``file_drop``
decides what is fetched, by whom, and what becomes of it.
"""

import unicodedata
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

#: The folder, inside the one that is read, for files that were fetched.
ARCHIVE = "archive"
#: Endings of files that are still being written.
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".upload", "~")
#: Bytes of a name; it must leave room for what a claim adds to it.
MAX_NAME_BYTES = 200
#: Files of one folder; more are no statement folder, and nobody could look at them.
MAX_FILES = 10_000


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as the folder shows it. The server's clock may be wrong: it only gives an order."""

    name: str
    size: int
    modified_at: int


class NameTaken(Exception):
    """There already is a file of that name."""


class NotPermitted(Exception):
    """The account may not do this with this file."""


class FileStore(Protocol):
    """A folder with statement files, and an archive folder inside it.

    Errors of the place itself are those of ``base``; names are names inside the folder.
    """

    def __enter__(self) -> "FileStore":
        """Open the place."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the place; whatever was claimed stays claimed."""

    def listing(self) -> tuple[ListedFile, ...]:
        """Return the plain files of the folder: no folders, no links, no devices."""

    def look(self, name: str) -> ListedFile | None:
        """Return one file as it is now, ``None`` when it is gone."""

    def read(self, name: str, limit: int) -> bytes:
        """Return up to ``limit`` bytes of a file.

        :raise NotPermitted: when it may not be read
        :raise FileNotFoundError: when it is gone
        """

    def rename(self, old: str, new: str) -> bool:
        """Rename a file in one step that only one of several callers can do.

        :return: False when ``old`` is gone: somebody else was faster
        :raise NameTaken: when ``new`` exists; nothing is ever overwritten
        :raise NotPermitted: when files may not be renamed here
        """

    def archive(self, old: str, new: str) -> bool:
        """Move a file into the archive folder, which is made when it is missing.

        Returns and raises as ``rename``.
        """

    def is_archived(self, name: str) -> bool:
        """Tell whether the archive folder has a file of this name."""


def is_unfinished(name: str) -> bool:
    """Tell whether a name says that the file is hidden or still being written.

    >>> [is_unfinished(name) for name in ("a.xml", "a.xml.part", ".a.xml", "A.TMP")]
    [False, True, True, True]
    """
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def is_safe_name(name: str) -> bool:
    r"""Tell whether a name can only mean a file inside its folder, and can be shown.

    >>> [is_safe_name(name) for name in ("März 2026.xml", "../a", "a/b", "a\\b", "a\nb", "..")]
    [True, False, False, False, False, False]
    """
    if not name.strip() or name in {".", ".."} or "/" in name or "\\" in name:
        return False
    if any(unicodedata.category(character)[0] == "C" for character in name):
        # Controls, surrogates, and marks that turn the direction of the text around.
        return False
    return len(name.encode()) <= MAX_NAME_BYTES


def shown(name: str) -> str:
    r"""Return a name so that it can be shown, whatever is in it.

    >>> shown("a\nb")
    'a\\nb'
    """
    safe = name.encode("unicode_escape").decode() if not name.isprintable() else name
    return safe[:100]
