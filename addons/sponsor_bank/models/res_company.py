from odoo import models
from odoo.tools.misc import format_date

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

    def _collection_dashboard(self):
        """Add what the bank's side waits for: every undecided line may hold a reminder."""
        data = super()._collection_dashboard()
        status = self._bank_feed_status()
        if status["code"] != "none":
            data["tiles"].append(self._bank_tile(status))
        return data

    def _bank_tile(self, status):
        """Return the tile of the bank lines that wait for the accountant.

        :param status: what :meth:`_bank_feed_status` returns
        """
        waiting = [("company_id", "=", self.id), ("bank_match_state", "=", "suggested")]
        until = status["covered_until"]
        may_decide = self.env["bank.match.suggestion"].has_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bank_sync.bank_match_suggestion_action"
        )
        return {
            "key": "bank_to_decide",
            "label": self.env._("Payments to decide"),
            "value": self.env["account.bank.statement.line"].sudo().search_count(waiting),
            "kind": "count",
            "detail": self.env._("bank until %(day)s", day=format_date(self.env, until))
            if until
            else self.env._("bank not complete"),
            "help": self.env._(
                "Bank lines with a proposal the accountant has not decided on. Invoices they "
                "would pay are not chased meanwhile."
            ),
            "tone": "late" if status["code"] != "fresh" else False,
            "action": action if may_decide else False,
        }
