"""A bank that says exactly what a test tells it to, over real sockets, and notes what it is asked.

It knows no protocol: what is right or wrong is written in the tests, never computed by our code.
"""

import datetime
import ipaddress
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def form(self):
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Reply:
    """An answer, or what happens instead of one.

    :param fault: ``reset``, ``empty``, ``slow_headers``, ``dribble``, ``short``, ``bad_chunk``
    """

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)
    fault: str = ""
    content_type: str = "application/json"

    def content(self):
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body).encode()


class ScriptedBank:
    """Serves on a free port of the loopback.

    ``script`` maps ``(method, path)`` to a reply, a list of replies (the last one stays), or a
    function of the request. A query narrows it: ``/x?page=2`` wins over ``/x``.
    """

    def __init__(self, context=None):
        self.script = {}
        self.asked = []
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if context else "http"
        self.port = self._listener.getsockname()[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self._ending = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self):
        self._ending.set()
        self._listener.close()

    def on(self, method, path, *replies):
        self.script[method, path] = list(replies)

    def seen(self, method, path):
        return [each for each in self.asked if (each.method, each.path) == (method, path)]

    def _serve(self):
        while not self._ending.is_set():
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                while asked := self._receive(connection):
                    self.asked.append(asked)
                    if not self._answer(connection, self._reply_to(asked)):
                        return
        except OSError:
            return

    def _receive(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(65536)
            if not chunk:
                return None
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        method, target, _version = first.split(" ")
        return Asked(method, target, headers, body)

    def _reply_to(self, asked):
        for key in ((asked.method, asked.target), (asked.method, asked.path)):
            if key in self.script:
                replies = self.script[key]
                reply = replies.pop(0) if len(replies) > 1 else replies[0]
                return reply(asked) if callable(reply) else reply
        return Reply(404, {"tppMessages": [{"category": "ERROR", "code": "RESOURCE_UNKNOWN"}]})

    def _answer(self, connection, reply):
        """Send the reply; return whether the connection can go on."""
        if reply.fault == "reset":
            connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
            )
            return False
        if reply.fault == "empty":
            return False
        content = reply.content()
        headers = {"Content-Type": reply.content_type, "Content-Length": str(len(content))}
        if reply.fault == "short":
            headers["Content-Length"] = str(len(content) + 100)
        if reply.fault in {"bad_chunk", "endless"}:
            del headers["Content-Length"]
            headers["Transfer-Encoding"] = "chunked"
        headers |= reply.headers
        head = f"HTTP/1.1 {reply.status} Scripted\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        if reply.fault == "slow_headers":
            self._dribble(connection, head.encode())
            return False
        connection.sendall(head.encode())
        if reply.fault == "dribble":
            self._dribble(connection, content)
            return False
        if reply.fault == "bad_chunk":
            connection.sendall(b"zz\r\nno chunk at all\r\n")
            return False
        if reply.fault == "endless":
            block = content * (65536 // max(len(content), 1) + 1)
            while not self._ending.is_set():
                connection.sendall(f"{len(block):x}\r\n".encode() + block + b"\r\n")
        connection.sendall(content)
        return reply.fault != "short"

    def _dribble(self, connection, data):
        for byte in data:
            if self._ending.is_set():
                return
            connection.sendall(bytes([byte]))
            time.sleep(0.05)


class Authority:
    """An authority of our own, and what it signs: servers and clients of a test."""

    def __init__(self, name="Test Authority"):
        self._key = _key()
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self._certificate = self._sign(self._name, self._key.public_key(), days=30, is_ca=True)
        self.pem = _pem(self._certificate)

    def _sign(self, subject, public_key, *, days, is_ca=False, hosts=()):
        now = datetime.datetime.now(datetime.timezone.utc)
        start = now - datetime.timedelta(days=60)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )
        if is_ca:
            builder = builder.add_extension(_usage(), critical=True)
        if hosts:
            names = [_general_name(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def issue(self, name, *, days=30, hosts=()):
        """Return certificate and key as PEM; a negative ``days`` makes an expired one."""
        key = _key()
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key.public_key(), days=days, hosts=hosts)
        return _pem(certificate), key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def server_context(
        self, folder, *, days=30, hosts=("127.0.0.1", "localhost"), clients=None, version=None
    ):
        """Return the TLS settings of a server.

        :param clients: PEM of the authority whose clients alone are let in
        :param version: the newest version it speaks, a name of ``ssl.TLSVersion``
        """
        certificate, key = self.issue("server", days=days, hosts=hosts)
        path = folder / f"server-{id(certificate)}.pem"
        path.write_text(certificate + key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if version:
            context.maximum_version = ssl.TLSVersion[version]
        if clients:
            context.load_verify_locations(cadata=clients)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def _usage():
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**dict.fromkeys(names, False), key_cert_sign=True, crl_sign=True)


def _general_name(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
