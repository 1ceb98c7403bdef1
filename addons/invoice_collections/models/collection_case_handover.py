from datetime import timedelta

from odoo import fields, models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    handover_ids = fields.One2many("collection.handover", "case_id", readonly=True)
    handover_count = fields.Integer(compute="_compute_handover_count")

    # === COMPUTE METHODS === #

    def _compute_handover_count(self):
        counts = dict(
            self.env["collection.handover"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.handover_count = counts.get(case, 0)

    # === ACTION METHODS === #

    def action_handover(self):
        """Propose to hand all that is overdue over to an agency, and show the proposal."""
        self.ensure_one()
        self.check_access("write")
        items_sudo = self.sudo()._own_items(self.item_ids.browse())
        handovers = self.env["collection.handover"]._propose({self: items_sudo})
        return self._show_handovers(handovers)

    def action_view_handovers(self):
        """Open the hand-overs of this customer."""
        self.ensure_one()
        return self._show_handovers(self.handover_ids)

    def _show_handovers(self, handovers):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand-overs"),
            "res_model": "collection.handover",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", handovers.ids)],
        }
        if len(handovers) == 1:
            action.update(res_id=handovers.id, views=[(False, "form")])
        return action

    # === BUSINESS METHODS === #

    def _notices_running(self, today):
        """Return ``{case id: last day}`` of final notices whose days are not over (sudo).

        Only notices about something still open count. Two queries, whatever the number of cases.
        """
        policy = self.company_id._collection_policy()
        since = today - timedelta(days=policy.notice_days)
        items = self.env["collection.touchpoint.item"].search(
            [
                ("touchpoint_id.case_id", "in", self.ids),
                ("touchpoint_id.date", ">=", since),
                ("touchpoint_id.step_id.outcome", "=", "final_notice"),
                ("touchpoint_id.state", "in", ("queued", "sent", "delivered")),
                ("move_line_id.reconciled", "=", False),
                ("block", "=", "due"),
            ]
        )
        days = {}
        for touchpoint in items.touchpoint_id:
            case = touchpoint.case_id.id
            last = touchpoint.date + timedelta(days=policy.notice_days)
            days[case] = max(last, days.get(case, last))
        return days
