"""Invoices and credit notes of a workload, posted on their day.

One of each kind is posted the ordinary way and then cancelled; those of the workload are its
copies, made in SQL with a number, a customer, days and amounts of their own.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import cash_application_files as files

from odoo.fields import Command

CENT = Decimal("0.01")
#: Day on which the templates are posted.
TEMPLATE_DAY = "2024-06-03"
_MOVE_TYPES = {"invoice": "out_invoice", "credit_note": "out_refund"}


def make_templates(env, rows):
    """Post one document of each kind in ``rows``, and return what copies them."""
    kinds = sorted({_kind(row) for row in rows}, key=str)
    terms = {kind[2]: None for kind in kinds if kind[2]}
    made = env["account.payment.term"].create([_term_values(env, *term) for term in terms])
    terms = dict(zip(terms, made, strict=True))
    partner = env["res.partner"].create({"name": "Template"})
    currencies = {one.name: one.id for one in env["res.currency"].search([])}
    moves = env["account.move"].create(
        [
            {
                "move_type": _MOVE_TYPES[kind],
                "partner_id": partner.id,
                "invoice_date": TEMPLATE_DAY,
                "currency_id": currencies[currency],
                "invoice_payment_term_id": terms[term].id if term else False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": 100.0, "tax_ids": False})
                ],
            }
            for kind, currency, term in kinds
        ]
    )
    moves.action_post()
    env.flush_all()
    env.cr.execute("UPDATE account_move SET state = 'cancel' WHERE id = ANY(%s)", [moves.ids])
    env.cr.execute(
        "UPDATE account_move_line SET parent_state = 'cancel' WHERE move_id = ANY(%s)", [moves.ids]
    )
    env.invalidate_all()
    return Copies(env, dict(zip(kinds, moves.ids, strict=True)))


def _kind(row):
    """Return what a document shares with others: type, currency, and terms of its discount."""
    if not row["discount_until"]:
        return row["type"], row["currency"], None
    issued = files.day(row["issued"])
    share = 1 - Decimal(row["discount_amount"]) / Decimal(row["amount_total"])
    term = (
        (files.day(row["due"]) - issued).days,
        (files.day(row["discount_until"]) - issued).days,
        int((100 * share).to_integral_value(ROUND_HALF_UP)),
    )
    return row["type"], row["currency"], term


def _term_values(env, days, discount_days, percentage):
    return {
        "name": f"{days} days, {percentage} % within {discount_days}",
        "company_id": env.company.id,
        "early_discount": True,
        "discount_days": discount_days,
        "discount_percentage": percentage,
        "early_pay_discount_computation": "included",
        "line_ids": [Command.create({"value": "percent", "value_amount": 100.0, "nb_days": days})],
    }


class Copies:
    """Copies the templates.

    :param templates: kind → id of the posted document of that kind
    """

    def __init__(self, env, templates):
        self.env, self.templates = env, templates
        self.columns = {
            table: self._columns(table) for table in ("account_move", "account_move_line")
        }
        self.rates = {}

    def _columns(self, table):
        """Return the columns of a table that are copied, with their types."""
        self.env.cr.execute(
            "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s"
            " AND column_name NOT IN ('id', 'access_token') AND is_generated = 'NEVER'",
            [table],
        )
        return {**dict(self.env.cr.fetchall()), "id": "int4"}

    def post(self, rows, partners):
        """Post documents, and return item number → id of its receivable journal item.

        :param partners: partner number → id
        """
        self.env.flush_all()
        moves = self._ids("account_move", len(rows))
        items = self._ids("account_move_line", 2 * len(rows))
        kinds = defaultdict(list)
        for place, row in enumerate(rows):
            keys = moves[place], items[2 * place], items[2 * place + 1]
            kinds[_kind(row)].append(self._document(row, keys, partners))
        for kind, documents in kinds.items():
            template = self.templates[kind]
            self._copy("account_move", template, [one["move"] for one in documents])
            for part in ("product", "payment_term"):
                self._copy("account_move_line", template, [one[part] for one in documents], part)
        self.env.invalidate_all()
        return {
            files.number(row["item_id"]): items[2 * place + 1] for place, row in enumerate(rows)
        }

    def _ids(self, table, count):
        self.env.cr.execute(
            f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)",  # noqa: S608
            [count],
        )
        return [key for (key,) in self.env.cr.fetchall()]

    def _copy(self, table, template, documents, part=None):
        """Copy one row of a template as often as there are documents, with values of their own."""
        columns, told = self.columns[table], list(documents[0])
        rest = [name for name in columns if name not in told]
        names = ", ".join(f'"{name}"' for name in [*told, *rest])
        own = ", ".join(f'v."{name}"::{columns[name]}' for name in told)
        sources = ", ".join([own, *(f't."{name}"' for name in rest)])
        aliases = ", ".join(f'"{name}"' for name in told)
        row = f"({', '.join(['%s'] * len(told))})"
        where = "t.move_id = %s AND t.display_type = %s" if part else "t.id = %s"
        self.env.cr.execute(
            f"INSERT INTO {table} ({names}) SELECT {sources}"  # noqa: S608
            f" FROM (VALUES {', '.join([row] * len(documents))}) AS v ({aliases}), {table} t"
            f" WHERE {where}",
            [
                *(value for document in documents for value in document.values()),
                *((template, part) if part else (template,)),
            ],
        )

    def _rate(self, name, day):
        if (name, day) not in self.rates:
            company = self.env.company
            currency = self.env["res.currency"].search([("name", "=", name)])
            self.rates[name, day] = currency._get_conversion_rate(
                company.currency_id, currency, company, day
            )
        return self.rates[name, day]

    def _document(self, row, keys, partners):
        """Return what differs from the template in the move and in its two items.

        :param keys: ids of the move, of what was sold and of what is owed
        """
        rate = self._rate(row["currency"], row["issued"])
        amounts = _Amounts(Decimal(row["amount_total"]), Decimal(rate))
        partner = partners[files.number(row["partner_id"])]
        shared = {
            "partner_id": partner,
            "date": row["issued"],
            "invoice_date": row["issued"],
            "ref": row["po"] or None,
        }
        move, *items = keys
        return {
            "move": {**shared, "id": move, **_of_move(row, partner, amounts)},
            **{
                part: {**shared, "id": key, "move_id": move, **values}
                for key, (part, values) in zip(items, _of_items(row, amounts).items(), strict=True)
            },
        }


def _of_move(row, partner, amounts):
    head = row["number"].rstrip("0123456789")
    return {
        **amounts.of_move(),
        "name": row["number"],
        "payment_reference": row["reference"],
        "sequence_prefix": head,
        "sequence_number": int(row["number"][len(head) :] or 0),
        "commercial_partner_id": partner,
        "partner_shipping_id": partner,
        "invoice_partner_display_name": None,
        "invoice_date_due": row["due"],
        "delivery_date": None,
        "invoice_currency_rate": amounts.rate,
        "state": "posted",
    }


def _of_items(row, amounts):
    return {
        "product": {
            **amounts.of_goods(),
            "name": row["description"] or "Goods",
            "move_name": row["number"],
            "parent_state": "posted",
        },
        "payment_term": {
            **amounts.of_debt(),
            **amounts.of_discount(row),
            "name": row["reference"],
            "date_maturity": row["due"],
            "move_name": row["number"],
            "parent_state": "posted",
        },
    }


class _Amounts:
    """What an amount in a document's currency is worth, in all columns that say so."""

    def __init__(self, total, rate):
        self.total, self.rate = total, rate
        self.balance = self._worth(total)

    def _worth(self, amount):
        return (amount / self.rate).quantize(CENT, ROUND_HALF_UP)

    def of_move(self):
        """Return the amounts of the document; those called signed are in the company's currency."""
        values = {}
        for name in ("untaxed", "total"):
            values[f"amount_{name}"] = abs(self.total)
            values[f"amount_{name}_signed"] = self.balance
            values[f"amount_{name}_in_currency_signed"] = self.total
        return {
            **values,
            "amount_residual": abs(self.total),
            "amount_residual_signed": self.balance,
        }

    def of_goods(self):
        """Return the amounts of the item that says what was sold."""
        prices = dict.fromkeys(("price_unit", "price_subtotal", "price_total"), abs(self.total))
        return {**self._of_item(-1), **prices}

    def of_debt(self):
        """Return the amounts of the item that is owed."""
        residuals = {"amount_residual": self.balance, "amount_residual_currency": self.total}
        return {**self._of_item(1), **residuals}

    def _of_item(self, sign):
        balance = sign * self.balance
        return {
            "amount_currency": sign * self.total,
            "balance": balance,
            "debit": max(balance, 0),
            "credit": max(-balance, 0),
        }

    def of_discount(self, row):
        """Return until when and by what a document is settled early."""
        if not row["discount_until"]:
            return {}
        amount = Decimal(row["discount_amount"])
        return {
            "discount_date": row["discount_until"],
            "discount_amount_currency": amount,
            "discount_balance": self._worth(amount),
        }
