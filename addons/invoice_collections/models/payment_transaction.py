from odoo import fields, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    collection_plan_id = fields.Many2one(
        "collection.plan", "Payment plan", readonly=True, copy=False, ondelete="set null"
    )

    def _post_process(self):
        """Book payments; those of payment plans also pay what the plan charges by then.

        Who pays all of a plan at once pays the interest until that day, which is invoiced only
        when the money is there.
        """
        result = super()._post_process()
        for tx in self.filtered(lambda tx: tx.collection_plan_id and tx.payment_id):
            plan_sudo = tx.collection_plan_id.sudo()
            plan_sudo._follow_books()
            payment_sudo = tx.payment_id.sudo()
            items = payment_sudo.move_id.line_ids | plan_sudo._open_charges().line_ids
            items = items.filtered(
                lambda item, account=payment_sudo.destination_account_id: (
                    item.account_id == account and not item.reconciled
                )
            )
            if len(items.move_id) > 1:
                items.reconcile()
        return result
