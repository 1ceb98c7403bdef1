"""The database file: connections, transactions, creation and wiping of the schema."""

import json
import pathlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

SCHEMA = pathlib.Path(__file__).with_name("schema.sql")
# Raised whenever schema.sql changes: a file of another version is refused, never guessed at.
SCHEMA_VERSION = 4
LOCK_TIMEOUT_SECONDS = 30


class OtherVersion(Exception):
    """The database file was made by another version of the bank, or by another program."""


class Database:
    """One SQLite file in WAL mode: many readers and one writer at a time, across threads.

    Every request opens its own connection, so nothing is shared between threads. A write is one
    transaction: it is on the disk as a whole, or not at all.
    """

    def __init__(self, path: str | pathlib.Path):
        self.path = str(path)

    def let_readers_work_beside_the_writer(self) -> None:
        """Switch the file to WAL; it stays so. Not done to a file before it is known as ours."""
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that sees one moment of the books and cannot change them."""
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside the only write transaction; roll back on any exception."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether the schema still has to be created."""
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def check_version(connection: sqlite3.Connection) -> None:
    """Refuse a file whose tables are not those of this version.

    :raise OtherVersion: with a sentence for the person who starts the bank
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        raise OtherVersion(
            f"the database is of version {version}, this bank needs version {SCHEMA_VERSION}:"
            " choose another file, or delete this one to found the bank again"
        )


def create_schema(connection: sqlite3.Connection) -> None:
    """Create the tables of a new bank, inside the caller's transaction."""
    statement = ""
    for line in SCHEMA.read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    set_setting(connection, "secret", secrets.token_hex(32))


def drop_schema(connection: sqlite3.Connection) -> None:
    """Drop all tables with their contents, inside the caller's transaction."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    for trigger in _names(connection, "trigger"):
        connection.execute(f'DROP TRIGGER "{trigger}"')
    for view in _names(connection, "view"):
        connection.execute(f'DROP VIEW "{view}"')
    # Referring tables first: SQLite checks foreign keys when a referred table is dropped.
    for table in reversed(_names(connection, "table")):
        connection.execute(f'DROP TABLE "{table}"')


def _names(connection: sqlite3.Connection, kind: str) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
        (kind,),
    )
    return [row["name"] for row in rows]


def has_setting(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether a setting was ever stored."""
    return bool(connection.execute("SELECT 1 FROM setting WHERE name = ?", (name,)).fetchone())


def get_setting(connection: sqlite3.Connection, name: str, default: str | None = None) -> str:
    """Return a setting that `set_setting` stored; one without default must have been stored."""
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    if row is None and default is not None:
        return default
    return row["value"]


def set_setting(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Store a setting, replacing its earlier value."""
    connection.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))


def get_manners(connection: sqlite3.Connection, name: str, defaults: dict) -> dict:
    """Return a group of settings kept as one JSON object, filled up with its defaults."""
    return {**defaults, **json.loads(get_setting(connection, name, "{}"))}


def set_manners(connection: sqlite3.Connection, name: str, values: dict) -> None:
    """Store a group of settings as one JSON object."""
    set_setting(connection, name, json.dumps(values))
