"""Payments by NextGenPSD2 1.3: hand in, ask, look up.

The standard has no idempotency key: what may have arrived is never handed in again by us. Where a
bank agreed to know one, it is sent, and the capabilities say so.
"""

from typing import Any

from .base import BankProfile, Order, OrderState
from .berlin_group_wire import attended, page_for_people
from .errors import Ambiguous, ContractViolation, Permanent
from .json_values import as_list, as_object, first_text, required_text, text_of
from .transport import Answer, Transport, segment

#: Kind of order → payment service and product.
PRODUCTS = {
    "payment": "payments/sepa-credit-transfers",
    "instant_payment": "payments/instant-sepa-credit-transfers",
}


class OrderCalls:
    """The part of the adapter that hands in orders."""

    _transport: Transport
    profile: BankProfile

    def submit(self, consent_id: str | None, order: Order) -> OrderState:
        """Send the payment, exactly once.

        :raise Ambiguous: when it may have been executed although no (clear) answer came
        """
        if not order.user_ip:
            raise Permanent("no_user", "The bank takes a payment only from a person it can name.")
        headers = {
            **attended(order.user_ip),
            **({"Consent-ID": consent_id} if consent_id else {}),
            **({"TPP-Redirect-URI": order.redirect_url} if order.redirect_url else {}),
            **({"Idempotency-Key": order.key} if self.profile.order_key_seconds else {}),
        }
        path = f"v1/{_product(order.kind)}"
        try:
            answer = self._transport.post(path, headers=headers, body=order.body, grant="client")
            return _state(answer, required_text(answer, answer.json(), "paymentId"))
        except ContractViolation as error:
            raise Ambiguous(error.code, error.detail, error.request_id) from error

    def order_state(self, consent_id: str | None, reference: str, kind: str) -> OrderState:
        """Ask what became of a payment."""
        path = f"v1/{_product(kind)}/{segment(reference)}/status"
        return _state(self._transport.get(path, headers={}, grant="client"), reference)

    def find_order(
        self, consent_id: str | None, end_to_end_id: str, kind: str
    ) -> OrderState | None:
        """Look for a payment by its end-to-end id, where the bank agreed to answer that.

        :raise Permanent: ``not_supported`` where it did not; the statement will tell
        """
        if not self.profile.order_search:
            raise Permanent("not_supported", "The bank cannot be asked by end-to-end id.")
        answer = self._transport.get(
            f"v1/{_product(kind)}",
            headers={},
            query={"endToEndIdentification": end_to_end_id},
            grant="client",
        )
        for value in as_list(answer.json(), "payments"):
            payment = as_object(value, "payment")
            if first_text(payment, "endToEndIdentification", "endToEndId") == end_to_end_id:
                return _state(answer, required_text(answer, payment, "paymentId"), payment)
        return None


def _product(kind: str) -> str:
    if kind not in PRODUCTS:
        raise Permanent("not_supported", f"The bank takes no {kind}.")
    return PRODUCTS[kind]


def _state(answer: Answer, reference: str, value: Any = None) -> OrderState:
    value = answer.json() if value is None else value
    messages = as_list(value, "tppMessages")
    first = messages[0] if messages and isinstance(messages[0], dict) else {}
    return OrderState(
        reference=reference,
        status=required_text(answer, value, "transactionStatus"),
        request_id=answer.request_id,
        reason=first_text(first, "code", "text") or text_of(value, "psuMessage"),
        redirect_url=page_for_people(value),
    )
