from odoo import api, models

from .collection_touchpoint import TAKEN


class CollectionEngine(models.AbstractModel):
    _inherit = "collection.engine"

    # === PLAN === #

    @api.model
    def _done_offsets(self, line_ids, today):
        """Leave out what was said about an item before a person had it start anew."""
        done = super()._done_offsets(line_ids, today)
        restarted = self.env["account.move.line"].search_fetch(
            [("id", "in", list(done)), ("collection_restart_date", "!=", False)],
            ["collection_restart_date"],
        )
        if not restarted:
            return done
        items = self.env["collection.touchpoint.item"].search(
            [
                ("move_line_id", "in", restarted.ids),
                ("is_step", "=", True),
                ("touchpoint_id.state", "in", TAKEN),
                ("touchpoint_id.companion_of_id", "=", False),
            ]
        )
        of_lines = items.grouped("move_line_id")
        for line in restarted:
            since = [
                item.offset_days
                for item in of_lines.get(line, ())
                if item.touchpoint_id.date >= line.collection_restart_date
            ]
            done[line.id] = max(since, default=None)
        return {line: offset for line, offset in done.items() if offset is not None}
