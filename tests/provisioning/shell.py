"""Run pieces of ``bin/lib`` the way the commands do."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
COMMANDS = ("run", "test", "lint", "odoo", "bench", "mails")


def clean_environment(**extra):
    """Return an environment without the settings of the machine the tests run on."""
    kept = {"PATH", "HOME", "LANG", "TMPDIR"}
    return {key: os.environ[key] for key in kept & set(os.environ)} | extra


def sourced(script, state, *libs, **extra):
    """Source the named libraries, run the script, and return the finished process."""
    lines = ["set -euo pipefail", *(f'. "{ROOT}/bin/lib/{lib}.sh"' for lib in libs), script]
    return subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        env=clean_environment(ODOO_HOME=str(state), **extra),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def command(name, *arguments, **extra):
    """Run a command of ``bin/`` and return the finished process."""
    return subprocess.run(
        [str(ROOT / "bin" / name), *arguments],
        env=clean_environment(**extra),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
