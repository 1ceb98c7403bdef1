"""When a connection is read next, after a success and after failures in a row."""

from datetime import timedelta

from ..connectors.base import QuotaExceeded

#: Minutes to wait after the 1st, 2nd ... failure in a row; the last one repeats.
BACKOFF_MINUTES = (15, 60, 180, 360)
#: Hours to wait for a quota the bank gives no end of, and the longest wait we believe a bank.
QUOTA_HOURS = 6
MAX_WAIT_HOURS = 48
#: Hours between two unattended reads; banks allow four a day, one is kept for recovery.
INTERVAL_HOURS = 8


def after_failure(now, failures, asked_until):
    """Return when to try again.

    :param failures: failures in a row, this one included
    :param asked_until: until when the bank asked to wait, or nothing
    """
    minutes = BACKOFF_MINUTES[min(failures, len(BACKOFF_MINUTES)) - 1]
    return max(now + timedelta(minutes=minutes), asked_until or now)


def after_success(now):
    """Return when to read again."""
    return now + timedelta(hours=INTERVAL_HOURS)


def asked_wait(error):
    """Return how long a bank asks to wait; a quota that names no end may last for hours."""
    seconds = error.retry_after
    if seconds is None and isinstance(error, QuotaExceeded):
        seconds = QUOTA_HOURS * 3600
    return timedelta(seconds=min(seconds or 0, MAX_WAIT_HOURS * 3600))
