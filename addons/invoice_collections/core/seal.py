"""The hash chain over events: each seal covers what an event says and the seal before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

#: What the first event of a company is chained to.
GENESIS = "0" * 64


def seal(previous: str, body: Mapping[str, Any]) -> str:
    """Return the seal (SHA-256, hexadecimal) of an event after ``previous``.

    ``body`` holds text, whole numbers, booleans, ``None`` and lists or dicts of these. The order
    of keys does not matter; anything else does.

    >>> seal(GENESIS, {"kind": "sent", "case": 7}) == seal(GENESIS, {"case": 7, "kind": "sent"})
    True
    """
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def first_broken(rows: Iterable[tuple[int, str, str, Mapping[str, Any]]]) -> int | None:
    """Return the sequence number of the first row that breaks the chain, or ``None``.

    :param rows: ``(sequence, previous seal, seal, body)`` from the first event on, in order; a
        missing, changed, added or reordered row breaks it

    >>> body = {"kind": "sent"}
    >>> first_broken([(1, GENESIS, seal(GENESIS, body), body)]) is None
    True
    >>> first_broken([(1, GENESIS, seal(GENESIS, body), {"kind": "failed"})])
    1
    """
    previous = GENESIS
    for expected, (sequence, claimed, value, body) in enumerate(rows, start=1):
        if sequence != expected or claimed != previous or value != seal(previous, body):
            return expected
        previous = value
    return None
