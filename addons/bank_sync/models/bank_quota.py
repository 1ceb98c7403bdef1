from datetime import datetime, timedelta

from odoo import api, fields, models

#: Reads of a day that the schedule leaves alone: a failed reading may need one more.
RESERVED_READS = 1
#: How long a read counts. Whoever keeps within any 24 hours also keeps within each UTC day, so
#: this serves banks that count either way.
ROLLING = timedelta(hours=24)
#: Days the counters are kept, for questions to the bank.
KEPT_DAYS = 90


class BankQuota(models.Model):
    """How often one account was read on one UTC day, with a person waiting or without.

    A read is written down before it happens, and committed: a server that restarts in a loop
    finds it spent. The database allows one counter per account, endpoint, day and kind.
    """

    _name = "bank.quota"
    _description = "Bank Quota"
    _order = "day desc, id desc"
    _rec_name = "day"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(
        "bank.connection", required=True, readonly=True, ondelete="cascade"
    )
    account_id = fields.Many2one(
        "bank.connection.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    endpoint = fields.Selection(
        [("transactions", "Entries"), ("balances", "Balances")], required=True, readonly=True
    )
    day = fields.Date(required=True, readonly=True, help="In UTC.")
    attended = fields.Boolean(readonly=True, help="A person was waiting for the answer.")
    used = fields.Integer(readonly=True)
    limit = fields.Integer(readonly=True, help="0 where the bank sets none.")
    taken_at = fields.Json(readonly=True, help="Moments of the reads, in UTC.")
    closed_until = fields.Datetime(
        readonly=True, help="The bank itself said that there is nothing more until then."
    )

    _counter_uniq = models.UniqueIndex(
        "(connection_id, account_id, endpoint, day, attended)",
        "The reads of this account and day are counted already.",
    )

    @api.model
    def _left(self, account, now, *, recovery=False, endpoint="transactions"):
        """Return how many unattended reads of ``account`` are left, ``None`` for any number.

        :param recovery: whether the read makes up for a failed one; it may use the reserve
        """
        limit = account.connection_id._reads_per_day()
        if limit is None:
            return None
        counters = self._recent(account, now, endpoint)
        if any(counter.closed_until and counter.closed_until > now for counter in counters):
            return 0
        reserve = 0 if recovery or limit <= RESERVED_READS else RESERVED_READS
        return max(0, limit - reserve - len(counters._moments(now)))

    @api.model
    def _free_at(self, account, now, *, recovery=False, endpoint="transactions"):
        """Return when the next unattended read is possible: when enough old ones have aged."""
        counters = self._recent(account, now, endpoint)
        free_at = [c.closed_until for c in counters if c.closed_until and c.closed_until > now]
        limit = account.connection_id._reads_per_day()
        if limit is not None:
            reserve = 0 if recovery or limit <= RESERVED_READS else RESERVED_READS
            moments = sorted(counters._moments(now))
            if len(moments) >= limit - reserve > 0:
                free_at.append(moments[len(moments) - (limit - reserve)] + ROLLING)
        return max([now, *free_at])

    @api.model
    def _take(self, account, now, *, attended, endpoints=("transactions", "balances")):
        """Write down one read of each endpoint. The caller commits before asking the bank."""
        for endpoint in endpoints:
            counter_sudo = self._counter(account, now, endpoint, attended)
            counter_sudo.write(
                {
                    "used": counter_sudo.used + 1,
                    "taken_at": [*(counter_sudo.taken_at or ()), now.isoformat()],
                }
            )

    @api.model
    def _give_back(self, account, now, *, attended, endpoints=("transactions", "balances")):
        """Take back the last read: the bank was never reached or did not answer it."""
        for endpoint in endpoints:
            counter_sudo = self._counter(account, now, endpoint, attended)
            counter_sudo.write(
                {"used": max(0, counter_sudo.used - 1), "taken_at": counter_sudo.taken_at[:-1]}
            )

    @api.model
    def _close(self, account, now, until):
        """Believe the bank that no unattended read is left until ``until``, whatever we counted."""
        counter_sudo = self._counter(account, now, "transactions", attended=False)
        counter_sudo.closed_until = max(until, counter_sudo.closed_until or until)

    @api.model
    def _counter(self, account, now, endpoint, attended):
        """Return the day's counter of the account, made when missing, with superuser rights."""
        key = {
            "connection_id": account.connection_id.id,
            "account_id": account.id,
            "endpoint": endpoint,
            "day": now.date(),
            "attended": attended,
        }
        domain = [(name, "=", value) for name, value in key.items()]
        found_sudo = self.sudo().search(domain)
        limit = 0 if attended else account.connection_id._reads_per_day() or 0
        return found_sudo or self.sudo().create(
            {**key, "company_id": account.company_id.id, "limit": limit, "taken_at": []}
        )

    @api.model
    def _recent(self, account, now, endpoint):
        return self.sudo().search(
            [
                ("account_id", "=", account.id),
                ("endpoint", "=", endpoint),
                ("attended", "=", False),
                ("day", ">=", now.date() - timedelta(days=2)),
            ]
        )

    def _moments(self, now):
        """Return the moments of reads that still count."""
        moments = [
            datetime.fromisoformat(text) for counter in self for text in counter.taken_at or ()
        ]
        return [moment for moment in moments if moment > now - ROLLING]

    @api.autovacuum
    def _gc_old_counters(self):
        old = fields.Date.today() - timedelta(days=KEPT_DAYS)
        self.sudo().search([("day", "<", old)]).unlink()
