from odoo import models

#: What the feed says -> the reason a reminder waits. "none" (no bank connected) holds nothing:
#: a company without a feed sends reminders as it did before.
FEED_REASONS = {"stale": "stale_feed", "unproven": "unproven_feed"}


class ResCompany(models.Model):
    _inherit = "res.company"

    def _collection_feed_reason(self):
        """Return why overdue reminders must wait for the bank, or ``False``."""
        self.ensure_one()
        reason = FEED_REASONS.get(self._bank_feed_status()["code"])
        return reason or super()._collection_feed_reason()
