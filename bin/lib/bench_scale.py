"""bin/bench scale SMALL LARGE

Decide two workloads of bin/bench cash-application, the second ten times the first or so: does a
line cost the same when there is more of everything? Both are decided day by day with feedback.

Prints one JSON: lines a CPU second and peak memory of each, and the second's speed as a share of
the first's.
"""
# needs no database

import argparse
import json
import pathlib

import benchmarking


def main():
    """Run both workloads, each in a process of its own, and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("small", type=pathlib.Path, metavar="SMALL")
    parser.add_argument("large", type=pathlib.Path, metavar="LARGE")
    options = parser.parse_args()
    results = []
    for directory in (options.small, options.large):
        benchmarking.say(f"Deciding {directory} …")
        script = pathlib.Path(__file__).with_name("bench_cash_application.py")
        results.append(benchmarking.run_script(script, str(directory)))
    print(json.dumps(compared(*results), indent=2))


def compared(small, large):
    """Return both results side by side and how the speed holds.

    >>> one = {"lines": 10, "items": 25, "lines_per_second": 1200, "peak_mib": 90, "auto": 9}
    >>> two = {"lines": 100, "items": 250, "lines_per_second": 1080, "peak_mib": 700, "auto": 91}
    >>> compared(one, two)["speed_held"], compared(one, two)["peak_mib"]
    (0.9, 700)
    """
    names = ("lines", "items", "lines_per_second", "peak_mib")
    return {
        "benchmark": "scale",
        "small": {name: small[name] for name in names},
        "large": {name: large[name] for name in names},
        "speed_held": round(large["lines_per_second"] / small["lines_per_second"], 2),
        "peak_mib": max(small["peak_mib"], large["peak_mib"]),
    }


if __name__ == "__main__":
    main()
