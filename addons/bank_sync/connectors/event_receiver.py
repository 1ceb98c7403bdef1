"""The place where a bank receives our events, spoken to like a bank that takes orders."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ..core.outbox import canonical_json
from .base import (
    Ambiguous,
    AuthExpired,
    BankError,
    Capabilities,
    Order,
    OrderState,
    Permanent,
    QuotaExceeded,
    Unsupported,
)
from .signed_events import signed_headers
from .transport import Transport

#: The receiver recognises an event by its id for as long as we would ever repeat it.
REMEMBERED_SECONDS = 400 * 24 * 3600
#: Status with which the receiver asks us to stop, whatever its body says, and our code of it.
GONE_STATUS, GONE = 410, "http_410"


class EventReceiver(Unsupported):
    """Sends events of ours to one address; the same event always under the same id.

    :param secrets: that sign, the new and the old one while they change
    :param now: returns the aware moment of an attempt
    """

    code = "event_receiver"
    capabilities = Capabilities(
        link=frozenset({"none"}),
        delivers="files",
        submits=frozenset({"event"}),
        idempotency_seconds=REMEMBERED_SECONDS,
    )

    def __init__(
        self, transport: Transport, secrets: Sequence[str], now: Callable[[], datetime]
    ) -> None:
        self._transport, self._secrets, self._now = transport, secrets, now

    def submit(self, consent_id: str | None, order: Order) -> OrderState:
        """Post the event; any 2xx means that it is there.

        :raise Permanent: when the receiver wants no more events (410), and only then
        :raise QuotaExceeded: when it asks us to slow down
        :raise AuthExpired: when it does not let us in; nothing was taken
        :raise Ambiguous: for anything else, to be tried again
        """
        content = canonical_json(order.body).encode()
        headers = signed_headers(order.key, content, self._secrets, self._now())
        try:
            answer = self._transport.post_content("", headers=headers, content=content)
        except BankError as error:
            if error.status == GONE_STATUS:
                raise Permanent(GONE, error.detail, error.request_id) from error
            if isinstance(error, QuotaExceeded | Ambiguous | AuthExpired):
                raise
            raise Ambiguous(error.code, error.detail, error.request_id) from error
        return OrderState(order.key, "ACCC", answer.request_id)
