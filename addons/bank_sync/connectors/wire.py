"""One request and its whole answer, with the known traps of ``requests`` closed.

- Nothing of the machine's environment (proxies, CA bundles, ``.netrc``) changes whom we reach,
  whom we trust, or our ``Authorization`` header.
- No cookie is kept.
- Redirects are never followed: a POST answered 302 would be repeated as a GET and look
  successful, and our headers would reach a stranger.
- One deadline covers connecting, headers and body. ``timeout`` alone starts anew with every byte,
  so a watchdog cuts the connection.
- The body is capped while it arrives, packed and unpacked.

Who may be called, with what, and what a status means is not decided here (see ``transport``).
"""

import socket
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .certificate import ClientCertificate, tls_context
from .errors import ContractViolation, Permanent, Temporary

#: Seconds for one whole answer, and for silence between two bytes of it.
DEADLINE_SECONDS = 60.0
SILENCE_SECONDS = 20.0
#: Bytes of one answer after unpacking; a page of 10,000 transactions is about 8 MB.
MAX_BYTES = 32 * 1024 * 1024
_CHUNK = 64 * 1024
#: What a server says in TLS when it does not accept our certificate.
_OUR_CERTIFICATE = ("ALERT_CERTIFICATE", "CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE",
                    "ALERT_UNKNOWN_CA", "ALERT_UNSUPPORTED_CERTIFICATE", "ALERT_ACCESS_DENIED",
                    "HANDSHAKE_FAILURE")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back, whole and unpacked, whatever its status; header names in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Wire:
    """Send requests and receive whole answers.

    :param authorities: PEM of the bank's own authorities; no other is trusted then
    :param certificate: our certificate, where the bank wants one
    """

    def __init__(
        self,
        *,
        authorities: str | None = None,
        certificate: ClientCertificate | None = None,
        max_bytes: int = MAX_BYTES,
        deadline: float = DEADLINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._certificate = certificate
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._silence = min(SILENCE_SECONDS, deadline)
        self._clock = clock
        self._watchdog = _Watchdog()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter(tls_context(authorities, certificate), self._watchdog)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        request_id: str | None = None,
    ) -> RawAnswer:
        """Send once and return the whole answer, whatever its status.

        :raise Temporary: ``refused`` (nothing was sent), ``cut_off`` or ``too_slow``
        :raise Permanent: ``tls`` or ``client_certificate``
        :raise ContractViolation: ``too_large`` or ``bad_encoding``
        """
        started, is_whole = self._clock(), False
        self._watchdog.start(self._deadline)
        try:
            with self._session.request(
                method,
                url,
                data=body,
                headers={"User-Agent": "bank_sync", "Accept-Encoding": "gzip", **headers},
                timeout=self._silence,
                verify=True,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response, started, request_id)
                is_whole = True
                return RawAnswer(response.status_code, response.headers, content)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._classified(error, request_id) from error
        finally:
            self._watchdog.stop(cut=not is_whole)

    def _read(self, response: requests.Response, started: float, request_id: str | None) -> bytes:
        promised = response.headers.get("Content-Length", "")
        if promised.isdigit() and int(promised) > self._max_bytes:
            raise self._too_large(request_id)
        body = _Body(response.headers.get("Content-Encoding", ""), self._max_bytes, request_id)
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            if not body.take(chunk):
                raise self._too_large(request_id)
            if self._watchdog.barked or self._clock() - started > self._deadline:
                raise Temporary("too_slow", "The bank's answer took too long.", request_id)
        if self._watchdog.barked:
            raise Temporary("too_slow", "The bank's answer took too long.", request_id)
        received = response.raw.tell()
        if (promised.isdigit() and received and received < int(promised)) or not body.is_whole():
            raise Temporary("cut_off", "The bank's answer broke off.", request_id)
        return bytes(body.content)

    def _too_large(self, request_id: str | None) -> ContractViolation:
        return ContractViolation(
            "too_large", f"The answer is larger than {self._max_bytes} bytes.", request_id
        )

    def _classified(self, error: Exception, request_id: str | None) -> Temporary | Permanent:
        """Return what went wrong on the way, as one of our errors."""
        text = str(error)
        if self._watchdog.barked:
            return Temporary("too_slow", "The bank's answer took too long.", request_id)
        if any(alert in text for alert in _OUR_CERTIFICATE):
            detail = "The bank does not accept our certificate."
            if self._certificate:
                detail += f" Its last day is {self._certificate.last_day.isoformat()}."
            return Permanent("client_certificate", detail, request_id)
        is_tls = isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError)
        if is_tls and "EOF occurred" not in text:
            return Permanent("tls", "The bank's certificate is not trusted.", request_id)
        if _never_connected(error):
            return Temporary("refused", "The connection to the bank failed.", request_id)
        return Temporary("cut_off", "The bank's answer broke off.", request_id)


class _Body:
    """An answer's body while it arrives: unpacked as far as the cap allows."""

    def __init__(self, encoding: str, max_bytes: int, request_id: str | None) -> None:
        self.content = bytearray()
        self._max_bytes = max_bytes
        self._request_id = request_id
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip"}:
            raise ContractViolation(
                "bad_encoding", f"The answer is packed as {name[:40]!r}.", request_id
            )
        self._packed = name in {"gzip", "x-gzip"}
        self._unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def take(self, chunk: bytes) -> bool:
        """Add what came; return whether it still fits."""
        if not self._packed:
            self.content += chunk
            return len(self.content) <= self._max_bytes
        while chunk and len(self.content) <= self._max_bytes:
            if self._unpacker.eof:  # a packed body may have several members
                self._unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            room = self._max_bytes + 1 - len(self.content)
            try:
                self.content += self._unpacker.decompress(chunk, max(room, 1))
            except zlib.error as error:
                raise ContractViolation(
                    "bad_encoding", "The packed answer is damaged.", self._request_id, bytes(chunk)
                ) from error
            chunk = self._unpacker.unconsumed_tail or self._unpacker.unused_data
        return len(self.content) <= self._max_bytes

    def is_whole(self) -> bool:
        """Tell whether a packed body reached its end."""
        return not self._packed or self._unpacker.eof or not self.content


class _Watchdog:
    """Cuts the connection in use when its time is up, whatever it is waiting for."""

    def __init__(self) -> None:
        self.barked = False
        self._timer: threading.Timer | None = None
        self._socket: socket.socket | None = None

    def start(self, seconds: float) -> None:
        self.barked = False
        self._timer = threading.Timer(seconds, self._bark)
        self._timer.daemon = True
        self._timer.start()

    def stop(self, *, cut: bool) -> None:
        """Stop watching.

        :param cut: hang up; what the other side still sends is of no use
        """
        if self._timer:
            self._timer.cancel()
        if cut:
            self._hang_up()
        self._socket = None

    def watch(self, connection_socket: socket.socket | None) -> None:
        self._socket = connection_socket
        if self.barked:
            self._bark()

    def _bark(self) -> None:
        self.barked = True
        self._hang_up()

    def _hang_up(self) -> None:
        if self._socket:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # already closed: nothing waits for it any more


def _watched(base: type, watchdog: _Watchdog) -> type:
    """Return a connection class that shows the watchdog which socket is in use."""

    class Watched(base):  # type: ignore[misc]
        _handle: socket.socket | None = None

        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            # A second handle: wrapping into TLS takes the first one away from us.
            self._handle = connected.dup()
            watchdog.watch(self._handle)
            return connected

        def putrequest(self, *arguments: Any, **options: Any) -> Any:
            watchdog.watch(self._handle)
            return super().putrequest(*arguments, **options)

    return Watched


class _Adapter(HTTPAdapter):
    """Uses our TLS settings and watched connections, whatever ``requests`` thinks it knows."""

    def __init__(self, context: Any, watchdog: _Watchdog) -> None:
        self._context = context
        self._watchdog = watchdog
        super().__init__(pool_connections=2, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)
        plain, sealed = (
            type(pool.__name__, (pool,), {"ConnectionCls": _watched(base, self._watchdog)})
            for pool, base in (
                (HTTPConnectionPool, HTTPConnection),
                (HTTPSConnectionPool, HTTPSConnection),
            )
        )
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": sealed}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave trust to our own context; ``requests`` would add the usual authorities."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = conn.ca_cert_dir = None


def _never_connected(error: Exception) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    names = {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}
    return type(reason).__name__ in names
