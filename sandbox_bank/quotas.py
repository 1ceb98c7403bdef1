"""How often a third party may read an account in a day while the customer is not there.

Off until a rule is set. A page that belongs to a list already counted is not counted again, unless
the rule says so.
"""

import datetime
import sqlite3
from dataclasses import dataclass

from . import clock

ALL_ACCOUNTS = 0
ENDPOINTS = ("accounts", "details", "balances", "transactions")
# How banks say that it is enough. The first is the one of the standard.
WORDINGS = ("json", "bare_list", "hub046", "plain", "multiplicity", "clo03941")
RETRY_AFTER = ("none", "seconds", "date")


@dataclass(frozen=True)
class Rule:
    """A limit and how its breach is told.

    ``retry_after``: whether a header says when to come back, and in which of its two forms.
    """

    reads_per_day: int
    wording: str = "json"
    retry_after: str = "none"
    status: int = 429
    count_pages: bool = False


class Exceeded(Exception):
    """The reads of the day are used up."""

    def __init__(self, rule: Rule, until: datetime.datetime, now: datetime.datetime):
        super().__init__(rule.wording)
        self.rule = rule
        self.until = until
        self.seconds = int((until - now).total_seconds())


def set_rule(connection: sqlite3.Connection, account_id: int, rule: Rule | None) -> None:
    """Set or (None) end the rule of an account, or with `ALL_ACCOUNTS` the general one."""
    connection.execute("DELETE FROM quota_rule WHERE account_id = ?", (account_id,))
    if rule:
        connection.execute(
            "INSERT INTO quota_rule VALUES (?, ?, ?, ?, ?, ?)",
            (
                account_id,
                rule.reads_per_day,
                rule.wording,
                rule.retry_after,
                rule.status,
                rule.count_pages,
            ),
        )


def rule_for(connection: sqlite3.Connection, account_id: int) -> Rule | None:
    """Return the rule of an account, else the general one, else None."""
    row = connection.execute(
        "SELECT * FROM quota_rule WHERE account_id IN (?, ?) ORDER BY account_id DESC LIMIT 1",
        (account_id, ALL_ACCOUNTS),
    ).fetchone()
    if not row:
        return None
    return Rule(
        reads_per_day=row["reads_per_day"],
        wording=row["wording"],
        retry_after=row["retry_after"],
        status=row["status"],
        count_pages=bool(row["count_pages"]),
    )


def use(connection: sqlite3.Connection, account_id: int, endpoint: str, rule: Rule) -> None:
    """Count one read.

    :raise Exceeded: it is one too many; it is not counted
    """
    now = clock.now(connection)
    day = now.date().isoformat()
    row = connection.execute(
        "SELECT used FROM quota_use WHERE account_id = ? AND endpoint = ? AND day = ?",
        (account_id, endpoint, day),
    ).fetchone()
    if (row["used"] if row else 0) >= rule.reads_per_day:
        tomorrow = now.date() + clock.ONE_DAY
        midnight = datetime.datetime.combine(tomorrow, datetime.time(), now.tzinfo)
        raise Exceeded(rule, midnight.astimezone(datetime.timezone.utc), now)
    connection.execute(
        "INSERT INTO quota_use VALUES (?, ?, ?, 1)"
        " ON CONFLICT (account_id, endpoint, day) DO UPDATE SET used = used + 1",
        (account_id, endpoint, day),
    )


def used_on(connection: sqlite3.Connection, day: datetime.date) -> dict[int, dict[str, int]]:
    """Return the reads counted on a day: per account id and endpoint."""
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute("SELECT * FROM quota_use WHERE day = ?", (day.isoformat(),)):
        found.setdefault(row["account_id"], {})[row["endpoint"]] = row["used"]
    return found
