from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collection_amount(self):
        """Return what is open on these lines, in their one currency, rounded once."""
        return self.currency_id.round(sum(self.mapped("amount_residual_currency"))) if self else 0.0
