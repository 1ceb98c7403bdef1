"""Events the bank pushes: that something changed, never what. Who wants to know, looks."""

import datetime
import json
import secrets
import sqlite3

KINDS = ("account", "consent", "order")


def note(connection: sqlite3.Connection, kind: str, resource: str) -> None:
    """Record that a resource changed, for every receiver there is.

    A change of the same resource that nobody was told of yet is not told twice.
    """
    targets = connection.execute("SELECT id FROM webhook WHERE is_active").fetchall()
    if not targets or _is_waiting(connection, kind, resource):
        return
    version = connection.execute(
        "SELECT COALESCE(MAX(version), 0) + 1 FROM event WHERE kind = ? AND resource = ?",
        (kind, resource),
    ).fetchone()[0]
    event_id = f"evt_{secrets.token_hex(12)}"
    moment = datetime.datetime.now(tz=datetime.timezone.utc)
    body = {
        "type": f"{kind}.changed",
        "timestamp": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "data": {"kind": kind, "resource": resource, "version": version},
    }
    number = connection.execute(
        "INSERT INTO event (id, kind, resource, version, body) VALUES (?, ?, ?, ?, ?)",
        (event_id, kind, resource, version, json.dumps(body, separators=(",", ":"))),
    ).lastrowid
    connection.executemany(
        "INSERT INTO delivery (webhook_id, event_number) VALUES (?, ?)",
        [(target["id"], number) for target in targets],
    )


def _is_waiting(connection: sqlite3.Connection, kind: str, resource: str) -> bool:
    row = connection.execute(
        "SELECT number FROM event WHERE kind = ? AND resource = ? ORDER BY number DESC LIMIT 1",
        (kind, resource),
    ).fetchone()
    if not row:
        return False
    return not connection.execute(
        "SELECT 1 FROM delivery WHERE event_number = ? AND (attempts > 0 OR state <> 'due')",
        (row["number"],),
    ).fetchone()
