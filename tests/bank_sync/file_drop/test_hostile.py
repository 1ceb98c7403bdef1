"""Names, sizes, clocks and links nobody should trip over, and the folder's bounds."""

import os
import tracemalloc

import pytest

from odoo.addons.bank_sync.connectors import errors, file_drop, file_folder, file_sftp

from .places import Folder, drop, fetch, lay, skipped


def test_hostile_names_stay_outside_and_odd_ones_are_welcome(place):
    good = ["März 2026 Übersicht.xml", "明細.xml", "-rf.xml", "a b;c$(x).xml", "CON.xml"]
    bad = ["a\nb.xml", "a\x1b[31m.xml", "a\\..\\b.xml", "\u202elmx.a", "n" * 230 + ".xml"]
    lay(place.home, *good, *bad)
    adapter = drop(place)
    assert sorted(fetch(adapter)) == sorted(good)
    assert {each.code for each in adapter.skipped} == {"file_name"}
    assert len(adapter.skipped) == len(bad)
    assert all(each.name.isprintable() for each in adapter.skipped)
    assert set(bad) <= set(os.listdir(place.home)), "what is not understood is not touched"


@pytest.mark.parametrize("name", ["../outside.xml", "a/b", "..", "", "\n"])
def test_acknowledging_reaches_nothing_outside(place, name):
    outside = place.home.parent / "outside.xml"
    outside.write_bytes(b"precious")
    drop(place).acknowledge(name)
    assert outside.read_bytes() == b"precious"
    assert not (place.home / "archive").exists() or not os.listdir(place.home / "archive")


def test_links_folders_and_pipes_are_no_files(place, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_bytes(b"secret")
    (place.home / "link.xml").symlink_to(secret)
    (place.home / "folder.xml").mkdir()
    os.mkfifo(place.home / "pipe.xml")
    assert fetch(drop(place)) == {}


def test_a_file_that_becomes_a_link_is_not_followed(place, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_bytes(b"<Document/>")
    lay(place.home, "a.xml")

    def swap(_seconds):
        (place.home / "a.xml").unlink()
        (place.home / "a.xml").symlink_to(secret)

    assert fetch(drop(place, pause=swap)) == {}


def test_a_huge_file_is_left_alone_without_reading_it(place):
    with (place.home / "huge.xml").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    lay(place.home, "small.xml")
    tracemalloc.start()
    adapter = drop(place)
    assert list(fetch(adapter)) == ["small.xml"]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
    assert skipped(adapter) == {("huge.xml", "file_too_large")}
    assert (place.home / "huge.xml").exists()


def test_a_file_of_the_largest_size_comes_whole(place, monkeypatch):
    monkeypatch.setattr(file_drop, "MAX_FILE_BYTES", 3_000_000)
    content = os.urandom(3_000_000)
    lay(place.home, "large.xml", content=content)
    lay(place.home, "larger.xml", content=content + b"x")
    adapter = drop(place)
    assert fetch(adapter) == {"large.xml": content}
    assert skipped(adapter) == {("larger.xml", "file_too_large")}


def test_clocks_that_are_wrong_lose_no_file(place):
    lay(place.home, "past.xml", "future.xml", "now.xml")
    os.utime(place.home / "past.xml", (0, 0))
    os.utime(place.home / "future.xml", (2**32 - 2, 2**32 - 2))
    assert sorted(fetch(drop(place))) == ["future.xml", "now.xml", "past.xml"]


def test_too_many_files_are_no_statement_folder(place, monkeypatch):
    module = file_sftp if hasattr(place, "server") else file_folder
    monkeypatch.setattr(module, "MAX_FILES", 5)
    lay(place.home, *(f"{number}.xml" for number in range(7)))
    with pytest.raises(errors.Permanent) as refused:
        fetch(drop(place))
    assert refused.value.code == "too_many_files"


@pytest.mark.parametrize("way", ["outside", "parent", "link", "relative", "no roots"])
def test_a_folder_outside_the_allowed_ones_is_refused(tmp_path, way):
    allowed = tmp_path / "allowed"
    outside = tmp_path / "allowed-not"
    allowed.mkdir()
    outside.mkdir()
    (allowed / "link").symlink_to(outside)
    path = {
        "outside": str(outside),
        "parent": f"{allowed}/../allowed-not",
        "link": str(allowed / "link"),
        "relative": "allowed",
        "no roots": str(allowed),
    }[way]
    roots = [] if way == "no roots" else [str(allowed)]
    with pytest.raises(errors.Permanent) as refused, file_folder.FolderStore(path, roots):
        pass
    assert refused.value.code == "folder_not_allowed"


def test_an_archive_that_leads_elsewhere_is_not_used(home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (home / "archive").symlink_to(elsewhere)
    lay(home, "a.xml")
    with pytest.raises(errors.Permanent) as refused:
        fetch(drop(Folder(home)))
    assert refused.value.code == "not_movable"
    assert os.listdir(elsewhere) == []
    assert (home / "a.xml").exists()
