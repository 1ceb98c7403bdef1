"""Open invoices of a company, as many as a benchmark asks for.

A few are posted the ordinary way and multiplied in SQL: posting one takes 46 ms of CPU.
"""

import random

from benchmarking import say

#: Invoices posted the ordinary way before they are multiplied.
SEEDS = 200
#: SQL of what differs in a copied invoice and its items; ``rank`` counts the copies.
_NUMBER = "%(prefix)s || lpad((%(first)s + t.rank)::text, 5, '0')"
_PARTNER = "(%(partners)s)[1 + (t.rank %% %(customers)s)]"
_MOVE_COLUMNS = {
    "id": "%(highest)s + t.rank",
    "name": _NUMBER,
    "payment_reference": _NUMBER,
    "sequence_number": "%(first)s + t.rank",
    "access_token": "NULL",
    "partner_id": _PARTNER,
    "commercial_partner_id": _PARTNER,
    "partner_shipping_id": _PARTNER,
}
_ITEM_COLUMNS = {
    "move_id": "%(highest)s + t.rank",
    "move_name": _NUMBER,
    "name": f"CASE WHEN t.display_type = 'payment_term' THEN {_NUMBER} ELSE t.name END",
    "partner_id": _PARTNER,
}
#: Amounts of an invoice without taxes and of its two items, and what varies them.
_MOVE_AMOUNTS = ("amount_untaxed", "amount_total", "amount_residual", "amount_untaxed_signed",
                 "amount_total_signed", "amount_residual_signed", "amount_total_in_currency_signed",
                 "amount_untaxed_in_currency_signed")  # fmt: skip
_ITEM_AMOUNTS = ("debit", "credit", "balance", "amount_currency", "amount_residual",
                 "amount_residual_currency", "price_unit", "price_subtotal",
                 "price_total")  # fmt: skip
_VARIED = 't."{}" + sign(t."{}") * (t.rank %% 9973) / 100.0'


def create_company(env):
    """Return a new company in euro with a chart of accounts."""
    # Without the key a chart of the default country would be loaded on top at commit.
    company = (
        env["res.company"]
        .with_context(chart_template_load=True)
        .create(
            {
                "name": "Bench",
                "currency_id": env.ref("base.EUR").id,
                "country_id": env.ref("base.fr").id,
            }
        )
    )
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    # The chart brings a currency of its own.
    company.currency_id = env.ref("base.EUR")
    return company


def create_invoices(env, customers, count, *, varied=False):
    """Post a few invoices and multiply them to at least ``count``.

    :param varied: copies differ in amount; otherwise each amount comes again and again
    """
    generator = random.Random(1)  # noqa: S311 (figures, not secrets)
    seeds = env["account.move"].create(
        [_invoice_values(generator, customers) for _number in range(min(SEEDS, count))]
    )
    seeds.action_post()
    env.flush_all()
    rounds = -(-count // len(seeds)) - 1
    say(f"  {len(seeds)} invoices posted, multiplied to {len(seeds) * (rounds + 1)}")
    values = {
        "prefix": seeds[0].sequence_prefix,
        "partners": customers.ids,
        "seeds": tuple(seeds.ids),
        "first": seeds[0].sequence_number,
        "step": len(seeds),
        "customers": len(customers),
    }
    _multiply(env, rounds, values, varied=varied)
    env.cr.execute("SELECT setval('account_move_id_seq', (SELECT MAX(id) FROM account_move))")
    env.invalidate_all()


def _invoice_values(generator, customers):
    from odoo.fields import Command  # noqa: PLC0415 (Odoo is loaded by its environment)

    line = {
        "name": "Goods",
        "price_unit": generator.randint(1000, 900000) / 100,
        "tax_ids": False,
    }
    return {
        "move_type": "out_invoice",
        "partner_id": generator.choice(customers).id,
        "invoice_date": "2026-01-15",
        "invoice_line_ids": [Command.create(line)],
    }


def _multiply(env, rounds, values, *, varied):
    """Copy the seeds and then their items ``rounds`` times, each copy with a number of its own."""
    env.cr.execute("SELECT MAX(id) FROM account_move")
    values = {**values, "highest": env.cr.fetchone()[0], "rounds": rounds}
    for table, key, own, amounts in (
        ("account_move", "id", _MOVE_COLUMNS, _MOVE_AMOUNTS),
        ("account_move_line", "move_id", _ITEM_COLUMNS, _ITEM_AMOUNTS),
    ):
        env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name != 'id' AND is_generated = 'NEVER'",
            [table],
        )
        there = [name for (name,) in env.cr.fetchall()]
        differing = [name for name in amounts if varied and name in there]
        columns = {**own, **{name: _VARIED.format(name, name) for name in differing}}
        rest = [name for name in there if name not in columns]
        targets = ", ".join(f'"{name}"' for name in [*columns, *rest])
        sources = ", ".join([*columns.values(), *(f't."{name}"' for name in rest)])
        rank = f"dense_rank() OVER (ORDER BY t.{key}) - 1 + g.n * %(step)s"
        env.cr.execute(
            f"INSERT INTO {table} ({targets}) SELECT {sources} FROM"  # noqa: S608
            f" (SELECT t.*, {rank} AS rank FROM {table} t,"
            f" generate_series(1, %(rounds)s) g(n) WHERE t.{key} IN %(seeds)s) t",
            values,
        )
