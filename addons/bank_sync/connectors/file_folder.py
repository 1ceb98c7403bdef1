"""A folder of this machine, of which nothing outside can be reached.

The folder is opened once, and every file by its name inside the open folder: no link, and nobody
who moves folders meanwhile, leads anywhere else.
"""

import os
import stat
from collections.abc import Collection
from types import TracebackType

from .errors import Permanent
from .file_store import ARCHIVE, MAX_FILES, ListedFile, NameTaken, NotPermitted

CHUNK = 1024 * 1024


class FolderStore:
    """Files in a folder of this machine.

    :param path: the folder
    :param roots: folders in which it must lie, chosen by whoever runs the server
    """

    def __init__(self, path: str, roots: Collection[str]) -> None:
        self._path = path
        self._roots = roots
        self._folder = -1

    def __enter__(self) -> "FolderStore":
        """Open the folder.

        :raise Permanent: ``folder_not_allowed`` outside the roots, ``folder_missing``
        """
        real = os.path.realpath(self._path)
        roots = [os.path.realpath(root) for root in self._roots]
        if not os.path.isabs(self._path) or not any(
            os.path.commonpath([root, real]) == root for root in roots
        ):
            raise Permanent("folder_not_allowed", "The folder lies in none of the allowed ones.")
        try:
            self._folder = os.open(real, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise Permanent("folder_missing", "The folder cannot be opened.") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the folder."""
        os.close(self._folder)
        self._folder = -1

    def listing(self) -> tuple[ListedFile, ...]:
        """Return the plain files of the folder."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                listed = self.look(entry.name)
                if listed:
                    found.append(listed)
                if len(found) > MAX_FILES:
                    raise Permanent("too_many_files", "The folder holds too many files.")
        return tuple(found)

    def look(self, name: str) -> ListedFile | None:
        """Return one plain file as it is now."""
        try:
            found = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return ListedFile(name, found.st_size, int(found.st_mtime))

    def read(self, name: str, limit: int) -> bytes:
        """Return up to ``limit`` bytes of a plain file."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            handle = os.open(name, flags, dir_fd=self._folder)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NotPermitted(name) from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotPermitted(name)
            parts = []
            while limit and (part := file.read(min(CHUNK, limit))):
                parts.append(part)
                limit -= len(part)
            return b"".join(parts)

    def rename(self, old: str, new: str) -> bool:
        """Rename a file inside the folder, without overwriting."""
        return self._move(old, self._folder, new)

    def archive(self, old: str, new: str) -> bool:
        """Move a file into the archive folder, without overwriting."""
        try:
            os.mkdir(ARCHIVE, mode=0o750, dir_fd=self._folder)
        except FileExistsError:
            pass
        except OSError as error:
            raise NotPermitted(ARCHIVE) from error
        archive = self._open_archive()
        try:
            return self._move(old, archive, new)
        finally:
            os.close(archive)

    def is_archived(self, name: str) -> bool:
        """Tell whether the archive folder has a file of this name."""
        try:
            archive = self._open_archive()
        except NotPermitted:
            return False
        try:
            os.stat(name, dir_fd=archive, follow_symlinks=False)
        except OSError:
            return False
        finally:
            os.close(archive)
        return True

    def _open_archive(self) -> int:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
        try:
            return os.open(ARCHIVE, flags, dir_fd=self._folder)
        except OSError as error:
            raise NotPermitted(ARCHIVE) from error

    def _move(self, old: str, folder: int, new: str) -> bool:
        """Give a file a second name and take the first away: two callers cannot both succeed.

        A link never overwrites; of two who made one, only one can take the first name away.
        """
        try:
            os.link(old, new, src_dir_fd=self._folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        except FileExistsError as error:
            raise NameTaken(new) from error
        except OSError as error:
            raise NotPermitted(old) from error
        try:
            os.unlink(old, dir_fd=self._folder)
        except FileNotFoundError:
            os.unlink(new, dir_fd=folder)
            return False
        except OSError as error:
            os.unlink(new, dir_fd=folder)
            raise NotPermitted(old) from error
        return True
