"""What all parts of the web interface use: the bank behind the application, and its addresses."""

import datetime
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, current_app, request

from . import clock
from .errors import Refused
from .storage import Database


@dataclass(frozen=True)
class Settings:
    """How this bank is run.

    ``page_size``: longest page of a transaction list. ``public_url``: address at which browsers
    reach the bank, if it differs from the one programs call. ``files``: folder in which statements
    are laid down as files, if there is one.
    """

    page_size: int = 50
    public_url: str = ""
    files: str = ""


@dataclass(frozen=True)
class Bank:
    """The open books of one request: a connection and the bank's day."""

    connection: sqlite3.Connection
    today: datetime.date


def database() -> Database:
    """Return the database of the running application."""
    return current_app.extensions["sandbox_bank"]


def settings() -> Settings:
    """Return the settings of the running application."""
    return current_app.extensions["sandbox_bank_settings"]


@contextmanager
def reading() -> Iterator[Bank]:
    """Open the books for reading; the database itself refuses any change."""
    with database().read() as connection:
        yield Bank(connection, clock.today(connection))


@contextmanager
def writing() -> Iterator[Bank]:
    """Open the books for one transaction."""
    with database().write() as connection:
        yield Bank(connection, clock.today(connection))


def empty(status: int) -> Response:
    """Return an answer that its status says all of."""
    answer = Response(status=status)
    del answer.headers["Content-Type"]
    return answer


def refuse_foreign_forms() -> None:
    """Refuse what another web site made a person's browser send.

    A browser always says where a form or a script comes from; programs say nothing and pass.

    :raise Refused: the sender is another site
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("Origin")
    own = (request.host_url, settings().public_url)
    hosts = {urlsplit(address).netloc for address in own if address}
    is_foreign = origin is not None and urlsplit(origin).netloc not in hosts
    if is_foreign or request.headers.get("Sec-Fetch-Site") not in (None, "same-origin", "none"):
        raise Refused(403, "SERVICE_BLOCKED", "This was not sent from the bank's own page.")


def api_url(path: str) -> str:
    """Return the address of a resource for the program that is calling."""
    return request.host_url.rstrip("/") + path


def browser_url(path: str) -> str:
    """Return the address of a page for a person's browser."""
    return (settings().public_url or request.host_url).rstrip("/") + path
