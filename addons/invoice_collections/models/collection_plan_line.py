from odoo import api, fields, models
from odoo.tools import SQL

from .collection_plan import RUNNING


class CollectionPlanLine(models.Model):
    """An open item that a plan pays off, and how much of it was open when it was agreed.

    The database refuses an item in two running plans.
    """

    _name = "collection.plan.line"
    _description = "Item of a Payment Plan"
    _order = "plan_id, id"
    _log_access = False

    plan_id = fields.Many2one(
        "collection.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, index=True, ondelete="restrict"
    )
    label = fields.Char("Document", readonly=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    due_date = fields.Date(related="move_line_id.date_maturity")
    residual = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open now")
    amount = fields.Monetary("Open then", readonly=True)
    asked_amount = fields.Monetary(
        "Asked now", readonly=True, copy=False, help="What of it the installment due now asks for."
    )
    asked_from = fields.Date("Asked for on", readonly=True, copy=False)
    shift_before = fields.Integer(readonly=True, copy=False)
    is_running = fields.Boolean(
        "The plan is running", readonly=True, copy=False, help="It holds reminders back."
    )

    _one_running = models.UniqueIndex(
        "(move_line_id) WHERE is_running", "This invoice is in a running payment plan already."
    )

    def _follow_plans(self):
        """Note which items are in a running plan; let go of the others' reminders."""
        running = self.filtered(lambda line: line.plan_id.state in RUNNING)
        over = (self - running).filtered("is_running")
        over.write({"is_running": False, "asked_amount": 0.0, "asked_from": False})
        for line in over:
            line.move_line_id.sudo().collection_shift_days = line.shift_before
        for line in running.filtered(lambda line: not line.is_running):
            shift = line.move_line_id.sudo().collection_shift_days
            line.write({"is_running": True, "shift_before": shift})

    @api.model
    def _ask(self, asks, today):
        """Note what reminders may ask for of items, from the day of their installment on (sudo).

        The reminders of an item count from the day of its installment; a new one starts anew. One
        query writes all items: writing journal items one by one checks their books each time.

        :param asks: ``{plan line: (amount, day)}``
        """
        shifts = {}
        for line, (amount, day) in asks.items():
            if line.asked_from != day and day:
                item = line.move_line_id
                shifts[item.id] = (day - (item.date_maturity or item.date)).days
            if (line.asked_amount, line.asked_from) != (amount, day):
                line.write({"asked_amount": amount, "asked_from": day})
        if not shifts:
            return
        items = self.env["account.move.line"].browse(shifts)
        names = ["collection_shift_days", "collection_restart_date"]
        items.flush_model(names)
        self.env.execute_query(
            SQL(
                """
                UPDATE account_move_line item
                   SET collection_shift_days = asked.shift, collection_restart_date = %s
                  FROM unnest(%s, %s) AS asked(id, shift)
                 WHERE item.id = asked.id
             RETURNING item.id
                """,
                today,
                list(shifts),
                list(shifts.values()),
            )
        )
        items.invalidate_recordset(names, flush=False)

    @api.model
    def _withheld_query(self):
        """Return the query of what running plans withhold: all but what is asked for now.

        The invoices of interest and fees of a paused plan are withheld too, and those of a plan
        that is ahead.
        """
        self.flush_model()
        self.env["collection.plan"].flush_model(
            ["state", "paused_until", "currency_id", "charges_wait"]
        )
        self.env["account.move"].flush_model(["collection_plan_id", "collection_plan_due"])
        self.env["account.move.line"].flush_model(["amount_residual_currency"])
        return SQL(
            """
            SELECT part.move_line_id AS line_id, 'plan' AS code,
                   ROUND((item.amount_residual_currency - CASE WHEN plan.state = 'paused' THEN 0
                       ELSE COALESCE(part.asked_amount, 0) END)
                       * 10 ^ currency.decimal_places)::bigint AS minor,
                   CASE WHEN plan.state = 'paused' THEN plan.paused_until
                       ELSE part.asked_from END AS until
              FROM collection_plan_line part
              JOIN collection_plan plan ON plan.id = part.plan_id
              JOIN account_move_line item ON item.id = part.move_line_id
              JOIN res_currency currency ON currency.id = plan.currency_id
             WHERE part.is_running
             UNION ALL
            SELECT item.id, 'plan',
                   ROUND(item.amount_residual_currency * 10 ^ currency.decimal_places)::bigint,
                   plan.paused_until
              FROM collection_plan plan
              JOIN account_move charge ON charge.collection_plan_id = plan.id
              JOIN account_move_line item ON item.move_id = charge.id
              JOIN account_account account ON account.id = item.account_id
              JOIN res_currency currency ON currency.id = plan.currency_id
             WHERE (plan.state = 'paused'
                    OR plan.charges_wait AND plan.state IN ('accepted', 'active', 'arrears'))
               AND account.account_type = 'asset_receivable'
               AND charge.collection_plan_due IS NOT NULL
            """
        )
