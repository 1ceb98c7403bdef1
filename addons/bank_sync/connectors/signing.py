"""Signatures over our requests, for banks that want them besides TLS.

One interface, one class per scheme. A signer is given the request as it will be sent and returns
the headers to add.
"""

import base64
import email.utils
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .errors import Permanent

#: Headers a cavage signature covers when they are sent, in this order.
#: Source: Berlin Group, "NextGenPSD2 XS2A Framework", implementation guidelines 1.3, section 12.
SIGNED_HEADERS = ("digest", "x-request-id", "psu-id", "psu-corporate-id", "date",
                  "tpp-redirect-uri")  # fmt: skip


class Signer(Protocol):
    """Adds a signature to a request."""

    def sign(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return the headers to add to the request.

        :param headers: as they will be sent
        :param body: as it will be sent; empty for a read
        """


@dataclass(frozen=True, slots=True)
class CavageSigner:
    """``Digest`` and ``Signature`` headers of Berlin Group 1.3 (draft-cavage-http-signatures-10).

    :param certificate: PEM of the certificate the bank knows us by
    :param key: PEM of its RSA key
    :param clock: seconds since 1970, UTC
    """

    certificate: str
    key: str = field(repr=False)
    clock: Callable[[], float]

    def sign(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return ``Digest``, ``Date``, ``Signature`` and ``TPP-Signature-Certificate``."""
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        added = {
            "Digest": f"SHA-256={digest}",
            "Date": email.utils.formatdate(self.clock(), usegmt=True),
        }
        values = {name.lower(): value for name, value in {**headers, **added}.items()}
        covered = [name for name in SIGNED_HEADERS if name in values]
        text = "\n".join(f"{name}: {values[name].strip()}" for name in covered)
        signature = _rsa_key(self.key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        certificate = x509.load_pem_x509_certificate(self.certificate.encode())
        parameters = {
            "keyId": f"SN={certificate.serial_number:x},CA={certificate.issuer.rfc4514_string()}",
            "algorithm": "rsa-sha256",
            "headers": " ".join(covered),
            "signature": base64.b64encode(signature).decode(),
        }
        added["Signature"] = ",".join(f'{name}="{value}"' for name, value in parameters.items())
        der = certificate.public_bytes(serialization.Encoding.DER)
        added["TPP-Signature-Certificate"] = base64.b64encode(der).decode()
        return added


@dataclass(frozen=True, slots=True)
class DetachedJwsSigner:
    """``x-jws-signature`` of UK Open Banking: a JWS over the body, the body left out.

    :param key: PEM of our signing key
    :param key_id: ``kid`` under which the bank finds the public key
    :param issuer: who we are to the trust anchor
    :param trust_anchor: domain of the directory that vouches for the key
    :param clock: seconds since 1970, UTC
    """

    key: str = field(repr=False)
    key_id: str
    issuer: str
    trust_anchor: str
    clock: Callable[[], float]

    def sign(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return the signature of a body; a request without one needs none."""
        if not body:
            return {}
        prefix = "http://openbanking.org.uk/"
        header: dict[str, Any] = {
            "typ": "JOSE",
            "cty": "application/json",
            "kid": self.key_id,
            f"{prefix}iat": int(self.clock()),
            f"{prefix}iss": self.issuer,
            f"{prefix}tan": self.trust_anchor,
            "crit": [f"{prefix}iat", f"{prefix}iss", f"{prefix}tan"],
        }
        whole = jwt.api_jws.encode(body, self.key, algorithm="PS256", headers=header)
        head, _payload, signature = whole.split(".")
        return {"x-jws-signature": f"{head}..{signature}"}


def _rsa_key(pem: str) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise Permanent("signing_key", "The signing key cannot be read.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Permanent("signing_key", "The signing key is no RSA key.")
    return key
