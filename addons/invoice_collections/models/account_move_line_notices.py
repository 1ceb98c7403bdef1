from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collection_notices(self):
        """Return ``{line id: day}`` of the latest final notice about it that was delivered.

        A message that bounced was not. Callers decide who may see the answer.
        """
        items = (
            self.env["collection.touchpoint.item"]
            .sudo()
            .search(
                [
                    ("move_line_id", "in", self.ids),
                    ("block", "=", "due"),
                    ("touchpoint_id.step_id.outcome", "=", "final_notice"),
                    ("touchpoint_id.state", "in", ("sent", "delivered")),
                ]
            )
        )
        days = {}
        for item in items:
            touchpoint = item.touchpoint_id
            told = touchpoint.delivered_at or touchpoint.sent_at
            day = told and fields.Date.context_today(
                touchpoint.with_context(tz=touchpoint.company_id.partner_id.tz or "UTC"), told
            )
            day = day or touchpoint.date
            line = item.move_line_id.id
            days[line] = max(day, days.get(line, day))
        return days
