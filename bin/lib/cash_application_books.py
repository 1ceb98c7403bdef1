"""The books of the company of bin/bench cash-application --mode odoo: its customers, its bank, and
on every day the documents, runs and payouts of that day.

Documents are posted as Odoo posts them, once for each kind; the others of a kind are copied in
SQL, as posting one takes 46 ms of CPU and is no part of what is measured.
"""

import datetime
from collections import defaultdict
from decimal import Decimal

import cash_application_documents as documents
import cash_application_files as files
import open_invoices

from odoo.fields import Command

#: Units for one euro, until the bank's own statements tell better.
FIRST_RATES = {"CHF": 0.95, "USD": 1.10, "GBP": 0.86, "NOK": 11.6}
#: A day before everything.
LONG_AGO = datetime.date(2024, 1, 1)


class Books:
    """What the company keeps in Odoo, by the numbers of the workload.

    ``receivables`` and ``payments`` are item number → id of the journal item that is owed, and of
    the one that a payment of it has left on the outstanding account.
    """

    def __init__(self, env, directory, iban):
        self.company = open_invoices.create_company(env)
        self.company.country_id = env["res.country"].search([("code", "=", iban[:2])])
        self.env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        self.partners = {}
        self.receivables, self.payments, self.documents_of = {}, {}, {}
        self.coming = {
            "items": _by_day(files.rows(directory / "open_items.csv"), "issued"),
            "collected": _by_day(files.rows(directory / "collections.csv"), "date"),
            "paid_out": _by_day(files.rows(directory / "settlements.csv"), "date"),
        }
        self.posted = 0
        self._make_accounts(iban)
        self._make_partners(list(files.rows(directory / "partners.csv")))
        rows = [row for day in self.coming["items"].values() for row in day]
        self._make_currencies({row["currency"] for row in rows})
        self.makers = documents.make_templates(self.env, rows)

    # === WHAT IS THERE FROM THE START === #

    def _make_accounts(self, iban):
        env, company = self.env, self.company
        company.bank_charge_account_id = self._account("Bank charges", "668100", "expense")
        other = self._account("Not of customers", "471000", "asset_current")
        self.outstanding = self._account("Outstanding receipts", "511900", "asset_current")
        self.opening = self._account("Paid before", "471100", "asset_current")
        self.journal = env["account.journal"].create(
            {
                "name": "Bank of the workload",
                "type": "bank",
                "company_id": company.id,
                "bank_acc_number": iban,
            }
        )
        self.methods = {
            name: env["account.payment.method.line"].create(
                {
                    "name": name,
                    "journal_id": self.journal.id,
                    "payment_method_id": env.ref("account.account_payment_method_manual_in").id,
                    "payment_account_id": self.outstanding.id,
                }
            )
            for name in ("Direct debit", "Card")
        }
        self.not_ours = env["account.reconcile.model"].create(
            {
                "name": "Nothing of customers",
                "company_id": company.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": other.id,
                            "amount_type": "percentage",
                            "amount_string": "100",
                        }
                    )
                ],
            }
        )

    def _account(self, name, code, kind):
        return self.env["account.account"].create(
            {
                "name": name,
                "code": code,
                "account_type": kind,
                "reconcile": kind == "asset_current",
                "company_ids": [Command.set(self.company.ids)],
            }
        )

    def _make_partners(self, rows):
        countries = {country.code: country.id for country in self.env["res.country"].search([])}
        made = self.env["res.partner"].create(
            [
                {
                    "name": row["name"],
                    "ref": row["ref"],
                    # Who belongs to another is a company of its own, with its own address.
                    "is_company": row["kind"] == "company" or bool(row["parent_id"]),
                    "type": "other" if row["parent_id"] else "contact",
                    "country_id": countries.get(row["country"]),
                }
                for row in rows
            ]
        )
        self.partners = {
            files.number(row["partner_id"]): partner.id
            for row, partner in zip(rows, made, strict=True)
        }
        for row, partner in zip(rows, made, strict=True):
            if row["parent_id"]:
                partner.parent_id = self.partners[files.number(row["parent_id"])]
        self.env["res.partner.bank"].create(
            [
                {"acc_number": account, "partner_id": partner.id}
                for row, partner in zip(rows, made, strict=True)
                for account in row["accounts"].split("|")
                if account
            ]
        )

    def _make_currencies(self, names):
        currencies = self.env["res.currency"].with_context(active_test=False)
        self.currencies = {one.name: one for one in currencies.search([("name", "in", [*names])])}
        for currency in self.currencies.values():
            currency.active = True
        for name, rate in FIRST_RATES.items():
            if name in self.currencies:
                self.know_rate(name, rate, LONG_AGO)

    # === WHAT A DAY BRINGS === #

    def know_rate(self, name, rate, day):
        """Enter the rate of a day, in units for one of the company's currency."""
        currency = self.currencies.get(name)
        if not currency:
            return
        mine = [("currency_id", "=", currency.id), ("company_id", "=", self.company.id)]
        known = self.env["res.currency.rate"].search([*mine, ("name", "=", day)])
        if known:
            known.rate = rate
        else:
            self.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                    "name": day,
                    "rate": rate,
                }
            )

    def take_up(self, today):
        """Post what was issued, collected and paid out until ``today``."""
        rows = self._until(today, "items")
        if rows:
            made = self.makers.post(rows, self.partners)
            self.receivables.update(made)
            self.documents_of.update({item: key for key, item in made.items()})
            self.posted += len(made)
            self._pay_before([row for row in rows if row["amount_open"] != row["amount_total"]])
        for row in self._until(today, "collected"):
            self._register(
                *("Direct debit", row, row["amount"]),
                bank_run_reference=row["run_id"],
                bank_end_to_end_id=row["end_to_end_id"],
            )
        for row in self._until(today, "paid_out"):
            self._register(
                *("Card", row, row["gross"]),
                bank_run_reference=row["payout"],
                bank_fee_amount=float(Decimal(row["fee"])),
            )

    def _until(self, today, name):
        """Take what has come until a day; a report that is ahead of its document waits for it."""
        coming = self.coming[name]
        rows = [row for day in sorted(coming) if day <= today for row in coming.pop(day)]
        if name == "items":
            return rows
        ahead = [row for row in rows if files.number(row["item_id"]) not in self.receivables]
        if ahead:
            coming[today] = ahead
        return [row for row in rows if row not in ahead]

    def _pay_before(self, rows):
        """Pay in advance what was paid of documents before the workload begins."""
        if not rows:
            return
        items = self.env["account.move.line"].browse(
            [self.receivables[files.number(row["item_id"])] for row in rows]
        )
        moves = self.env["account.move"].create(
            [self._paid_before(row, item) for row, item in zip(rows, items, strict=True)]
        )
        moves.action_post()
        self.env["account.move.line"]._reconcile_plan(
            [
                item
                + move.line_ids.filtered(lambda line, item=item: line.account_id == item.account_id)
                for item, move in zip(items, moves, strict=True)
            ]
        )

    def _paid_before(self, row, item):
        paid = float(Decimal(row["amount_total"]) - Decimal(row["amount_open"]))
        balance = item.company_currency_id.round(item.balance * paid / item.amount_currency)
        common = {"partner_id": item.partner_id.id, "currency_id": item.currency_id.id}
        return {
            "move_type": "entry",
            "date": row["issued"],
            "line_ids": [
                Command.create(
                    {
                        **common,
                        "account_id": account.id,
                        "amount_currency": sign * paid,
                        "balance": sign * balance,
                    }
                )
                for account, sign in ((item.account_id, -1), (self.opening, 1))
            ],
        }

    def _register(self, method, row, amount, **values):
        """Register a payment of one document, as its button does."""
        key = files.number(row["item_id"])
        item = self.env["account.move.line"].browse(self.receivables[key])
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=item.move_id.ids)
            .create(
                {
                    "journal_id": self.journal.id,
                    "payment_method_line_id": self.methods[method].id,
                    "payment_date": row["date"],
                    "amount": float(Decimal(amount)),
                }
            )
        )
        payment = wizard._create_payments()
        payment.write(values)
        left = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.outstanding_account_id
        )
        self.payments[key] = left.id
        self.documents_of[left.id] = key


def _by_day(rows, name):
    days = defaultdict(list)
    for row in rows:
        days[files.day(row[name])].append(row)
    return days
