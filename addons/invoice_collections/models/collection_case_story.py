from odoo import api, fields, models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    why = fields.Char(compute="_compute_story", help="Why the case is where it is.")
    what_next = fields.Char(compute="_compute_story", help="What happens next, and when.")

    @api.depends("state", "hold_reason", "hold_until", "next_action_date", "touchpoint_ids.state")
    def _compute_story(self):
        latest = {}
        for touchpoint in self.env["collection.touchpoint"].search(
            [("case_id", "in", self.ids), ("state", "=", "blocked")], order="date, id"
        ):
            latest[touchpoint.case_id] = touchpoint
        for case in self:
            case.why = case._why()
            case.what_next = case._what_next(latest.get(case))

    def _why(self):
        """Return in words why the case is in its state."""
        env = self.env
        if self.state == "on_hold":
            reason = dict(self._fields["hold_reason"]._description_selection(env))[self.hold_reason]
            if self.hold_until:
                until = self._format_date(self.hold_until)
                return env._("On hold until %(until)s: %(reason)s.", until=until, reason=reason)
            return env._("On hold: %(reason)s.", reason=reason)
        if self.state == "dunning":
            return env._(
                "%(amount)s is overdue, the oldest item for %(days)s days.",
                amount=self.currency_id.format(self.overdue_amount),
                days=self.days_overdue,
            )
        if self.state == "watching":
            return env._(
                "%(amount)s is open, nothing is overdue.",
                amount=self.currency_id.format(self.open_amount),
            )
        return env._("Nothing is open.")

    def _what_next(self, blocked):
        """Return in words what happens next; ``blocked`` is the last blocked touchpoint."""
        env = self.env
        if self.state == "clear":
            return env._("Nothing to do until the next invoice.")
        parts = []
        if blocked and blocked.date == self.company_id._collection_today():
            parts.append(env._("Not contacted today: %(reason)s.", reason=blocked.block_label))
        if self.next_action_date:
            parts.append(
                env._("Next look on %(day)s.", day=self._format_date(self.next_action_date))
            )
        else:
            parts.append(env._("No further step is planned: a person decides."))
        return " ".join(parts)

    def _format_date(self, day):
        """Return a date as the reader of the screen writes it."""
        return self.env["ir.qweb.field.date"].value_to_html(day, {})
