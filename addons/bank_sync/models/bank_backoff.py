"""When a connection is read next: after a success, after failures in a row, and when it rests.

Plain arithmetic on moments; the caller says what time it is and how the dice fell.
"""

from datetime import datetime, time, timedelta

from ..connectors.base import QuotaExceeded

#: Minutes to wait after the 1st, 2nd ... failure in a row; the last one repeats. They never grow
#: beyond the first pause of the breaker, which takes over from there.
BACKOFF_MINUTES = (2, 5, 10, 15)
#: How far chance moves a wait, so that a thousand companies do not return in the same second. Small
#: enough that no wait can be shorter than the one before: 10 and 15 minutes allow at most 0.2.
JITTER = 0.15
#: Temporary failures in a row after which the bank is left alone, and for how many minutes: the
#: first time, then twice as long each time, up to the longest.
BREAKER_FAILURES = 5
BREAKER_MINUTES = 15
BREAKER_MAX_MINUTES = 6 * 60
#: Hours to wait for a quota the bank gives no end of, and the longest wait we believe a bank.
QUOTA_HOURS = 6
MAX_WAIT_HOURS = 48
#: Hours between two unattended reads where nothing limits them.
UNLIMITED_HOURS = 1
#: Hours until books that do not add up are read again, by failures in a row.
QUARANTINE_HOURS = (1, 3, 8)


def after_failure(now, failures, asked_until, chance=0.5):
    """Return when to try again.

    :param failures: failures in a row, this one included
    :param asked_until: until when the bank asked to wait, or nothing; never shortened
    :param chance: between 0 and 1; 0.5 moves nothing
    """
    minutes = BACKOFF_MINUTES[min(failures, len(BACKOFF_MINUTES)) - 1]
    wait = timedelta(minutes=minutes * (1 + JITTER * (2 * chance - 1)))
    return max(now + wait, asked_until or now)


def after_quarantine(now, failures):
    """Return when to read books again that did not add up; each read costs one of the day's."""
    return now + timedelta(hours=QUARANTINE_HOURS[min(failures, len(QUARANTINE_HOURS)) - 1])


def after_success(now, reads_per_day):
    """Return when to read again, spreading a day's reads and keeping one for recovery.

    :param reads_per_day: unattended reads the bank allows, ``None`` for no limit
    """
    if reads_per_day is None:
        return now + timedelta(hours=UNLIMITED_HOURS)
    return now + timedelta(hours=24 / max(1, reads_per_day - 1))


def breaker_pause(trips):
    """Return how long the bank is left alone.

    :param trips: how often the breaker has opened in a row, this time included
    """
    return timedelta(minutes=min(BREAKER_MINUTES * 2 ** (trips - 1), BREAKER_MAX_MINUTES))


def asked_wait(error, now):
    """Return how long a bank asks to wait; a quota of the day ends with the day, in UTC.

    :param now: the moment, naive UTC
    """
    seconds = error.retry_after
    if seconds is None and isinstance(error, QuotaExceeded):
        if error.per_day:
            midnight = datetime.combine(now.date() + timedelta(days=1), time.min)
            return midnight - now
        seconds = QUOTA_HOURS * 3600
    return timedelta(seconds=min(seconds or 0, MAX_WAIT_HOURS * 3600))
