"""OAuth 2 client by the FAPI 2.0 Security Profile, with fallbacks for older banks.

Pushed authorisation requests (RFC 9126), PKCE S256 (RFC 7636), ``private_key_jwt`` (RFC 7523) or
mutual TLS (RFC 8705), certificate-bound tokens and the ``iss`` check (RFC 9207). The clock is an
argument; nothing is kept here (see ``oauth_tokens``).
"""

import base64
import hashlib
import json
import logging
import secrets
import urllib.parse
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

import jwt

from .errors import AuthExpired, ContractViolation, Permanent, Temporary
from .oauth_answers import token_error
from .oauth_values import AuthorisationServer, Login, OAuthClient, TokenSet
from .transport import check_address, read_json_object
from .wire import RawAnswer, Wire

_logger = logging.getLogger(__name__)

#: Seconds our signed statement about ourselves is good for.
ASSERTION_SECONDS = 60
#: Seconds a signed sign-in request is good for, and by how much its start lies in the past, so
#: that it is never in the future of a server whose clock is behind ours.
REQUEST_SECONDS = 300
CLOCK_TOLERANCE = 60
#: Algorithm of our signatures.
SIGNATURE = "PS256"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Signatures of an id_token we accept; ``none`` and shared secrets are not among them.
ID_TOKEN_ALGORITHMS = ("PS256", "ES256", "RS256", "EdDSA")
#: What an id_token, or a key, that makes no sense ends in: the library finds most of it, not all.
_NO_ID_TOKEN = (jwt.PyJWTError, TypeError, ValueError, KeyError, OverflowError)
#: Seconds the clocks of both sides may differ when an id_token is judged.
LEEWAY_SECONDS = 60


class OAuth:
    """Talks to one bank's OAuth server.

    :param now: our clock, seconds since 1970
    :param wire: sends the requests; it carries our certificate where there is one
    :param insecure_hosts: names that may be reached over plain HTTP besides this machine
    """

    def __init__(
        self,
        server: AuthorisationServer,
        client: OAuthClient,
        *,
        now: Callable[[], float],
        wire: Wire | None = None,
        insecure_hosts: Collection[str] = (),
    ) -> None:
        self.server = server
        self.client = client
        self._now = now
        self._wire = wire or Wire(certificate=client.certificate)
        self._insecure_hosts = insecure_hosts
        check_address(server.authorization_endpoint, insecure_hosts)

    # === SIGNING IN === #

    def start(self, scope: str, intent: str | None = None, state: str | None = None) -> Login:
        """Return where to send the person, and what to remember until the callback.

        :param intent: id of the consent the sign-in is about, where the bank wants it named
        :param state: by which the callback is recognised, where the caller has a good one
        """
        login = _new_login(scope, state)
        challenge = hashlib.sha256(login.verifier.encode()).digest()
        request = {
            "client_id": self.client.client_id,
            "response_type": "code",
            "redirect_uri": self.client.redirect_uri,
            "scope": scope,
            "state": login.state,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if login.nonce:
            request["nonce"] = login.nonce
        if intent:
            claim = {"openbanking_intent_id": {"value": intent, "essential": True}}
            request["claims"] = json.dumps({"id_token": claim})
        if self.client.signs_request:
            request = {"client_id": self.client.client_id, "request": self._signed(request)}
            if not self._par_endpoint:
                request |= {"response_type": "code", "scope": scope}
        if self._par_endpoint:
            answer = self._post(self._par_endpoint, request)
            uri = _json(answer).get("request_uri")
            if not isinstance(uri, str) or not uri:
                raise ContractViolation("incomplete", "The pushed request comes back without uri.")
            request = {"client_id": self.client.client_id, "request_uri": uri}
        joint = "&" if "?" in self.server.authorization_endpoint else "?"
        url = f"{self.server.authorization_endpoint}{joint}{urllib.parse.urlencode(request)}"
        return Login(url, login.state, login.verifier, login.nonce, scope)

    def finish(self, login: Login, callback: Mapping[str, str]) -> TokenSet:
        """Exchange the code of a callback for tokens. The id_token is not judged yet.

        :raise Permanent: with the server's own code when the person, or the server, said no
        :raise AuthExpired: when the callback does not belong to this sign-in
        """
        if not secrets.compare_digest(callback.get("state", "").encode(), login.state.encode()):
            raise AuthExpired("state", "The callback does not belong to this sign-in.")
        issuer = callback.get("iss")
        if issuer != self.server.issuer and (issuer or self.server.names_itself):
            raise AuthExpired("issuer", "The callback comes from another server.")
        if refusal := callback.get("error"):
            raise Permanent(refusal[:60], callback.get("error_description", "")[:200])
        if not callback.get("code"):
            raise AuthExpired("no_code", "The callback brings neither a code nor an error.")
        return self._tokens(
            {
                "grant_type": "authorization_code",
                "code": callback["code"],
                "redirect_uri": self.client.redirect_uri,
                "code_verifier": login.verifier,
            }
        )

    def check_id_token(self, tokens: TokenSet, nonce: str | None) -> None:
        """Make sure that an id_token, if any, is the server's, for us, and of this sign-in.

        :raise ContractViolation: ``id_token`` when not; the tokens themselves may still work
        """
        if not tokens.id_token:
            return
        try:
            header = jwt.get_unverified_header(tokens.id_token)
            if header.get("alg") not in ID_TOKEN_ALGORITHMS:
                message = f"signed with {str(header.get('alg'))[:20]}"
                raise jwt.InvalidAlgorithmError(message)
            claims = jwt.decode(
                tokens.id_token,
                self._verification_key(header),
                algorithms=[header["alg"]],
                audience=self.client.client_id,
                issuer=self.server.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "exp"], "verify_exp": False, "verify_iat": False,
                         "verify_nbf": False},
            )  # fmt: skip
            ends = float(claims["exp"])
        except _NO_ID_TOKEN as error:
            reason = f"{type(error).__name__} {error}"[:120]
            raise ContractViolation("id_token", f"The id_token is not valid: {reason}") from error
        if nonce and claims.get("nonce") != nonce:
            raise ContractViolation("id_token", "The id_token is of another sign-in.")
        if ends + LEEWAY_SECONDS < self._now():
            raise ContractViolation("id_token", "The id_token has expired.")

    def _verification_key(self, header: Mapping[str, Any]) -> Any:
        if not self.server.jwks_uri:
            raise jwt.InvalidKeyError("the server publishes no keys")
        check_address(self.server.jwks_uri, self._insecure_hosts)
        raw = self._wire.exchange("GET", self.server.jwks_uri, {"Accept": "application/json"})
        if raw.status != 200:
            raise jwt.InvalidKeyError(f"the server's keys answer {raw.status}")
        keys = jwt.PyJWKSet.from_dict(_json(raw)).keys
        kid = header.get("kid")
        for key in keys:
            if key.key_id == kid or (kid is None and len(keys) == 1):
                return key.key
        raise jwt.InvalidKeyError("the server does not publish the key of this signature")

    # === TOKENS === #

    def own_tokens(self, scope: str) -> TokenSet:
        """Return tokens for ourselves (client credentials), without any person."""
        return self._tokens({"grant_type": "client_credentials", "scope": scope})

    def refreshed(self, tokens: TokenSet) -> TokenSet:
        """Return new tokens for old ones; what the server does not renew is kept.

        :raise AuthExpired: ``relink`` when the refresh token is no longer good
        :raise Temporary: when the server cannot be asked now; the old tokens stay good
        """
        if not tokens.refresh_token:
            raise AuthExpired("relink", "There is no refresh token.")
        new = self._tokens(
            {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}, renewing=True
        )
        return TokenSet(
            new.access_token,
            new.expires_at,
            new.refresh_token or tokens.refresh_token,
            new.id_token,
            new.scope or tokens.scope,
        )

    def _tokens(self, request: dict[str, str], *, renewing: bool = False) -> TokenSet:
        endpoint = self.server.token_endpoint
        if self.client.certificate and self.server.mtls_token_endpoint:
            endpoint = self.server.mtls_token_endpoint
        started = self._now()
        value = _json(self._post(endpoint, request, renewing=renewing))
        access_token = value.get("access_token")
        if not isinstance(access_token, str) or not access_token:
            raise ContractViolation("incomplete", "The token endpoint gives no access token.")
        try:
            seconds = float(value.get("expires_in") or 0)
        except (TypeError, ValueError):
            seconds = 0.0
        texts = {
            name: value[name]
            for name in ("refresh_token", "id_token", "scope")
            if isinstance(value.get(name), str)
        }
        return TokenSet(access_token, started + seconds if seconds > 0 else None, **texts)

    # === THE WIRE === #

    @property
    def _par_endpoint(self) -> str | None:
        if self.client.certificate and self.server.mtls_par_endpoint:
            return self.server.mtls_par_endpoint
        return self.server.par_endpoint

    def _post(self, url: str, request: dict[str, str], *, renewing: bool = False) -> RawAnswer:
        """Send a form as ourselves, once.

        :raise BankError: what the answer stands for, when it is no success
        """
        check_address(url, self._insecure_hosts)
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        form = {**request, **self._proof(headers)}
        body = urllib.parse.urlencode(form).encode()
        try:
            raw = self._wire.exchange("POST", url, headers, body)
        except Temporary as error:
            raise Temporary("token", error.detail) from error
        _logger.info("POST %s: %s", urllib.parse.urlsplit(url).path, raw.status)
        if error := token_error(raw, self._now(), renewing=renewing):
            raise error
        return raw

    def _proof(self, headers: dict[str, str]) -> dict[str, str]:
        """Return the form fields that prove who we are; basic authentication is a header."""
        client = self.client
        if client.auth_method == "private_key_jwt":
            return {
                "client_id": client.client_id,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._assertion(),
            }
        if client.auth_method == "client_secret_basic":
            pair = ":".join(
                urllib.parse.quote(part, safe="")
                for part in (client.client_id, client.secret or "")
            )
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            return {}
        return {"client_id": client.client_id}

    def _assertion(self) -> str:
        """Return a signed statement of who we are: new each time, without a start in the future."""
        return self._signed({"sub": self.client.client_id}, ASSERTION_SECONDS)

    def _signed(self, claims: Mapping[str, Any], seconds: int = REQUEST_SECONDS) -> str:
        """Return claims signed by us for this server, good once and for a short time."""
        if not self.client.key:
            raise Permanent("signing_key", "There is no key to sign with.")
        issued = int(self._now())
        claims = {
            **claims,
            "iss": self.client.client_id,
            "aud": self.server.issuer,
            "jti": str(uuid.uuid4()),
            "iat": issued,
            "exp": issued + seconds,
        }
        if "response_type" in claims:
            claims["nbf"] = issued - CLOCK_TOLERANCE
        headers = {"kid": self.client.key_id} if self.client.key_id else None
        try:
            return jwt.encode(dict(claims), self.client.key, SIGNATURE, headers=headers)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Permanent("signing_key", "The signing key cannot be used.") from error


def _new_login(scope: str, state: str | None) -> Login:
    nonce = secrets.token_urlsafe(24) if "openid" in scope.split() else None
    state = state or secrets.token_urlsafe(32)
    return Login("", state, secrets.token_urlsafe(48), nonce, scope)


def _json(raw: RawAnswer) -> dict[str, Any]:
    """Return the body; it is no evidence to keep, because it may hold tokens."""
    try:
        return read_json_object(raw.content)
    except ContractViolation as error:
        raise ContractViolation(error.code, error.detail) from error
