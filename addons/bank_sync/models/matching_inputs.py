"""What a matching run of one company rests on: gathered in few queries, as values of the core.

Not a model: it lives for one run.
"""

from datetime import timedelta
from fractions import Fraction

from odoo import fields
from odoo.tools import SQL

from ..core.matching.customers import Customers
from ..core.matching.engine import Engine
from ..core.matching.ledger import Ledger
from ..core.matching.policy import Policy
from ..core.matching.values import Customer, Kind
from .bank_entry_values import to_minor

#: Days in which somebody may quote or pay an invoice again that is settled.
SETTLED_DAYS = 120


class MatchingInputs:
    """Gathers the engine of one company."""

    def __init__(self, env, company):
        self.env, self.company = env, company
        self.today = fields.Date.context_today(company)

    def engine(self, open_items):
        """Return the engine that decides on bank lines of the company.

        :param open_items: what is open, as values of the core
        """
        version, weights = self.env["bank.match.weights"]._live_weights(self.company)
        engine = Engine.start(
            ledger=self._ledger(open_items),
            customers=self._customers(open_items),
            knowledge=self.env["bank.match.payer"]._knowledge(self.company),
            trust=self.env["bank.match.situation"]._trust(self.company),
            policy=self._policy(),
            weights=weights,
        )
        engine.version = f"{engine.version}/{version}"
        return engine

    def _ledger(self, open_items):
        ledger = Ledger(open_items)
        since = self.today - timedelta(days=SETTLED_DAYS)
        for item, day in self.env["account.move.line"]._get_settled_items(self.company, since):
            ledger.add_settled(item, day)
        return ledger

    def _customers(self, open_items):
        """Return the partners who owe something, and those they belong to."""
        ids = sorted({item.partner for item in open_items if item.partner})
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
        """Return minor units of each active currency for one of the company's."""
        own = self.company.currency_id
        currencies = self.env["res.currency"].search([("id", "!=", own.id)])
        rates = currencies._get_rates(self.company, self.today)
        return {
            currency.name: Fraction(rates[currency.id] / rates.get(own.id, 1.0)).limit_denominator(
                10**9
            )
            * Fraction(10) ** (currency.decimal_places - own.decimal_places)
            for currency in currencies
            if rates.get(currency.id)
        }
