from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _paid_late_since(self, day):
        """Return those that were settled after their due date by money dated ``day`` or later.

        A credit note is no payment: nobody is thanked for it.
        """
        last_paid = {}
        for partial in self.matched_credit_ids:
            payment = partial.credit_move_id
            if payment.move_id.move_type != "out_refund":
                line = partial.debit_move_id
                last_paid[line] = max(payment.date, last_paid.get(line, payment.date))
        return self.filtered(
            lambda line: (
                line in last_paid
                and last_paid[line] >= day
                and line.date_maturity
                and last_paid[line] > line.date_maturity
            )
        )
