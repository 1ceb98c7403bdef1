"""The tokens of one connection, kept in ``bank.secret`` by transactions of their own.

Not a model. A token the bank has given us must survive whatever happens to the transaction that
asked for it: the one before may already be worthless.
"""

import json
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from ..connectors.oauth_values import Login, TokenSet

#: First key of the advisory locks under which tokens are renewed; the second is the connection.
LOCK_SPACE = 0x746F6B65


class BankTokenStore:
    """Keeps the promise of ``connectors.oauth_values.TokenStore`` for one connection."""

    def __init__(self, connection):
        self._connection = connection.sudo()

    @contextmanager
    def locked(self):
        """Let one worker at a time renew; the others wait until it is through."""
        with self._connection.env.registry.cursor() as cr:
            cr.execute(SQL("SELECT pg_advisory_xact_lock(%s, %s)", LOCK_SPACE, self._connection.id))
            yield

    def load(self, grant):
        """Return the newest tokens of any worker."""
        with self._apart() as connection:
            text = connection.env["bank.secret"]._reveal(connection, f"{grant}_tokens")
        return TokenSet(**json.loads(text)) if text else None

    def save(self, grant, tokens):
        """Keep the tokens, committed, instead of those before; ``None`` forgets them."""
        text = json.dumps(tokens.as_dict()) if tokens else None
        with self._apart() as connection:
            connection.env["bank.secret"]._store(connection, f"{grant}_tokens", text)

    def keep_login(self, login):
        """Keep an open sign-in with the request that sends the person away."""
        secrets = self._connection.env["bank.secret"]
        secrets._store(self._connection, "sign_in", json.dumps(login.as_dict()))

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
            env = api.Environment(cr, SUPERUSER_ID, {})
            apart = self._connection.with_env(env)
            yield apart if apart.exists() else self._connection
