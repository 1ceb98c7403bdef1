"""bin/bench plans [--plans 10000] [--quotes 300] [--only quotes|night]

What a quote of a payment plan takes, against a plain loop with floating point that rounds nothing
and solves the yearly rate by halving; and a night that looks at so many running plans anew, a
tenth of them beside it, to show that queries of a batch do not grow.

Prints one JSON: milliseconds of a quote (median, slowest, 600 installments), the floor and the
ratio; seconds, CPU seconds, queries and peak memory of the night.
"""

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
import row_copies
from benchmarking import measured, odoo_environment, say

#: What a quote may take in the core.
BOUND_MS = 50
#: What a night over 10,000 plans may take.
BOUND_SECONDS = 30
#: Every so many-th plan has an installment that is late.
LATE_EACH = 10
#: Plans of one batch of the night.
BATCH = 500
COMPANY_PARAMETER = "invoice_collections.bench_plans_"
#: Halvings of the floor's rate: as exact as its numbers are.
_HALVINGS = 60


def main():
    """Measure the parts and print the figures."""
    options = _options()
    if options.part:
        print(json.dumps(_part(options)))
        return
    result = {"benchmark": "plans"}
    if options.only != "night":
        say(f"Quoting {options.quotes} plans …")
        part = benchmarking.run_part("--part", "quotes", "--quotes", str(options.quotes))
        result["quote"] = part
    if options.only != "quotes":
        result["night"] = _night_of_both_sizes(options)
    print(json.dumps(result, indent=2))


def _options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--plans", type=int, default=10_000, help="running (%(default)s)")
    parser.add_argument("--quotes", type=int, default=300, help="quotes to make (%(default)s)")
    parser.add_argument("--only", choices=["quotes", "night"], help="one of the two parts")
    parser.add_argument("--part", choices=["quotes", "fill", "night"], help=argparse.SUPPRESS)
    parser.add_argument("--company", help=argparse.SUPPRESS)
    parser.add_argument("--database", default=os.environ.get("PGDATABASE"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _part(options):
    if options.part == "quotes":
        return _quotes(options)
    with odoo_environment(options.database) as env:
        return {"fill": _fill, "night": _night}[options.part](env, options)


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


# === A NIGHT === #


def _night_of_both_sizes(options):
    """Return the figures of a night over all plans, and whether a batch of a tenth is like one."""
    sizes, found = {"few": options.plans // 10, "many": options.plans}, {}
    for name, plans in sizes.items():
        say(f"Preparing {plans} running plans …")
        _in_database(options, "fill", name, plans)
    for name, plans in sizes.items():
        say(f"A night over {plans} running plans …")
        found[name] = _in_database(options, "night", name, plans)
    many, few = found["many"], found["few"]
    return {
        "plans": options.plans,
        **many,
        "of_a_tenth": few,
        "queries_do_not_grow": many["queries_of_a_batch"] <= few["queries_of_a_batch"],
        "bound_seconds": BOUND_SECONDS,
        "within_bound": many["first"]["seconds"] <= BOUND_SECONDS,
    }


def _in_database(options, part, company, plans):
    arguments = ["--part", part, "--company", company, "--plans", str(plans)]
    return benchmarking.run_part(*arguments, "--database", options.database)


def _night(env, options):
    """Measure a night in which a tenth falls into arrears, and one in which nothing changes."""
    company = _company(env, options)
    plans, today = env["collection.plan"], company._collection_today()
    plans._observe(company, today - timedelta(days=1), [0])
    env.invalidate_all()
    with measured(env) as floor:
        _floor(env, company)
    env.invalidate_all()
    with measured(env) as first:
        plans._observe(company, today)
    states = dict(plans._read_group([("company_id", "=", company.id)], ["state"], ["__count"]))
    late = -(-options.plans // LATE_EACH)
    if states != {"active": options.plans - late, "arrears": late}:
        raise SystemExit(f"plans ended as {states}")
    env.invalidate_all()
    with measured(env) as second:
        plans._observe(company, today)
    batches = -(-options.plans // BATCH)
    return {
        "first": first.as_json(),
        "second": second.as_json(),
        "floor": floor.as_json(),
        "ratio": round(second.cpu_seconds / floor.cpu_seconds, 1),
        "batches": batches,
        "queries_of_a_batch": round(second.queries / batches, 1),
    }


def _floor(env, company):
    """Read in one query what nobody can do without: installments, and what is open."""
    env.cr.execute(
        """
        SELECT plan.id, item.amount_residual_currency, one.number, one.due_date, one.total
          FROM collection_plan plan
          JOIN collection_plan_line part ON part.plan_id = plan.id
          JOIN account_move_line item ON item.id = part.move_line_id
          JOIN collection_plan_installment one ON one.version_id = plan.version_id
         WHERE plan.company_id = %s
        """,
        [company.id],
    )
    totals = {}
    for plan, _residual, _number, _due, total in env.cr.fetchall():
        totals[plan] = totals.get(plan, 0) + total


def _company(env, options):
    key = f"{COMPANY_PARAMETER}{options.company}"
    return env["res.company"].browse(int(env["ir.config_parameter"].get_param(key)))


# === THE DATABASE === #


def _fill(env, options):
    """Agree one plan the ordinary way and copy it with its customer, invoice and case."""
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
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    env["ir.config_parameter"].set_param(f"{COMPANY_PARAMETER}{options.company}", str(company.id))
    env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
    company = company.with_env(env)
    plan = _agreed(env, company)
    _copy_plan(env, plan, options.plans - 1)
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    return {}


def _agreed(env, company):
    """Return a running plan without interest: a night that posts measures posting."""
    from odoo.fields import Command  # noqa: PLC0415 (Odoo is loaded by its environment)

    today = company._collection_today()
    customer = env["res.partner"].create(
        {"name": f"{company.name} 0", "is_company": True, "email": "seed@bench.example"}
    )
    line = {"name": "Goods", "price_unit": 600.0, "tax_ids": False}
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": today - timedelta(days=40),
            "invoice_date_due": today - timedelta(days=10),
            "invoice_line_ids": [Command.create(line)],
        }
    )
    move.action_post()
    offer = env["collection.plan.offer"].create(
        {"name": "Bench", "company_id": company.id, "method": "interest_free", "default_days": 90}
    )
    items = move.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
    plan = env["collection.plan"]._quote(items, offer, 6)
    plan._offer()
    plan._accept(plan.proposed_id, "Bench", "Yes", "192.0.2.1", plan.proposed_id.sha256)
    late = plan.installment_ids.sorted("number")[0]
    late.due_date = today - timedelta(days=offer.arrears_days + 1)
    env.flush_all()
    return plan


def _copy_plan(env, plan, count):
    """Copy a plan, all it is about and all it says; only one of ten keeps its late installment."""
    customers, items = _copy_books(env, plan, count)
    owner = f"{customers} + g.n"
    cases = _copies_of(env, plan.case_id, count, partner_id=owner)
    plans = _copies_of(
        env,
        plan,
        count,
        partner_id=owner,
        case_id=f"{cases} + g.n",
        name="'BENCH/' || t.company_id || '/' || g.n",
        version_id="NULL",
    )
    own = {"plan_id": f"{plans} + g.n"}
    _copies_of(env, plan.line_ids, count, **own, move_line_id=f"{items} + g.n")
    versions = _copies_of(env, plan.version_id, count, **own)
    env.cr.execute(
        "UPDATE collection_plan SET version_id = id - %s WHERE id >= %s", [plans - versions, plans]
    )
    own |= {"version_id": f"{versions} + g.n", "partner_id": owner}
    late = f"CASE WHEN (g.n + 1) %% {LATE_EACH} = 0 THEN t.due_date ELSE t.due_date + 60 END"
    for row in plan.installment_ids:
        _copies_of(env, row, count, **own, **({"due_date": late} if row.number == 1 else {}))


def _copy_books(env, plan, count):
    """Copy the customer and the invoice; return the first ids of customers and of open items."""
    customers = _copies_of(env, plan.partner_id, count, name="t.name || ' ' || g.n")
    owner, move = f"{customers} + g.n", plan.line_ids.move_id
    moves = _copies_of(
        env,
        move,
        count,
        partner_id=owner,
        commercial_partner_id=owner,
        partner_shipping_id=owner,
        name="'BENCH/' || t.company_id || '/' || g.n",
        sequence_number="g.n + 2",
        access_token="NULL",  # noqa: S106 (SQL)
    )
    for line in move.line_ids:
        first = _copies_of(env, line, count, move_id=f"{moves} + g.n", partner_id=owner)
        if line == plan.line_ids.move_line_id:
            items = first
    return customers, items


def _copies_of(env, record, count, **columns):
    """Copy one record in SQL; a partner is its own commercial one."""
    if record._name == "res.partner":
        columns |= {"complete_name": columns["name"], "commercial_partner_id": "%(first)s + g.n"}
        columns |= {"email": "'b' || g.n || '@bench.example'"}
        columns |= {"email_normalized": columns["email"]}
    return row_copies.copies(env, record._table, record.id, count, columns)


if __name__ == "__main__":
    main()
