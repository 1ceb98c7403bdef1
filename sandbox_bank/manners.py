"""How the whole bank does things: its ways of approval and its handling of orders.

What only concerns one account is a quirk (`quirks`).
"""

import sqlite3

from . import storage

APPROVAL = {
    # "preferred": decoupled when the third party says that it prefers that.
    "approach": ("redirect", "decoupled", "preferred"),
    # Where the browser goes after the decision: back, nowhere, or back without saying "cancelled".
    "comes_back": ("normal", "never", "without_error"),
    # Whether an account is called the same in every consent.
    "resource_ids": ("stable", "per_consent"),
    # Whether a new recurring consent of a third party ends its older ones.
    "older_consents": ("stay", "end"),
    "signatories": ("one", "two"),
}
ORDERS = {
    # "on_query": every look at an order moves it a step; "at_once": executed when it comes in.
    "progress": ("clock", "on_query", "at_once"),
    "approval": ("none", "redirect"),
    # Whether an Idempotency-Key is understood.
    "idempotency": ("none", "header"),
    "funds": ("unchecked", "checked"),
}


def approval(connection: sqlite3.Connection) -> dict[str, str]:
    """Return how consents are approved."""
    defaults = {name: words[0] for name, words in APPROVAL.items()}
    return storage.get_manners(connection, "approval", defaults)


def orders(connection: sqlite3.Connection) -> dict[str, str]:
    """Return how orders are handled."""
    defaults = {name: words[0] for name, words in ORDERS.items()}
    return storage.get_manners(connection, "orders", defaults)
