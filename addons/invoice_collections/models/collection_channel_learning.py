import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from ..core import channels

_logger = logging.getLogger(__name__)

#: Days within which a payment or an answer counts as brought by the contact.
WINDOW = 14
#: Contacts learned from in one transaction.
BATCH_SIZE = 1000


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    learned = fields.Boolean(readonly=True, copy=False, index=True)


class CollectionChannelStat(models.Model):
    _inherit = "collection.channel.stat"

    # === CRON === #

    @api.model
    def _cron_learn(self):
        """Learn from the contacts whose window is over, company by company."""
        cron = self.env["ir.cron"]
        companies = self.env["collection.policy"].search([("company_id", "!=", False)]).company_id
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                while self._learn(company, company._collection_today()):
                    cron._commit_progress(0)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Channels of company %s were not learned from", company.id)
            if not cron._commit_progress(1):
                break

    # === BUSINESS METHODS === #

    @api.model
    def _learn(self, company, today):
        """Count what contacts brought, each once; return how many were looked at.

        A contact succeeded when money for something it listed came, or the customer answered,
        from its own day on and within the window. One that did not arrive says nothing.
        """
        touchpoints = self.env["collection.touchpoint"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("sent", "delivered")),
                ("learned", "=", False),
                ("note", "=", False),
                ("date", "<=", today - timedelta(days=WINDOW)),
            ],
            limit=BATCH_SIZE,
            order="date, id",
        )
        paid_days = self._paid_days(touchpoints)
        counts = defaultdict(lambda: [0, 0])
        for touchpoint in touchpoints:
            failed = not self._succeeded(touchpoint, paid_days)
            counts[touchpoint.case_id, touchpoint.channel][failed] += 1
        self._count(company, counts, today)
        touchpoints.write({"learned": True})
        return len(touchpoints)

    @api.model
    def _paid_days(self, touchpoints):
        """Return ``{journal item id: days on which money for it came}`` in one query."""
        partials = self.env["account.partial.reconcile"].search_read(
            [
                ("debit_move_id", "in", touchpoints.item_ids.move_line_id.ids),
                ("credit_move_id.move_id.move_type", "=", "entry"),
            ],
            ["debit_move_id", "max_date"],
        )
        days = defaultdict(list)
        for partial in partials:
            days[partial["debit_move_id"][0]].append(partial["max_date"])
        return days

    @api.model
    def _succeeded(self, touchpoint, paid_days):
        """Return whether money or an answer came from the day of the contact on, in its window."""
        days = [
            day
            for item in touchpoint.item_ids
            if item.block in ("due", "upcoming")
            for day in paid_days.get(item.move_line_id.id, ())
        ]
        if touchpoint.replied_at:
            days.append(touchpoint.replied_at.date())
        last = touchpoint.date + timedelta(days=WINDOW)
        return any(touchpoint.date <= day <= last for day in days)

    @api.model
    def _count(self, company, counts, today):
        """Move the beliefs by these counts, each faded to today first."""
        settings = self.env["collection.channel"].search([("company_id", "=", company.id)])
        usual = {setting.code: setting._usual() for setting in settings}
        cases = self.env["collection.case"].union(*(case for case, _channel in counts))
        known = {
            (stat.case_id, stat.channel): stat
            for stat in self.search([("case_id", "in", cases.ids)])
        }
        new = []
        for (case, channel), (succeeded, failed) in counts.items():
            stat = known.get((case, channel), self.browse())
            belief = stat._belief(usual[channel], today) if stat else usual[channel]
            belief = channels.learn(belief, succeeded=succeeded, failed=failed)
            values = {
                "alpha": float(belief.alpha),
                "beta": float(belief.beta),
                "successes": stat.successes + succeeded,
                "failures": stat.failures + failed,
                "updated_on": today,
            }
            if stat:
                stat.write(values)
            else:
                new.append({"case_id": case.id, "channel": channel, **values})
        self.create(new)
