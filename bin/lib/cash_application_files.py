"""The files of a workload of bin/bench cash-application, as they stand: rows, keys, the truth.

Needs nothing of ours; amounts are minor units.
"""

import argparse
import csv
import pathlib
from datetime import date
from decimal import Decimal


def rows(path):
    """Yield the rows of a table as dicts of texts."""
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def number(key):
    """Return the number of a key: 17 of ``L0000017``."""
    return int(key[1:])


def minor(text):
    """Return an amount in minor units; nothing is 0."""
    return int(Decimal(text) * 100) if text else 0


def day(text):
    """Return an ISO date, or ``None``."""
    return date.fromisoformat(text) if text else None


def truth(path):
    """Return line → what is right, as the accountant knows it.

    :return: dicts of ``outcome``, ``claims`` (item → applied), ``discounts`` (item → discount),
        ``partners``, ``partner`` (of the line), ``fee``, ``write_off`` and ``on_account``
    """
    lines = {}
    for row in rows(path):
        line = lines.setdefault(
            number(row["line_id"]),
            {
                "outcome": row["outcome"],
                "claims": {},
                "discounts": {},
                "partners": set(),
                "partner": number(row["partner_id"]) if row["partner_id"] else None,
                "fee": minor(row["fee"]),
                "write_off": minor(row["writeoff"]),
                "on_account": minor(row["on_account"]),
            },
        )
        if row["item_id"]:
            key = number(row["item_id"])
            line["claims"][key] = line["claims"].get(key, 0) + minor(row["applied"])
            line["discounts"][key] = line["discounts"].get(key, 0) + minor(row["discount"])
            line["partners"].add(number(row["partner_id"]))
    return lines


def options(doc, arguments=None):
    """Return what the caller of the benchmark wants.

    :param doc: the docstring of the benchmark
    """
    parser = argparse.ArgumentParser(description=doc.split("\n\n")[1])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument(
        "--mode",
        choices=["core", "odoo"],
        default="core",
        help="the matching core alone, or end to end through a database of its own (%(default)s)",
    )
    parser.add_argument(
        "--no-feedback", action="store_true", help="nobody resolves, nothing is learned"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the review's chance (%(default)s)")
    parser.add_argument(
        "--experience",
        type=pathlib.Path,
        metavar="FILE",
        help="count first proposals by situation into FILE, without booking (--mode core)",
    )
    chosen = parser.parse_args(arguments)
    if chosen.experience and chosen.mode != "core":
        parser.error("--experience needs --mode core")
    return chosen
