"""The state of all feeds as numbers for a monitoring system, straight from SQL.

Not a model: it lives for one question. Labels are ids alone; names and account numbers stay here.
"""

from datetime import timedelta

from odoo.tools import SQL

from .bank_connection_sync import READABLE
from .bank_quota import ROLLING

#: Value of ``bank_sync_breaker`` by state.
BREAKER_VALUES = {"closed": 0, "half_open": 1, "open": 2}
#: Metric → what it says, in the order they are written.
HELP = {
    "bank_sync_last_complete_seconds": "Seconds since the account was last read completely.",
    "bank_sync_account_unproven": "1 where the account's books are not proved.",
    "bank_sync_quarantined_documents": "Documents that did not add up and wait for a person.",
    "bank_sync_consent_days_left": "Days until the consent in use ends.",
    "bank_sync_breaker": "0 normal, 1 one try, 2 the bank is left alone.",
    "bank_sync_quota_left": "Unattended reads of the account left within 24 hours.",
    "bank_sync_outbox_oldest_seconds": "Age of the oldest order that is not settled.",
    "bank_sync_outbox_unknown": "Orders of which nobody knows whether the bank has them.",
}


class BankMetrics:
    """Gathers every metric of one database in a handful of queries.

    :param now: the moment, naive UTC
    """

    def __init__(self, env, now):
        self.env, self.now = env, now

    def text(self):
        """Return the metrics in the text format of Prometheus."""
        samples = {name: [] for name in HELP}
        for name, labels, value in self._samples():
            samples[name].append(f"{name}{_labels(labels)} {value}")
        lines = []
        for name, rows in samples.items():
            lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge", *rows]
        return "\n".join(lines) + "\n"

    def _samples(self):
        self.env.flush_all()
        yield from self._accounts()
        yield from self._connections()
        yield from self._quotas()
        yield from self._documents()
        if "bank.outbox" in self.env:
            yield from self._outbox()

    def _rows(self, query):
        return self.env.execute_query(query)

    def _accounts(self):
        query = SQL(
            """
            SELECT a.company_id, a.connection_id, a.id, COALESCE(a.last_complete_at, a.create_date),
                   COALESCE(a.last_proof, '') IN ('failed', 'unproven')
              FROM bank_connection_account a
              JOIN bank_connection c ON c.id = a.connection_id
             WHERE a.active AND a.journal_id IS NOT NULL AND a.coverage = 'covered'
               AND c.active AND c.state IN %s
             ORDER BY a.id
            """,
            READABLE,
        )
        for company, connection, account, since, unproven in self._rows(query):
            labels = {"company": company, "connection": connection, "account": account}
            seconds = max(0, round((self.now - since).total_seconds()))
            yield "bank_sync_last_complete_seconds", labels, seconds
            yield "bank_sync_account_unproven", labels, int(unproven)

    def _connections(self):
        query = SQL(
            """
            SELECT c.company_id, c.id, c.breaker_state, s.valid_until
              FROM bank_connection c
              LEFT JOIN bank_consent s ON s.id = c.consent_id AND s.status = 'valid'
             WHERE c.active AND c.state IN %s
             ORDER BY c.id
            """,
            READABLE,
        )
        for company, connection, breaker, until in self._rows(query):
            labels = {"company": company, "connection": connection}
            yield "bank_sync_breaker", labels, BREAKER_VALUES[breaker]
            if until:
                yield "bank_sync_consent_days_left", labels, (until - self.now.date()).days

    def _quotas(self):
        """Yield what is left to accounts with a limit that were read lately."""
        since = self.now - ROLLING
        query = SQL(
            """
            SELECT q.company_id, q.connection_id, q.account_id, MAX(q.limit),
                   COUNT(t.moment) FILTER (WHERE t.moment::timestamp > %(since)s),
                   BOOL_OR(COALESCE(q.closed_until > %(now)s, FALSE))
              FROM bank_quota q
              LEFT JOIN LATERAL jsonb_array_elements_text(q.taken_at) AS t(moment) ON TRUE
             WHERE NOT COALESCE(q.attended, FALSE) AND q.endpoint = 'transactions'
               AND q.day >= %(day)s AND q.limit > 0
             GROUP BY q.company_id, q.connection_id, q.account_id
             ORDER BY q.account_id
            """,
            since=since,
            now=self.now,
            day=since.date() - timedelta(days=1),
        )
        for company, connection, account, limit, used, closed in self._rows(query):
            labels = {"company": company, "connection": connection, "account": account}
            yield "bank_sync_quota_left", labels, 0 if closed else max(0, limit - used)

    def _documents(self):
        query = SQL(
            """
            SELECT company_id, COUNT(*) FROM bank_raw_document
             WHERE state = 'quarantined' GROUP BY company_id ORDER BY company_id
            """
        )
        for company, count in self._rows(query):
            yield "bank_sync_quarantined_documents", {"company": company}, count

    def _outbox(self):
        query = SQL(
            """
            SELECT company_id, MIN(create_date), COUNT(*) FILTER (WHERE state = 'unknown')
              FROM bank_outbox WHERE state IN ('queued', 'leased', 'sent', 'unknown')
             GROUP BY company_id ORDER BY company_id
            """
        )
        for company, oldest, unknown in self._rows(query):
            labels = {"company": company}
            age = max(0, round((self.now - oldest).total_seconds()))
            yield "bank_sync_outbox_oldest_seconds", labels, age
            yield "bank_sync_outbox_unknown", labels, unknown


def _labels(labels):
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{inside}}}"
