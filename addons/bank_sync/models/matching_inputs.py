"""What a matching run of one company rests on: gathered in few queries, as values of the core.

Not a model: it lives for one run.
"""

from datetime import timedelta
from fractions import Fraction

from odoo import fields
from odoo.tools import SQL

from ..core.matching.customers import Customers
from ..core.matching.engine import Engine
from ..core.matching.knowledge import account_key
from ..core.matching.ledger import Ledger
from ..core.matching.policy import Policy
from ..core.matching.transfers import End, Transfers
from ..core.matching.values import Customer, Kind
from .bank_entry_values import to_minor
from .own_payments import OwnPayments

#: Days in which somebody may quote or pay an invoice again that is settled.
SETTLED_DAYS = 120


class MatchingInputs:
    """Gathers the engine of one company."""

    def __init__(self, env, company):
        self.env, self.company = env, company
        self.today = fields.Date.context_today(company)

    def engine(self, open_items, receipts=()):
        """Return the engine that decides on bank lines of the company.

        :param open_items: what is open, as values of the core
        :param receipts: the lines to decide on, of which two may be ends of one transfer
        """
        version, weights = self.env["bank.match.weights"]._live_weights(self.company)
        ledger = self._ledger(open_items)
        engine = Engine.start(
            ledger=ledger,
            customers=self._customers(ledger),
            knowledge=self.env["bank.match.payer"]._knowledge(self.company),
            trust=self.env["bank.match.situation"]._trust(self.company),
            policy=self._policy(),
            runs=OwnPayments(self.env, self.company).runs(self._since()),
            transfers=self._transfers(receipts),
            weights=weights,
        )
        engine.version = f"{engine.version}/{version}"
        return engine

    def _ledger(self, open_items):
        ledger = Ledger(open_items)
        items = self.env["account.move.line"]
        for item, day in items._get_settled_items(self.company, self._since()):
            ledger.add_settled(item, day)
        return ledger

    def _since(self):
        return self.today - timedelta(days=SETTLED_DAYS)

    def _customers(self, ledger):
        """Return the partners who owe something or did of late, and those they belong to."""
        items = (*ledger.items.values(), *(known.item for known in ledger.settled.values()))
        ids = sorted({item.partner for item in items if item.partner})
        if not ids:
            return Customers()
        self.env["res.partner"].flush_model(["name", "ref", "parent_id", "commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH owing AS (
                    SELECT id, name, ref, parent_id FROM res_partner WHERE id = ANY(%(ids)s)
                )
                SELECT owing.id, owing.name, owing.ref, parent.commercial_partner_id
                  FROM owing LEFT JOIN res_partner parent ON parent.id = owing.parent_id
                 UNION
                SELECT head.id, head.name, head.ref, NULL::integer
                  FROM owing
                  JOIN res_partner parent ON parent.id = owing.parent_id
                  JOIN res_partner head ON head.id = parent.commercial_partner_id
                 WHERE head.id != ALL(%(ids)s)
              ORDER BY 1
                """,
                ids=ids,
            )
        )
        return Customers(
            Customer(key, name or "", number or "", (), parent if parent != key else None)
            for key, name, number, parent in rows
        )

    def _transfers(self, receipts):
        """Return our own accounts, and the lines that may be ends of transfers between them."""
        company_sudo = self.company.sudo()
        journals = (
            self.env["account.journal"]
            .sudo()
            .search_fetch(
                [("company_id", "=", self.company.id), ("bank_account_id", "!=", False)],
                ["bank_account_id"],
            )
        )
        accounts = dict.fromkeys(company_sudo.partner_id.bank_ids.mapped("sanitized_acc_number"))
        accounts |= {
            journal.bank_account_id.sanitized_acc_number: journal.id for journal in journals
        }
        ends = [
            End(one.key, one.journal, one.currency, one.amount, one.booking_date, one.account)
            for one in receipts
            if one.booking_date
        ]
        return Transfers(
            {account_key(number): journal for number, journal in accounts.items() if number},
            ends + self._booked_ends(company_sudo.transfer_account_id),
        )

    def _booked_ends(self, account):
        """Return the transfers of which only one end has been booked."""
        items_sudo = (
            self.env["account.move.line"]
            .sudo()
            .search_fetch(
                [
                    ("account_id", "=", account.id),
                    ("company_id", "=", self.company.id),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("statement_line_id", "!=", False),
                ],
                [
                    "statement_line_id",
                    "journal_id",
                    "currency_id",
                    "amount_residual_currency",
                    "date",
                ],
            )
        )
        return [
            End(
                item.statement_line_id.id,
                item.journal_id.id,
                item.currency_id.name,
                -to_minor(item.amount_residual_currency, item.currency_id.name),
                item.date,
            )
            for item in items_sudo
        ]

    def _policy(self):
        company_sudo = self.company.sudo()
        code = company_sudo.currency_id.name
        limit = company_sudo.bank_auto_max_amount
        return Policy(
            threshold=company_sudo.bank_auto_threshold,
            margin=company_sudo.bank_auto_margin,
            max_amount=to_minor(limit, code) if limit else None,
            auto_kinds=frozenset(map(Kind, company_sudo.bank_auto_kind_ids.mapped("code"))),
            tolerance=to_minor(company_sudo.bank_tolerance_amount, code),
            charge_limit=to_minor(company_sudo.bank_charge_limit, code),
            grace_days=company_sudo.bank_discount_grace_days,
            home=company_sudo.country_id.code or "",
            rates=self._rates(),
        )

    def _rates(self):
        """Return minor units of each active currency for one of the company's; its own is 1."""
        own = self.company.currency_id
        currencies = self.env["res.currency"].search([("id", "!=", own.id)])
        rates = currencies._get_rates(self.company, self.today)
        known = {
            currency.name: Fraction(rates[currency.id] / rates.get(own.id, 1.0)).limit_denominator(
                10**9
            )
            * Fraction(10) ** (currency.decimal_places - own.decimal_places)
            for currency in currencies
            if rates.get(currency.id)
        }
        return {**known, own.name: Fraction(1)}
