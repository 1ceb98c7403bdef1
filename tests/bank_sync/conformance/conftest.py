"""What every test of the suite gets: a scripted bank, and an adapter that talks to it."""

import importlib

import pytest

# Not imported above: pytest loads this file before the top-level conftest.py has made the addons
# importable.
HERE = "tests.bank_sync.conformance"


def pytest_generate_tests(metafunc):
    """Run a test that asks for a dialect once for each kind of bank, or for its file's ``ONLY``."""
    if "dialect" in metafunc.fixturenames:
        only = getattr(metafunc.module, "ONLY", None)
        every = importlib.import_module(f"{HERE}.dialects").DIALECTS
        found = [each for each in every if only in {None, each.name}]
        metafunc.parametrize("dialect", found, ids=[each.name for each in found])


@pytest.fixture
def bank():
    """Serve a bank that has no script yet."""
    running = importlib.import_module(f"{HERE}.scripted_bank").ScriptedBank()
    yield running
    running.stop()


@pytest.fixture
def adapter(bank, dialect):
    """Return a maker of adapters for the scripted bank; nothing sleeps between two tries."""
    transport = importlib.import_module("odoo.addons.bank_sync.connectors.transport")

    def make(profile=None, url=None, **options):
        options = {"token": "hush-hush", "sleep": lambda _seconds: None, **options}
        wire = transport.Transport((url or bank.url) + dialect.base, **options)
        return dialect.adapter(wire, profile) if profile else dialect.adapter(wire)

    return make
