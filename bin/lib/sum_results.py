"""Add up pytest's closing lines: sum_results.py LOG…; the last line printed is the sum."""

import pathlib
import re
import sys

CLOSING = re.compile(r"^(?:=+ )?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$")
EXIT_STATUS = re.compile(r"^exit status (\d+)$", re.MULTILINE)
# pytest: 0 all passed, 1 some failed, 5 nothing collected. Anything else broke off.
REGULAR = {"0", "1", "5"}
NO_TESTS = re.compile(r"^(?:=+ )?no tests ran in ")
FAILED = {"failed", "error", "errors", "xpassed"}


def counts(text):
    """Return passed, failed and skipped of the last closing line; None if the run broke off.

    Errors in fixtures or at import count as failed; expected failures as passed.

    >>> counts("===== 1 failed, 2 passed, 3 skipped, 1 error in 0.12s =====")
    (2, 2, 3)
    >>> counts("212 passed, 4 warnings in 75.01s (0:01:15)")
    (212, 0, 0)
    >>> counts("===== no tests ran in 0.01s =====")
    (0, 0, 0)
    >>> counts("Killed") is None
    True
    >>> counts("12 passed in 1.20s\\nexit status 139") is None
    True
    """
    if (status := EXIT_STATUS.search(text)) and status[1] not in REGULAR:
        return None
    for line in reversed(text.splitlines()):
        plain = re.sub(r"\x1b\[[\d;]*m", "", line).strip()
        if NO_TESTS.match(plain):
            return 0, 0, 0
        if match := CLOSING.match(plain):
            found = {word: int(n) for n, word in re.findall(r"(\d+) ([a-z]+)", match[1])}
            passed = found.get("passed", 0) + found.get("xfailed", 0)
            return passed, sum(found.get(word, 0) for word in FAILED), found.get("skipped", 0)
    return None


def main(paths):
    """Print a line per log and the sum; return 1 if anything failed, broke off, or nothing ran."""
    passed = failed = skipped = 0
    for path in map(pathlib.Path, paths):
        found = counts(path.read_text(encoding="utf-8", errors="replace"))
        if found is None:
            print(f"{path.stem}: broke off before its end, see {path}")
            failed += 1
            continue
        print("{}: {} passed, {} failed, {} skipped".format(path.stem, *found))
        passed, failed, skipped = passed + found[0], failed + found[1], skipped + found[2]
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
