from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

#: How many cases are offered to a person at once.
CASE_LIMIT = 6

#: How many of the largest are shown however many cases need a person.
LARGEST_MIN = 3


class CollectionDashboard(models.AbstractModel):
    _inherit = "collection.dashboard"

    # === WHAT NEEDS A PERSON === #

    @api.model
    def _questions(self, since):
        """Return ``(why, domain of cases)``: where no cadence goes on by itself, in order.

        :param since: messages of the days after this one count
        """
        recent = Domain("date", ">", since)
        failed = Domain("state", "=", "failed")
        no_address = Domain("state", "=", "blocked") & Domain("block_reason", "=", "no_address")
        active = Domain("state", "in", ("watching", "dunning"))
        return [
            (
                self.env._("A message could not be delivered"),
                active & Domain("touchpoint_ids", "any", recent & failed),
            ),
            (
                self.env._("No address that works"),
                active & Domain("touchpoint_ids", "any", recent & no_address),
            ),
            (
                self.env._("No further step is planned"),
                Domain("state", "=", "dunning") & Domain("next_action_date", "=", False),
            ),
            (
                self.env._("On hold without an end"),
                Domain("state", "=", "on_hold")
                & Domain("hold_until", "=", False)
                & Domain("overdue_amount", ">", 0),
            ),
            (
                self.env._("A task waits"),
                Domain("state", "!=", "clear") & Domain("activity_ids", "!=", False),
            ),
        ]

    @api.model
    def _cases(self, company, today, days):
        """Return ``cases`` in which only a person can go on, and the ``largest`` others.

        :param days: how far back a message that failed still counts, today included
        """
        model = self.env["collection.case"]
        own = Domain("company_id", "=", company.id)
        chosen = {}
        for why, domain in self._questions(today - timedelta(days=days)):
            for case in model.search(own & domain, limit=CASE_LIMIT):
                chosen.setdefault(case, why)
        chosen = dict(list(chosen.items())[:CASE_LIMIT])
        overdue = Domain("state", "=", "dunning") & Domain("overdue_amount", ">", 0)
        largest = model.search(own & overdue, limit=2 * CASE_LIMIT) - model.union(*chosen)
        room = max(LARGEST_MIN, CASE_LIMIT - len(chosen))
        return {
            "cases": [self._case_row(case, why) for case, why in chosen.items()],
            "largest": [self._case_row(case, self._next_step(case)) for case in largest[:room]],
        }

    @api.model
    def _next_step(self, case):
        if not case.next_action_date:
            return ""
        day = format_date(self.env, case.next_action_date, date_format="d MMM")
        return self.env._("Next step on %(day)s", day=day)

    @api.model
    def _case_row(self, case, why):
        return {
            "id": case.id,
            "name": case.partner_id.name or case.partner_id.display_name,
            "why": why,
            "overdue": case.overdue_amount,
            "days": case.days_overdue,
        }
