from collections import namedtuple

from odoo import api, models
from odoo.tools import SQL

from ..core.aging import BUCKETS

#: An open receivable item. ``residual`` in minor units of ``currency``; a credit is negative.
#: ``worth`` is the same in minor units of the company's currency. ``shift``: by how many days its
#: cadence lags behind the calendar.
LedgerItem = namedtuple(
    "LedgerItem", "line move customer currency due_date residual worth no_followup cadence shift"
)

#: The day from which the steps of a cadence are counted for an item.
_ANCHOR = SQL("(COALESCE(line.date_maturity, line.date) + COALESCE(line.collection_shift_days, 0))")

#: A customer's open debt in company currency (minor units), and what comes next. ``aged``: the
#: debt by bucket of ``core.aging``.
Balance = namedtuple("Balance", "customer open overdue oldest_due_date next_day items aged")

#: Whether a running plan takes the place of an item's due date: then it is due with the
#: installment it is asked for, which is what its cadence is shifted to.
_PLANNED = SQL(
    "EXISTS (SELECT 1 FROM collection_plan_line part"
    " WHERE part.move_line_id = line.id AND part.is_running)"
)
_DUE = SQL(
    "CASE WHEN %s THEN %s ELSE COALESCE(line.date_maturity, line.date) END", _PLANNED, _ANCHOR
)

#: What of an item is overdue when its day is past, in company currency.
_OVERDUE = SQL(
    "COALESCE((SELECT part.asked_amount FROM collection_plan_line part"
    " WHERE part.move_line_id = line.id AND part.is_running), line.amount_residual)"
)


class CollectionLedger(models.AbstractModel):
    """Reads what is owed, in a handful of queries whatever the number of open items.

    Raw SQL, so no access rule filters: every query names its company, and callers decide who may
    see the answer. The unit of debt is the posted receivable line with a residual;
    ``payment_state`` is not looked at (it says "paid" before money is there).
    """

    _name = "collection.ledger"
    _description = "Open Receivables"

    @api.model
    def _open_lines(self, company):
        """Return the FROM and WHERE common to all queries."""
        return SQL(
            """
              FROM account_move_line line
              JOIN res_partner contact ON contact.id = line.partner_id
              JOIN res_partner customer ON customer.id = contact.commercial_partner_id
              JOIN res_currency currency ON currency.id = line.currency_id
         LEFT JOIN collection_case ccase
                ON ccase.partner_id = customer.id AND ccase.company_id = line.company_id
             WHERE line.account_id IN (
                       SELECT id FROM account_account WHERE account_type = 'asset_receivable')
               AND line.reconciled IS NOT TRUE
               AND line.parent_state = 'posted'
               AND line.company_id = %s
               AND line.amount_residual_currency != 0
            """,
            company.id,
        )

    @api.model
    def _flush_ledger(self):
        """Write pending changes of all that the queries read."""
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["collection.case"].flush_model(
            ["partner_id", "company_id", "cadence_id", "running_cadence_id"]
        )
        self.env["collection.plan.line"].flush_model()
        self.env["collection.cadence.step"].flush_model(
            ["cadence_id", "offset_days", "repeat_days", "repeat_times"]
        )

    @api.model
    def _customers_with_candidates(self, company, policy, due_dates):
        """Return ids of customers with a debt due on a date on which some step may apply."""
        if not due_dates:
            return []
        self._flush_ledger()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT customer.id %s
                   AND line.amount_residual_currency > 0
                   AND line.no_followup IS NOT TRUE
                   AND %s = ANY(%s)
                """,
                self._open_lines(company),
                _ANCHOR,
                sorted(due_dates),
            )
        )
        return sorted(row[0] for row in rows)

    @api.model
    def _items(self, company, policy, customer_ids):
        """Return all open items (debts and credits) of the customers, as :class:`LedgerItem`."""
        self._flush_ledger()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.move_id, customer.id, line.currency_id, %s,
                       ROUND(line.amount_residual_currency * 10 ^ currency.decimal_places)::bigint,
                       ROUND(line.amount_residual * 10 ^ %s)::bigint,
                       COALESCE(line.no_followup, false),
                       COALESCE(ccase.running_cadence_id, ccase.cadence_id, %s),
                       CASE WHEN %s THEN 0 ELSE COALESCE(line.collection_shift_days, 0) END
                       %s
                   AND customer.id = ANY(%s)
                """,
                _DUE,
                company.currency_id.decimal_places,
                policy.cadence_id.id,
                _PLANNED,
                self._open_lines(company),
                list(customer_ids),
            )
        )
        return [LedgerItem(*row) for row in rows]

    @api.model
    def _residuals(self, line_ids):
        """Return ``{line id: residual in minor units}`` as the database has them now.

        Lines that are gone, drafted or cancelled have none: they are not in the answer.
        """
        self.env["account.move.line"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT line.id,
                           ROUND(line.amount_residual_currency
                                 * 10 ^ currency.decimal_places)::bigint
                      FROM account_move_line line
                      JOIN res_currency currency ON currency.id = line.currency_id
                     WHERE line.id = ANY(%s) AND line.parent_state = 'posted'
                    """,
                    list(line_ids),
                )
            )
        )

    @api.model
    def _balances(self, company, policy, today, customer_ids=None):
        """Return the :class:`Balance` of every customer who owes something.

        :param today: the day; what is due today is not overdue
        :param customer_ids: only these customers
        """
        self._flush_ledger()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.id,
                       ROUND(SUM(line.amount_residual) * 10 ^ %(decimals)s)::bigint,
                       ROUND(COALESCE(SUM(%(late)s) FILTER (WHERE %(due)s < %(today)s), 0)
                           * 10 ^ %(decimals)s)::bigint,
                       MIN(%(due)s),
                       MIN(%(anchor)s + (
                           SELECT MIN(step.offset_days + number * COALESCE(step.repeat_days, 0))
                             FROM collection_cadence_step step,
                                  generate_series(0, COALESCE(step.repeat_times, 0)) number
                            WHERE step.cadence_id = COALESCE(
                                      ccase.running_cadence_id, ccase.cadence_id, %(cadence)s)
                              AND %(anchor)s + step.offset_days
                                + number * COALESCE(step.repeat_days, 0) > %(today)s)),
                       COUNT(*),
                       %(aged)s
                       %(open_lines)s
                   AND line.amount_residual_currency > 0
                   AND line.no_followup IS NOT TRUE
                   AND %(these)s
                 GROUP BY customer.id
                """,
                today=today,
                anchor=_ANCHOR,
                aged=_aged(today, company.currency_id.decimal_places),
                due=_DUE,
                late=_OVERDUE,
                decimals=company.currency_id.decimal_places,
                cadence=policy.cadence_id.id,
                open_lines=self._open_lines(company),
                these=SQL("TRUE")
                if customer_ids is None
                else SQL("customer.id = ANY(%s)", list(customer_ids)),
            )
        )
        codes = [code for code, _first, _last in BUCKETS]
        return {row[0]: Balance(*row[:6], dict(zip(codes, row[6:], strict=True))) for row in rows}

    @api.model
    def _totals_by_due_date(self, company):
        """Return ``(due date, currency id, residual in minor units)`` summed over all debts."""
        self._flush_ledger()
        return self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(line.date_maturity, line.date), line.currency_id,
                       ROUND(SUM(line.amount_residual_currency)
                             * 10 ^ MIN(currency.decimal_places))::bigint
                       %s
                   AND line.amount_residual_currency > 0
                 GROUP BY 1, 2
                """,
                self._open_lines(company),
            )
        )


def _aged(today, decimals):
    """Return the debts by bucket in minor units, a column each, as SQL."""
    late = SQL("%s::date - COALESCE(line.date_maturity, line.date)", today)
    return SQL(", ").join(
        SQL(
            "ROUND(COALESCE(SUM(line.amount_residual) FILTER (WHERE %s BETWEEN %s AND %s), 0)"
            " * 10 ^ %s)::bigint",
            late,
            -(10**9) if first is None else first,
            10**9 if last is None else last,
            decimals,
        )
        for _code, first, last in BUCKETS
    )
