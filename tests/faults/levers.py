"""Time travel for the database: what would be due after a wait is due now."""

_READABLE = """
UPDATE bank_connection
   SET next_attempt_at = now() AT TIME ZONE 'UTC' - interval '1 minute',
       failure_count = 0, breaker_state = 'closed', breaker_failures = 0, breaker_until = NULL,
       wait_until = NULL
 WHERE state IN ('active', 'attention')
"""
#: Two hours pass for the orders: leases run out, and nothing can be on its way any more.
_ORDERS = """
UPDATE bank_outbox
   SET next_at = now() AT TIME ZONE 'UTC' - interval '1 minute',
       first_attempt_at = first_attempt_at - interval '2 hours',
       last_attempt_at = last_attempt_at - interval '2 hours'
 WHERE state IN ('queued', 'leased', 'sent', 'unknown')
"""


def make_due(cursor):
    """Let every connection be read, and every order be looked at, whatever they wait for."""
    cursor.execute(_READABLE)
    cursor.execute("DELETE FROM bank_quota")
    cursor.execute(_ORDERS)


def let_orders_be_searched(cursor, searchable):
    """Decide whether the bank can be asked for an order by its end-to-end id."""
    cursor.execute("UPDATE bank_connection SET order_search = %s", [searchable])
