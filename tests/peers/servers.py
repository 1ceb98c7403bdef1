"""Start the programs of other people that our tests talk to, each on a port of the loopback."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).parents[2]
HERE = pathlib.Path(__file__).parent
PACKAGES = pathlib.Path(os.environ.get("PEERS_DIR") or ROOT / ".odoo/peers") / "node_modules"
SPECS = os.environ.get("BANK_SYNC_SPEC_DIR")


def missing(what, remedy="bin/lib/peers.sh installs the peers"):
    """Skip so that nobody overlooks it; fail where skipping is not allowed."""
    message = f"PEER MISSING: {what} ({remedy})"
    if os.environ.get("PEERS_REQUIRED"):
        pytest.fail(message)
    pytest.skip(message)


def program(name):
    """Return the path of a program of the machine."""
    return shutil.which(name) or missing(name)


def package(path):
    """Return a file of an npm package."""
    found = PACKAGES / path
    return found if found.exists() else missing(f"npm package {path.split('/build')[0]}")


def document(name):
    """Return the path of a standard's own document."""
    path = pathlib.Path(SPECS or "") / name
    if not SPECS or not path.is_file():
        missing(f"{name}: BANK_SYNC_SPEC_DIR names no folder with it")
    return path


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Running:
    """A program that serves on ``port`` until it is stopped."""

    def __init__(self, command, port, log):
        self.port, self.log = port, log
        with log.open("wb") as out:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)

    def wait(self, seconds=60):
        """Return itself as soon as somebody listens."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self
        self.stop()
        pytest.fail(f"{self.log.name}: {self.log.read_text(errors='replace')[-2000:]}")

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


def prism(mode, specification, folder, *more):
    """Start Prism with a standard's document: as a bank of its own, or in front of one."""
    command = [program("node"), str(package("@stoplight/prism-cli/dist/index.js")), mode]
    port = free_port()
    command += ["-h", "127.0.0.1", "-p", str(port), str(document(specification)), *more]
    return Running(command, port, folder / f"prism-{mode}-{port}.log").wait()


def sandbox_bank(folder, today):
    """Start our sandbox bank, a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox_bank", "--port", str(port)]
    command += ["--database", str(folder / "bank.sqlite"), "--today", today.isoformat()]
    command += ["--page-size", "7"]
    return Running(command, port, folder / "sandbox-bank.log").wait()


class WireMock(Running):
    """WireMock: an HTTP server that breaks in exactly the way it is told, and keeps a journal."""

    def __init__(self, folder):
        jar = package("wiremock/build/wiremock-standalone-3.13.2.jar")
        port = free_port()
        command = [program("java"), "-jar", str(jar), "--bind-address", "127.0.0.1"]
        command += ["--port", str(port), "--disable-banner"]
        command += ["--root-dir", str(folder)]
        super().__init__(command, port, folder / "wiremock.log")
        self.http = requests.Session()
        self.http.trust_env = False

    def reset(self):
        self.http.post(f"{self.url}/__admin/reset", timeout=30).raise_for_status()

    def stub(self, method, path, response, **scenario):
        mapping = {
            "request": {"method": method, "urlPath": path},
            "response": response,
            **scenario,
        }
        answer = self.http.post(f"{self.url}/__admin/mappings", json=mapping, timeout=30)
        answer.raise_for_status()

    def received(self, method, path):
        """Return how often the bank's side really saw such a request."""
        answer = self.http.post(
            f"{self.url}/__admin/requests/count",
            json={"method": method, "urlPath": path},
            timeout=30,
        )
        return answer.json()["count"]


def oauth_server(folder, *, port, certificate, key, client_jwk, redirect_uri):
    """Start an OAuth server by FAPI 2.0 over TLS."""
    package("oidc-provider/package.json")
    (folder / "op-cert.pem").write_text(certificate)
    (folder / "op-key.pem").write_text(key)
    config = {
        "issuer": f"https://127.0.0.1:{port}",
        "port": port,
        "packages": str(PACKAGES),
        "certificate": str(folder / "op-cert.pem"),
        "key": str(folder / "op-key.pem"),
        "client_jwk": client_jwk,
        "redirect_uri": redirect_uri,
    }
    path = folder / "op.json"
    path.write_text(json.dumps(config))
    command = [program("node"), str(HERE / "op.mjs"), str(path)]
    return Running(command, port, folder / "op.log").wait()
