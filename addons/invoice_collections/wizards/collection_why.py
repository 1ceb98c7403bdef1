from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class CollectionWhy(models.TransientModel):
    """Why did, or didn't, we contact a customer on a day, and what comes next?"""

    _name = "collection.why"
    _description = "Why a Customer Was Contacted or Not"

    case_id = fields.Many2one("collection.case", "Customer", required=True)
    date = fields.Date(
        "Day", required=True, default=lambda self: self.env.company._collection_today()
    )
    answer = fields.Html(compute="_compute_answer", sanitize=False)

    @api.depends("case_id", "date")
    def _compute_answer(self):
        render = self.env["ir.qweb"]._render
        for why in self:
            found = why._found() if why.case_id else None
            why.answer = render("invoice_collections.why_answer", found) if found else False

    # === ACTION METHODS === #

    def action_verify(self):
        """Say whether the record of events was changed by anybody."""
        self.ensure_one()
        policy_sudo = self.case_id.company_id._collection_policy()
        return policy_sudo.with_env(self.env).action_verify_events()

    # === BUSINESS METHODS === #

    def _found(self):
        """Return what the answer shows; access rights are those of the reader."""
        self.ensure_one()
        case, day = self.case_id, self.date
        case.check_access("read")
        touchpoints = self.env["collection.touchpoint"].search(
            [("case_id", "=", case.id), ("date", "=", day)]
        )
        return {
            "case": case,
            "day": day,
            "is_ahead": day > case.company_id._collection_today(),
            "touchpoints": touchpoints,
            "runs": self._runs(),
            "items": self._items(),
            "events": self._events(),
            "labels": self._labels(touchpoints),
        }

    def _labels(self, touchpoints):
        """Return what codes are called in the reader's language."""
        model = touchpoints.browse()
        return {
            name: dict(model._fields[name]._description_selection(self.env))
            for name in ("state", "block_reason", "channel", "channel_reason", "tone")
        }

    def _runs(self):
        """Return how many runs of the company dealt with that day."""
        [(count,)] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FROM collection_event
                 WHERE kind = 'run_finished' AND company_id = %s AND payload ->> 'day' = %s
                """,
                self.case_id.company_id.id,
                str(self.date),
            )
        )
        return count

    def _events(self):
        """Return what happened to the case on that day of the company, oldest first."""
        return self.env["collection.event"].search(
            [
                ("case_id", "=", self.case_id.id),
                ("at", ">=", self.date),
                ("at", "<", self.date + timedelta(days=1)),
            ],
            order="id",
        )

    def _items(self):
        """Return, for each item open now, the steps around that day and why it may be left out."""
        case_sudo = self.case_id.sudo()
        engine_sudo = self.env["collection.engine"].sudo().with_company(case_sudo.company_id)
        return engine_sudo._items_around(case_sudo.company_id, case_sudo.partner_id.ids, self.date)
