"""Renewing tokens: one at a time, nothing lost, nothing tried for ever."""

import threading

import pytest

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.oauth_values import TokenSet
from odoo.addons.bank_sync.connectors.transport import Transport

from .dialects import Line
from .reading import amounts
from .scripted_bank import Reply
from .sign_in import HTTP_NOW, NOW, SignIn, slow, token_reply


def test_case_016_a_token_that_ends_between_pages_is_renewed_once_and_the_page_repeated(
    bank, dialect
):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(token_reply("a2", "r2"))
    path = dialect.transactions
    link = f"{bank.url}{path}?page=2"

    def second(asked):
        if asked.headers["authorization"] == "Bearer a1":
            return Reply(401, dialect.error("TOKEN_EXPIRED"))
        return Reply(200, dialect.page(Line("2.00", id="T2")))

    bank.on("GET", path, Reply(200, dialect.page(Line("1.00", id="T1"), following=link)))
    bank.on("GET", f"{path}?page=2", second)
    transport = Transport(bank.url + dialect.base, token=sign_in.tokens, sleep=lambda _s: None)
    assert amounts(dialect.adapter(transport)) == [100, 200]
    assert len(sign_in.asked()) == 1
    assert sign_in.asked()[0].form["refresh_token"] == "r1"
    assert sign_in.store.load("account").refresh_token == "r2"


def test_case_016_a_bank_that_refuses_every_token_is_asked_twice_not_for_ever(bank, dialect):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(token_reply("a2", "r2"))
    bank.on("GET", dialect.accounts, Reply(401, dialect.error("TOKEN_INVALID")))
    transport = Transport(bank.url + dialect.base, token=sign_in.tokens, sleep=lambda _s: None)
    with pytest.raises(base.AuthExpired):
        transport.get("v1/accounts" if "psd2" in dialect.base else "accounts", headers={})
    assert len(bank.seen("GET", dialect.accounts)) == 2
    assert len(sign_in.asked()) == 1


def test_case_017_two_workers_renew_once(bank):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(slow(token_reply("a2", "r2")), Reply(400, {"error": "invalid_grant"}))
    got = []
    workers = [
        threading.Thread(target=lambda: got.append(sign_in.tokens.renew("account", "a1")))
        for _worker in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert got == ["a2", "a2"]
    assert len(sign_in.asked()) == 1


def test_case_017_the_old_token_stays_until_the_new_one_is_kept(bank):
    sign_in = SignIn(bank).after_login()
    seen = []

    def during(_asked):
        seen.append(sign_in.store.load("account").refresh_token)
        return token_reply("a2", None)

    sign_in.answers(during)
    sign_in.tokens.renew("account", "a1")
    assert seen == ["r1"]
    assert sign_in.store.load("account") == TokenSet("a2", NOW + 300, "r1"), "none came: kept"


@pytest.mark.parametrize(
    "reply",
    [Reply(500, b""), Reply(504, b"<html>"), Reply(fault="reset"), Reply(fault="empty"),
     Reply(429, b"")],
    ids=["500", "504", "reset", "empty", "429"],
)  # fmt: skip
def test_case_018_a_token_server_in_trouble_costs_no_token(bank, reply):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(reply)
    with pytest.raises(base.Temporary) as caught:
        sign_in.tokens.renew("account", "a1")
    assert caught.value.code == "token"
    assert sign_in.store.load("account").refresh_token == "r1"
    assert len(sign_in.asked()) == 1
    sign_in.answers(token_reply("a2", "r2"))
    assert sign_in.tokens.renew("account", "a1") == "a2"


def test_case_018_a_read_does_not_hand_the_same_token_in_again_and_again(bank, dialect):
    sign_in = SignIn(bank).after_login()
    sign_in.now = NOW + 290
    sign_in.answers(Reply(503, b""))
    transport = Transport(bank.url + dialect.base, token=sign_in.tokens, sleep=lambda _s: None)
    with pytest.raises(base.Temporary) as caught:
        dialect.adapter(transport).balances("C1", "A1")
    assert caught.value.code == "token"
    assert len(sign_in.asked()) == 1
    assert not bank.seen("GET", dialect.balances)


def test_case_019_a_withdrawn_token_is_said_once_and_never_tried_again(bank):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(Reply(400, {"error": "invalid_grant"}))
    for _time in range(5):
        with pytest.raises(base.AuthExpired) as caught:
            sign_in.tokens.renew("account", "a1")
        assert caught.value.code == "relink"
        with pytest.raises(base.AuthExpired):
            sign_in.tokens.bearer("account")
    assert len(sign_in.asked()) == 1


def test_a_bank_that_refuses_a_token_without_renewal_loses_us_nothing(bank):
    sign_in = SignIn(bank)
    sign_in.store.tokens["account"] = TokenSet("a1", NOW + 300)
    with pytest.raises(base.AuthExpired):
        sign_in.tokens.renew("account", "a1")
    assert sign_in.store.load("account").access_token == "a1"


REFUSED = {"error": "invalid_client", "error_description": "client authentication failed"}


@pytest.mark.parametrize(
    ("body", "date"),
    [
        (REFUSED, "Mon, 29 Dec 2025 09:21:30 GMT"),
        (REFUSED, "Mon, 29 Dec 2025 09:18:30 GMT"),
        ({**REFUSED, "error_description": "jwt not active yet"}, HTTP_NOW),
        ({**REFUSED, "error_description": "client assertion expired"}, None),
        ({"error": "invalid_request", "error_description": "iat is in the future"}, HTTP_NOW),
    ],
    ids=["ahead", "behind", "not_yet", "expired", "future"],
)
def test_case_021_a_clock_that_differs_is_called_a_clock(bank, body, date):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(Reply(401, body, headers={"Date": date} if date else {}))
    with pytest.raises(base.AuthExpired) as caught:
        sign_in.tokens.renew("account", "a1")
    assert caught.value.code == "clock"
    assert sign_in.store.load("account").refresh_token == "r1"
    if date and date != HTTP_NOW:
        assert "90 s" in caught.value.detail


def test_case_021_a_refusal_with_the_clocks_agreeing_is_not_blamed_on_them(bank):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(Reply(401, REFUSED, headers={"Date": HTTP_NOW}))
    with pytest.raises(base.AuthExpired) as caught:
        sign_in.tokens.renew("account", "a1")
    assert caught.value.code == "invalid_client"


def test_a_token_about_to_end_is_renewed_before_it_is_used(bank):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(token_reply("a2", "r2"))
    sign_in.now = NOW + 281
    assert sign_in.tokens.bearer("account") == "a2"


def test_where_people_approve_on_a_page_everything_uses_our_own_token(bank):
    sign_in = SignIn(bank, sign_in=False)
    sign_in.answers(token_reply("own", None))
    assert sign_in.tokens.bearer("account") == sign_in.tokens.bearer("client") == "own"
    assert len(sign_in.asked()) == 1
    assert sign_in.asked()[0].form["grant_type"] == "client_credentials"
