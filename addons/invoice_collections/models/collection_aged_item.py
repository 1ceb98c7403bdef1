from odoo import api, fields, models
from odoo.tools import SQL

from ..core.aged_report import CREDIT
from ..core.aging import BUCKETS


class CollectionAgedItem(models.Model):
    """What was open on a day, item by item, and how old it was then: read from the ledger.

    The day stands in the context as ``as_of``; without one it is today. What was reconciled after
    the day is open on it again, by accounting dates: the sum of a day is the balance of the
    receivable accounts on it. There is no table behind; nothing is stored.

    With ``by_plans`` in the context, what is in a running payment plan is as late as its plan says:
    what an installment asks for by the day it was due, the rest is not due. The sum is the same.
    """

    _name = "collection.aged.item"
    _description = "Receivable by Age"
    _auto = False
    _order = "due_date, id"
    _rec_name = "move_name"
    _depends = {
        "account.move": ["invoice_user_id", "name", "ref"],
        "account.move.line": [
            "account_id",
            "amount_currency",
            "amount_residual",
            "amount_residual_currency",
            "company_id",
            "currency_id",
            "date",
            "date_maturity",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "account.partial.reconcile": [
            "amount",
            "credit_amount_currency",
            "credit_move_id",
            "debit_amount_currency",
            "debit_move_id",
            "max_date",
        ],
        "collection.case": ["company_id", "partner_id", "user_id"],
        "collection.plan": ["next_due_date", "state"],
        "collection.plan.line": [
            "asked_amount",
            "asked_from",
            "is_running",
            "move_line_id",
            "plan_id",
        ],
        "res.partner": ["commercial_partner_id", "country_id", "user_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    plan_id = fields.Many2one("collection.plan", "Payment plan", readonly=True)
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    move_name = fields.Char("Number", readonly=True)
    reference = fields.Char(readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    date = fields.Date(readonly=True)
    due_date = fields.Date("Due", readonly=True)
    days_overdue = fields.Integer("Days late", readonly=True, aggregator="max")
    age = fields.Selection("_selection_age", readonly=True)
    amount_currency = fields.Monetary("Amount", readonly=True, aggregator=None)
    residual_currency = fields.Monetary("Open in currency", readonly=True, aggregator=None)
    residual = fields.Monetary("Open", "company_currency_id", readonly=True)
    not_due = fields.Monetary("Not due", "company_currency_id", readonly=True)
    late_1_30 = fields.Monetary("1 to 30 days", "company_currency_id", readonly=True)
    late_31_60 = fields.Monetary("31 to 60 days", "company_currency_id", readonly=True)
    late_61_90 = fields.Monetary("61 to 90 days", "company_currency_id", readonly=True)
    late_over_90 = fields.Monetary("Over 90 days", "company_currency_id", readonly=True)
    credit = fields.Monetary("Credits", "company_currency_id", readonly=True)

    #: Column of the report -> field with the amounts of it.
    _COLUMN_FIELDS = {
        "not_due": "not_due",
        "1_30": "late_1_30",
        "31_60": "late_31_60",
        "61_90": "late_61_90",
        "over_90": "late_over_90",
        CREDIT: "credit",
    }

    @api.model
    def _selection_age(self):
        """Return the columns of the report with their labels."""
        buckets = self.env["collection.dashboard"]._bucket_labels()
        return [*buckets, (CREDIT, self.env._("Credits not assigned"))]

    # === THE QUERY === #

    @property
    def _table_query(self):
        columns = [
            SQL(
                "CASE WHEN item.age = %s THEN item.residual ELSE 0 END AS %s",
                code,
                SQL.identifier(field),
            )
            for code, field in self._COLUMN_FIELDS.items()
        ]
        day = self._as_of()
        items = self._open_items(day)
        if self.env.context.get("by_plans"):
            items = _by_plans(items, day)
        return SQL(
            "SELECT item.*, %s FROM (%s) item",
            SQL(", ").join(columns),
            SQL("SELECT open.*, %s AS age FROM (%s) open", _age(), items),
        )

    @api.model
    def _as_of(self):
        """Return the day of the report."""
        told = self.env.context.get("as_of")
        return fields.Date.to_date(told) or self.env.company._collection_today()

    @api.model
    def _open_items(self, day):
        """Return the items of the user's companies that are open on a day, as SQL."""
        return SQL(
            """
            WITH later AS (%(later)s)
            SELECT line.id, line.company_id, contact.commercial_partner_id AS partner_id,
                   ccase.id AS case_id, ccase.user_id, line.move_id, move.name AS move_name,
                   move.ref AS reference, customer.country_id,
                   COALESCE(move.invoice_user_id, customer.user_id) AS salesperson_id,
                   line.currency_id, line.date, line.amount_currency, part.plan_id,
                   COALESCE(line.date_maturity, line.date) AS due_date,
                   GREATEST(%(day)s::date - COALESCE(line.date_maturity, line.date), 0)
                       AS days_overdue,
                   line.amount_residual_currency + COALESCE(later.own, 0) AS residual_currency,
                   line.amount_residual + COALESCE(later.worth, 0) AS residual
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner contact ON contact.id = line.partner_id
         LEFT JOIN res_partner customer ON customer.id = contact.commercial_partner_id
         LEFT JOIN later ON later.line_id = line.id
         LEFT JOIN collection_plan_line part
                ON part.move_line_id = line.id AND part.is_running
         LEFT JOIN collection_case ccase
                ON ccase.partner_id = customer.id AND ccase.company_id = line.company_id
             WHERE line.id IN (
                       SELECT id FROM account_move_line
                        WHERE reconciled IS NOT TRUE AND account_id IN (%(accounts)s)
                          AND company_id = ANY(%(companies)s)
                        UNION ALL
                       SELECT line_id FROM later)
               AND line.account_id IN (%(accounts)s)
               AND line.parent_state = 'posted'
               AND line.company_id = ANY(%(companies)s)
               AND line.date <= %(day)s
               AND (line.amount_residual_currency + COALESCE(later.own, 0) != 0
                    OR line.amount_residual + COALESCE(later.worth, 0) != 0)
            """,
            later=_taken_off_later(day),
            day=day,
            accounts=SQL("SELECT id FROM account_account WHERE account_type = 'asset_receivable'"),
            companies=self.env.companies.ids,
        )

    # === ACTIONS === #

    def action_open(self):
        """Open the document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }

    def action_open_case(self):
        """Open the case of the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.case",
            "res_id": self.case_id.id,
            "views": [(False, "form")],
        }


def _age():
    """Return the column of an item, as SQL: the buckets of ``core.aging``, and credits."""
    whens = [
        SQL("WHEN open.days_overdue <= %s THEN %s", last, code)
        for code, _first, last in BUCKETS
        if last is not None
    ]
    return SQL(
        "CASE WHEN open.residual < 0 THEN %s %s ELSE %s END",
        CREDIT,
        SQL(" ").join(whens),
        BUCKETS[-1][0],
    )


def _taken_off_later(day):
    """Return what reconciliations after the day took off each item, as SQL."""
    return SQL(
        """
        SELECT line_id, SUM(worth) AS worth, SUM(own) AS own FROM (
            SELECT debit_move_id AS line_id, amount AS worth, debit_amount_currency AS own
              FROM account_partial_reconcile WHERE max_date > %(day)s
             UNION ALL
            SELECT credit_move_id, -amount, -credit_amount_currency
              FROM account_partial_reconcile WHERE max_date > %(day)s
        ) partial GROUP BY line_id
        """,
        day=day,
    )


def _by_plans(items, day):
    """Return the items with those of running plans split into what is asked for and the rest.

    The rest has the negative number of the item, where something is asked for, too. Plans are in
    the currency of the company, so both residuals are the same.
    """
    columns = SQL(
        "id, company_id, partner_id, case_id, user_id, move_id, move_name, reference, country_id,"
        " salesperson_id, currency_id, date, amount_currency, plan_id, due_date, days_overdue,"
        " residual_currency, residual"
    )
    kept = SQL(
        "item.company_id, item.partner_id, item.case_id, item.user_id, item.move_id,"
        " item.move_name, item.reference, item.country_id, item.salesperson_id, item.currency_id,"
        " item.date, item.amount_currency, item.plan_id"
    )
    return SQL(
        """
        WITH item AS (%(items)s),
             planned AS (
                 SELECT item.*, part.asked_from, plan.next_due_date,
                        CASE WHEN plan.state = 'paused' OR part.asked_from > %(day)s THEN 0
                             ELSE LEAST(COALESCE(part.asked_amount, 0), item.residual) END AS asked
                   FROM item
                   JOIN collection_plan_line part
                     ON part.move_line_id = item.id AND part.is_running
                   JOIN collection_plan plan ON plan.id = part.plan_id)
        SELECT %(columns)s FROM item WHERE plan_id IS NULL
         UNION ALL
        SELECT item.id, %(kept)s, item.asked_from, %(day)s::date - item.asked_from, item.asked,
               item.asked
          FROM planned item WHERE item.asked > 0
         UNION ALL
        SELECT CASE WHEN item.asked > 0 THEN -item.id ELSE item.id END, %(kept)s,
               GREATEST(item.next_due_date, %(day)s::date), 0, item.residual_currency - item.asked,
               item.residual - item.asked
          FROM planned item WHERE item.residual != item.asked
        """,
        items=items,
        columns=columns,
        kept=kept,
        day=day,
    )
