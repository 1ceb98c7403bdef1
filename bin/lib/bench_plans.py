"""bin/bench plans [--plans 10000] [--quotes 300] [--only quotes|night]

What a quote of a payment plan takes, against a plain loop with floating point that rounds nothing
and solves the yearly rate by halving; and a night that looks at so many running plans anew, a
tenth of them beside it, to show that queries of a batch do not grow.

Prints one JSON: milliseconds of a quote (median, slowest, 600 installments), the floor and the
ratio; seconds, CPU seconds, queries and peak memory of the night.
"""
# needs no database

import argparse
import json
import os
import random
import statistics
import time
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import benchmarking
from benchmarking import say

#: What a quote may take in the core.
BOUND_MS = 50
#: What a night over 10,000 plans may take.
BOUND_SECONDS = 30
#: Halvings of the floor's rate: as exact as its numbers are.
_HALVINGS = 60


def main():
    """Measure the parts and print the figures."""
    options = _options()
    if options.part:
        print(json.dumps({"quotes": _quotes}[options.part](options)))
        return
    result = {"benchmark": "plans"}
    if options.only != "night":
        say(f"Quoting {options.quotes} plans …")
        part = benchmarking.run_part("--part", "quotes", "--quotes", str(options.quotes))
        result["quote"] = part
    print(json.dumps(result, indent=2))


def _options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--plans", type=int, default=10_000, help="running (%(default)s)")
    parser.add_argument("--quotes", type=int, default=300, help="quotes to make (%(default)s)")
    parser.add_argument("--only", choices=["quotes", "night"], help="one of the two parts")
    parser.add_argument("--part", choices=["quotes"], help=argparse.SUPPRESS)
    parser.add_argument("--database", default=os.environ.get("PGDATABASE"), help=argparse.SUPPRESS)
    return parser.parse_args()


# === QUOTES === #


def _quotes(options):
    """Return what quotes of the usual range take, and the longest there is."""
    benchmarking.without_odoo()
    from odoo.addons.invoice_collections.core.plan.quote import quote  # noqa: PLC0415

    usual = _usual_terms(options.quotes)
    for terms in usual[:20]:
        quote(terms)
    ours = [_milliseconds(quote, terms) for terms in usual]
    floor = [_milliseconds(_plain_quote, terms) for terms in usual]
    longest = [_milliseconds(quote, terms) for terms in _longest_terms()]
    return {
        "quotes": len(ours),
        "median_ms": round(statistics.median(ours), 3),
        "p99_ms": round(statistics.quantiles(ours, n=100)[98], 3),
        "slowest_ms": round(max(ours), 3),
        "installments_600_ms": round(max(longest), 3),
        "floor_median_ms": round(statistics.median(floor), 3),
        "ratio": round(statistics.median(ours) / statistics.median(floor), 2),
        "bound_ms": BOUND_MS,
        "within_bound": max(*ours, *longest) <= BOUND_MS,
    }


def _milliseconds(work, terms):
    started = time.process_time()
    work(terms)
    return 1000 * (time.process_time() - started)


def _usual_terms(count):
    """Return terms as companies agree them: 3 to 36 installments, every method and day count."""
    from odoo.addons.invoice_collections.core.plan.terms import Terms  # noqa: PLC0415

    rng, found = random.Random(6), []  # noqa: S311 (repeatable, no secret)
    for _ in range(count):
        start = date(2026, 1, 1) + timedelta(days=rng.randrange(365))
        method = rng.choice(["annuity", "annuity", "linear", "interest_free", "balloon"])
        principal = rng.randrange(500_00, 50_000_00)
        found.append(
            Terms(
                principal,
                start,
                start + timedelta(days=rng.randrange(7, 45)),
                rng.randrange(3, 37),
                frequency=rng.choice(["month", "month", "week", "fortnight", "quarter"]),
                method=method,
                rate=Decimal(0)
                if method == "interest_free"
                else Decimal(rng.randrange(1, 25)) / 100,
                day_count=rng.choice(["act_365", "act_act", "30_360"]),
                upfront_fee=rng.choice([0, 25_00]),
                balloon=principal // 3 if method == "balloon" else 0,
            )
        )
    return found


def _longest_terms():
    from odoo.addons.invoice_collections.core.plan.terms import Terms  # noqa: PLC0415

    return [
        Terms(
            200_000_00,
            date(2026, 1, 31),
            date(2026, 3, 2),
            600,
            rate=Decimal("0.06"),
            day_count=day_count,
            upfront_fee=4_000_00,
        )
        for day_count in ("act_365", "act_act", "30_360")
    ]


def _plain_quote(terms):
    """Do the least a quote needs, in floating point: days, one pass, the rate by halving."""
    from odoo.addons.invoice_collections.core.plan.periods import due_dates  # noqa: PLC0415

    days = [terms.start, *due_dates(terms)]
    rates = [float(terms.rate) * (day - before).days / 365 for before, day in pairwise(days)]
    factor, value = 1.0, 0.0
    for rate in rates:
        factor /= 1 + rate
        value += factor
    payment, balance, flows = terms.financed / value, float(terms.financed), []
    for day, rate in zip(days[1:], rates, strict=True):
        balance += balance * rate - payment
        flows.append(((day - terms.start).days / 365, payment))
    low, high = 0.0, 10.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        worth = sum(amount / (1 + middle) ** years for years, amount in flows)
        low, high = (middle, high) if worth > terms.credit - terms.paid_at_start else (low, middle)
    return payment, low


if __name__ == "__main__":
    main()
