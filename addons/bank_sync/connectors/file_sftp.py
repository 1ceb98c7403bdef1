"""A folder on an SFTP server: signed in with a key, and only where the server shows its own.

The server's key is pinned. Another one is never accepted by itself, whatever the reason: it is
what an attacker in between would show. Every step has a time limit, and the whole has one too.
"""

import contextlib
import errno
import hmac
import io
import posixpath
import socket
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType

import paramiko

from .errors import AuthExpired, Permanent, Temporary
from .file_store import ARCHIVE, MAX_FILES, ListedFile, NameTaken, NotPermitted

CONNECT_SECONDS = 10
STEP_SECONDS = 30
#: For one visit: signing in, looking, fetching and putting away all files.
DEADLINE_SECONDS = 15 * 60
CHUNK = 256 * 1024
#: A key type → the signature algorithms to ask for when it is pinned.
ALGORITHMS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}
KEY_CLASSES = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(frozen=True, slots=True)
class SftpServer:
    """How a server is reached.

    :param host_key: the pinned key as type and fingerprint: ``ssh-ed25519 SHA256:…``
    :param private_key: ours, in OpenSSH or PEM form, without passphrase
    """

    host: str
    port: int
    user: str
    path: str
    host_key: str
    private_key: str


def describe_key(key: paramiko.PKey) -> str:
    """Return a key's type and fingerprint, as ``ssh-keygen -l`` shows it."""
    return f"{key.get_name()} {key.fingerprint}"


def read_private_key(text: str) -> paramiko.PKey:
    """Return a private key.

    :raise Permanent: ``private_key`` when it is none, of an unknown kind, or has a passphrase
    """
    for kind in KEY_CLASSES:
        with contextlib.suppress(paramiko.SSHException, ValueError, TypeError):
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
    raise Permanent("private_key", "The private key cannot be read.")


def fetch_host_key(host: str, port: int) -> str:
    """Return the key the server shows now, for a person to compare; nobody signs in.

    :raise Temporary: when it does not answer
    """
    with _connected(host, port, None) as transport:
        return describe_key(transport.get_remote_server_key())


@contextlib.contextmanager
def _connected(host: str, port: int, key_type: str | None) -> Iterator[paramiko.Transport]:
    """Yield a transport that has agreed on keys and not signed in yet."""
    if not host:
        raise Temporary("connect", "No server is named.")
    try:
        line = socket.create_connection((host, port), timeout=CONNECT_SECONDS)
    except OSError as error:
        raise Temporary("connect", type(error).__name__) from error
    try:
        transport = paramiko.Transport(line)
    except (paramiko.SSHException, OSError) as error:
        line.close()
        raise Temporary("connect", type(error).__name__) from error
    try:
        transport.banner_timeout = transport.auth_timeout = STEP_SECONDS
        if key_type:
            options = transport.get_security_options()
            wanted = ALGORITHMS.get(key_type, (key_type,))
            options.key_types = [each for each in options.key_types if each in wanted]
        try:
            transport.start_client(timeout=STEP_SECONDS)
            # After a time-out it returns as if all were well; only this tells.
            transport.get_remote_server_key()
        except paramiko.IncompatiblePeer as error:
            code = "host_key_changed" if key_type else "incompatible_server"
            raise Permanent(code, "The server offers no key of the pinned kind.") from error
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise Temporary("handshake", type(error).__name__) from error
        yield transport
    finally:
        transport.close()


class SftpStore:
    """Files in a folder of an SFTP server."""

    def __init__(self, server: SftpServer, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._clock = clock
        self._ends = 0.0
        self._stack = contextlib.ExitStack()
        self._client: paramiko.SFTPClient | None = None

    # === THE LINE === #

    def __enter__(self) -> "SftpStore":
        """Connect, make sure it is the right server, and sign in.

        :raise Permanent: ``host_key_changed``, ``host_key_unknown``, ``private_key``
        :raise AuthExpired: when the server refuses our key
        """
        server = self._server
        self._ends = self._clock() + DEADLINE_SECONDS
        key = read_private_key(server.private_key)
        if not server.host_key:
            raise Permanent("host_key_unknown", "Nobody has confirmed the server's key.")
        kind = server.host_key.partition(" ")[0]
        with contextlib.ExitStack() as stack:
            transport = stack.enter_context(_connected(server.host, server.port, kind))
            seen = describe_key(transport.get_remote_server_key())
            if not hmac.compare_digest(seen.encode(), server.host_key.encode()):
                raise Permanent("host_key_changed", "The server shows another key.")
            self._sign_in(transport, key)
            self._client = stack.enter_context(self._open_client(transport))
            self._stack = stack.pop_all()
        return self

    def _sign_in(self, transport: paramiko.Transport, key: paramiko.PKey) -> None:
        try:
            left = transport.auth_publickey(self._server.user, key)
        except paramiko.AuthenticationException as error:
            raise AuthExpired("key_refused", "The server refuses our key.") from error
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise Temporary("sign_in", type(error).__name__) from error
        if left:
            raise AuthExpired("key_refused", "The server asks for more than a key.")

    def _open_client(self, transport: paramiko.Transport) -> paramiko.SFTPClient:
        try:
            channel = transport.open_session(timeout=STEP_SECONDS)
            channel.settimeout(STEP_SECONDS)
            channel.invoke_subsystem("sftp")
            return paramiko.SFTPClient(channel)
        except (paramiko.SSHException, OSError, EOFError) as error:
            if transport.is_active():
                raise Permanent("no_sftp", "The server offers no file transfer.") from error
            raise Temporary("disconnected", type(error).__name__) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self._client = None
        with contextlib.suppress(paramiko.SSHException, OSError, EOFError):
            self._stack.close()

    @contextlib.contextmanager
    def _step(self) -> Iterator[paramiko.SFTPClient]:
        """Yield the client for one step; what breaks the line is ``Temporary``."""
        self._check_deadline()
        if self._client is None:
            raise Temporary("disconnected", "The line is closed.")
        try:
            yield self._client
        except UnicodeDecodeError as error:
            raise Permanent("file_name", "A name in the folder is not UTF-8.") from error
        except (paramiko.SSHException, EOFError, TimeoutError, ConnectionError) as error:
            raise Temporary("disconnected", type(error).__name__) from error
        except OSError as error:
            if error.args == ("Socket is closed",):
                raise Temporary("disconnected", "Socket is closed") from error
            raise

    def _check_deadline(self) -> None:
        if self._clock() > self._ends:
            raise Temporary("deadline", "The visit took too long.")

    def _path(self, *names: str) -> str:
        return posixpath.join(self._server.path or ".", *names)

    # === FILES === #

    def listing(self) -> tuple[ListedFile, ...]:
        """Return the plain files of the folder."""
        found = []
        try:
            with self._step() as client:
                for attributes in client.listdir_iter(self._path()):
                    if stat.S_ISREG(attributes.st_mode or 0):
                        found.append(_listed(attributes.filename, attributes))
                    if len(found) > MAX_FILES:
                        raise Permanent("too_many_files", "The folder holds too many files.")
                    self._check_deadline()
        except OSError as error:
            raise Permanent("folder_missing", "The folder cannot be opened.") from error
        return tuple(found)

    def look(self, name: str) -> ListedFile | None:
        """Return one plain file as it is now."""
        try:
            with self._step() as client:
                attributes = client.lstat(self._path(name))
        except OSError:
            return None
        if not stat.S_ISREG(attributes.st_mode or 0):
            return None
        return _listed(name, attributes)

    def read(self, name: str, limit: int) -> bytes:
        """Return up to ``limit`` bytes of a plain file."""
        try:
            with self._step() as client, client.open(self._path(name), "rb") as file:
                size = min(file.stat().st_size or 0, limit)
                file.prefetch(size)
                return self._read_all(file, limit)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NotPermitted(name) from error

    def _read_all(self, file: paramiko.SFTPFile, limit: int) -> bytes:
        parts: list[bytes] = []
        left = limit
        while left:
            self._check_deadline()
            part = file.read(min(CHUNK, left))
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def rename(self, old: str, new: str) -> bool:
        """Rename a file inside the folder, without overwriting."""
        return self._move(old, new)

    def archive(self, old: str, new: str) -> bool:
        """Move a file into the archive folder, without overwriting."""
        with contextlib.suppress(OSError), self._step() as client:
            client.mkdir(self._path(ARCHIVE), 0o750)
        return self._move(old, posixpath.join(ARCHIVE, new))

    def is_archived(self, name: str) -> bool:
        """Tell whether the archive folder has a file of this name."""
        return self._exists(posixpath.join(ARCHIVE, name))

    def _move(self, old: str, new: str) -> bool:
        """Rename as version 3 of the protocol says: the server must not overwrite."""
        try:
            with self._step() as client:
                client.rename(self._path(old), self._path(new))
        except OSError as error:
            # Servers give one and the same code for most reasons: look what is the case.
            if not self._exists(old):
                return False
            if error.errno != errno.EACCES and self._exists(new):
                raise NameTaken(new) from error
            raise NotPermitted(old) from error
        return True

    def _exists(self, name: str) -> bool:
        try:
            with self._step() as client:
                client.lstat(self._path(name))
        except OSError:
            return False
        return True


def _listed(name: str, attributes: paramiko.SFTPAttributes) -> ListedFile:
    return ListedFile(name, attributes.st_size or 0, attributes.st_mtime or 0)
