"""Fail when an installation log holds an unknown warning or error: check_log.py FILE."""

import re
import sys

# What Odoo itself says on every installation, and why it does not concern us.
KNOWN = ()
PROBLEM = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (WARNING|ERROR|CRITICAL) ")


def unknown_problems(lines, known=KNOWN):
    """Return the log lines at WARNING or above in which no pattern of ``known`` is found.

    >>> unknown_problems(["2026-01-05 08:00:00,001 12 WARNING demo odoo.fields: two labels"])
    ['2026-01-05 08:00:00,001 12 WARNING demo odoo.fields: two labels']
    >>> unknown_problems(["2026-01-05 08:00:00,001 12 INFO demo odoo.modules: WARNING is a word"])
    []
    """
    problems = (line.rstrip("\n") for line in lines if PROBLEM.match(line))
    return [line for line in problems if not any(re.search(word, line) for word in known)]


def main(path):
    """Print the problems found in the file; return the exit status."""
    with open(path, encoding="utf-8", errors="replace") as log:
        problems = unknown_problems(log)
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} warnings or errors while installing; none is allowed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
