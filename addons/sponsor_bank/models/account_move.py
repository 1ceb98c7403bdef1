from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _collection_hold_reasons(self):
        """Hold an invoice while an unmatched receipt probably pays it.

        The accountant has not decided yet, so the debt may be gone: chasing it would be chasing
        money that is already in.
        """
        reasons = super()._collection_hold_reasons()
        for move in self._bank_pending_receipts():
            reasons[move] = reasons[move] | {"pending_money"}
        return reasons
