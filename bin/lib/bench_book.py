"""bin/bench book [--lines 2000] [--items 10000]

Match and book bank lines that quote an open invoice each, against Odoo's posting floor: one write
on all suspense items and one reconciliation plan for the same number of matches known beforehand.
Both parts run on a copy of the same database, in a process of their own.

Prints one JSON: seconds, CPU seconds, floor, ratio (CPU), queries, peak memory.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random

import benchmarking
import open_invoices
from benchmarking import measured, odoo_environment, say

#: Customers who share the open invoices.
CUSTOMERS = 500
#: Lines booked before anything is measured, so that no part pays for loading Odoo's caches.
WARM_UP = 25
#: Bank lines created at once.
BATCH = 500
#: Prepared databases, and where they keep their company.
PREFIX = "bench_book_"
COMPANY_PARAMETER = "bank_sync.bench_company"
#: Context of the floor: what makes Odoo's own posting as quick as it gets.
FLOOR_CONTEXT = {
    "skip_account_move_synchronization": True,
    "skip_invoice_sync": True,
    "skip_readonly_check": True,
    "check_move_validity": False,
    "tracking_disable": True,
}


def main():
    """Run both parts and print the comparison."""
    options = _options()
    if options.part:
        with odoo_environment(options.database) as env:
            part = {"fill": _fill, "floor": _floor, "book": _book}[options.part]
            print(json.dumps(part(env, options)))
        return
    source = _ready_database(options)
    results = {}
    for part in ("floor", "book"):
        say(f"Measuring {part} …")
        copy = f"{source}_{part}"
        benchmarking.copy_database(source, copy)
        try:
            results[part] = benchmarking.run_part(
                "--part", part, "--database", copy, "--lines", str(options.lines)
            )
        finally:
            benchmarking.drop_database(copy)
    print(json.dumps(_summary(options, **results), indent=2))


def _options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--lines", type=int, default=2000, help="bank lines to book (%(default)s)")
    parser.add_argument("--items", type=int, default=10000, help="open invoices (%(default)s)")
    parser.add_argument("--part", choices=["fill", "floor", "book"], help=argparse.SUPPRESS)
    parser.add_argument("--database", default=os.environ.get("PGDATABASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.items >= options.lines + WARM_UP:
        parser.error(f"--items must be at least --lines + {WARM_UP}")
    return options


def _summary(options, floor, book):
    return {
        "benchmark": "book",
        "lines": options.lines,
        "items": options.items,
        "booked": book.pop("booked"),
        "seconds": book["seconds"],
        "cpu_seconds": book["cpu_seconds"],
        "cpu_ms_per_line": round(1000 * book["cpu_seconds"] / options.lines, 2),
        "floor": {
            **floor,
            "cpu_ms_per_line": round(1000 * floor["cpu_seconds"] / options.lines, 2),
        },
        "ratio": round(book["cpu_seconds"] / floor["cpu_seconds"], 2),
        "ratio_seconds": round(book["seconds"] / floor["seconds"], 2),
        "queries": book["queries"],
        "peak_mib": book["peak_mib"],
    }


# === THE TWO PARTS === #


def _company(env):
    return env["res.company"].browse(int(env["ir.config_parameter"].get_param(COMPANY_PARAMETER)))


def _split(env, count):
    """Return the lines of the warm-up and those to measure, each with the invoice it quotes."""
    company = _company(env)
    lines = env["account.bank.statement.line"].search(
        [("company_id", "=", company.id), ("is_reconciled", "=", False)], order="id"
    )
    if len(lines) < count + WARM_UP:
        raise SystemExit(f"the database holds {len(lines)} lines, not {count + WARM_UP}")
    return lines[:WARM_UP], lines[WARM_UP : count + WARM_UP]


def _floor(env, options):
    warm, rest = _split(env, options.lines)
    for lines in (warm, rest):
        invoices = env["account.move"].search(
            [("name", "in", lines.mapped("payment_ref")), ("company_id", "=", lines.company_id.id)]
        )
        receivable = {
            item.move_id.name: item.id
            for item in invoices.line_ids
            if item.display_type == "payment_term"
        }
        env["account.move.line"].flush_model()
        pairs = [(line._seek_for_lines()[1].id, receivable[line.payment_ref]) for line in lines]
        account = invoices.line_ids.filtered(lambda item: item.display_type == "payment_term")
        account = account.account_id
        env.invalidate_all()
        with measured(env) as measure:
            items = env["account.move.line"].with_context(**FLOOR_CONTEXT)
            items.browse([suspense for suspense, _invoice in pairs]).write(
                {"account_id": account.id, "analytic_distribution": False}
            )
            everything = items.browse([key for pair in pairs for key in pair])
            plan = [items.browse(pair).with_prefetch(everything._prefetch_ids) for pair in pairs]
            items._reconcile_plan(plan)
    return measure.as_json()


def _book(env, options):
    _warm, rest = _split(env, options.lines)
    company = _company(env)
    suggestions = env["bank.match.suggestion"]
    moves = rest.move_id
    # Not yet there for the warm-up, as on a day before.
    env.cr.execute("UPDATE account_move SET state = 'draft' WHERE id IN %s", [tuple(moves.ids)])
    env.invalidate_all()
    suggestions._run(company)
    env.flush_all()
    env.cr.execute("UPDATE account_move SET state = 'posted' WHERE id IN %s", [tuple(moves.ids)])
    env.invalidate_all()
    with measured(env) as measure:
        booked = suggestions._run(company)
    if booked != rest.sorted("id"):
        raise SystemExit(f"{len(booked)} of {options.lines} lines were booked")
    return {**measure.as_json(), "booked": len(booked)}


# === THE DATABASE === #


def _ready_database(options):
    """Return a database with the open invoices and the lines; made once, then kept."""
    name = f"{PREFIX}{_key(options)}"
    if benchmarking.database_exists(name):
        return name
    for old in benchmarking.databases_named(f"{PREFIX}%"):
        benchmarking.drop_database(old)
    say(f"Preparing {options.items} open invoices and {options.lines} bank lines, once:")
    unfinished = f"{name}_new"
    benchmarking.copy_database(options.database, unfinished)
    benchmarking.run_part(
        "--part",
        "fill",
        "--database",
        unfinished,
        "--lines",
        str(options.lines),
        "--items",
        str(options.items),
    )
    benchmarking.rename_database(unfinished, name)
    return name


def _key(options):
    """Return what the prepared database depends on: sizes, this script and every addon."""
    digest = hashlib.sha256(f"{options.items} {options.lines}".encode())
    addons = pathlib.Path(__file__).parents[2] / "addons"
    files = [path for path in sorted(addons.rglob("*")) if path.suffix in {".py", ".xml", ".csv"}]
    for path in [pathlib.Path(__file__), pathlib.Path(open_invoices.__file__), *files]:
        if "tests" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _fill(env, options):
    company = open_invoices.create_company(env)
    env["ir.config_parameter"].set_param(COMPANY_PARAMETER, str(company.id))
    env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
    customers = env["res.partner"].create(
        [{"name": f"Customer {number}"} for number in range(CUSTOMERS)]
    )
    open_invoices.create_invoices(env, customers, options.items)
    _create_lines(env, company, options.lines + WARM_UP)
    env.cr.commit()
    return {}


def _create_lines(env, company, count):
    """Create bank lines that quote one open invoice each and pay it to the cent."""
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    invoices = env["account.move"].search(
        [("company_id", "=", company.id), ("move_type", "=", "out_invoice")], order="id"
    )
    chosen = random.Random(2).sample(invoices.ids, count)  # noqa: S311
    for start in range(0, count, BATCH):
        batch = env["account.move"].browse(chosen[start : start + BATCH])
        env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": journal.id,
                    "date": "2026-02-16",
                    "amount": invoice.amount_residual,
                    "payment_ref": invoice.name,
                }
                for invoice in batch
            ]
        )
        env.flush_all()
        say(f"  {min(start + BATCH, count)} of {count} bank lines")


if __name__ == "__main__":
    main()
