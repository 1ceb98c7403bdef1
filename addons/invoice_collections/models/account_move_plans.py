from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_plan_id = fields.Many2one(
        "collection.plan",
        "Payment plan of this charge",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="invoice_collections.group_user",
    )
    collection_plan_due = fields.Date(
        "Installment of this charge",
        readonly=True,
        copy=False,
        groups="invoice_collections.group_user",
    )

    _collection_plan_once = models.UniqueIndex(
        "(collection_plan_id, collection_plan_due)"
        " WHERE collection_plan_id IS NOT NULL AND move_type = 'out_invoice'"
        " AND state != 'cancel'",
        "Interest and fee of an installment are invoiced once.",
    )
