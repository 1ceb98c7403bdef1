"""A folder, and a real server with the same folder."""

import importlib

import pytest

# Not imported above: pytest loads this file before the top-level conftest.py has made the addons
# importable.
HERE = "tests.bank_sync.file_drop"


@pytest.fixture
def home(tmp_path):
    """Return the folder the bank lays its files down in."""
    folder = tmp_path / "from-bank"
    folder.mkdir()
    return folder


@pytest.fixture
def sshd():
    """Return the module that starts servers; without one installed there is nothing to prove."""
    module = importlib.import_module("tests.peers.sshd")
    if not module.is_installed():
        importlib.import_module("tests.peers.servers").missing(*module.MISSING)
    return module


@pytest.fixture
def server(sshd, tmp_path, home):
    """Return a running server."""
    running = sshd.Sshd(tmp_path / "sshd", home)
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["folder", "sftp"])
def place(request, home):
    """Return each kind of place in turn."""
    places = importlib.import_module(f"{HERE}.places")
    if request.param == "folder":
        return places.Folder(home)
    return places.Server(request.getfixturevalue("server"))
