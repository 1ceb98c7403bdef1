"""bin/bench beside-oca [--lines 500] [--items 2000 10000]

Match the same bank lines against the same open invoices with our addon and with
``account_reconcile_oca`` 19, each in a database of its own. That one is fetched as a wheel the
first time, is run and never required.

Lines: 60 % exact number and amount, 15 % damaged number, 10 % payer and amount alone, 5 % two
invoices, 5 % short or over, 5 % unrelated, one of five with a slip's bare number. The bank does
not name 15 % of the payers, and names 15 % otherwise than the books. Theirs are made one by one,
which is cheaper for it than one batch: each matches and books itself as it is made. Ours are made
in one batch and then matched. What waits is opened as its user opens it. Both count Python and
PostgreSQL.

Prints one JSON with figures by size and, on stderr, the table of docs/benchmarks.md.
"""
# needs account_reconcile_oca

import argparse
import json
import os
import subprocess
import sys

import benchmarking
import open_invoices
from benchmarking import measured, odoo_environment, say
from beside_oca import Invoice, compared, judge, make_lines, table

#: Customers who share the open invoices, as two words each.
CUSTOMERS = 200
FIRST = ("Nordwind", "Halden", "Castor", "Belmont", "Tilia", "Orion", "Marlow", "Quint", "Sander",
         "Vega", "Alster", "Brisa", "Corvin", "Delta", "Elbe", "Fjord", "Garda", "Hector", "Iris",
         "Juno", "Kestrel", "Lumen", "Mistral", "Navis", "Onyx")  # fmt: skip
SECOND = ("Bakery", "Timber", "Logistics", "Textiles", "Optics", "Garden", "Printing", "Metals",
          "Foods", "Travel", "Ceramics", "Motors", "Paper", "Seeds", "Coffee", "Tools", "Glass",
          "Bicycles", "Books", "Pumps")  # fmt: skip
#: Lines that wait and are opened.
OPENED = 60
#: Lines made, matched and opened before anything is measured.
WARM_UP = 10
COMPANY_PARAMETER = "bank_sync.bench_company"


def main():
    """Measure all parts for every size, and print the comparison."""
    options = _options()
    if options.part:
        with odoo_environment(options.database) as env:
            print(json.dumps(PARTS[options.part](env, options)))
        return
    base = f"{options.database}_peer"
    try:
        _install_oca(base)
        results = {size: _compare(options, size, base) for size in options.items}
    finally:
        benchmarking.drop_database(base)
    say(table(results))
    print(json.dumps({"benchmark": "beside-oca", "by_items": results}, indent=2))


def _options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--lines", type=int, default=500, help="bank lines (%(default)s)")
    parser.add_argument("--items", type=int, nargs="+", default=[2000, 10000], help="open invoices")
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--database", default=os.environ.get("PGDATABASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if min(options.items) < 2 * (options.lines + WARM_UP):
        parser.error("--items must be twice --lines at least")
    return options


def _compare(options, size, base):
    parts = {
        "plain": (os.environ["PLAIN_DATABASE"], {}),
        "oca": (base, {"ODOO_ADDONS_PATH": _oca_path()}),
        "ours": (options.database, {}),
    }
    measures = {}
    for part, (source, variables) in parts.items():
        say(f"{size} open invoices: measuring {part} …")
        copy = f"{options.database}_{part}"
        benchmarking.copy_database(source, copy)
        sizes = ("--lines", str(options.lines), "--items", str(size))
        try:
            measures[part] = benchmarking.run_part(
                "--part", part, "--database", copy, *sizes, **variables
            )
        finally:
            benchmarking.drop_database(copy)
    return {
        "lines": options.lines,
        **compared(measures["ours"], measures["oca"], measures["plain"]),
        "ours": measures["ours"]["judged"],
        "oca": measures["oca"]["judged"],
        "measures": measures,
    }


def _oca_path():
    """Return where Odoo finds their addons, and ours not."""
    ours = str(benchmarking.ADDONS)
    kept = [path for path in os.environ["ODOO_ADDONS_PATH"].split(",") if path != ours]
    return ",".join([*kept, os.environ["OCA_ADDONS"]])


def _install_oca(database):
    say("Installing account_reconcile_oca into a database of its own …")
    benchmarking.copy_database(os.environ["PLAIN_DATABASE"], database)
    command = ["odoo", "-d", database, "-i", "account_reconcile_oca", "--stop-after-init"]
    command += ["--no-http", "--max-cron-threads=0", "--log-level=warn"]
    environment = {**os.environ, "ODOO_ADDONS_PATH": _oca_path()}
    subprocess.run(command, check=True, env=environment, stdout=sys.stderr)


# === THE PARTS === #


def _plain(env, options):
    """Odoo alone makes the lines: one by one, and in one batch."""
    env, values, _lines = _filled(env, options)
    half = len(values) // 2
    env["account.bank.statement.line"].create(values[:WARM_UP])
    one_by_one, batch = values[:half], values[half:]
    with measured(env) as first:
        for one in one_by_one:
            env["account.bank.statement.line"].create(one)
    with measured(env) as second:
        env["account.bank.statement.line"].create(batch)
    scale = len(values) - WARM_UP
    return {
        "one_by_one": _scaled(first.as_json(), scale / len(one_by_one)),
        "batch": _scaled(second.as_json(), scale / len(batch)),
    }


def _scaled(measure, factor):
    return {name: measure[name] * factor for name in ("cpu_seconds", "queries")}


def _oca(env, options):
    env, values, lines = _filled(env, options)
    records = env["account.bank.statement.line"]
    for one in values[:WARM_UP]:
        records |= records.create(one)
    env.flush_all()
    with measured(env) as create:
        for one in values[WARM_UP:]:
            records |= records.create(one)
    judged = judge(lines[WARM_UP:], _booked(env, records[WARM_UP:]))
    waiting = records.filtered(lambda line: not line.is_reconciled)
    opened = _opened(env, waiting, lambda line: line.web_read(_OCA_FIELDS))
    return {"lines": len(values) - WARM_UP, "create": create.as_json(), **opened, "judged": judged}


#: What their page shows of a line that waits.
_OCA_FIELDS = {"reconcile_data_info": {}, "can_reconcile": {}, "payment_ref": {}, "amount": {}}


def _ours(env, options):
    env, values, lines = _filled(env, options)
    records = env["account.bank.statement.line"].create(values[:WARM_UP])
    env["bank.match.suggestion"]._run(env.company)
    env.flush_all()
    env.invalidate_all()
    with measured(env) as create:
        records |= records.create(values[WARM_UP:])
    env.invalidate_all()
    with measured(env) as match:
        env["bank.match.suggestion"]._run(env.company)
    judged = judge(lines[WARM_UP:], _booked(env, records[WARM_UP:]))
    waiting = records.filtered(lambda line: not line.is_reconciled)
    workspace = env["bank.match.workspace"]
    opened = _opened(env, waiting, lambda line: workspace.get_line(line.id))
    measures = {"create": create.as_json(), "match": match.as_json(), **opened}
    return {"lines": len(values) - WARM_UP, **measures, "judged": judged}


def _opened(env, waiting, show):
    """Measure how long lines that wait take to be shown, each in a request of its own."""
    chosen = waiting[: OPENED + 1]
    for line in chosen[:1]:
        show(line)
    with measured(env) as measure:
        for line in chosen[1:]:
            env.invalidate_all()
            show(line)
    return {"open": {**measure.as_json(), "lines": max(1, len(chosen) - 1)}}


def _booked(env, records):
    """Return place of a booked line → invoice → cents, from the books themselves."""
    env.flush_all()
    env.cr.execute(
        """
        SELECT st.id, COALESCE(json_object_agg(paid.name, paid.cents)
                               FILTER (WHERE paid.name IS NOT NULL), '{}')
          FROM account_bank_statement_line st
     LEFT JOIN (
            SELECT item.move_id, move.name, round(100 * sum(partial.amount))::integer AS cents
              FROM account_move_line item
              JOIN account_partial_reconcile partial ON partial.credit_move_id = item.id
              JOIN account_move_line owed ON owed.id = partial.debit_move_id
              JOIN account_move move ON move.id = owed.move_id
          GROUP BY item.move_id, move.name
               ) paid ON paid.move_id = st.move_id
         WHERE st.id = ANY(%s) AND st.is_reconciled
      GROUP BY st.id
        """,
        [records.ids],
    )
    place = {key: number for number, key in enumerate(records.ids)}
    return {place[key]: claims for key, claims in env.cr.fetchall()}


def _filled(env, options):
    """Return the company's environment, its lines as values, and as they truly are."""
    company = open_invoices.create_company(env)
    env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
    names = [f"{first} {second}" for first in FIRST for second in SECOND]
    customers = env["res.partner"].create([{"name": name} for name in names[:CUSTOMERS]])
    open_invoices.create_invoices(env, customers, options.items[0], varied=True)
    moves = env["account.move"].search(
        [("company_id", "=", company.id), ("move_type", "=", "out_invoice")], order="id"
    )
    invoices = [
        Invoice(move.name, round(100 * move.amount_residual), move.partner_id.name)
        for move in moves
    ]
    lines = make_lines(invoices, options.lines + WARM_UP)
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    values = [
        {
            "journal_id": journal.id,
            "date": "2026-02-16",
            "amount": line.amount / 100,
            "payment_ref": line.label,
            "partner_name": line.payer,
        }
        for line in lines
    ]
    env.flush_all()
    env.cr.execute("ANALYZE account_move, account_move_line, res_partner")
    env.invalidate_all()
    return env, values, lines


PARTS = {"plain": _plain, "oca": _oca, "ours": _ours}

if __name__ == "__main__":
    main()
