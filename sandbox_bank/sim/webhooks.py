"""Where the bank pushes its events, and how badly."""

import json
from urllib.parse import urlsplit

from flask import jsonify

from .. import web, webhooks
from ..errors import Refused, format_error
from ..reading import Body
from .common import blueprint, read_body


@blueprint.get("/webhooks")
def read_webhooks():
    """Return the receivers and what became of every event."""
    with web.reading() as bank:
        rows = bank.connection.execute("SELECT * FROM webhook ORDER BY id").fetchall()
        return jsonify({"webhooks": [_shown(bank, row) for row in rows]})


@blueprint.post("/webhooks")
def add_webhook():
    """Register an address; the answer holds the secret the events are signed with."""
    body = read_body()
    url = body.text("url", 500)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise format_error("must be an http or https address", "$.url")
    with web.writing() as bank:
        number = bank.connection.execute(
            "INSERT INTO webhook (url, secret, manners) VALUES (?, ?, ?)",
            (url, body.text("secret", 100, webhooks.new_secret()), json.dumps(_manners(body, {}))),
        ).lastrowid
        return jsonify(_shown(bank, _row(bank, number))), 201


@blueprint.post("/webhooks/<int:number>")
def change_webhook(number: int):
    """Change how events are delivered, stop or resume it, or rotate the secret.

    ``rotate``: new events carry two signatures, with the new secret and the old one, until
    ``rotate`` is ``finish``.
    """
    body = read_body()
    with web.writing() as bank:
        row = _row(bank, number)
        secret, retiring = row["secret"], row["retiring"]
        rotate = body.choice("rotate", ("start", "finish"), None)
        if rotate == "start":
            secret, retiring = webhooks.new_secret(), secret
        elif rotate == "finish":
            retiring = None
        manners = _manners(body, json.loads(row["manners"]))
        bank.connection.execute(
            "UPDATE webhook SET secret = ?, retiring = ?, is_active = ?, manners = ? WHERE id = ?",
            (
                secret,
                retiring,
                body.boolean("active", bool(row["is_active"])),
                json.dumps(manners),
                number,
            ),
        )
        return jsonify(_shown(bank, _row(bank, number)))


@blueprint.post("/webhooks/deliver")
def deliver():
    """Deliver now what is due; with ``at_once`` also what waits; ``again`` sends all once more."""
    body = read_body()
    if body.boolean("again", False):
        with web.writing() as bank:
            bank.connection.execute("UPDATE delivery SET state = 'due', attempts = 0, next_at = 0")
    count = webhooks.deliver_due(web.database(), at_once=body.boolean("at_once", False))
    return jsonify({"attempts": count})


def _manners(body: Body, known: dict) -> dict:
    """Return how events are delivered; what the body does not name stays."""
    delays = [value for value, _path in body.items("retry_seconds", 20, [])]
    if not all(isinstance(value, int | float) and value >= 0 for value in delays):
        raise format_error("must be numbers of seconds", "$.retry_seconds")
    keeps = "retry_seconds" not in body.value
    usual = known.get("retry_seconds", webhooks.RETRY_SECONDS)
    return {
        "automatic": body.boolean("automatic", known.get("automatic", True)),
        "duplicates": body.integer("duplicates", 0, 10, known.get("duplicates", 0)),
        "order": body.choice("order", webhooks.ORDERS, known.get("order", webhooks.ORDERS[0])),
        "age_seconds": body.integer("age_seconds", -86_400, 86_400, known.get("age_seconds", 0)),
        "spoil": body.choice("spoil", webhooks.SPOILS, known.get("spoil", webhooks.SPOILS[0])),
        "retry_seconds": usual if keeps else delays,
    }


def _row(bank: web.Bank, number: int):
    row = bank.connection.execute("SELECT * FROM webhook WHERE id = ?", (number,)).fetchone()
    if not row:
        raise Refused(404, "RESOURCE_UNKNOWN", "the bank pushes nothing there", "webhook")
    return row


def _shown(bank: web.Bank, row) -> dict:
    events = bank.connection.execute(
        "SELECT e.id, e.kind, e.resource, e.version, d.state, d.attempts, d.last_answer"
        " FROM delivery d JOIN event e ON e.number = d.event_number"
        " WHERE d.webhook_id = ? ORDER BY e.number",
        (row["id"],),
    )
    return {
        "id": row["id"],
        "url": row["url"],
        "secret": row["secret"],
        "retiring_secret": row["retiring"],
        "active": bool(row["is_active"]),
        **json.loads(row["manners"]),
        "events": [dict(event) for event in events],
    }
