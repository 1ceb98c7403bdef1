from odoo import api, models
from odoo.tools import SQL


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # === BUSINESS METHODS === #

    @api.model
    def _collection_withheld_query(self):
        """Return the query of what payments without a journal entry are about to settle.

        Odoo leaves the invoice open until the bank has the money, and says "in payment". A payment
        of several invoices covers the oldest first; one in another currency all of them.
        """
        self.flush_model(["state", "move_id", "amount", "currency_id", "payment_type"])
        self.env["account.move"].flush_model(["payment_state"])
        self.env["account.move.line"].flush_model(["amount_residual_currency", "date_maturity"])
        return SQL(
            """
            SELECT line_id, 'pending_money' AS code,
                   ROUND(GREATEST(0, LEAST(open, CASE WHEN is_same THEN amount - before ELSE open
                         END)) * 10 ^ decimal_places)::bigint AS minor,
                   NULL::date AS until
              FROM (SELECT item.id AS line_id, payment.amount, currency.decimal_places,
                           item.amount_residual_currency AS open,
                           item.currency_id = payment.currency_id AS is_same,
                           COALESCE(SUM(item.amount_residual_currency) OVER (
                               PARTITION BY payment.id ORDER BY item.date_maturity, item.id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                      FROM account_move move
                      JOIN account_move__account_payment link ON link.invoice_id = move.id
                      JOIN account_payment payment ON payment.id = link.payment_id
                      JOIN account_move_line item ON item.move_id = move.id
                      JOIN res_currency currency ON currency.id = item.currency_id
                     WHERE move.payment_state = 'in_payment'
                       AND payment.move_id IS NULL
                       AND payment.payment_type = 'inbound'
                       AND payment.state IN ('in_process', 'paid')
                       AND item.display_type = 'payment_term'
                       AND item.amount_residual_currency > 0) part
            """
        )
