"""The one way to a bank's interface: what may be called, with which token, and when again.

- Every call stays below the bank's address, links of the bank included.
- Only reads are tried again. An order whose answer is lost is ``Ambiguous``.
- A refused token is renewed once, and the call repeated with the new one.
- Logs carry method, path, status and request id; never headers, query or bodies.

How a request is sent and an answer received is ``wire``; what an answer means is ``answers``.
"""

import ipaddress
import json
import logging
import re
import time
import urllib.parse
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from .answers import error_of, is_html
from .certificate import ClientCertificate
from .errors import (
    NOTHING_HAPPENED,
    Ambiguous,
    AuthExpired,
    ContractViolation,
    Permanent,
    QuotaExceeded,
    Temporary,
)
from .signing import Signer
from .wire import DEADLINE_SECONDS, MAX_BYTES, Wire

_logger = logging.getLogger(__name__)

#: How often a read is tried, and the pauses in between, in seconds.
READ_ATTEMPTS = 3
PAUSES = (0.2, 1.0)
#: Codes of failures that are not tried again at once: a deadline that has passed, and the token
#: server, which may take a refresh token that comes twice for a stolen one.
NOT_AT_ONCE = {"too_slow", "token"}
#: Whose permission a call uses: our own, or the account holder's.
Grant = Literal["client", "account"]


class TokenSource(Protocol):
    """Gives the tokens that calls are made with."""

    def bearer(self, grant: Grant) -> str | None:
        """Return the token to use; ``None`` to call without.

        :raise AuthExpired: when there is none and none can be had without a person
        """

    def renew(self, grant: Grant, refused: str | None) -> str | None:
        """Return another token than the one the bank refused; ``None`` when there is none.

        :raise AuthExpired: when a person must connect again, or our credentials are refused
        :raise Temporary: when the token server cannot be asked now
        """


@dataclass(frozen=True, slots=True)
class StaticToken:
    """One token that never changes, or none."""

    token: str | None

    def bearer(self, grant: Grant) -> str | None:
        """Return the token."""
        return self.token

    def renew(self, grant: Grant, refused: str | None) -> None:
        """Return nothing: there is no other."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer, whole."""

    status: int
    content: bytes
    media_type: str
    request_id: str

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object.

        :raise ContractViolation: when it is anything else
        """
        return read_json_object(self.content, self.request_id, self.media_type)


def read_json_object(
    content: bytes, request_id: str | None = None, media_type: str = ""
) -> dict[str, Any]:
    """Return ``content`` as a JSON object; numbers with a fraction stay exact text.

    JSON is UTF-8. What is not, is read in the charset its ``media_type`` names; a wrong letter in
    a payer's text is worse than no text, so nothing is ever guessed.

    >>> read_json_object(b'{"amount": 1.10}')
    {'amount': '1.10'}
    >>> read_json_object('{"n": "Zoë"}'.encode("latin-1"), None, "application/json;charset=latin1")
    {'n': 'Zoë'}

    :raise ContractViolation: when the bytes are not one JSON object
    """
    if is_html(content):
        raise ContractViolation(
            "html_page", "The answer is a page for people.", request_id, content
        )
    try:
        value = json.loads(_decoded(content, media_type), parse_float=str, parse_constant=str)
    except (UnicodeError, LookupError, ValueError, RecursionError) as error:
        kind = type(error).__name__
        raise ContractViolation(
            "not_json", f"The answer is not JSON ({kind}).", request_id, content
        ) from error
    if not isinstance(value, dict):
        raise ContractViolation(
            "not_json", "The answer is JSON, but not an object.", request_id, content
        )
    return value


def _decoded(content: bytes, media_type: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        charset = media_type.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
        if not charset or charset.replace("-", "") == "utf8":
            raise
        return content.decode(charset)


def is_loopback(host: str | None) -> bool:
    """Tell whether ``host`` is this machine, without asking any name server.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("localhost.example")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def segment(value: str) -> str:
    """Return an id of the bank as one part of a path, whatever is in it.

    >>> segment("a/../b")
    'a%2F..%2Fb'

    :raise ContractViolation: for an id that would be a step to another place
    """
    if value in {"", ".", ".."}:
        raise ContractViolation("bad_id", "An id of the bank cannot be part of an address.")
    return urllib.parse.quote(value, safe="")


def check_address(url: str, insecure_hosts: Collection[str] = ()) -> None:
    """Make sure that secrets sent to ``url`` cannot be read on the way.

    :raise Permanent: when it is neither HTTPS, nor this machine, nor listed
    """
    parts = urllib.parse.urlsplit(url)
    plain_allowed = is_loopback(parts.hostname) or parts.hostname in insecure_hosts
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and plain_allowed)
    ):
        raise Permanent("insecure_address", f"{parts.scheme}://{parts.hostname} is not HTTPS.")


class Transport:
    """Send requests to one bank.

    :param base_url: address of the bank's interface; every call must stay below it
    :param token: bearer token, a source of them, or ``None``
    :param authorities: PEM of the bank's own authorities; ``None`` for the usual ones
    :param certificate: our certificate, where the bank wants one
    :param signer: signs every request, where the bank wants that
    :param insecure_hosts: names that may be reached over plain HTTP besides this machine
    :raise Permanent: when the address is neither HTTPS, nor this machine, nor listed
    """

    #: Header in which the bank is told our id of the call.
    request_id_header = "X-Request-ID"

    def __init__(
        self,
        base_url: str,
        *,
        token: str | TokenSource | None = None,
        authorities: str | None = None,
        certificate: ClientCertificate | None = None,
        signer: Signer | None = None,
        insecure_hosts: Collection[str] = (),
        max_bytes: int = MAX_BYTES,
        deadline: float = DEADLINE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base_url.rstrip("/") + "/"
        check_address(self._base, insecure_hosts)
        parts = urllib.parse.urlsplit(self._base)
        self._origin = (parts.scheme, parts.netloc)
        self._path = parts.path
        tokens = token if token and not isinstance(token, str) else StaticToken(token or None)
        self._tokens: TokenSource = tokens  # type: ignore[assignment]
        self._signer = signer
        self._sleep = sleep
        self._clock = clock
        self._wire = Wire(
            authorities=authorities,
            certificate=certificate,
            max_bytes=max_bytes,
            deadline=deadline,
            clock=clock,
        )

    def get(
        self,
        path: str,
        *,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        grant: Grant = "account",
    ) -> Answer:
        """Return the answer to a read, tried up to three times; see :meth:`_once` for errors."""
        url = self._below_base(path, query)
        for pause in (*PAUSES[: READ_ATTEMPTS - 1], None):
            try:
                return self._send("GET", url, headers, None, grant)
            except QuotaExceeded:
                raise
            except Temporary as error:
                if pause is None or error.retry_after or error.code in NOT_AT_ONCE:
                    raise
                self._sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    def post(
        self,
        path: str,
        *,
        headers: Mapping[str, str],
        body: Mapping[str, Any],
        grant: Grant = "account",
    ) -> Answer:
        """Return the answer to an order, sent exactly once.

        :raise Ambiguous: when it may have been executed although no answer came
        """
        content = json.dumps(body, ensure_ascii=False).encode()
        return self.post_content(path, headers=headers, content=content, grant=grant)

    def post_content(
        self,
        path: str,
        *,
        headers: Mapping[str, str],
        content: bytes,
        grant: Grant = "account",
    ) -> Answer:
        """Return the answer to an order of exactly these bytes; see :meth:`post`."""
        url = self._below_base(path)
        try:
            return self._send("POST", url, headers, content, grant)
        except Temporary as error:
            if error.code in NOTHING_HAPPENED:
                raise
            raise Ambiguous(error.code, error.detail, error.request_id) from error

    def delete(self, path: str, *, headers: Mapping[str, str], grant: Grant = "account") -> Answer:
        """Return the answer to a deletion, sent exactly once."""
        return self._send("DELETE", self._below_base(path), headers, None, grant)

    def resolve(self, href: str, at: str | None = None) -> str:
        """Return a link of the bank as an address below the base.

        A link may be whole, without scheme, from the root of the bank's host, from our base, or
        only a query; one from the root may leave out the path our base has.

        :param at: address the link was found at; a bare query belongs to it
        :raise ContractViolation: when it leads anywhere else
        """
        link = href.strip()
        first = link.split("/", 1)[0].split("?", 1)[0]
        if link.startswith("?") and at:
            link = urllib.parse.urljoin(at, link)
        elif first == self._origin[1]:
            link = f"{self._origin[0]}://{link}"
        elif "." in first.strip(".") and ":" not in first:
            raise ContractViolation("foreign_link", "A link of the bank leads to another host.")
        elif link.startswith("/") and not link.startswith(("//", self._path)):
            link = self._base + link.lstrip("/")
        url = urllib.parse.urljoin(self._base, link)
        parts = urllib.parse.urlsplit(url)
        # Written as %2e, steps upwards come alive only when the request is sent.
        steps = re.sub("%2e", ".", parts.path, flags=re.IGNORECASE).split("/")
        is_below = parts.path.startswith(self._path) and not {".", ".."} & set(steps)
        if (parts.scheme, parts.netloc) != self._origin or not is_below:
            raise ContractViolation("foreign_link", "A link of the bank leads to another place.")
        return urllib.parse.urlunsplit(parts._replace(fragment=""))

    def _below_base(self, path: str, query: Mapping[str, str] | None = None) -> str:
        url = self.resolve(path)
        return f"{url}?{urllib.parse.urlencode(query)}" if query else url

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, grant: Grant
    ) -> Answer:
        """Send with the token we have, and once more with another one if the bank refuses it.

        A refused request has not been carried out, so an order may be repeated as well.
        """
        token = self._tokens.bearer(grant)
        try:
            return self._once(method, url, headers, body, token)
        except AuthExpired:
            renewed = self._tokens.renew(grant, token)
            if not renewed or renewed == token:
                raise
        return self._once(method, url, headers, body, renewed)

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        token: str | None,
    ) -> Answer:
        """Send once and return a success.

        :raise BankError: any of the closed set, by what came back
        """
        request_id = str(uuid.uuid4())
        sent = {"Accept": "application/json", **headers, self.request_id_header: request_id}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if self._signer:
            sent |= self._signer.sign(method, url, sent, body or b"")
        started = self._clock()
        status = 0
        try:
            raw = self._wire.exchange(method, url, sent, body, request_id)
            status = raw.status
        finally:
            path = urllib.parse.urlsplit(url).path
            seconds = self._clock() - started
            _logger.info(
                "%s %s request %s: %s in %.2f s", method, path, request_id, status, seconds
            )
        if error := error_of(raw.status, raw.headers, raw.content, request_id):
            error.status = raw.status
            raise error
        return Answer(raw.status, raw.content, raw.headers.get("Content-Type", ""), request_id)
