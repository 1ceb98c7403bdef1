"""Failing on purpose: the next answers to third parties are broken in a chosen way."""

import sqlite3
import time

from flask import Flask, Response, current_app, g, jsonify, request

from .. import web
from ..errors import Refused
from ..lines import drop_line
from .common import blueprint, read_body

KINDS = ("down", "garbage", "slow", "truncated", "rate_limited", "reset", "reset_after")
# Interfaces for third parties; the levers never fail.
PARTS = ("/v1", "/open-banking")
LONGEST_SECONDS = 600


@blueprint.post("/faults")
def set_fault():
    """Break the next ``times`` answers below ``path``, after letting ``skip`` of them pass."""
    body = read_body()
    kind = body.choice("kind", (*KINDS, "none"))
    fault = (
        kind,
        body.integer("times", 0, 1_000_000, 1),
        body.integer("skip", 0, 1_000_000, 0),
        body.text("path", 200, "/v1"),
        body.integer("seconds", 0, LONGEST_SECONDS, 15),
    )
    with web.writing() as bank:
        bank.connection.execute("DELETE FROM fault")
        if kind != "none":
            bank.connection.execute("INSERT INTO fault VALUES (1, ?, ?, ?, ?, ?)", fault)
    names = ("kind", "times", "skip", "path", "seconds")
    return jsonify(dict(zip(names, fault, strict=True)))


def install(app: Flask) -> None:
    """Put the faults between the application and its callers."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> Response | None:
    if not request.path.startswith(PARTS):
        return None
    g.fault = _next_fault()
    if g.fault == "down":
        page = "<html><body><h1>503 Service Unavailable</h1></body></html>"
        return Response(page, 503, content_type="text/html", headers={"Retry-After": "60"})
    if g.fault == "garbage":
        page = "<html><body>Dear customer, our online banking is being improved.</body></html>"
        return Response(page, 200, content_type="text/html")
    if g.fault == "reset":
        drop_line()
        return Response("the line is dropped", 500)
    if g.fault == "rate_limited":
        raise Refused(429, "ACCESS_EXCEEDED", "too many calls today", "Consent-ID")
    return None


def _after(response: Response) -> Response:
    if g.get("fault") == "reset_after":
        # Everything is done and on the disk; only nobody is told.
        drop_line()
    if g.get("fault") == "truncated":
        whole = response.get_data()
        response.set_data(whole[: len(whole) // 2])
        # The length that was announced before the line broke.
        response.headers["Content-Length"] = str(len(whole))
    return response


def _next_fault() -> str | None:
    """Use up one step of the fault that is set, and return its kind if it strikes now."""
    with web.reading() as bank:
        fault = bank.connection.execute("SELECT * FROM fault").fetchone()
    if not fault or not _is_meant(fault):
        return None
    with web.writing() as bank:
        fault = bank.connection.execute("SELECT * FROM fault").fetchone()
        if not fault or not _is_meant(fault):
            return None
        column = "skip" if fault["skip"] else "times"
        bank.connection.execute(f"UPDATE fault SET {column} = {column} - 1")  # noqa: S608 (no input)
    if column == "skip":
        return None
    if fault["kind"] == "slow":
        current_app.logger.info("holding the answer for %s seconds", fault["seconds"])
        time.sleep(fault["seconds"])
    return fault["kind"]


def _is_meant(fault: sqlite3.Row) -> bool:
    return fault["times"] > 0 and request.path.startswith(fault["path"])
