from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPromiseLine(models.Model):
    """What was promised of one item, and how much of it was open then."""

    _name = "collection.promise.line"
    _description = "Promised Item"
    _log_access = False

    promise_id = fields.Many2one(
        "collection.promise", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "account.move.line", "Item", readonly=True, index="btree_not_null", ondelete="set null"
    )
    label = fields.Char("Document", readonly=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    currency_id = fields.Many2one(related="promise_id.currency_id")
    due_date = fields.Date(related="move_line_id.date_maturity")
    amount = fields.Monetary("Promised", readonly=True)
    open_amount = fields.Monetary("Open then", readonly=True)

    def _still_promised(self, residuals):
        """Return what is not paid of it yet, in minor units.

        :param residuals: ``{line id: minor units}`` that are open
        """
        self.ensure_one()
        factor = 10**self.currency_id.decimal_places
        residual = residuals.get(self.move_line_id.id, 0)
        paid = max(0, round(self.open_amount * factor) - residual)
        return max(0, min(round(self.amount * factor) - paid, residual))

    @api.model
    def _withheld_query(self):
        """Return the query of what open promises withhold: what is not paid of them yet."""
        self.flush_model()
        self.env["collection.promise"].flush_model(["state", "last_day", "currency_id"])
        self.env["account.move.line"].flush_model(["amount_residual_currency"])
        return SQL(
            """
            SELECT part.move_line_id AS line_id, 'promise' AS code,
                   ROUND((part.amount - GREATEST(
                       0, part.open_amount - item.amount_residual_currency
                   )) * 10 ^ currency.decimal_places)::bigint AS minor,
                   promise.last_day AS until
              FROM collection_promise_line part
              JOIN collection_promise promise ON promise.id = part.promise_id
              JOIN account_move_line item ON item.id = part.move_line_id
              JOIN res_currency currency ON currency.id = promise.currency_id
             WHERE promise.state = 'open'
            """
        )

    def _taken_off(self):
        """Return ``{id: (paid, credited)}`` since the promise was taken, in minor units.

        ``paid`` are payments dated up to the last day of the promise, ``credited`` credit notes.
        What was taken off before the promise is known from what was open then; an invoice that was
        cancelled since counts as credited. One query.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT part.id,
                       ROUND(CASE WHEN item.parent_state = 'posted' THEN part.open_amount
                           - item.amount_residual_currency
                           - COALESCE(moved.credited, 0) - COALESCE(moved.late, 0)
                           ELSE 0 END * 10 ^ currency.decimal_places)::bigint,
                       ROUND(CASE WHEN item.parent_state = 'posted'
                           THEN COALESCE(moved.credited, 0)
                           ELSE part.open_amount END * 10 ^ currency.decimal_places)::bigint
                  FROM collection_promise_line part
                  JOIN collection_promise promise ON promise.id = part.promise_id
                  JOIN res_currency currency ON currency.id = promise.currency_id
             LEFT JOIN account_move_line item ON item.id = part.move_line_id
             LEFT JOIN LATERAL (
                       SELECT SUM(partial.debit_amount_currency) FILTER (
                                  WHERE move.move_type = 'out_refund'
                                    AND partial.create_date >= promise.create_date) AS credited,
                              SUM(partial.debit_amount_currency) FILTER (
                                  WHERE move.move_type != 'out_refund'
                                    AND other.date > promise.last_day) AS late
                         FROM account_partial_reconcile partial
                         JOIN account_move_line other ON other.id = partial.credit_move_id
                         JOIN account_move move ON move.id = other.move_id
                        WHERE partial.debit_move_id = item.id
                       ) moved ON true
                 WHERE part.id = ANY(%s)
                """,
                list(self.ids),
            )
        )
        return {part: (max(0, paid), max(0, credited)) for part, paid, credited in rows}
