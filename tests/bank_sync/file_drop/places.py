"""Places the tests fetch from, and what a careful caller does with them."""

from odoo.addons.bank_sync.connectors import file_drop, file_folder, file_sftp

NOW = 1_774_000_000
LATER = NOW + file_drop.LEASE_SECONDS + 1


def no_pause(_seconds):
    """Let no time pass."""


class Folder:
    """A folder of this machine."""

    def __init__(self, home):
        self.home = home

    def store(self):
        """Return the folder as the adapter sees it."""
        return file_folder.FolderStore(str(self.home), [str(self.home.parent)])


class Server:
    """A folder on an SFTP server."""

    def __init__(self, server):
        self.server = server
        self.home = server.home

    def store(self, port=None, **changes):
        """Return the folder as the adapter sees it."""
        server = self.server
        values = {
            "host": "127.0.0.1",
            "port": port or server.port,
            "user": server.user,
            "path": str(self.home),
            "host_key": server.host_key,
            "private_key": server.private_key,
            **changes,
        }
        return file_sftp.SftpStore(file_sftp.SftpServer(**values))


def drop(place, *, now=NOW, store=None, **options):
    """Return an adapter for a place; it does not wait for anything."""
    options = {"pause": no_pause, **options}
    return file_drop.FileDropAdapter(store or place.store(), now=now, **options)


def fetch(adapter, *, acknowledge=True):
    """Return name → content of all files, acknowledging each as a careful caller does."""
    found = {}
    for file in adapter.files():
        assert file.name not in found
        found[file.name] = file.content
        if acknowledge:
            adapter.acknowledge(file.name)
    return found


def lay(home, *names, content=b"<Document/>"):
    """Lay files down."""
    for name in names:
        (home / name).write_bytes(content)


def skipped(adapter):
    """Return what was left where it is, and why."""
    return {(each.name, each.code) for each in adapter.skipped}
