"""The server: whose key it shows, whether it lets us in, and lines that break: case 84."""

import multiprocessing
import os
import subprocess

import pytest

from odoo.addons.bank_sync.connectors import errors, file_sftp

from tests.peers import cut_line

from .places import LATER, Folder, Server, drop, fetch, lay, skipped


def refusal(place, **changes):
    with pytest.raises(errors.BankError) as refused, place.store(**changes):
        pass
    return type(refused.value), refused.value.code


def test_case_084_a_changed_host_key_is_refused_and_nobody_signs_in(server):
    place = Server(server)
    pinned = server.host_key
    lay(place.home, "a.xml")
    server.change_host_key()
    assert server.host_key != pinned
    assert refusal(place, host_key=pinned) == (errors.Permanent, "host_key_changed")
    assert "Accepted publickey" not in (server.folder / "log").read_text()
    assert os.listdir(place.home) == ["a.xml"]
    # Nothing was learned from the refusal: it is refused again.
    assert refusal(place, host_key=pinned) == (errors.Permanent, "host_key_changed")
    assert list(fetch(drop(place))) == ["a.xml"], "with the new key a person has confirmed"


def test_case_084_a_key_of_another_kind_is_a_changed_key(server, sshd):
    pinned = server.host_key
    server.stop()
    sshd.make_key(server.folder / "host", "rsa")
    server.start()
    assert refusal(Server(server), host_key=pinned) == (errors.Permanent, "host_key_changed")
    assert server.host_key.startswith("ssh-rsa ")
    assert fetch(drop(Server(server))) == {}


def test_case_084_without_a_confirmed_key_nothing_is_done(server):
    assert refusal(Server(server), host_key="") == (errors.Permanent, "host_key_unknown")
    assert file_sftp.fetch_host_key("127.0.0.1", server.port) == server.host_key
    assert "Accepted publickey" not in (server.folder / "log").read_text()


def test_our_key_is_refused_unreadable_or_locked(server, tmp_path):
    place = Server(server)
    old = server.private_key
    server.private_key = server.let_in("other")
    assert refusal(place, private_key=old) == (errors.AuthExpired, "key_refused")
    assert refusal(place, private_key="nonsense") == (errors.Permanent, "private_key")
    locked = tmp_path / "locked"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(locked)]
    subprocess.run(command, check=True)
    key = locked.read_text()
    assert refusal(place, private_key=key) == (errors.Permanent, "private_key")
    assert refusal(place, user="nobody-at-all") == (errors.AuthExpired, "key_refused")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_keys_of_all_usual_kinds_are_let_in(server, sshd, kind):
    sshd.make_key(server.folder / "own", kind)
    public = (server.folder / "own.pub").read_text()
    (server.folder / "authorized_keys").write_text(public)
    with Server(server).store(private_key=(server.folder / "own").read_text()) as store:
        assert store.listing() == ()


def test_a_read_only_server_is_said_so_and_can_still_be_read(sshd, tmp_path, home):
    lay(home, "a.xml", "b.xml")
    server = sshd.Sshd(tmp_path / "sshd", home, read_only=True)
    server.start()
    try:
        place = Server(server)
        with pytest.raises(errors.Permanent) as refused:
            fetch(drop(place))
        assert refused.value.code == "not_movable"
        adapter = drop(place, moves=False)
        assert sorted(fetch(adapter)) == ["a.xml", "b.xml"]
        known = drop(place, moves=False, known=lambda file: file.name == "a.xml")
        assert list(fetch(known)) == ["b.xml"]
        assert sorted(os.listdir(home)) == ["a.xml", "b.xml"]
    finally:
        server.stop()


def as_nobody(home, results):
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    adapter = drop(Folder(home), moves=False)
    found = sorted(fetch(adapter))
    try:
        fetch(drop(Folder(home)))
        code = ""
    except errors.Permanent as error:
        code = error.code
    results.put((found, skipped(adapter), code))


def test_a_file_that_may_not_be_read_does_not_stop_the_others(home):
    lay(home, "closed.xml", "open.xml")
    (home / "closed.xml").chmod(0)
    home.chmod(0o555)
    for parent in home.parents:
        if parent.stat().st_uid == os.geteuid() and "pytest" in str(parent):
            parent.chmod(0o755)
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    worker = context.Process(target=as_nobody, args=(home, results))
    worker.start()
    found, left, code = results.get(timeout=30)
    worker.join(timeout=20)
    home.chmod(0o755)
    assert found == ["open.xml"]
    assert left == {("closed.xml", "file_unreadable")}
    assert code == "not_movable"


def test_a_folder_that_is_not_there_is_said_so(place):
    place.home.rename(place.home.parent / "moved")
    with pytest.raises(errors.Permanent) as refused:
        fetch(drop(place))
    assert refused.value.code == "folder_missing"


@pytest.fixture
def through(server):
    """Return a function that makes a line to the server that breaks after so many bytes."""
    lines = []

    def make(limit, **options):
        lines.append(cut_line.CutLine(server.port, limit, **options))
        return Server(server).store(port=lines[-1].port)

    yield make
    for line in lines:
        line.close()


@pytest.mark.parametrize("limit", [0, 10, 700, 2_000, 3_500, 300_000, 1_500_000])
def test_a_line_that_breaks_loses_nothing(server, through, limit):
    place = Server(server)
    content = os.urandom(2_000_000)
    lay(place.home, "a.xml", content=content)
    with pytest.raises(errors.Temporary):
        fetch(drop(place, store=through(limit)))
    assert fetch(drop(place, now=LATER)) == {"a.xml": content}
    assert os.listdir(place.home / "archive") == ["a.xml"]


@pytest.mark.parametrize("limit", [10, 3_500, 300_000])
def test_a_server_that_falls_silent_is_left(server, through, limit, monkeypatch):
    monkeypatch.setattr(file_sftp, "STEP_SECONDS", 1)
    lay(server.home, "a.xml", content=os.urandom(2_000_000))
    with pytest.raises(errors.Temporary):
        fetch(drop(None, store=through(limit, silent=True)))
    assert list(fetch(drop(Server(server), now=LATER))) == ["a.xml"]


def test_a_visit_that_takes_too_long_ends(server):
    lay(server.home, "a.xml", "b.xml")
    moments = iter([0, 0, 0, *[file_sftp.DEADLINE_SECONDS + 1] * 99])
    store = Server(server).store()
    store._clock = lambda: next(moments)
    with pytest.raises(errors.Temporary) as silent:
        fetch(drop(None, store=store))
    assert silent.value.code == "deadline"


def test_nobody_there_is_temporary(server):
    place = Server(server)
    store = place.store()
    server.stop()
    with pytest.raises(errors.Temporary) as silent:
        fetch(drop(place, store=store))
    assert silent.value.code == "connect"
    with pytest.raises(errors.Temporary):
        file_sftp.fetch_host_key("127.0.0.1", server.port)


def test_a_server_that_ends_between_two_files_keeps_the_rest(server):
    place = Server(server)
    lay(place.home, "a.xml", "b.xml")
    adapter = drop(place)
    files = adapter.files()
    adapter.acknowledge(next(files).name)
    server.break_down()
    with pytest.raises(errors.Temporary):
        list(files)
    server.start()
    assert list(fetch(drop(place, now=LATER))) == ["b.xml"]
