"""Bank files that lie in a folder or on a server: fetched once, whole, and put away when safe.

1. Only what has stopped growing is taken: hidden and unfinished names are passed over, and a file
   must look the same before and after a pause, and again after it was read.
2. A file is claimed by renaming it, which only one process can do. A claim carries its own end:
   should the process die, the next one takes it over.
3. Acknowledging moves it to the archive. Where nothing may be moved, the caller remembers what it
   has had (``known``), and nothing is claimed.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .base import Capabilities, RemoteFile, Unsupported, register
from .errors import Permanent
from .file_store import (
    FileStore,
    ListedFile,
    NameTaken,
    NotPermitted,
    is_safe_name,
    is_unfinished,
    shown,
)

#: Bytes of one file; the bank can split larger ones.
MAX_FILE_BYTES = 64 * 1024 * 1024
#: How long a file is watched for growing.
SETTLE_SECONDS = 2.0
#: How long a claim holds; reading and keeping one file takes less.
LEASE_SECONDS = 30 * 60
LEASE_PREFIX = ".lease~"
#: Names tried in the archive before giving up: ``a.xml``, ``a.xml~1`` …
ARCHIVE_NAMES = 1000


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left where it is, and why.

    ``code``: ``file_name``, ``file_too_large``, ``file_unreadable``, ``file_growing``.
    """

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file to fetch: its name, and as what it lies in the folder now."""

    name: str
    listed: ListedFile


@register
class FileDropAdapter(Unsupported):
    """A place where the bank, or a person, lays statement files down.

    :param store: where they lie
    :param now: this moment in seconds since 1970, for the ends of claims
    :param moves: whether files may be claimed and moved to the archive
    :param known: tells whether a listed file was had before; only asked when nothing is moved
    :param pause: waits for some seconds
    """

    code = "file_drop"
    capabilities = Capabilities(
        link=frozenset({"none"}),
        delivers="files",
        reads_per_day=None,
        max_history_days=None,
    )

    def __init__(
        self,
        store: FileStore,
        now: int,
        moves: bool = True,
        known: Callable[[ListedFile], bool] = lambda _file: False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._now = now
        self._moves = moves
        self._known = known
        self._pause = pause
        self._worker = secrets.token_hex(6)
        #: Name → what it is called while we hold it.
        self._held: dict[str, str] = {}
        self._is_open = False
        #: Files left where they are; complete when ``files`` has ended.
        self.skipped: list[Skipped] = []

    # === FETCHING === #

    def files(self) -> Iterator[RemoteFile]:
        """Yield the statement files that lie ready and are complete, oldest first.

        A file that was not acknowledged when the next one is asked for is released.

        :raise Permanent: ``not_movable`` when files may not be renamed there
        """
        self.skipped = []
        with self._opened():
            for candidate in self._settled():
                file = self._fetch(candidate)
                if not file:
                    continue
                try:
                    yield file
                finally:
                    self._release(candidate.name)

    def check(self) -> int:
        """Look into the folder without touching anything; return how many files lie there."""
        with self._opened():
            return len(self._candidates(self._store.listing()))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[None]:
        if self._is_open:
            yield
            return
        with self._store:
            self._is_open = True
            try:
                yield
            finally:
                self._is_open = False

    def _settled(self) -> list[_Candidate]:
        """Return the files that did not change while we waited, oldest first."""
        before = self._candidates(self._store.listing())
        if not before:
            return []
        self._pause(SETTLE_SECONDS)
        after = {file.name: file for file in self._store.listing()}
        settled = []
        for candidate in before:
            listed = after.get(candidate.listed.name)
            if listed == candidate.listed and listed.size:
                settled.append(candidate)
            elif listed:
                self._skip(candidate.name, "file_growing")
        return sorted(settled, key=lambda each: (each.listed.modified_at, each.name))

    def _candidates(self, listing: tuple[ListedFile, ...]) -> list[_Candidate]:
        found = []
        for listed in listing:
            if listed.name.startswith(LEASE_PREFIX):
                name = self._abandoned(listed.name)
                if name:
                    found.append(_Candidate(name, listed))
            elif is_unfinished(listed.name):
                continue
            elif not is_safe_name(listed.name):
                self._skip(listed.name, "file_name")
            elif listed.size > MAX_FILE_BYTES:
                self._skip(listed.name, "file_too_large")
            elif self._moves or not self._known(listed):
                found.append(_Candidate(listed.name, listed))
        return found

    def _abandoned(self, lease: str) -> str | None:
        """Return the name of a file whose claim has ended, ``None`` while it holds."""
        until, _worker, name = [*lease.removeprefix(LEASE_PREFIX).split("~", 2), "", ""][:3]
        is_ours = until.isascii() and until.isdigit() and is_safe_name(name)
        return name if is_ours and self._moves and int(until) < self._now else None

    def _fetch(self, candidate: _Candidate) -> RemoteFile | None:
        """Claim and read one file; ``None`` when it is not to be had now."""
        held = self._claim(candidate)
        if not held:
            return None
        code = "file_growing"
        try:
            content = self._store.read(held, MAX_FILE_BYTES + 1)
            now = self._store.look(held)
        except FileNotFoundError:
            self._held.pop(candidate.name, None)
            return None
        except NotPermitted:
            code, content, now = "file_unreadable", b"", None
        listed = candidate.listed
        if now and (len(content), now.size) == (listed.size, listed.size):
            return RemoteFile(candidate.name, content, listed.modified_at)
        self._skip(candidate.name, code)
        self._release(candidate.name)
        return None

    def _claim(self, candidate: _Candidate) -> str | None:
        """Return the name under which the file is ours alone, ``None`` when another has it."""
        if not self._moves:
            return candidate.name
        until = self._now + LEASE_SECONDS
        lease = f"{LEASE_PREFIX}{until}~{self._worker}~{candidate.name}"
        try:
            if not self._store.rename(candidate.listed.name, lease):
                return None
        except NotPermitted as error:
            message = "Files may not be renamed there."
            raise Permanent("not_movable", message) from error
        except NameTaken:
            return None
        self._held[candidate.name] = lease
        return lease

    def _release(self, name: str) -> None:
        """Give a file back that was not acknowledged, under its own name.

        Where that name is taken by now, the claim stays and ends by itself.
        """
        lease = self._held.pop(name, None)
        if lease:
            with contextlib.suppress(NameTaken, NotPermitted):
                self._store.rename(lease, name)

    def _skip(self, name: str, code: str) -> None:
        self.skipped.append(Skipped(shown(name), code))

    # === ACKNOWLEDGING === #

    def acknowledge(self, name: str) -> None:
        """Move a file to the archive; one that is there already is a success.

        :raise Permanent: ``not_movable`` when the archive cannot be written
        """
        if not self._moves:
            return
        with self._opened():
            lease = self._held.get(name)
            if lease:
                self._put_away(lease, name)
                self._held.pop(name)
            elif not self._store.is_archived(name) and is_safe_name(name):
                self._put_away(name, name)

    def _put_away(self, lies_as: str, name: str) -> None:
        for number in range(ARCHIVE_NAMES):
            try:
                self._store.archive(lies_as, f"{name}~{number}" if number else name)
            except NameTaken:
                continue
            except NotPermitted as error:
                message = "The archive folder cannot be written."
                raise Permanent("not_movable", message) from error
            return
        raise Permanent("not_movable", "The archive folder holds too many files of one name.")
