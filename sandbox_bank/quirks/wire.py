"""Quirks that change what third parties are told, not what the books say."""

import hashlib
from dataclasses import replace

from ..entries import Entry
from ..identifiers import derived_id

REUSED_ID = "9998"


def listed(quirks: dict[str, dict], entries: list[Entry], session: str) -> list[Entry]:
    """Return the entries of a page as this bank lists them.

    :param session: what tells one call from the next: its request id
    """
    if "flaky" in quirks and entries:
        draw = _number("flaky", session)
        if draw % 100 < quirks["flaky"]["percent"]:
            lost = draw // 100 % len(entries)
            entries = entries[:lost] + entries[lost + 1 :]
    entries = [renamed(quirks, entry, session) for entry in entries]
    if "twice_on_wire" in quirks:
        every = quirks["twice_on_wire"]["every"]
        entries = [each for entry in entries for each in [entry] * (1 if entry.id % every else 2)]
    return entries


def renamed(quirks: dict[str, dict], entry: Entry, session: str) -> Entry:
    """Return the entry with the ids this bank gives it in this call."""
    if "no_ids" in quirks:
        return replace(entry, transaction_id=None, entry_reference=None)
    if "blank_ids" in quirks:
        blank = quirks["blank_ids"]["text"]
        return replace(entry, transaction_id=blank, entry_reference=blank)
    if "id_per_session" in quirks:
        name = derived_id("session", session, entry.id)
        return replace(entry, transaction_id=name, entry_reference=name[:35])
    if "id_reused" in quirks and not entry.id % quirks["id_reused"]["every"]:
        return replace(entry, transaction_id=REUSED_ID, entry_reference=REUSED_ID)
    return entry


def signed(quirks: dict[str, dict], minor: int) -> int:
    """Return the amount with the sign this bank gives it."""
    kind = quirks.get("sign", {}).get("kind")
    if kind == "reversed":
        return -minor
    return abs(minor) if kind == "unsigned" else minor


def next_address(kind: str | None, good: str, own: str, path: str) -> str:
    """Return the address of the next page as this bank writes it.

    :param good: the right address
    :param own: the address of the page being answered
    :param path: path and query of the right address
    """
    without_scheme = good.partition("://")[2]
    account_path = path.partition("/transactions")[0]
    addresses = {
        "self": own,
        "null_path": f"null{path}",
        "relative": path,
        "no_scheme": without_scheme,
        "not_found": good.replace("/transactions", "/transactions-of-yesterday"),
        "other_host": f"https://elsewhere.example{path}",
        "balances": good.replace(path, f"{account_path}/balances"),
    }
    return addresses.get(kind or "", good)


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:6])
