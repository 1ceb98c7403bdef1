"""What a receiver of our events, and a desk for orders, mean by a status; its body may say more."""

import base64
from datetime import datetime, timezone

import pytest
import responses

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.event_receiver import GONE, EventReceiver
from odoo.addons.bank_sync.connectors.order_outcome import outcome_of
from odoo.addons.bank_sync.connectors.transport import Transport

HOOKS = "https://bank.example/hooks/"
SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
ORDER = base.Order("event", "evt-1", "E2E", {"type": "company.changed"})
#: Bodies with which receivers accompany a status: none, a code of their own, a page for people.
BODIES = ["", '{"code": "subscription_deleted"}', "<!DOCTYPE html><html>Gone</html>"]


def refusal(status, body):
    """Return the error an event ends with that is answered like this."""
    receiver = EventReceiver(Transport(HOOKS), [SECRET], lambda: datetime.now(tz=timezone.utc))
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, HOOKS, status=status, body=body)
        with pytest.raises(base.BankError) as caught:
            receiver.submit(None, ORDER)
    return caught.value


@pytest.mark.parametrize("body", BODIES)
def test_a_receiver_that_is_gone_ends_it_whatever_its_body_says(body):
    error = refusal(410, body)
    assert (type(error), error.code) == (base.Permanent, GONE)
    assert error.request_id


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 503])
def test_any_other_refusal_is_tried_again(status, body):
    assert type(refusal(status, body)) is base.Ambiguous


def test_a_receiver_that_lets_nobody_in_or_asks_to_slow_down_took_nothing():
    assert type(refusal(401, "")) is base.AuthExpired
    assert type(refusal(429, "")) is base.QuotaExceeded


@pytest.mark.parametrize("body", ["", '{"tppMessages": [{"code": "STATUS_INVALID"}]}'])
def test_a_conflict_does_not_say_that_the_order_was_refused(body):
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, HOOKS, status=409, body=body)
        with pytest.raises(base.Permanent) as caught:
            Transport(HOOKS).post("", headers={}, body={})
    assert caught.value.status == 409
    assert outcome_of(caught.value) == "unknown"
