"""Template databases are rebuilt when, and only when, what they hold has changed."""

import sys

import pytest

from .shell import sourced


@pytest.fixture
def house(tmp_path):
    for name, text in {
        "addons/bank_sync/__manifest__.py": "{}",
        "addons/bank_sync/models/a.py": "a = 1",
        "addons/bank_sync/tests/test_a.py": "a = 1",
        "addons/bank_sync/static/tests/tours/a.js": "1",
        "addons/sponsor_bank/__manifest__.py": "{}",
        "requirements/run.txt": "a==1",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def key(house, script="addons_key", **extra):
    result = sourced(f"REPO={house}; ODOO_ID=x; {script}", house / "state", "setup", **extra)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("name", "rebuilt"),
    [
        ("models/a.py", True),
        ("static/tests/tours/a.js", True),
        ("i18n/fr.po", True),
        ("tests/test_a.py", False),
        ("models/__pycache__/a.cpython-312.pyc", False),
    ],
)
def test_the_template_follows_what_is_installed(house, name, rebuilt):
    before = key(house)
    path = house / "addons" / "bank_sync" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    assert (key(house) != before) == rebuilt


def test_an_addon_alone_has_a_key_of_its_own(house):
    alone = key(house, "addons_key bank_sync")
    (house / "addons" / "sponsor_bank" / "x.py").write_text("x = 1")
    assert key(house, "addons_key bank_sync") == alone
    assert key(house) != alone


def test_the_base_follows_the_lock_and_odoo(house):
    before = key(house, "base_key")
    assert key(house, "ODOO_ID=y; base_key") != before
    (house / "requirements" / "run.txt").write_text("a==2")
    assert key(house, "base_key") != before


def test_on_a_shared_server_two_checkouts_do_not_share_a_template(house):
    one = key(house, "STATE=/one; base_key", PGHOST="db.example")
    assert key(house, "STATE=/two; base_key", PGHOST="db.example") != one
    assert key(house, "STATE=/one; base_key") == key(house, "STATE=/two; base_key")


def test_addons_without_a_manifest_are_left_alone(house):
    (house / "addons" / "draft").mkdir()
    assert key(house, "our_addons") == "bank_sync,sponsor_bank"


def test_a_database_server_that_is_not_there_is_named(tmp_path):
    pytest.importorskip("psycopg2", reason="PostgreSQL is asked through it")
    script = f"VENV={sys.prefix}; make_state_dir; ensure_postgres"
    result = sourced(script, tmp_path, "setup", PGHOST="127.0.0.1", PGPORT="9")
    assert result.returncode == 1
    assert "PGHOST=127.0.0.1 PGPORT=9" in result.stderr
