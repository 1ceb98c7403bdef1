"""What all parts of the web interface use: the bank behind the application, and its addresses."""

import datetime
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app, request

from . import clock
from .storage import Database


@dataclass(frozen=True)
class Settings:
    """How this bank is run.

    ``page_size``: longest page of a transaction list. ``public_url``: address at which browsers
    reach the bank, if it differs from the one programs call.
    """

    page_size: int = 50
    public_url: str = ""


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


def api_url(path: str) -> str:
    """Return the address of a resource for the program that is calling."""
    return request.host_url.rstrip("/") + path


def browser_url(path: str) -> str:
    """Return the address of a page for a person's browser."""
    return (settings().public_url or request.host_url).rstrip("/") + path
