"""A bank's desk for orders, for tests of the outbox: keeps what it executed, forgets to answer."""

from unittest.mock import patch

from odoo.addons.bank_sync.connectors.base import (
    REGISTRY,
    Capabilities,
    OrderState,
    Permanent,
    Unsupported,
)


class Killed(BaseException):
    """The worker died here; nothing of ours catches it."""


class OrderDesk(Unsupported):
    """Takes orders; an order is executed each time it comes, unless its key is remembered.

    :param remembers: seconds for which keys are recognised
    :param searchable: whether orders are found by their end-to-end id
    """

    code = "order_desk"

    def __init__(self, *, remembers=0, searchable=False):
        self.capabilities = Capabilities(
            link=frozenset({"none"}),
            delivers="pages",
            submits=frozenset({"payment"}),
            idempotency_seconds=remembers,
        )
        self.searchable = searchable
        self.calls = []
        self.executed = []
        self.status = "RCVD"
        #: What happens at the next calls instead of an answer: before or after the execution.
        self.before, self.after = [], []

    def __call__(self, _transport):
        """Stand for the adapter class in the registry."""
        return self

    def submit(self, consent_id, order):
        """Execute the order and say so, or fail in the way that was set."""
        self.calls.append(order)
        if self.before:
            raise self.before.pop(0)
        known = {done.key for done in self.executed}
        if not (self.capabilities.idempotency_seconds and order.key in known):
            self.executed.append(order)
        if self.after:
            raise self.after.pop(0)
        return self._state(order)

    def order_state(self, consent_id, reference, kind):
        """Say what became of an order."""
        if self.before:
            raise self.before.pop(0)
        return next(self._state(order) for order in self.executed if _ref(order) == reference)

    def find_order(self, consent_id, end_to_end_id, kind):
        """Find an order, where this bank offers that."""
        if not self.searchable:
            raise Permanent("not_supported")
        found = [order for order in self.executed if order.end_to_end_id == end_to_end_id]
        return self._state(found[0]) if found else None

    def _state(self, order):
        return OrderState(_ref(order), self.status, "req-1")

    def open(self):
        """Return a patch under which every connection leads to this desk."""
        return patch.dict(REGISTRY, {"berlin_group": self})


def _ref(order):
    return f"bank-{order.end_to_end_id[:8]}"
