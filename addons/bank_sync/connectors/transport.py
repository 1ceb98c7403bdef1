"""The one way to a bank over HTTP, with the known traps of ``requests`` closed.

- ``trust_env = False``: no proxy, CA bundle or ``.netrc`` of the machine can redirect us, change
  whom we trust, or replace our ``Authorization`` header.
- Redirects are never followed: a POST answered 302 would be repeated as a GET and look
  successful, and our headers would reach a stranger.
- One deadline covers the whole answer: ``timeout`` alone restarts with every byte.
- The body is capped while it arrives, compressed or not.
- Only reads are tried again. A write whose answer is lost is ``Ambiguous``.
- Logs carry method, path, status and request id; never headers, query or bodies.
"""

import email.utils
import ipaddress
import json
import logging
import time
import urllib.parse
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from .base import (
    Ambiguous,
    AuthExpired,
    ConsentInvalid,
    ContractViolation,
    Permanent,
    QuotaExceeded,
    Temporary,
)

_logger = logging.getLogger(__name__)

#: Seconds for one whole answer, and for silence between two bytes of it.
DEADLINE_SECONDS = 60.0
SILENCE_SECONDS = 20.0
#: Bytes of one answer after decompression; a page of 10,000 transactions is about 8 MB.
MAX_BYTES = 32 * 1024 * 1024
#: How often a read is tried, and the pauses in between, in seconds.
READ_ATTEMPTS = 3
PAUSES = (0.2, 1.0)

_CHUNK = 64 * 1024


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
        return read_json_object(self.content, self.request_id)


def read_json_object(content: bytes, request_id: str | None = None) -> dict[str, Any]:
    """Return ``content`` as a JSON object; numbers with a fraction stay exact text.

    >>> read_json_object(b'{"amount": 1.10}')
    {'amount': '1.10'}

    :raise ContractViolation: when the bytes are not one JSON object in UTF-8
    """
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_constant=str)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ContractViolation(
            "not_json", f"The answer is not JSON: {error}", request_id, content
        ) from error
    if not isinstance(value, dict):
        raise ContractViolation(
            "not_json", "The answer is JSON, but not an object.", request_id, content
        )
    return value


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


class Transport:
    """Send requests to one bank.

    :param base_url: address of the bank's interface; every call must stay below it
    :param token: bearer token, or ``None``
    :param verify: ``True`` for the usual authorities, or the path of the bank's own CA bundle
    :param certificate: path of our client certificate and its key, where the bank wants one
    :param insecure_hosts: names that may be reached over plain HTTP besides this machine
    :raise Permanent: when the address is neither HTTPS, nor this machine, nor listed
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        verify: bool | str = True,
        certificate: str | tuple[str, str] | None = None,
        insecure_hosts: Collection[str] = (),
        max_bytes: int = MAX_BYTES,
        deadline: float = DEADLINE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base_url.rstrip("/") + "/"
        parts = urllib.parse.urlsplit(self._base)
        plain_allowed = is_loopback(parts.hostname) or parts.hostname in insecure_hosts
        if parts.scheme != "https" and not (parts.scheme == "http" and plain_allowed):
            raise Permanent("insecure_address", f"{parts.scheme}://{parts.hostname} is not HTTPS.")
        self._origin = (parts.scheme, parts.netloc)
        self._path = parts.path
        self._token = token
        self._verify = verify
        self._certificate = certificate
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._sleep = sleep
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False

    def get(
        self, path: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the answer to a read, tried up to three times; see :meth:`_send` for errors."""
        url = self._below_base(path, query)
        for pause in (*PAUSES[: READ_ATTEMPTS - 1], None):
            try:
                return self._send("GET", url, headers)
            except QuotaExceeded:
                raise
            except Temporary as error:
                if pause is None or error.retry_after:
                    raise
                self._sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    def post(self, path: str, *, headers: Mapping[str, str], body: Mapping[str, Any]) -> Answer:
        """Return the answer to an order, sent exactly once.

        :raise Ambiguous: when it may have been executed although no answer came
        """
        url = self._below_base(path)
        try:
            return self._send("POST", url, headers, json.dumps(body).encode())
        except Temporary as error:
            if error.code in {"refused", "unavailable", "quota"}:
                raise
            raise Ambiguous(error.code, error.detail, error.request_id) from error

    def delete(self, path: str, *, headers: Mapping[str, str]) -> Answer:
        """Return the answer to a deletion, sent exactly once."""
        return self._send("DELETE", self._below_base(path), headers)

    def resolve(self, href: str) -> str:
        """Return a link of the bank as an address below the base.

        :raise ContractViolation: when it leads anywhere else
        """
        url = urllib.parse.urljoin(self._base, href)
        parts = urllib.parse.urlsplit(url)
        if (parts.scheme, parts.netloc) != self._origin or not parts.path.startswith(self._path):
            raise ContractViolation("foreign_link", "A link of the bank leads to another place.")
        return url

    def _below_base(self, path: str, query: Mapping[str, str] | None = None) -> str:
        url = self.resolve(path)
        return f"{url}?{urllib.parse.urlencode(query)}" if query else url

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Send once and read the whole answer.

        :raise BankError: any of the closed set, by what came back
        """
        request_id = str(uuid.uuid4())
        started = self._clock()
        try:
            with self._session.request(
                method,
                url,
                data=body,
                headers=self._headers(headers, request_id, body),
                timeout=SILENCE_SECONDS,
                verify=self._verify,
                cert=self._certificate,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response, started, request_id)
        except requests.exceptions.SSLError as error:
            raise Permanent("tls", "The bank's certificate is not trusted.", request_id) from error
        except requests.exceptions.ConnectionError as error:
            code = "refused" if _never_connected(error) else "cut_off"
            raise Temporary(code, "The connection to the bank failed.", request_id) from error
        except requests.exceptions.RequestException as error:
            raise Temporary("cut_off", "The bank's answer broke off.", request_id) from error
        finally:
            path = urllib.parse.urlsplit(url).path
            seconds = self._clock() - started
            _logger.info("%s %s request %s: %.2f s", method, path, request_id, seconds)
        answer = Answer(
            response.status_code, content, response.headers.get("Content-Type", ""), request_id
        )
        _raise_for_status(answer, response.headers)
        return answer

    def _headers(
        self, headers: Mapping[str, str], request_id: str, body: bytes | None
    ) -> dict[str, str]:
        sent = {"Accept": "application/json", **headers, "X-Request-ID": request_id}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        return sent

    def _read(self, response: requests.Response, started: float, request_id: str) -> bytes:
        content = bytearray()
        for chunk in response.iter_content(_CHUNK):
            content += chunk
            if len(content) > self._max_bytes:
                raise ContractViolation(
                    "too_large", f"The answer is larger than {self._max_bytes} bytes.", request_id
                )
            if self._clock() - started > self._deadline:
                raise Temporary("too_slow", "The bank's answer took too long.", request_id)
        promised = response.headers.get("Content-Length")
        received = response.raw.tell() if hasattr(response.raw, "tell") else None
        if promised and promised.isdigit() and received and received < int(promised):
            raise Temporary("cut_off", "The bank's answer broke off.", request_id)
        return bytes(content)


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError"}


def _raise_for_status(answer: Answer, headers: Mapping[str, str]) -> None:
    status, request_id = answer.status, answer.request_id
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise ContractViolation(
            "redirect", f"The bank answered {status} and points elsewhere.", request_id
        )
    code, text = _problem(answer.content)
    detail = f"HTTP {status} {code} {text}".strip()
    if status == 429 or code == "ACCESS_EXCEEDED":
        raise QuotaExceeded("quota", detail, request_id, _retry_after(headers))
    if status >= 500 or status == 408:
        raise Temporary("unavailable", detail, request_id, _retry_after(headers))
    if code.startswith("CONSENT_"):
        raise ConsentInvalid(code, detail, request_id)
    if status in {401, 403}:
        raise AuthExpired(code or "unauthorised", detail, request_id)
    raise Permanent(code or f"http_{status}", detail, request_id)


def _problem(content: bytes) -> tuple[str, str]:
    """Return code and text of an error answer, in whichever shape the bank chose."""
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return "", ""
    messages = value.get("tppMessages", value) if isinstance(value, dict) else value
    first = messages[0] if isinstance(messages, list) and messages else messages
    if not isinstance(first, dict):
        return "", ""
    return str(first.get("code") or "")[:60], str(first.get("text") or "")[:200]


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Return the seconds of ``Retry-After``; a date is read against the bank's own clock.

    >>> _retry_after({"Retry-After": "120"})
    120
    >>> _retry_after({"Retry-After": "Mon, 02 Mar 2026 08:02:00 GMT",
    ...               "Date": "Mon, 02 Mar 2026 08:00:00 GMT"})
    120
    >>> _retry_after({"Retry-After": "soon"})
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdigit():
        return int(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
        now = email.utils.parsedate_to_datetime(headers.get("Date", ""))
        return max(0, int((until - now).total_seconds()))
    except (ValueError, TypeError):
        return None
