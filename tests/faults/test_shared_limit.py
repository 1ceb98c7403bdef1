"""Two companies that share their limit and run at the same moment write to a customer once."""

import json
import pathlib
import subprocess
import sys

RACE = pathlib.Path(__file__).with_name("shared_limit.py")


def test_behaviour_27_of_two_companies_planned_at_once_one_gets_through(database):
    command = [sys.executable, str(RACE), "--database", database]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.strip(), done.stderr[-5000:]
    # Company, state, reason, days until the next attempt, customers.
    assert json.loads(done.stdout) == {
        # Killed before it committed, it has told nobody: nothing is lost.
        "first killed": [["Second Seller", "queued", None, None, 6]],
        "both go on": [
            ["First Seller", "queued", None, None, 6],
            ["Second Seller", "blocked", "frequency_cap", 1, 6],
        ],
        "the day after": [["Second Seller", "queued", None, None, 6]],
    }
