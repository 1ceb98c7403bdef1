from odoo import api, models


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    @api.model
    def _line_labels(self, plans):
        """Name the installment where an item is asked for by one: its number, day and amount."""
        labels = super()._line_labels(plans)
        parts = self.env["collection.plan.line"].search_fetch(
            [("move_line_id", "in", list(labels)), ("is_running", "=", True)],
            ["move_line_id", "plan_id", "asked_from"],
        )
        for part in parts:
            plan = part.plan_id.with_context(lang=part.plan_id.case_id._debtor_lang())
            row = plan.installment_ids.filtered(lambda one: one.due_date == part.asked_from)[:1]  # noqa: B023
            if row:
                labels[part.move_line_id.id] = plan.env._(
                    "%(invoice)s, installment %(number)s of %(count)s (%(amount)s in all)",
                    invoice=labels[part.move_line_id.id],
                    number=row.number,
                    count=plan.count,
                    amount=plan.currency_id.format(row.open_amount),
                )
        return labels
