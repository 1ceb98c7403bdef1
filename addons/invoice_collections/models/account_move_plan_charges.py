from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_plan_installment_ids = fields.One2many(
        "collection.plan.installment",
        "move_id",
        "Installments of this charge",
        readonly=True,
        groups="invoice_collections.group_user",
    )
    collection_plan_reason = fields.Char(
        "Why this was invoiced",
        compute="_compute_collection_plan_reason",
        groups="invoice_collections.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("collection_plan_installment_ids", "collection_plan_id")
    def _compute_collection_plan_reason(self):
        """Say from which installments of which plan, at which rate, a charge comes."""
        for move in self:
            move.collection_plan_reason = move._collection_plan_reason_text()

    def _collection_plan_reason_text(self):
        """Return one sentence for an accountant."""
        self.ensure_one()
        plan, rows = self.collection_plan_id, self.collection_plan_installment_ids
        if not plan:
            return False
        if self.move_type == "out_refund":
            return self.ref or self.env._("Taken back")
        if not rows:
            return ", ".join(self.invoice_line_ids.filtered("name").mapped("name"))
        version = rows[0].version_id
        return self.env._(
            "Installment %(numbers)s of %(plan)s, version %(version)s: %(rate)s %% a year",
            numbers=", ".join(str(number) for number in sorted(rows.mapped("number"))),
            plan=plan.name,
            version=version.number,
            rate=f"{version.rate:g}",
        )
