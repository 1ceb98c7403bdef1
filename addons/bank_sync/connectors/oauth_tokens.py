"""The tokens of one connection: kept in a store, renewed by one worker at a time."""

from collections.abc import Callable, Mapping

from .errors import AuthExpired
from .oauth import OAuth
from .oauth_values import Login, TokenSet, TokenStore
from .transport import Grant

#: Seconds before its end from which a token is no longer used.
MARGIN_SECONDS = 20


class StoredTokens:
    """Gives a transport its tokens; signs people in. Keeps the promise of ``TokenSource``.

    :param scope: of our own tokens (client credentials)
    :param sign_in: whether people sign in here; where they approve on a page instead, everything
        is called with our own token
    :param now: our clock, seconds since 1970
    """

    def __init__(
        self,
        oauth: OAuth,
        store: TokenStore,
        *,
        scope: str,
        now: Callable[[], float],
        sign_in: bool = True,
    ) -> None:
        self._oauth = oauth
        self._store = store
        self._scope = scope
        self._now = now
        self._sign_in = sign_in

    def start_login(self, scope: str, intent: str | None = None, state: str | None = None) -> Login:
        """Return where to send the person; the rest is kept for the callback."""
        login = self._oauth.start(scope, intent, state)
        self._store.keep_login(login)
        return login

    def finish_login(self, callback: Mapping[str, str]) -> None:
        """Take the tokens a callback brings. They are kept before their id_token is judged.

        :raise AuthExpired: ``state`` when no sign-in is open for it, or not any more
        :raise ContractViolation: ``id_token`` when that is not valid; the tokens are kept
        """
        login = self._store.take_login(callback.get("state", ""))
        if not login:
            raise AuthExpired("state", "No sign-in is open for this callback.")
        tokens = self._oauth.finish(login, callback)
        self._store.save("account", tokens)
        self._oauth.check_id_token(tokens, login.nonce)

    def bearer(self, grant: Grant) -> str | None:
        """Return a token that is still good, renewing one that is about to end."""
        tokens = self._store.load(self._used(grant))
        if tokens and not self._is_ending(tokens):
            return tokens.access_token
        return self.renew(grant, tokens.access_token if tokens else None)

    def renew(self, grant: Grant, refused: str | None) -> str | None:
        """Return another token than ``refused``: another worker's, or a new one.

        A refresh token the server no longer takes is forgotten, so that nobody asks again and
        again. Nothing is forgotten for any other reason.
        """
        grant = self._used(grant)
        with self._store.locked():
            tokens = self._store.load(grant)
            if tokens and tokens.access_token != refused and not self._is_ending(tokens):
                return tokens.access_token
            try:
                new = self._new(grant, tokens)
            except AuthExpired as error:
                if error.code == "relink" and tokens and tokens.refresh_token:
                    self._store.save(grant, None)
                raise
            self._store.save(grant, new)
            return new.access_token

    def _used(self, grant: Grant) -> Grant:
        return grant if self._sign_in else "client"

    def _new(self, grant: Grant, tokens: TokenSet | None) -> TokenSet:
        if grant == "client":
            return self._oauth.own_tokens(self._scope)
        if not tokens:
            raise AuthExpired("relink", "A person must connect again.")
        return self._oauth.refreshed(tokens)

    def _is_ending(self, tokens: TokenSet) -> bool:
        return tokens.expires_at is not None and tokens.expires_at - MARGIN_SECONDS <= self._now()
