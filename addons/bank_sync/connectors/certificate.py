"""Our own certificate towards a bank, from memory, and the TLS settings made of it."""

import contextlib
import functools
import os
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from .errors import Permanent


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate (PEM, with its chain if the bank wants that) and its private key (PEM).

    The key is in no ``repr`` and stays in memory.
    """

    certificate: str
    key: str = field(repr=False)

    @property
    def last_day(self) -> date:
        """Last day the certificate can be used, by UTC.

        :raise Permanent: when this is no certificate
        """
        return self._parsed().not_valid_after_utc.date()

    @property
    def thumbprint(self) -> bytes:
        """SHA-256 over the certificate; a token bound to it names this (``x5t#S256``)."""
        return self._parsed().fingerprint(hashes.SHA256())

    def check(self) -> None:
        """Make sure that certificate and key can be read and belong together.

        :raise Permanent: ``client_certificate`` when not
        """
        certificate = self._parsed()
        try:
            key = serialization.load_pem_private_key(self.key.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise Permanent(
                "client_certificate", "The private key cannot be read; it must have no password."
            ) from error
        if key.public_key() != certificate.public_key():
            raise Permanent("client_certificate", "Key and certificate do not belong together.")

    def _parsed(self) -> x509.Certificate:
        try:
            return x509.load_pem_x509_certificate(self.certificate.encode())
        except ValueError as error:
            raise Permanent("client_certificate", "The certificate cannot be read.") from error


def tls_context(
    authorities: str | None = None, client: ClientCertificate | None = None
) -> ssl.SSLContext:
    """Return settings that trust the usual authorities, or ``authorities`` (PEM) and no other.

    Nothing of the machine's environment has a say. TLS 1.2 is the oldest version spoken.

    :raise Permanent: ``client_certificate`` or ``authorities`` when a text is unusable
    """
    if not authorities and not client:
        return _usual_context()
    context = _bare_context()
    try:
        context.load_verify_locations(
            cafile=None if authorities else certifi.where(), cadata=authorities
        )
    except (ssl.SSLError, ValueError) as error:
        raise Permanent("authorities", "The bank's authorities cannot be read.") from error
    if client:
        client.check()
        with _unnamed_file(f"{client.certificate}\n{client.key}\n".encode()) as path:
            context.load_cert_chain(path)
    return context


def _bare_context() -> ssl.SSLContext:
    """Return settings that check everything and trust nobody yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@functools.cache
def _usual_context() -> ssl.SSLContext:
    """Return the settings most banks share; reading the authorities of the web takes its time."""
    context = _bare_context()
    context.load_verify_locations(cafile=certifi.where())
    return context


@contextlib.contextmanager
def _unnamed_file(content: bytes) -> Iterator[str]:
    """Lend a path to ``content``: ``ssl`` reads keys from files alone.

    On Linux the file is memory and has no name on any disk; elsewhere it is a file that only
    this user can read, and is gone when the block ends.
    """
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "client.pem")
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(content)
            yield path
        return
    with os.fdopen(os.memfd_create("client", os.MFD_CLOEXEC), "wb") as memory:
        memory.write(content)
        memory.flush()
        yield f"/proc/self/fd/{memory.fileno()}"
