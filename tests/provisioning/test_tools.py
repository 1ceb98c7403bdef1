"""The small Python tools of ``bin/lib``: their examples are true, and they fail as they should."""

import doctest
import importlib.util
import subprocess
import sys

import pytest

from .shell import ROOT

LIB = ROOT / "bin" / "lib"
TOOLS = ("check_log", "pip_config", "show_summary", "sum_results", "unpack_odoo")


def load(name):
    spec = importlib.util.spec_from_file_location(f"bin_lib_{name}", LIB / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(name, *arguments, text=None):
    return subprocess.run(
        [sys.executable, str(LIB / f"{name}.py"), *map(str, arguments)],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", TOOLS)
def test_the_examples_are_true(name):
    result = doctest.testmod(load(name))
    assert result.attempted
    assert not result.failed


def logs(tmp_path, **texts):
    paths = []
    for name, text in texts.items():
        paths.append(tmp_path / f"{name}.log")
        paths[-1].write_text(text)
    return paths


def test_the_sum_is_the_last_line(tmp_path):
    paths = logs(
        tmp_path,
        plain="== 3 passed, 1 skipped in 1.00s ==\nexit status 0\n",
        addons="==== 5 passed in 61.00s (0:01:01) ====\nexit status 0\n",
    )
    result = run("sum_results", *paths)
    assert result.returncode == 0
    assert result.stdout.splitlines()[-1] == "8 passed, 0 failed, 1 skipped"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("== 3 passed, 1 error in 1.00s ==\nexit status 1\n", "3 passed, 1 failed, 0 skipped"),
        ("collected 3 items\nexit status 139\n", "0 passed, 1 failed, 0 skipped"),
        ("== no tests ran in 0.01s ==\nexit status 5\n", "0 passed, 0 failed, 0 skipped"),
        ("== 4 skipped in 0.01s ==\nexit status 0\n", "0 passed, 0 failed, 4 skipped"),
        ("== 2 passed in 1.00s ==\nAborted\nexit status 134\n", "0 passed, 1 failed, 0 skipped"),
    ],
)
def test_failures_crashes_and_silence_are_not_success(tmp_path, text, last):
    result = run("sum_results", *logs(tmp_path, part=text))
    assert result.returncode == 1
    assert result.stdout.splitlines()[-1] == last


def test_a_warning_while_installing_fails_the_installation(tmp_path):
    (log,) = logs(tmp_path, install="2026-01-05 08:00:00,001 12 WARNING demo odoo.x: bad\n")
    result = run("check_log", log)
    assert result.returncode == 1
    assert "odoo.x: bad" in result.stdout


def test_pips_mirror_is_told_to_uv_and_the_environment_wins(tmp_path):
    module = load("pip_config")
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://file.example/simple\ncert = /c\n"
    )
    files = [tmp_path / "pip.conf", tmp_path / "absent.conf"]
    from_file = module.read_settings(files, {})
    assert module.uv_environment(from_file, {})["UV_DEFAULT_INDEX"] == "https://file.example/simple"
    settings = module.read_settings(files, {"PIP_INDEX_URL": "https://env.example/simple"})
    assert module.uv_environment(settings, {})["UV_DEFAULT_INDEX"] == "https://env.example/simple"


def test_waiting_for_a_server_that_has_died_ends_at_once():
    died = subprocess.Popen(["true"])
    died.wait()
    assert run("wait_for", "http://127.0.0.1:9/", 30, died.pid).returncode == 2
