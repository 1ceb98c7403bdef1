"""Delivering events: signed as Standard Webhooks, repeated until somebody says 2xx.

The receiver may be told things twice, in another order, late or wrongly, as it happens.
"""

import base64
import hashlib
import hmac
import json
import logging
import secrets
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from .storage import Database

TIMEOUT_SECONDS = 10
PREFIX = "whsec_"
# How long to wait after each failure; after the last one the event is given up.
RETRY_SECONDS = [1, 5, 30, 300, 3600, 6 * 3600, 24 * 3600]
ORDERS = ("as_they_happen", "reversed")
SPOILS = ("nothing", "body", "signature", "whitespace")
GONE = 410
logger = logging.getLogger(__name__)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        """Follow nothing: an event is for the address that was registered."""


_open = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect).open


@dataclass(frozen=True)
class Due:
    """One event for one receiver."""

    webhook_id: int
    event_number: int
    event_id: str
    body: bytes
    url: str
    keys: tuple[str, ...]
    manners: dict
    attempts: int


def new_secret() -> str:
    """Return a secret in the form of Standard Webhooks."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of an event, version 1: HMAC with SHA-256.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
    ...           1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def deliver_due(database: Database, *, at_once: bool = False, only_automatic: bool = False) -> int:
    """Deliver what is due and return how many attempts that were.

    :param at_once: also what waits for its next attempt
    """
    with database.read() as connection:
        due = _due(connection, at_once=at_once, only_automatic=only_automatic)
    for each in due:
        for _copy in range(1 + each.manners["duplicates"]):
            status = _send(each)
        with database.write() as connection:
            _note_answer(connection, each, status)
    return len(due)


def _due(connection: sqlite3.Connection, *, at_once: bool, only_automatic: bool) -> list[Due]:
    rows = connection.execute(
        "SELECT d.*, w.url, w.secret, w.retiring, w.manners, e.id, e.body FROM delivery d"
        " JOIN webhook w ON w.id = d.webhook_id JOIN event e ON e.number = d.event_number"
        " WHERE d.state = 'due' AND w.is_active AND d.next_at <= ? ORDER BY w.id, e.number",
        (float("inf") if at_once else time.time(),),
    ).fetchall()
    found = [
        Due(
            webhook_id=row["webhook_id"],
            event_number=row["event_number"],
            event_id=row["id"],
            body=row["body"].encode(),
            url=row["url"],
            keys=tuple(filter(None, (row["secret"], row["retiring"]))),
            manners=json.loads(row["manners"]),
            attempts=row["attempts"],
        )
        for row in rows
    ]
    found = [each for each in found if each.manners["automatic"] or not only_automatic]
    reversed_ones = [each for each in found if each.manners["order"] == "reversed"]
    return [each for each in found if each not in reversed_ones] + reversed_ones[::-1]


def _send(due: Due) -> str:
    """Send one event and return the status of the answer, or what went wrong."""
    timestamp = int(time.time()) - due.manners["age_seconds"]
    body = due.body
    signatures = [signature(key, due.event_id, timestamp, body) for key in due.keys]
    spoil = due.manners["spoil"]
    if spoil == "body":
        body = body.replace(b'"version":', b'"version":9')
    elif spoil == "whitespace":
        body = json.dumps(json.loads(body), indent=1).encode()
    elif spoil == "signature":
        signatures = [signature(new_secret(), due.event_id, timestamp, body)]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "sandbox-bank",
        "webhook-id": due.event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
    request = urllib.request.Request(due.url, body, headers, method="POST")  # noqa: S310 (checked)
    try:
        with _open(request, timeout=TIMEOUT_SECONDS) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return str(error.code)
    except (OSError, ValueError) as error:
        return type(error).__name__


def _note_answer(connection: sqlite3.Connection, due: Due, answer: str) -> None:
    delays = due.manners["retry_seconds"]
    state, next_at = "due", 0.0
    if answer.startswith("2"):
        state = "delivered"
    elif answer == str(GONE):
        state = "given_up"
        connection.execute("UPDATE webhook SET is_active = 0 WHERE id = ?", (due.webhook_id,))
    elif due.attempts >= len(delays):
        state = "given_up"
    else:
        next_at = time.time() + delays[due.attempts]
    connection.execute(
        "UPDATE delivery SET state = ?, attempts = attempts + 1, next_at = ?, last_answer = ?"
        " WHERE webhook_id = ? AND event_number = ?",
        (state, next_at, answer, due.webhook_id, due.event_number),
    )


class Courier(threading.Thread):
    """Delivers in the background for as long as the bank runs."""

    def __init__(self, database: Database, pause_seconds: float = 0.3):
        super().__init__(name="courier", daemon=True)
        self.database = database
        self.pause_seconds = pause_seconds

    def run(self) -> None:
        """Look for what is due, again and again."""
        while True:
            try:
                deliver_due(self.database, only_automatic=True)
            except Exception:
                # Whatever it was: the bank goes on, and the event is still due.
                logger.exception("delivering events failed")
            time.sleep(self.pause_seconds)
