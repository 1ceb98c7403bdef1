"""The tokens of one connection, kept in ``bank.secret`` by transactions of their own.

Not a model. A token the bank has given us must survive whatever happens to the transaction that
asked for it: the one before may already be worthless.
"""

import hashlib
import json
from contextlib import contextmanager
from dataclasses import asdict

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from ..connectors.base import Temporary
from ..connectors.oauth_values import Login, TokenSet

#: First key of the advisory locks under which tokens are renewed; the second is the connection.
LOCK_SPACE = 0x746F6B65
#: How long we wait for another worker that renews; longer than any answer may take.
WAIT = "90s"
#: What a token belongs to; one that was given for something else is none.
BELONGS_TO = ("oauth_issuer", "oauth_token_endpoint", "oauth_client_id", "base_url")


class BankTokenStore:
    """Keeps the promise of ``connectors.oauth_values.TokenStore`` for one connection."""

    def __init__(self, connection):
        self._connection = connection.sudo()

    @contextmanager
    def locked(self):
        """Let one worker at a time renew; the others wait until it is through.

        :raise Temporary: when it is not through in time
        """
        key = self._connection.id
        with self._connection.env.registry.cursor() as cr:
            cr.execute(SQL("SET LOCAL lock_timeout = %s", WAIT))
            try:
                cr.execute(SQL("SELECT pg_advisory_xact_lock(%s, %s)", LOCK_SPACE, key))
            except psycopg2.errors.LockNotAvailable as error:
                raise Temporary("token", "Another worker renews the token.") from error
            yield

    def load(self, grant):
        """Return the newest tokens of any worker."""
        with self._apart() as connection:
            text = connection.env["bank.secret"]._reveal(connection, f"{grant}_tokens")
        kept = json.loads(text) if text else {}
        return TokenSet(**kept["tokens"]) if kept.get("for") == self._belongs_to() else None

    def save(self, grant, tokens):
        """Keep the tokens, committed, instead of those before; ``None`` forgets them."""
        kept = {"for": self._belongs_to(), "tokens": asdict(tokens)} if tokens else None
        text = json.dumps(kept) if kept else None
        with self._apart() as connection:
            connection.env["bank.secret"]._store(connection, f"{grant}_tokens", text)

    def keep_login(self, login):
        """Keep an open sign-in with the request that sends the person away."""
        secrets = self._connection.env["bank.secret"]
        secrets._store(self._connection, "sign_in", json.dumps(asdict(login)))

    def take_login(self, state):
        """Return the open sign-in of that ``state`` and forget it; ``None`` if there is none."""
        with self._apart() as connection:
            secrets = connection.env["bank.secret"]
            text = secrets._reveal(connection, "sign_in")
            login = Login(**json.loads(text)) if text else None
            if not login or login.state != state:
                return None
            secrets._store(connection, "sign_in", None)
            return login

    @contextmanager
    def _apart(self):
        """Lend the connection in a transaction of its own.

        One that has not been committed yet exists in its own transaction alone.
        """
        with self._connection.env.registry.cursor() as cr:
            cr.execute(SQL("SET LOCAL lock_timeout = %s", WAIT))
            env = api.Environment(cr, SUPERUSER_ID, {})
            apart = self._connection.with_env(env)
            yield apart if apart.exists() else self._connection

    def _belongs_to(self):
        """Return what tells the server and the client apart that tokens are good for."""
        parts = [self._connection[name] or "" for name in BELONGS_TO]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
