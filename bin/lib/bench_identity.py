"""bin/bench identity [--runs N] [--profile NAME] [--seed N]

Weeks in the life of banks with bad habits, seeded run by seeded run: do our books end up as the
bank's? Prints one JSON: per profile how many runs had wrong books, entries that wait for a person,
rows that stand for another booking without a flag, and what was flagged.
"""
# needs no database

import argparse
import json
import pathlib
import sys
import time
from collections import Counter

import benchmarking

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bank_sync"))


def main():
    """Run the profiles and print what became of the books."""
    benchmarking.without_odoo()
    from identity_simulation import PROFILES  # noqa: PLC0415 - the addons must be importable first

    options = _options(PROFILES)
    profiles = options.profile or list(PROFILES)
    results = {}
    for profile in profiles:
        results[profile] = _measure(profile, options.seed, options.runs)
        benchmarking.say(f"{profile}: {json.dumps(results[profile])}")
    names = ("runs", "wrong_books", "undecided_runs", "wrong_links", "flagged_links", "seconds")
    totals = {name: round(sum(one[name] for one in results.values()), 1) for name in names}
    print(json.dumps({"benchmark": "identity", **totals, "profiles": results}, indent=2))


def _options(profiles):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--runs", type=int, default=200, help="of each profile (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the first run (%(default)s)")
    parser.add_argument("--profile", action="append", choices=profiles, help="default: all")
    return parser.parse_args()


def _measure(profile, first_seed, runs):
    """Return the figures of one profile; the seeds of wrong runs, to repeat them."""
    from identity_simulation import simulate  # noqa: PLC0415

    started, flags = time.perf_counter(), Counter()
    counts, wrong = Counter(), []
    for seed in range(first_seed, first_seed + runs):
        result = simulate(seed, profile)
        counts["wrong_books"] += result.wrong_books
        counts["undecided_runs"] += result.undecided
        for name in ("wrong_links", "flagged_links", "indistinct_links", "rejected"):
            counts[name] += getattr(result, name)
        flags += result.flags
        if result.wrong_books or result.wrong_links:
            wrong.append(seed)
    names = ("wrong_books", "undecided_runs", "wrong_links", "flagged_links", "indistinct_links")
    return {
        "runs": runs,
        **{name: counts[name] for name in names},
        "quarantined_readings": counts["rejected"],
        "flagged": dict(sorted(flags.items())),
        "wrong_seeds": wrong[:20],
        "seconds": round(time.perf_counter() - started, 1),
    }


if __name__ == "__main__":
    main()
