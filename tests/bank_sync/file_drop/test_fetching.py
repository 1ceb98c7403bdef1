"""Files are fetched once, whole, and by nobody twice: cases 83 and 85."""

import multiprocessing
import os

import pytest

from odoo.addons.bank_sync.connectors import errors

from .places import LATER, NOW, drop, fetch, lay, skipped


def test_files_are_fetched_oldest_first_and_put_away(place):
    lay(place.home, "b.xml", "a.xml", "c.sta")
    for number, name in enumerate(("c.sta", "a.xml", "b.xml")):
        os.utime(place.home / name, (NOW, NOW + number))
    adapter = drop(place)
    assert adapter.check() == 3
    assert list(fetch(adapter)) == ["c.sta", "a.xml", "b.xml"]
    assert sorted(os.listdir(place.home)) == ["archive"]
    assert sorted(os.listdir(place.home / "archive")) == ["a.xml", "b.xml", "c.sta"]
    assert fetch(drop(place)) == {}


def test_what_is_not_acknowledged_comes_again_under_its_name(place):
    lay(place.home, "a.xml")
    assert list(fetch(drop(place), acknowledge=False)) == ["a.xml"]
    assert os.listdir(place.home) == ["a.xml"]
    assert list(fetch(drop(place))) == ["a.xml"]


def test_acknowledging_twice_or_afterwards_is_a_success(place):
    lay(place.home, "a.xml")
    fetch(drop(place))
    for _time in range(2):
        drop(place).acknowledge("a.xml")
    lay(place.home, "b.xml")
    drop(place).acknowledge("b.xml")
    assert sorted(os.listdir(place.home / "archive")) == ["a.xml", "b.xml"]


def test_a_name_that_is_used_again_overwrites_nothing(place):
    for number in range(3):
        lay(place.home, "statement.xml", content=b"%d" % number)
        assert fetch(drop(place)) == {"statement.xml": b"%d" % number}
    kept = {path.name: path.read_bytes() for path in (place.home / "archive").iterdir()}
    assert kept == {"statement.xml": b"0", "statement.xml~1": b"1", "statement.xml~2": b"2"}


def test_a_claim_of_a_process_that_died_is_taken_over_when_it_ends(place):
    lay(place.home, "a.xml")
    adapter = drop(place)
    files = adapter.files()
    next(files)
    adapter._held.clear()  # The process is gone before it could do anything.
    files.close()
    (left,) = os.listdir(place.home)
    assert left.startswith(".lease~")
    assert fetch(drop(place, now=NOW + 60)) == {}
    assert list(fetch(drop(place, now=LATER))) == ["a.xml"]
    assert os.listdir(place.home / "archive") == ["a.xml"]


def test_an_interface_of_files_offers_no_more_than_files(place):
    adapter = drop(place)
    for name in ("accounts", "pages", "submit", "start_consent"):
        with pytest.raises(errors.Permanent) as refused:
            getattr(adapter, name)()
        assert refused.value.code == "not_supported"


def test_case_083_unfinished_names_are_passed_over(place):
    lay(place.home, "a.xml.part", "b.xml.tmp", ".c.xml", "d.xml.filepart", "E.XML.PART", "f.xml~")
    adapter = drop(place)
    assert fetch(adapter) == {}
    assert adapter.skipped == []
    (place.home / "a.xml.part").rename(place.home / "a.xml")
    assert list(fetch(drop(place))) == ["a.xml"]


def test_case_083_a_file_that_grows_is_left_until_it_is_whole(place):
    lay(place.home, "a.xml", content=b"half")
    lay(place.home, "whole.xml")

    def upload(_seconds):
        with (place.home / "a.xml").open("ab") as file:
            file.write(b" and half")

    adapter = drop(place, pause=upload)
    assert list(fetch(adapter)) == ["whole.xml"]
    assert skipped(adapter) == {("a.xml", "file_growing")}
    assert fetch(drop(place)) == {"a.xml": b"half and half"}


def test_case_083_a_file_that_grows_while_it_is_read_is_left(place):
    lay(place.home, "a.xml", content=b"half")
    store = place.store()
    read = store.read

    def read_slowly(name, limit):
        content = read(name, limit)
        # The uploader still holds the file, whatever it is called by now.
        with (place.home / name).open("ab") as file:
            file.write(b" more")
        return content

    store.read = read_slowly
    adapter = drop(place, store=store)
    assert fetch(adapter) == {}
    assert skipped(adapter) == {("a.xml", "file_growing")}
    assert fetch(drop(place)) == {"a.xml": b"half more"}


def test_case_083_an_empty_file_is_an_upload_that_begins(place):
    lay(place.home, "a.xml", content=b"")
    adapter = drop(place)
    assert fetch(adapter) == {}
    assert skipped(adapter) == {("a.xml", "file_growing")}


def work(place, barrier, results):
    adapter = drop(place)
    barrier.wait()
    results.put(list(fetch(adapter)))


def test_case_085_two_processes_never_take_the_same_file(place):
    names = [f"{number:03d}.xml" for number in range(40)]
    lay(place.home, *names)
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(2), context.Queue()
    workers = [context.Process(target=work, args=(place, barrier, results)) for _n in range(2)]
    for worker in workers:
        worker.start()
    first, second = (results.get(timeout=60) for _worker in workers)
    for worker in workers:
        worker.join(timeout=20)
    assert sorted(first + second) == names, "each once, none lost"
    assert sorted(os.listdir(place.home / "archive")) == names
    assert os.listdir(place.home) == ["archive"]
