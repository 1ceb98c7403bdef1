"""The open items of a company on a day: what customers owe and what we owe, by age and partner.

By accounting dates, as the ledger tells it: the items add up to the balance of the receivable and
payable accounts on that day.
"""

from collections import namedtuple

from odoo.tools import SQL

from ..core.reconciliation_statement import AGES
from .bank_entry_values import to_minor
from .reconciliation_waiting import later_partials

#: One open item; ``amount`` in its own currency, ``worth`` in the company's, ``days`` overdue.
OpenItem = namedtuple("OpenItem", "party document day due days amount currency worth")
#: What is open of one partner: ages from not due to the oldest, the whole, and how many items.
PartnerTotal = namedtuple("PartnerTotal", "party ages total count")

RECEIVABLE, PAYABLE = "asset_receivable", "liability_payable"


class ReconciliationItems:
    """Open items of one company and one side, receivable or payable."""

    def __init__(self, company, day, side):
        self.env, self.company, self.day, self.side = company.sudo().env, company, day, side
        self.currency = company.currency_id.name

    def totals(self):
        """Return what is open of each partner, the largest first; one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.name, %(ages)s, SUM(worth), COUNT(*)
                  FROM (%(items)s) item
             LEFT JOIN res_partner own ON own.id = item.partner_id
             LEFT JOIN res_partner partner ON partner.id = own.commercial_partner_id
                 GROUP BY partner.id
                 ORDER BY ABS(SUM(worth)) DESC, partner.id
                """,
                ages=SQL(", ").join(
                    SQL(
                        "SUM(CASE WHEN WIDTH_BUCKET(days, %s) = %s THEN worth ELSE 0 END)",
                        list(AGES),
                        age,
                    )
                    for age in range(len(AGES) + 1)
                ),
                items=self._items(),
            )
        )
        return [
            PartnerTotal(
                name or "",
                tuple(self._minor(amount) for amount in amounts[:-2]),
                self._minor(amounts[-2]),
                amounts[-1],
            )
            for name, *amounts in rows
        ]

    def items(self):
        """Return every open item, by partner and day it is due; one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.name, item.document, item.date, item.due, item.days, item.amount,
                       currency.name, item.worth
                  FROM (%s) item
                  JOIN res_currency currency ON currency.id = item.currency_id
             LEFT JOIN res_partner own ON own.id = item.partner_id
             LEFT JOIN res_partner partner ON partner.id = own.commercial_partner_id
                 ORDER BY partner.name, partner.id, item.due, item.id
                """,
                self._items(),
            )
        )
        return [
            OpenItem(
                name or "",
                document or "",
                day,
                due,
                max(days, 0),
                to_minor(float(amount), currency),
                currency,
                self._minor(worth),
            )
            for name, document, day, due, days, amount, currency, worth in rows
        ]

    def _minor(self, amount):
        return to_minor(float(amount or 0), self.currency)

    def _items(self):
        return SQL(
            """
            SELECT * FROM (
                SELECT item.id, item.partner_id, item.currency_id, item.date,
                       COALESCE(item.date_maturity, item.date) AS due,
                       %(day)s::date - COALESCE(item.date_maturity, item.date) AS days,
                       CONCAT_WS(' · ', move.name, NULLIF(move.ref, '')) AS document,
                       item.amount_residual_currency + COALESCE(later.amount_currency, 0) AS amount,
                       item.amount_residual + COALESCE(later.amount, 0) AS worth
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
                  JOIN account_account account ON account.id = item.account_id
             LEFT JOIN (%(later)s) later ON later.item = item.id
                 WHERE item.company_id = %(company)s AND item.parent_state = 'posted'
                   AND account.account_type = %(side)s AND item.date <= %(day)s
                   AND (item.reconciled IS NOT TRUE OR later.item IS NOT NULL)
            ) item WHERE worth != 0 OR amount != 0
            """,
            day=self.day,
            later=later_partials(self.company, self.day),
            company=self.company.id,
            side=self.side,
        )
