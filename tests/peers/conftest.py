"""One of each peer for the whole run; a peer that is not installed skips its tests, loudly."""

import datetime
import importlib
import json

import pytest

# Not imported above: pytest loads this file before the top-level conftest.py has made the addons
# importable.
TODAY = datetime.date(2026, 3, 2)
#: Where the sandbox bank speaks UK Open Banking.
UK = "/open-banking/v4.0/aisp"


def servers():
    return importlib.import_module("tests.peers.servers")


def _running(start):
    running = start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("peers")


@pytest.fixture(scope="session")
def bank(folder):
    """Our sandbox bank."""
    yield from _running(lambda: servers().sandbox_bank(folder, TODAY))


@pytest.fixture(scope="session")
def between(folder, bank):
    """Prism between us and the bank, with the official document in its hand."""
    start = servers().prism
    yield from _running(lambda: start("proxy", "bg-1.3.11.yaml", folder, bank.url))


@pytest.fixture(scope="session")
def between_uk(folder, bank):
    """Prism between us and the bank's other interface."""
    start = servers().prism
    yield from _running(lambda: start("proxy", "obie4-account-info.yaml", folder, bank.url + UK))


@pytest.fixture(scope="session")
def berlin_group(folder):
    """Prism as a bank made of nothing but the official document of NextGenPSD2."""
    yield from _running(lambda: servers().prism("mock", "bg-1.3.11.yaml", folder))


@pytest.fixture(scope="session")
def open_banking_uk(folder):
    """Prism as a bank made of nothing but the official document of UK Open Banking."""
    yield from _running(lambda: servers().prism("mock", "obie4-account-info.yaml", folder))


@pytest.fixture(scope="session")
def _wiremock(folder):
    yield from _running(lambda: servers().WireMock(folder).wait())


@pytest.fixture
def wiremock(_wiremock):
    """WireMock without any memory of the test before."""
    _wiremock.reset()
    return _wiremock


class Violations(list):
    """What Prism found wrong: texts beginning with ``request`` or ``response``."""

    def ours(self):
        return [text for text in self if text.startswith("request")]


@pytest.fixture
def violations(monkeypatch):
    """Collect what Prism finds wrong with either side of every exchange."""
    wire = importlib.import_module("odoo.addons.bank_sync.connectors.wire")
    found = Violations()
    exchange = wire.Wire.exchange

    def noting(self, method, url, *arguments, **options):
        answer = exchange(self, method, url, *arguments, **options)
        for each in json.loads(answer.headers.get("sl-violations", "[]")):
            # To Prism's format "url" no address of the loopback is one.
            if each["code"] != "format" or each["location"][-1] != "location":
                where = " ".join(str(part) for part in each["location"])
                found.append(f"{where}: {each['message']} ({method} {url})")
        return answer

    monkeypatch.setattr(wire.Wire, "exchange", noting)
    return found


@pytest.fixture
def readdressed(monkeypatch):
    """Let a bank's whole links lead through Prism as well: it keeps the bank's own host."""

    def install(theirs, ours):
        wire = importlib.import_module("odoo.addons.bank_sync.connectors.wire")
        read = wire.Wire._read

        def reading(self, *arguments):
            return read(self, *arguments).replace(theirs.encode(), ours.encode())

        monkeypatch.setattr(wire.Wire, "_read", reading)

    return install


@pytest.fixture
def through_prism(readdressed, bank, between):
    """Prism, in front of the sandbox bank as it speaks NextGenPSD2."""
    readdressed(bank.url, between.url)
    return between


@pytest.fixture
def uk_through_prism(readdressed, bank, between_uk):
    """Prism, in front of the sandbox bank as it speaks UK Open Banking."""
    readdressed(bank.url + UK, between_uk.url)
    return between_uk
