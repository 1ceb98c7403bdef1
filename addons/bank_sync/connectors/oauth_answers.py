"""What an OAuth server means by a refusal, and what it says about itself."""

import email.utils
import re
from typing import Any
from urllib.parse import urlsplit

from .answers import problem, retry_after
from .errors import AuthExpired, BankError, ContractViolation, Permanent, Temporary
from .oauth_values import AuthorisationServer
from .transport import read_json_object
from .wire import RawAnswer, Wire

#: Seconds both clocks may differ before a refusal is blamed on them. Servers must accept
#: statements 10 seconds ahead and should refuse those more than 60 (FAPI 2.0, 5.3.2.1).
CLOCK_SECONDS = 15
#: How servers say that a statement is too early or too late for them.
_CLOCK = re.compile(
    r"not (yet )?active|not yet valid|\bnbf\b|\biat\b|in the future|(assertion|jwt|token) "
    r"(has |is )?expired|clock|\bexp\b",
    re.IGNORECASE,
)
#: Codes with which servers refuse who we are, or how we ask.
_CLIENT_CODES = {"invalid_client", "invalid_request", "unauthorized_client",
                 "invalid_client_assertion"}  # fmt: skip


def token_error(raw: RawAnswer, now: float, *, renewing: bool = False) -> BankError | None:
    """Return what a token or request endpoint's answer stands for; ``None`` for a success.

    A server whose clock differs from ours refuses a perfectly good statement as "expired" or "not
    yet active". Saying "credentials" then would send people looking in the wrong place.

    :param now: our clock, seconds since 1970
    :param renewing: whether a refresh token was handed in
    """
    if 200 <= raw.status < 300:
        return None
    if 300 <= raw.status < 400:
        return ContractViolation("redirect", f"The token server answered {raw.status}.")
    code, text = problem(raw.content)
    detail = f"HTTP {raw.status} {code} {text}".strip()
    if raw.status >= 500 or raw.status in {408, 429}:
        return Temporary("token", detail, retry_after=retry_after(raw.headers))
    if code in _CLIENT_CODES:
        skew = _skew(raw, now)
        if abs(skew) > CLOCK_SECONDS:
            side = "ahead of" if skew > 0 else "behind"
            words = f"The bank's clock is {abs(skew):.0f} s {side} ours. {detail}"
            return AuthExpired("clock", words)
        if _CLOCK.search(text):
            return AuthExpired("clock", detail)
    if code == "invalid_grant":
        return AuthExpired("relink" if renewing else "invalid_grant", detail)
    if code in _CLIENT_CODES or raw.status in {401, 403}:
        return AuthExpired(code or "unauthorised", detail)
    return Permanent(code or f"http_{raw.status}", detail)


def _skew(raw: RawAnswer, now: float) -> float:
    """Return by how many seconds the server's clock is ahead of ours; 0 where it does not say."""
    try:
        theirs = email.utils.parsedate_to_datetime(raw.headers.get("Date", ""))
    except (ValueError, TypeError):
        return 0.0
    return theirs.timestamp() - now


def read_metadata(wire: Wire, issuer: str) -> AuthorisationServer:
    """Return what a server says about itself (RFC 8414, OpenID Connect Discovery).

    :raise ContractViolation: when it names another issuer or leaves out where to go
    """
    address = issuer.rstrip("/") + "/.well-known/openid-configuration"
    raw = wire.exchange("GET", address, {"Accept": "application/json"})
    if raw.status != 200:
        raise Temporary("token", f"The server's description answers {raw.status}.")
    value = read_json_object(raw.content)
    if value.get("issuer") != issuer:
        raise ContractViolation("issuer", "The server's description names another issuer.")
    aliases = value.get("mtls_endpoint_aliases")
    aliases = aliases if isinstance(aliases, dict) else {}
    needed = {name: _address(value, name) for name in ("authorization_endpoint", "token_endpoint")}
    if not all(needed.values()):
        raise ContractViolation("incomplete", "The server's description names no endpoints.")
    return AuthorisationServer(
        issuer=issuer,
        authorization_endpoint=str(needed["authorization_endpoint"]),
        token_endpoint=str(needed["token_endpoint"]),
        par_endpoint=_address(value, "pushed_authorization_request_endpoint"),
        mtls_token_endpoint=_address(aliases, "token_endpoint"),
        mtls_par_endpoint=_address(aliases, "pushed_authorization_request_endpoint"),
        jwks_uri=_address(value, "jwks_uri"),
        names_itself=value.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(value: dict[str, Any], name: str) -> str | None:
    text = value.get(name)
    return text if isinstance(text, str) and urlsplit(text).scheme in {"https", "http"} else None
