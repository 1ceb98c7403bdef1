from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """Match items; payment plans they are in follow at once."""
        partials = super().create(vals_list)
        partials._collection_follow_plans()
        return partials

    def unlink(self):
        """Undo matches; an installment whose payment comes back is open again at once."""
        items = (self.debit_move_id | self.credit_move_id).exists()
        result = super().unlink()
        self.env["account.partial.reconcile"]._collection_follow_items(items)
        return result

    # === BUSINESS METHODS === #

    def _collection_follow_plans(self):
        """Bring the payment plans of what was matched in line with the books."""
        self._collection_follow_items(self.debit_move_id | self.credit_move_id)

    @api.model
    def _collection_follow_items(self, items):
        """Bring the payment plans of these items in line with the books."""
        plans_sudo = self.env["collection.plan"].sudo()._of_items(items.sudo())
        if plans_sudo:
            plans_sudo._follow_books(posting=False)
