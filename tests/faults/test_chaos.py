"""Killed at any moment, the books equal the bank's: a short run of ``bin/bench chaos``."""

import json
import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).parents[2] / "bin" / "lib" / "bench_chaos.py"


def test_workers_killed_at_any_moment_leave_the_books_equal_to_the_banks(database):
    command = [sys.executable, str(BENCH), "--kills", "12", "--seed", "12", "--database", database]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout.strip(), done.stderr[-5000:]
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["problems"] == [], done.stderr[-5000:]
    assert summary["kills"] >= 12
    assert summary["entries_at_bank"] > 20
