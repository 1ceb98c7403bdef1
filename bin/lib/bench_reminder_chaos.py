"""bin/bench reminder-chaos [--kills N] [--seed S]

Kill Odoo workers with SIGKILL at seeded moments of nights of reminders, two of them on one database
against a mail server and a gateway of ours, and hold their notes against the books after each.

Prints one JSON: kills, nights, messages, those a person was asked about, and the problems found
(none is the promise).
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from tests.faults import reminder_chaos

if __name__ == "__main__":
    arguments = sys.argv[1:]
    if not {"-h", "--help", "--database"} & set(arguments):
        arguments += ["--database", os.environ["PGDATABASE"]]
    sys.exit(reminder_chaos.main(arguments))
