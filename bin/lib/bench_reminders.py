"""bin/bench reminders [--items 100000]

A night of reminders: who is told what of so many open items of a fifth as many customers, 1,000
of them with a step due; then the mails through the queue into a local sink. A tenth of the items
is measured beside it, to show that queries do not grow with the open items.

Prints one JSON: seconds, CPU seconds, queries and peak memory of planning, writing and sending.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from datetime import timedelta

import benchmarking
import row_copies
from benchmarking import measured, odoo_environment, say

#: Customers with a step due, whatever the number of open items.
DUE = 1000
#: Open items of one customer.
ITEMS_EACH = 5
#: Days from today to the due date of what has a step due in the standard cadence.
DUE_DAYS = -7
#: SQL of what differs in a copied invoice and its items; ``g.n`` counts the copies. The first ones
#: have a step due, one a customer; the others are due between the steps.
DUE_DATE = (
    f"%(today)s::date + CASE WHEN g.n < {DUE} THEN {DUE_DAYS}"
    " WHEN g.n %% 2 = 0 THEN 30 + g.n %% 60 ELSE -60 - g.n %% 100 END"
)
_PARTNER = "%(customer)s + g.n %% %(customers)s"
MOVE_COLUMNS = {
    "name": "%(prefix)s || g.n",
    "sequence_number": "g.n + 2",
    "access_token": "NULL",
    "partner_id": _PARTNER,
    "commercial_partner_id": _PARTNER,
    "partner_shipping_id": _PARTNER,
    "invoice_date_due": DUE_DATE,
}
ITEM_COLUMNS = {
    "move_id": "%(moves)s + g.n",
    "move_name": "%(prefix)s || g.n",
    "partner_id": _PARTNER,
}
COMPANY_PARAMETER = "invoice_collections.bench_company_"


def main():
    """Prepare two companies, measure each, print the figures."""
    options = _options()
    if options.part:
        with odoo_environment(options.database) as env:
            part = {"fill": _fill, "plan": _plan, "send": _send}[options.part]
            print(json.dumps(part(env, options)))
        return
    sizes = {"few": options.items // 10, "many": options.items}
    plans = {}
    for name, items in sizes.items():
        say(f"Preparing {items} open items of {items // ITEMS_EACH} customers …")
        _part(options, "fill", name, items)
    for name, items in sizes.items():
        say(f"Planning a night over {items} open items …")
        plans[name] = _part(options, "plan", name, items)
    say("Writing and sending the mails …")
    sent = _part(options, "send", "many", options.items)
    print(json.dumps(_summary(options, plans, sent), indent=2))


def _options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--items", type=int, default=100_000, help="open items (%(default)s)")
    parser.add_argument("--part", choices=["fill", "plan", "send"], help=argparse.SUPPRESS)
    parser.add_argument("--company", help=argparse.SUPPRESS)
    parser.add_argument("--database", default=os.environ.get("PGDATABASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.part and options.items < DUE * ITEMS_EACH * 10:
        parser.error(f"--items must be at least {DUE * ITEMS_EACH * 10}")
    return options


def _part(options, part, company, items):
    return benchmarking.run_part(
        "--part",
        part,
        "--company",
        company,
        "--items",
        str(items),
        "--database",
        options.database,
    )


def _summary(options, plans, sent):
    return {
        "benchmark": "reminders",
        "items": options.items,
        "customers": options.items // ITEMS_EACH,
        "due": plans["many"].pop("due"),
        "seconds": plans["many"]["seconds"],
        "queries": plans["many"]["queries"],
        "peak_mib": plans["many"]["peak_mib"],
        "planning": plans["many"],
        "planning_of_a_tenth": plans["few"],
        "same_queries": plans["many"]["queries"] == plans["few"]["queries"],
        **sent,
    }


# === THE PARTS === #


def _company(env, options):
    key = f"{COMPANY_PARAMETER}{options.company}"
    return env["res.company"].browse(int(env["ir.config_parameter"].get_param(key)))


def _plan(env, options):
    """Measure what a night does before it writes: evaluate the cases, plan, ask the guard."""
    company = _company(env, options)
    today = company._collection_today()
    engine = env["collection.engine"].with_company(company)
    engine._plan(company, today)  # Odoo's caches are warm, as in a worker that lives for days
    env.invalidate_all()
    with measured(env) as measure:
        company._collection_evaluate(today=today)
        planned = engine._plan(company, today)
    passed = sum(plan.verdict.passed for plan in planned)
    if passed != DUE:
        raise SystemExit(f"{passed} of {DUE} messages may go out")
    return {**measure.as_json(), "due": passed}


def _send(env, options):
    """Measure a whole run of the night, and the queue of its mails."""
    company = _company(env, options)
    with measured(env) as run:
        counts = company._collection_run(commit=env.cr.commit)
    env.cr.commit()
    if counts["sent"] != DUE:
        raise SystemExit(f"{counts} instead of {DUE} messages")
    with _sink() as port:
        env["ir.mail_server"].search([]).active = False
        env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": port, "sequence": 1}
        )
        env.cr.commit()
        with measured(env) as queue:
            env["mail.mail"].process_email_queue(batch_size=DUE)
    states = env["collection.touchpoint"]._read_group(
        [("company_id", "=", company.id)], ["state"], ["__count"]
    )
    if dict(states) != {"sent": DUE}:
        raise SystemExit(f"mails ended as {states}")
    return {"writing": run.as_json(), "sending": queue.as_json()}


@contextlib.contextmanager
def _sink():
    """Run a mail server that takes everything and keeps nothing; give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--class", "aiosmtpd.handlers.Sink"])
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port):
    for _attempt in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit("the mail sink does not start")


# === THE DATABASE === #


def _fill(env, options):
    """Make a company with its customers, its open items and, as after a first night, its cases."""
    company = (
        env["res.company"]
        # Without the key a chart of the default country would be loaded on top at commit.
        .with_context(chart_template_load=True)
        .create(
            {
                "name": f"Bench {options.company}",
                "currency_id": env.ref("base.EUR").id,
                "country_id": env.ref("base.fr").id,
            }
        )
    )
    # Not at creation: Odoo would look the domain up on the internet.
    company.email = "accounts@bench.example"
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    env["ir.config_parameter"].set_param(f"{COMPANY_PARAMETER}{options.company}", str(company.id))
    env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
    policy = company._collection_policy()
    policy.working_days_only = False
    first, count = _customers(env, options), options.items // ITEMS_EACH
    _invoices(env, company, options.items, first, count)
    env.cr.commit()
    env.cr.execute("ANALYZE")
    say("  opening the cases")
    company._collection_evaluate()
    env.cr.commit()
    return {}


def _customers(env, options):
    """Create the customers; return the id of the first one, the others follow it."""
    seed = env["res.partner"].create(
        {"name": "Seed", "is_company": True, "email": "seed@bench.example", "lang": "en_US"}
    )
    env.flush_all()
    name = f"'{options.company} ' || g.n"
    email = f"'{options.company}' || g.n || '@bench.example'"
    return row_copies.copies(
        env,
        "res_partner",
        seed.id,
        options.items // ITEMS_EACH,
        {
            "name": name,
            "complete_name": name,
            "email": email,
            "email_normalized": email,
            "commercial_partner_id": "%(first)s + g.n",
        },
    )


def _invoices(env, company, items, first_customer, customers):
    """Post one invoice the ordinary way and copy it; posting takes 46 ms each."""
    today = company._collection_today()
    seed = env["account.move"].create(_invoice_values(first_customer, today))
    seed.action_post()
    env.flush_all()
    values = {
        "today": today,
        "customer": first_customer,
        "customers": customers,
        "prefix": f"BENCH/{company.id}/",
    }
    moves = row_copies.copies(env, "account_move", seed.id, items, MOVE_COLUMNS, values)
    for line in seed.line_ids:
        due = {"date_maturity": DUE_DATE} if line.account_type == "asset_receivable" else {}
        columns = {**ITEM_COLUMNS, **due}
        row_copies.copies(
            env, "account_move_line", line.id, items, columns, {**values, "moves": moves}
        )
    seed.button_draft()


def _invoice_values(customer, today):
    from odoo.fields import Command  # noqa: PLC0415 (Odoo is loaded by its environment)

    line = {"name": "Goods", "price_unit": 123.45, "tax_ids": False}
    return {
        "move_type": "out_invoice",
        "partner_id": customer,
        "invoice_date": today - timedelta(days=90),
        "invoice_date_due": today + timedelta(days=30),
        "invoice_line_ids": [Command.create(line)],
    }


if __name__ == "__main__":
    main()
