"""An archive that shows whether anything in it was changed: hashes, signed with Ed25519.

``manifest.json`` names every file with its SHA-256; ``manifest.sig`` is the signature of its bytes
in Base64. Whoever knows the public key needs nothing else to check it. The same files give the
same bytes.
"""

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_FORMAT = "collection-handover/1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r"[^\w.-]+")


def file_name(text: str) -> str:
    """Return a name that is safe on every file system, and no path.

    >>> file_name("INV/2026/00001"), file_name("../../etc")
    ('INV-2026-00001', 'etc')
    """
    return _UNSAFE.sub("-", text).strip("-.") or "document"


def public_key(seed: bytes) -> str:
    """Return the public key of a 32-byte seed, in Base64.

    >>> len(base64.b64decode(public_key(bytes(32))))
    32
    """
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def build(files: Mapping[str, bytes], about: Mapping[str, str], seed: bytes) -> bytes:
    """Return the signed archive of these files.

    :param about: what the manifest says besides, such as a reference
    :param seed: 32 secret bytes

    >>> archive = build({"claims.csv": b"a,b"}, {"reference": "H7"}, bytes(32))
    >>> verify(archive, public_key(bytes(32)))
    []
    """
    manifest = {
        "format": _FORMAT,
        **about,
        "public_key": public_key(seed),
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    signature = base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(text))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted({**files, MANIFEST: text, SIGNATURE: signature}.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def verify(archive: bytes, key: str) -> list[str]:
    """Return what is wrong with an archive, in words for a log; empty: nothing.

    :param key: the sender's public key as :func:`public_key` gives it, known from elsewhere

    >>> verify(b"no archive", public_key(bytes(32)))
    ['not an archive']
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            files = {name: opened.read(name) for name in opened.namelist()}
    except (zipfile.BadZipFile, EOFError, OSError):
        return ["not an archive"]
    if MANIFEST not in files or SIGNATURE not in files:
        return ["not signed"]
    text = files.pop(MANIFEST)
    try:
        signature = base64.b64decode(files.pop(SIGNATURE))
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, text)
    except (InvalidSignature, ValueError):
        return ["the signature does not fit"]
    stated = json.loads(text)["files"]
    wrong = [
        f"{name} was changed"
        for name in sorted(stated)
        if name in files and hashlib.sha256(files[name]).hexdigest() != stated[name]
    ]
    missing = [f"{name} is missing" for name in sorted(set(stated) - set(files))]
    added = [f"{name} was added" for name in sorted(set(files) - set(stated))]
    return wrong + missing + added
