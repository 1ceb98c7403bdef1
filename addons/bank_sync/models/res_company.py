from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    bank_feed_max_age_days = fields.Integer(
        string="Bank Feed Stale After (Days)",
        default=2,
        help="The bank feed counts as fresh while every connected account is complete up to this "
        "many days before today.",
    )

    def _bank_today(self):
        """Return today's date where the company is, whoever runs the code."""
        self.ensure_one()
        timezone = self.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=timezone))

    def _bank_feed_status(self):
        """Return how far the company's bank accounts can be believed.

        :return: dict with ``code`` and ``covered_until``, the day through which all accounts are
            complete, or False. The code is ``none`` without any connected account, ``unproven``
            when the books of one do not add up, ``stale`` when one is too old or a file is still
            being booked, else ``fresh``
        """
        self.ensure_one()
        accounts_sudo = (
            self.env["bank.connection.account"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.id),
                    ("journal_id", "!=", False),
                    ("coverage", "!=", "closed"),
                ]
            )
        )
        covered = [account.covered_until for account in accounts_sudo]
        covered_until = min(covered) if covered and all(covered) else False
        oldest = self._bank_today() - timedelta(days=self.bank_feed_max_age_days)
        if not accounts_sudo:
            code = "none"
        elif {"failed", "unproven"} & set(accounts_sudo.mapped("last_proof")):
            code = "unproven"
        elif self._bank_is_booking() or not covered_until or covered_until < oldest:
            code = "stale"
        else:
            code = "fresh"
        return {"code": code, "covered_until": covered_until}

    def _bank_is_booking(self):
        """Return whether entries of a file are here and not all their lines are yet."""
        waiting = [("company_id", "=", self.id), ("state", "=", "booking")]
        return bool(self.env["bank.raw.document"].sudo().search_count(waiting, limit=1))
