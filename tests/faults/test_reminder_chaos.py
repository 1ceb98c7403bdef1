"""Killed at any moment of a night, nobody gets a second message and no step is lost."""

import json
import pathlib
import subprocess
import sys

CHAOS = pathlib.Path(__file__).with_name("reminder_chaos.py")


def test_behaviour_39_nights_killed_at_any_moment_tell_everybody_once(database):
    command = [sys.executable, str(CHAOS), "--kills", "8", "--seed", "5", "--database", database]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout.strip(), done.stderr[-5000:]
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["problems"] == [], done.stderr[-5000:]
    assert summary["kills"] >= 8
