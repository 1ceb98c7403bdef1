"""Pushed events: signed as another implementation checks, repeated, and as bad as wanted."""

import doctest
import http.server
import json
import threading

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from sandbox_bank import webhooks


class Receiver(http.server.ThreadingHTTPServer):
    """Remembers what it is sent; answers with the statuses it is given, then with 204."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls = []
        self.statuses = []
        self.url = f"http://127.0.0.1:{self.server_port}/bank"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append((headers, content))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def register(client, receiver):
    """Return a function that registers the receiver, delivering only when told."""

    def add(**values):
        body = {"url": receiver.url, "automatic": False, **values}
        answer = client.post("/sim/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json

    return add


def deliver(client, **values):
    return client.post("/sim/webhooks/deliver", json=values).json["attempts"]


def shown(client):
    return client.get("/sim/webhooks").json["webhooks"][0]


def resources(receiver):
    return [json.loads(content)["data"]["kind"] for _headers, content in receiver.calls]


def test_the_signature_is_that_of_the_standard():
    assert not doctest.testmod(webhooks).failed


def test_changes_are_pushed_and_their_signature_holds(client, receiver, register, third_party, pay):
    hook = register()
    consent_id = third_party.connect()
    pay("1.00", "2.00")
    assert deliver(client) == 2
    for headers, content in receiver.calls:
        Webhook(hook["secret"]).verify(content, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(hook["secret"]).verify(content + b" ", headers)
    first, second = (json.loads(content) for _headers, content in receiver.calls)
    assert first["type"] == "consent.changed"
    assert first["data"] == {"kind": "consent", "resource": consent_id, "version": 1}
    assert second["data"]["kind"] == "account"
    assert deliver(client) == 0
    assert [event["state"] for event in shown(client)["events"]] == ["delivered"] * 2


def test_an_event_is_repeated_under_its_id_until_it_is_taken(client, receiver, register, pay):
    register(retry_seconds=[3600, 3600])
    receiver.statuses = [500, 302]
    pay("1.00")
    assert deliver(client) == 1
    assert deliver(client) == 0, "not before the pause is over"
    assert [deliver(client, at_once=True) for _attempt in range(3)] == [1, 1, 0]
    assert len({headers["webhook-id"] for headers, _content in receiver.calls}) == 1
    (event,) = shown(client)["events"]
    assert (event["state"], event["attempts"]) == ("delivered", 3)


def test_after_the_last_attempt_it_is_given_up(client, receiver, register, pay):
    register(retry_seconds=[0])
    receiver.statuses = [503] * 9
    pay("1.00")
    assert [deliver(client) for _attempt in range(3)] == [1, 1, 0]
    assert shown(client)["events"][0]["state"] == "given_up"
    deliver(client, again=True)
    assert len(receiver.calls) == 3


def test_gone_means_gone(client, receiver, register, pay):
    register()
    receiver.statuses = [410]
    pay("1.00")
    deliver(client)
    assert shown(client)["active"] is False
    pay("2.00")
    assert deliver(client, at_once=True) == 0


def test_a_receiver_that_is_down_loses_nothing(client, register, pay, receiver):
    hook = register(url="http://127.0.0.1:9/", retry_seconds=[0, 0, 0])
    pay("1.00")
    deliver(client)
    (event,) = shown(client)["events"]
    assert (event["state"], event["attempts"]) == ("due", 1)
    assert hook["events"] == []


def test_duplicates_and_another_order(client, receiver, register, third_party, pay):
    register(duplicates=2, order="reversed")
    third_party.connect()
    pay("1.00")
    deliver(client)
    assert resources(receiver) == ["account"] * 3 + ["consent"] * 3
    assert len({headers["webhook-id"] for headers, _content in receiver.calls}) == 2


def test_while_the_secret_changes_both_signatures_hold(client, receiver, register, pay):
    old = register()["secret"]
    new = client.post("/sim/webhooks/1", json={"rotate": "start"}).json["secret"]
    pay("1.00")
    deliver(client)
    headers, content = receiver.calls[-1]
    for secret in (old, new):
        Webhook(secret).verify(content, headers)
    client.post("/sim/webhooks/1", json={"rotate": "finish"})
    pay("2.00")
    deliver(client)
    headers, content = receiver.calls[-1]
    Webhook(new).verify(content, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(content, headers)


@pytest.mark.parametrize(
    "manners",
    [
        {"spoil": "body"},
        {"spoil": "signature"},
        {"spoil": "whitespace"},
        {"age_seconds": 360},
        {"age_seconds": -360},
    ],
)
def test_events_that_nobody_should_believe(client, receiver, register, pay, manners):
    hook = register(**manners)
    pay("1.00")
    deliver(client)
    headers, content = receiver.calls[0]
    json.loads(content)
    with pytest.raises(WebhookVerificationError):
        Webhook(hook["secret"]).verify(content, headers)


def test_without_receivers_nothing_is_kept(client, pay, third_party):
    pay("1.00")
    third_party.connect()
    assert client.get("/sim/webhooks").json == {"webhooks": []}


def test_orders_are_events_too(client, receiver, register, third_party, euro):
    register()
    order_id = third_party.pay(euro).json["paymentId"]
    client.post("/sim/clock", json={"advance_minutes": 1})
    deliver(client)
    client.post("/sim/clock", json={"advance_minutes": 60})
    deliver(client)
    orders = [json.loads(c)["data"] for _h, c in receiver.calls if b'"order"' in c]
    assert [(o["resource"], o["version"]) for o in orders] == [(order_id, 1), (order_id, 2)]


@pytest.mark.parametrize("url", ["ftp://x", "x", "http://", "javascript:x"])
def test_addresses_that_are_none_are_refused(client, url):
    assert client.post("/sim/webhooks", json={"url": url}).status_code == 400
