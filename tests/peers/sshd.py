"""A real OpenSSH server for tests, on a free port of the loopback, for the user who runs them.

It has host keys of its own, lets one key of its own in, and offers nothing but file transfer.
"""

import contextlib
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

MISSING = "/usr/sbin/sshd: NO FILE IS FETCHED FROM A REAL SERVER", "apt-get install openssh-server"
START_SECONDS = 20
# Where the server keeps nothing, but demands a folder when root starts it.
PRIVILEGE_FOLDER = pathlib.Path("/run/sshd")
CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowUsers {user}
Subsystem sftp internal-sftp
ForceCommand internal-sftp {options} -d {home}
LogLevel VERBOSE
"""


def is_installed() -> bool:
    """Tell whether the machine has the server and the program that makes keys."""
    return program() is not None and shutil.which("ssh-keygen") is not None


def program() -> str | None:
    """Return the path of the server; it insists on being called by its whole path."""
    return shutil.which("sshd", path=f"/usr/sbin:/usr/local/sbin:{os.environ.get('PATH', '')}")


def make_key(path: pathlib.Path, kind: str = "ed25519") -> None:
    """Make a pair of keys without passphrase."""
    for old in (path, path.with_suffix(".pub")):
        old.unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True)


class Sshd:
    """A server whose sessions begin in ``home``.

    :param folder: for keys and configuration
    :param read_only: refuse every change
    """

    def __init__(self, folder, home, *, read_only=False):
        self.folder = pathlib.Path(folder)
        self.home = pathlib.Path(home)
        self.read_only = read_only
        self.user = getpass.getuser()
        self.process = None
        self.folder.mkdir(parents=True, exist_ok=True)
        make_key(self.folder / "host")
        self.private_key = self.let_in("client")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def let_in(self, name):
        """Make a key that is let in from now on, alone, and return its private half."""
        make_key(self.folder / name)
        public = (self.folder / f"{name}.pub").read_text()
        (self.folder / "authorized_keys").write_text(public)
        return (self.folder / name).read_text()

    @property
    def host_key(self):
        """Return the server's key as type and fingerprint, as OpenSSH itself says it."""
        public = self.folder / "host.pub"
        command = ["ssh-keygen", "-l", "-f", str(public)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return f"{public.read_text().split()[0]} {told.split()[1]}"

    def start(self):
        """Start the server and wait until it answers."""
        if os.geteuid() == 0:
            PRIVILEGE_FOLDER.mkdir(mode=0o755, exist_ok=True)
        options = "-R" if self.read_only else ""
        text = CONFIGURATION.format(
            port=self.port, folder=self.folder, user=self.user, options=options, home=self.home
        )
        (self.folder / "sshd_config").write_text(text)
        command = [program(), "-D", "-e", "-f", str(self.folder / "sshd_config")]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self.folder / "log").read_text())
            time.sleep(0.05)

    def stop(self):
        """End the server; sessions end with it."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def break_down(self):
        """End the server and the sessions of it that are open."""
        sessions = _descendants(self.process.pid)
        self.stop()
        for session in sessions:
            with contextlib.suppress(ProcessLookupError):
                os.kill(session, signal.SIGKILL)

    def change_host_key(self):
        """Come back as another server would: on the same port, with another key."""
        self.stop()
        make_key(self.folder / "host")
        self.start()


def _descendants(process):
    """Return the ids of the processes a process has started, and of those they have."""
    parents = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found, new = [], [process]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found
