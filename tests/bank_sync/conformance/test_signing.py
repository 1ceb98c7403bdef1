"""Signatures over requests, checked with nothing but the standards' texts and ``cryptography``."""

import base64
import hashlib
import json
import re

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.signing import CavageSigner, DetachedJwsSigner

from .reading import pages_of
from .scripted_bank import Authority, Reply

NOW = 1_767_000_000.0


@pytest.fixture(scope="module")
def pair():
    """Return certificate and key of a client."""
    return Authority("CN with, comma").issue("sme")


def public_key(certificate):
    return x509.load_pem_x509_certificate(certificate.encode()).public_key()


def verify_cavage(asked, certificate):
    """Check ``Digest`` and ``Signature`` of a request as draft-cavage-10 and BG 1.3 say."""
    digest = base64.b64encode(hashlib.sha256(asked.body).digest()).decode()
    assert asked.headers["digest"] == f"SHA-256={digest}"
    values = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', asked.headers["signature"]))
    assert values["algorithm"] == "rsa-sha256"
    names = values["headers"].split(" ")
    assert {"digest", "x-request-id", "date"} <= set(names)
    text = "\n".join(f"{name}: {asked.headers[name]}" for name in names)
    sent = x509.load_der_x509_certificate(
        base64.b64decode(asked.headers["tpp-signature-certificate"])
    )
    assert sent == x509.load_pem_x509_certificate(certificate.encode())
    assert values["keyId"].startswith(f"SN={sent.serial_number:x},CA=")
    sent.public_key().verify(
        base64.b64decode(values["signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    return names


ONLY = "berlin_group"


def test_every_request_is_signed_as_it_is_sent(bank, dialect, adapter, pair):
    signer = CavageSigner(*pair, clock=lambda: NOW)
    bank.on("GET", dialect.transactions, Reply(200, dialect.page()))
    page = {"scaRedirect": {"href": "https://bank.example/pay"}}
    answer = {"transactionStatus": "RCVD", "paymentId": "P1", "_links": page}
    bank.on("POST", "/psd2/v1/payments/sepa-credit-transfers", Reply(201, answer))
    one = adapter(signer=signer)
    pages_of(one)
    order = base.Order(
        "payment", "k", "e", {"creditorName": "Zoë"}, "192.0.2.1", "https://odoo.example/back"
    )
    one.submit(None, order)
    read, paid = bank.asked
    assert "tpp-redirect-uri" not in verify_cavage(read, pair[0])
    assert "tpp-redirect-uri" in verify_cavage(paid, pair[0])
    paid.headers["tpp-redirect-uri"] = "https://evil.example"
    with pytest.raises(InvalidSignature):
        verify_cavage(paid, pair[0])


def test_a_detached_signature_covers_the_body_it_leaves_out(pair):
    certificate, key = pair
    signer = DetachedJwsSigner(key, "kid-1", "0015/abc", "openbanking.org.uk", lambda: NOW)
    body = b'{"Data": {}}'
    value = signer.sign("POST", "https://bank.example/x", {}, body)["x-jws-signature"]
    head, payload, signature = value.split(".")
    assert payload == ""

    def unpacked(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    header = json.loads(unpacked(head))
    assert (header["alg"], header["kid"]) == ("PS256", "kid-1")
    assert header["http://openbanking.org.uk/iat"] == int(NOW)
    assert header["http://openbanking.org.uk/tan"] == "openbanking.org.uk"
    assert all(name in header for name in header["crit"])
    signed = f"{head}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}".encode()
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    public_key(certificate).verify(unpacked(signature), signed, pss, hashes.SHA256())
    assert signer.sign("GET", "https://bank.example/x", {}, b"") == {}


@pytest.mark.parametrize("key", ["nonsense", ""])
def test_a_key_nobody_can_use_is_said(pair, key):
    with pytest.raises(base.Permanent) as caught:
        CavageSigner(pair[0], key, clock=lambda: NOW).sign("GET", "https://x", {}, b"")
    assert caught.value.code == "signing_key"
