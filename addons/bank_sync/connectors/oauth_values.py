"""What an OAuth 2 sign-in is made of, and the store that keeps it between two calls."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from .certificate import ClientCertificate
from .transport import Grant


@dataclass(frozen=True, slots=True)
class AuthorisationServer:
    """Where a bank's OAuth server is, and what it insists on.

    :param issuer: name the server gives itself; checked in every callback and id_token
    :param par_endpoint: where the request is handed in before the person is sent (RFC 9126);
        ``None`` where the bank has none, and the request travels in the address
    :param mtls_token_endpoint: where the token endpoint wants our certificate (RFC 8705)
    :param names_itself: whether the callback must carry ``iss`` (RFC 9207)
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    par_endpoint: str | None = None
    mtls_token_endpoint: str | None = None
    mtls_par_endpoint: str | None = None
    jwks_uri: str | None = None
    names_itself: bool = True


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who we are to the bank's OAuth server.

    :param auth_method: how we prove it: ``private_key_jwt`` signs a short-lived statement,
        ``tls_client_auth`` shows our certificate, ``client_secret_basic`` is for banks that
        offer nothing better
    :param key: PEM of the signing key
    :param key_id: ``kid`` under which the bank knows that key
    :param certificate: shown in TLS; tokens are bound to it
    :param signs_request: whether the sign-in request is signed (RFC 9101), which FAPI 1 wants
    :param secret: only for ``client_secret_basic``
    """

    client_id: str
    redirect_uri: str
    auth_method: Literal["private_key_jwt", "tls_client_auth", "client_secret_basic"]
    key: str | None = field(default=None, repr=False)
    key_id: str | None = None
    certificate: ClientCertificate | None = None
    signs_request: bool = False
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenSet:
    """What the token endpoint gave us.

    :param expires_at: seconds since 1970 by our clock; ``None`` where the bank does not say
    """

    access_token: str = field(repr=False)
    expires_at: float | None = None
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in a person has been sent to. Good for one callback.

    :param url: where to send the person
    :param state: comes back in the callback
    :param nonce: comes back in the id_token; ``None`` where none is asked for
    :param verifier: proves to the token endpoint that the callback is ours (PKCE)
    """

    url: str
    state: str
    verifier: str = field(repr=False)
    nonce: str | None = field(default=None, repr=False)
    scope: str = ""


class TokenStore(Protocol):
    """Keeps tokens and open sign-ins of one connection, safe against crashes and other workers.

    What ``save`` is given is on the disk when it returns, and what ``take_login`` returns is gone
    for everybody, whatever happens to the caller afterwards.
    """

    def locked(self) -> AbstractContextManager[None]:
        """Let one worker at a time renew; the others wait."""

    def load(self, grant: Grant) -> TokenSet | None:
        """Return the newest tokens of any worker."""

    def save(self, grant: Grant, tokens: TokenSet | None) -> None:
        """Keep the tokens instead of those before; ``None`` forgets them."""

    def keep_login(self, login: Login) -> None:
        """Keep an open sign-in; it replaces an older one."""

    def take_login(self, state: str) -> Login | None:
        """Return the open sign-in of that ``state`` and forget it; ``None`` if there is none."""
