"""The web application of the bank: its parts, and how it says no."""

import datetime
import logging
import pathlib
import uuid

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from . import (
    berlin_group,
    clock,
    demo,
    identifiers,
    money,
    open_banking_uk,
    pages,
    sca,
    sca_orders,
    sim,
    storage,
)
from .berlin_group import guard
from .errors import Refused
from .open_banking_uk import guard as uk_guard
from .sim import faults
from .web import Settings, refuse_foreign_forms

LARGEST_BODY = 16 * 1024 * 1024
# Codes of NextGenPSD2 for what the web framework finds wrong.
CODES = {404: "RESOURCE_UNKNOWN", 405: "SERVICE_INVALID", 406: "REQUESTED_FORMATS_INVALID"}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
logger = logging.getLogger(__name__)


def create_app(
    database: str | pathlib.Path, today: datetime.date, settings: Settings | None = None
) -> Flask:
    """Return the application over a database file, which is created when it does not exist.

    :param today: first day of a new bank; an existing one goes on where its clock stands
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False
    app.json.ensure_ascii = False
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.extensions["sandbox_bank"] = _open(database, today)
    app.extensions["sandbox_bank_settings"] = settings or Settings()
    app.before_request(refuse_foreign_forms)
    faults.install(app)
    for part in (berlin_group, open_banking_uk, sca, sca_orders, sim, pages):
        app.register_blueprint(part.blueprint)
    app.jinja_env.filters["money"] = money.to_human
    app.jinja_env.filters["iban"] = _grouped
    app.jinja_env.globals["bank_name"] = identifiers.BANK_NAME
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)
    app.after_request(_add_headers)
    return app


def _open(path: str | pathlib.Path, today: datetime.date) -> storage.Database:
    database = storage.Database(path)
    with database.write() as connection:
        if storage.is_empty(connection):
            demo.found(connection, today)
        else:
            storage.check_version(connection)
            logger.info("the bank's day is %s", clock.today(connection))
    database.let_readers_work_beside_the_writer()
    return database


def _grouped(iban: str) -> str:
    """Return an IBAN in groups of four, as on paper."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _refused(error: Refused) -> tuple[Response, int] | tuple[str, int]:
    """Answer in the form of the part that was called."""
    if request.path.startswith("/v1"):
        message = {"category": "ERROR", "code": error.code, "text": error.text[:500]}
        if error.path:
            message["path"] = error.path
        return jsonify({"tppMessages": [message]}), error.status
    if request.path.startswith("/open-banking"):
        return uk_guard.refusal(error)
    if request.path.startswith("/sim"):
        return jsonify({"code": error.code, "text": error.text, "path": error.path}), error.status
    return render_template("error.html", error=error), error.status


def _http_error(error: HTTPException):
    """Answer what the web framework refused (unknown address, method, too large a body)."""
    if error.code is None or error.code < 400:
        return error
    code = CODES.get(error.code, "FORMAT_ERROR")
    answer = _refused(Refused(error.code, code, error.description or error.name))
    if isinstance(answer[0], Response):
        allowed = getattr(error, "valid_methods", None)
        if allowed:
            answer[0].headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _bug(error: Exception):
    """Log what went wrong inside under an id, and tell the caller only the id."""
    number = uuid.uuid4()
    logger.error("error %s", number, exc_info=error)
    return _refused(Refused(500, "INTERNAL_SERVER_ERROR", f"internal error {number}"))


def _add_headers(response: Response) -> Response:
    if request.path.startswith("/v1"):
        response.headers["X-Request-ID"] = guard.request_id()
    if request.path.startswith("/open-banking"):
        response.headers[uk_guard.INTERACTION] = uk_guard.interaction_id()
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
