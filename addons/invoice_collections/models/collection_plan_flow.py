from odoo import fields, models
from odoo.tools import SQL


class CollectionPlanFlow(models.Model):
    """What falls due by payment plans, and what was paid on them: one row for each, by its day.

    Read from the installments; there is no table behind, nothing is stored.
    """

    _name = "collection.plan.flow"
    _description = "Due and Paid by Payment Plans"
    _auto = False
    _order = "date, id"
    _rec_name = "plan_id"
    _depends = {
        "collection.plan.installment": [
            "company_id",
            "currency_id",
            "due_date",
            "number",
            "paid_amount",
            "paid_on",
            "partner_id",
            "plan_id",
            "state",
            "total",
        ]
    }

    plan_id = fields.Many2one("collection.plan", readonly=True)
    installment_id = fields.Many2one("collection.plan.installment", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    kind = fields.Selection([("due", "Due"), ("paid", "Paid")], "What", readonly=True)
    date = fields.Date("Day", readonly=True)
    amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        # What was not paid of a superseded schedule is in the next one.
        return SQL(
            """
            SELECT 2 * id AS id, id AS installment_id, plan_id, partner_id, company_id,
                   currency_id, 'due' AS kind, due_date AS date,
                   CASE WHEN state IN ('superseded', 'waived') THEN paid_amount ELSE total END
                       AS amount
              FROM collection_plan_installment
             WHERE state IN ('open', 'part', 'paid')
                OR (state IN ('superseded', 'waived') AND paid_amount > 0)
             UNION ALL
            SELECT 2 * id + 1, id, plan_id, partner_id, company_id, currency_id, 'paid',
                   COALESCE(paid_on, due_date), paid_amount
              FROM collection_plan_installment
             WHERE paid_amount > 0
            """
        )
