"""Nothing leaves to a bank outside the outbox: only its relay asks an adapter to do anything."""

import ast

from . import house

#: The only place that hands an order to a bank.
RELAY = "addons/bank_sync/models/bank_outbox_relay.py"


def _calls(path, name):
    """Return the lines on which ``….name(…)`` is called in a file."""
    return [
        node.lineno
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    ]


def test_only_the_relay_submits_orders():
    callers = {
        str(path.relative_to(house.ROOT))
        for addon in house.ADDON_NAMES
        for path in house.python_files(house.ADDONS / addon)
        if "tests" not in path.parts and _calls(path, "submit")
    }
    assert callers == {RELAY}


def test_writing_an_order_talks_to_nobody():
    """``bank_outbox.py`` runs in the transaction of the business, which Odoo may run five times."""
    modules = house.imported_modules(house.ADDONS / "bank_sync" / "models" / "bank_outbox.py")
    assert not {name for name in modules if "connectors" in name or "requests" in name}


def test_the_relay_commits_between_taking_and_sending():
    """The lease is on the disk before the order is on the wire."""
    path = house.ROOT / RELAY
    send = next(node for name, node in house.functions(path) if name.endswith("._send"))
    calls = [
        (node.lineno, node.func.attr)
        for node in ast.walk(send)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    lines = {name: line for line, name in calls if name in {"commit", "submit"}}
    assert lines["commit"] < lines["submit"]
