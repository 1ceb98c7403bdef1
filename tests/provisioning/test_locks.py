"""The locks: one version of everything, hashes for all of it, and no index named."""

import re

import pytest

from .shell import ROOT

LOCKS = ("core", "postgres", "run", "sandbox", "test", "uv")
FOLDER = ROOT / "requirements"


def pins(name):
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash_and_no_index_is_named(name):
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert blocks
    for block in blocks:
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize("name", ["core", "run", "sandbox"])
def test_all_environments_have_the_same_versions(name):
    assert pins(name) <= pins("test")


def test_what_an_existing_odoo_is_asked_for_is_what_we_test_with():
    locked = dict(pins("run"))
    for line in (FOLDER / "addons.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, minimum = line.split(">=")
        assert _version(locked[name]) >= _version(minimum), line


def _version(text):
    return [int(part) for part in re.findall(r"\d+", text)[:3]]
