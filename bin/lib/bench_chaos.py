"""bin/bench chaos [--kills N] [--seed S]

Kill Odoo workers with SIGKILL at seeded moments of reading, importing and sending, two of them on
one database against a sandbox bank, and hold the books against the bank's truth after each.

Prints one JSON: kills, rounds, entries, seconds, and the problems found (none is the promise).
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from tests.faults import chaos

if __name__ == "__main__":
    arguments = sys.argv[1:]
    if not {"-h", "--help", "--database"} & set(arguments):
        arguments += ["--database", os.environ["PGDATABASE"]]
    sys.exit(chaos.main(arguments))
