"""Signing in and tokens: FAPI 2.0 as asked for, and everything OAuth servers were seen to do."""

import base64
import hashlib
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.certificate import ClientCertificate
from odoo.addons.bank_sync.connectors.oauth import OAuth
from odoo.addons.bank_sync.connectors.oauth_answers import read_metadata
from odoo.addons.bank_sync.connectors.wire import Wire

from .scripted_bank import Authority, Reply
from .sign_in import NOW, SignIn, token_reply

CODE = {"code": "c1"}


def called_back(sign_in, **more):
    """Start a sign-in and return its callback."""
    login = sign_in.tokens.start_login("openid accounts", "C1")
    return login, {**CODE, "state": login.state, "iss": sign_in.server.issuer, **more}


def query_of(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


# === SIGNING IN === #


def test_the_request_is_handed_in_before_the_person_is_sent(bank):
    sign_in = SignIn(bank)
    login = sign_in.tokens.start_login("openid accounts", "C1")
    assert query_of(login.url) == {"client_id": "sme", "request_uri": "urn:x:1"}
    [pushed] = bank.seen("POST", "/par")
    assert pushed.form["code_challenge_method"] == "S256"
    assert pushed.form["state"] == login.state
    assert '"value": "C1"' in pushed.form["claims"]
    sign_in.answers(token_reply())
    sign_in.tokens.finish_login({**CODE, "state": login.state, "iss": bank.url})
    [exchange] = sign_in.asked()
    digest = hashlib.sha256(exchange.form["code_verifier"].encode()).digest()
    assert pushed.form["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert exchange.form["redirect_uri"] == pushed.form["redirect_uri"]
    assert sign_in.tokens.bearer("account") == "a1"


def test_without_pushed_requests_the_address_carries_it(bank):
    sign_in = SignIn(bank, server={"par_endpoint": None})
    login = sign_in.tokens.start_login("accounts")
    query = query_of(login.url)
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert "nonce" not in query
    assert not bank.asked


@pytest.mark.parametrize("pushed", [True, False])
def test_a_request_can_be_signed_for_banks_that_want_it(bank, pushed):
    server = {} if pushed else {"par_endpoint": None}
    sign_in = SignIn(bank, client={"signs_request": True}, server=server)
    login = sign_in.tokens.start_login("openid accounts", "C1")
    sent = bank.seen("POST", "/par")[0].form if pushed else query_of(login.url)
    claims = jwt.decode(
        sent["request"],
        sign_in.key.public_key(),
        algorithms=["PS256"],
        audience=bank.url,
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert claims["state"] == login.state
    assert claims["redirect_uri"] == "https://odoo.example/cb"
    assert claims["code_challenge_method"] == "S256"
    assert claims["nbf"] < NOW < claims["exp"] <= NOW + 3600
    assert "state" not in sent


def test_we_prove_who_we_are_with_a_statement_nobody_can_use_twice(bank):
    sign_in = SignIn(bank)
    sign_in.answers(token_reply(refresh=None))
    for _time in range(3):
        sign_in.oauth.own_tokens("accounts")
    proofs = [sign_in.assertion(asked) for asked in sign_in.asked()]
    for header, claims in proofs:
        assert (header["alg"], header["kid"]) == ("PS256", "k1")
        assert claims["iss"] == claims["sub"] == "sme"
        assert claims["exp"] - claims["iat"] == 60
        assert claims["iat"] <= NOW
        assert "nbf" not in claims
    assert len({claims["jti"] for _header, claims in proofs}) == 3


def test_case_022_a_statement_is_never_used_again_after_a_failure(bank):
    sign_in = SignIn(bank)
    sign_in.answers(Reply(503, b""), Reply(fault="reset"), token_reply(refresh=None))
    for _time in range(2):
        with pytest.raises(base.Temporary):
            sign_in.tokens.bearer("client")
    assert sign_in.tokens.bearer("client") == "a1"
    assert len({asked.form["client_assertion"] for asked in sign_in.asked()}) == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "another"}, "state"),
        ({"state": ""}, "state"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"code": None}, "no_code"),
    ],
)
def test_a_callback_that_does_not_fit_is_refused_and_no_code_is_sent(bank, change, code):
    sign_in = SignIn(bank)
    _login, callback = called_back(sign_in)
    callback = {name: value for name, value in {**callback, **change}.items() if value is not None}
    with pytest.raises(base.AuthExpired) as caught:
        sign_in.tokens.finish_login(callback)
    assert caught.value.code == code
    assert not sign_in.asked()


def test_case_024_a_callback_is_good_once(bank):
    sign_in = SignIn(bank)
    sign_in.answers(token_reply())
    _login, callback = called_back(sign_in)
    sign_in.tokens.finish_login(callback)
    with pytest.raises(base.AuthExpired) as caught:
        sign_in.tokens.finish_login(callback)
    assert caught.value.code == "state"
    assert len(sign_in.asked()) == 1


def test_a_person_who_says_no_is_understood(bank):
    sign_in = SignIn(bank)
    _login, callback = called_back(sign_in, error="access_denied")
    with pytest.raises(base.Permanent) as caught:
        sign_in.tokens.finish_login(callback)
    assert caught.value.code == "access_denied"


# === THE ID TOKEN === #


CURVE_KEY = ec.generate_private_key(ec.SECP256R1())


def id_token(sign_in, key, algorithm="PS256", kid="b1", **change):
    claims = {"iss": sign_in.server.issuer, "aud": "sme", "exp": int(NOW) + 300, **change}
    return jwt.encode(claims, key, algorithm, headers={"kid": kid})


@pytest.fixture(scope="module")
def bank_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_a_good_id_token_passes(bank, bank_key):
    sign_in = SignIn(bank)
    sign_in.publish(bank_key)
    login, callback = called_back(sign_in)
    sign_in.answers(token_reply(id_token=id_token(sign_in, bank_key, nonce=login.nonce)))
    sign_in.tokens.finish_login(callback)


@pytest.mark.parametrize(
    "flaw",
    [
        "algorithm",
        "unsigned",
        "key",
        "issuer",
        "audience",
        "nonce",
        "expired",
        "end_in_words",
        "end_in_a_list",
        "end_beyond_all_numbers",
        "key_of_another_kind",
        "key_in_words",
        "garbage",
        "no_keys",
    ],
)
def test_case_020_tokens_are_kept_before_their_id_token_is_judged(bank, bank_key, flaw):
    sign_in = SignIn(bank)
    if flaw == "key_in_words":
        bank.on("GET", "/jwks", Reply(200, {"keys": ["b1"]}))
    elif flaw != "no_keys":
        sign_in.publish(bank_key)
    login, callback = called_back(sign_in)
    good = {"nonce": login.nonce}
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = {
        "algorithm": lambda: id_token(sign_in, bank_key, "PS512", **good),
        "unsigned": lambda: jwt.encode({**good, "iss": bank.url, "aud": "sme"}, None, "none"),
        "key": lambda: id_token(sign_in, other, **good),
        "issuer": lambda: id_token(sign_in, bank_key, iss="https://evil.example", **good),
        "audience": lambda: id_token(sign_in, bank_key, aud="another", **good),
        "nonce": lambda: id_token(sign_in, bank_key, nonce="another"),
        "expired": lambda: id_token(sign_in, bank_key, exp=int(NOW) - 3600, **good),
        "end_in_words": lambda: id_token(sign_in, bank_key, exp="soon", **good),
        "end_in_a_list": lambda: id_token(sign_in, bank_key, exp=[1], **good),
        "end_beyond_all_numbers": lambda: id_token(sign_in, bank_key, exp=10**400, **good),
        "key_of_another_kind": lambda: id_token(sign_in, CURVE_KEY, "ES256", **good),
        "key_in_words": lambda: id_token(sign_in, bank_key, **good),
        "garbage": lambda: "no.token.atall",
        "no_keys": lambda: id_token(sign_in, bank_key, **good),
    }
    sign_in.answers(token_reply(id_token=made[flaw]()))
    with pytest.raises(base.ContractViolation) as caught:
        sign_in.tokens.finish_login(callback)
    assert caught.value.code == "id_token"
    assert sign_in.store.load("account").access_token == "a1"
    assert sign_in.tokens.bearer("account") == "a1", "the new tokens work"
    assert not caught.value.raw, "tokens are no evidence to keep"


# === OTHER PROOFS, OTHER SERVERS === #


def test_a_shared_secret_travels_in_a_header_only(bank):
    client = {"auth_method": "client_secret_basic", "secret": "s:/e", "key": None}
    sign_in = SignIn(bank, client=client)
    sign_in.answers(token_reply(refresh=None))
    sign_in.oauth.own_tokens("accounts")
    [asked] = sign_in.asked()
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"sme:s%3A%2Fe").decode()
    assert "s:/e" not in asked.body.decode()


@pytest.mark.parametrize("key", [None, "nonsense"])
def test_a_key_nobody_can_use_is_said_without_any_call(bank, key):
    sign_in = SignIn(bank, client={"key": key})
    with pytest.raises(base.Permanent) as caught:
        sign_in.oauth.own_tokens("accounts")
    assert caught.value.code == "signing_key"
    assert not bank.asked


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "par_endpoint"])
def test_no_part_of_the_sign_in_goes_over_plain_http(bank, name):
    sign_in = SignIn(bank)
    server = replace(sign_in.server, **{name: "http://bank.example/x"})

    def use():
        oauth = OAuth(server, sign_in.client, now=lambda: NOW)
        oauth.start("accounts")
        oauth.own_tokens("accounts")

    with pytest.raises(base.Permanent) as caught:
        use()
    assert caught.value.code == "insecure_address"
    assert not sign_in.asked()


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b"[]", {"access_token": ""}, {"access_token": 7}]
)
def test_nonsense_from_the_token_server_is_no_token(bank, body):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(Reply(200, body))
    with pytest.raises(base.ContractViolation) as caught:
        sign_in.tokens.renew("account", "a1")
    assert not caught.value.raw
    assert sign_in.store.load("account").refresh_token == "r1"


def test_secrets_are_in_no_text_of_ours(bank, caplog):
    sign_in = SignIn(bank).after_login()
    sign_in.answers(token_reply("very-secret-access", "very-secret-refresh"))
    with caplog.at_level("DEBUG"):
        sign_in.tokens.renew("account", "a1")
    told = "\n".join(r.getMessage() for r in caplog.records if "bank_sync" in r.name)
    shown = repr(sign_in.store.load("account")) + repr(sign_in.client) + told
    assert "very-secret" not in shown
    assert "PRIVATE" not in shown


def test_a_server_describes_itself(bank):
    description = {
        "issuer": bank.url,
        "authorization_endpoint": f"{bank.url}/auth",
        "token_endpoint": f"{bank.url}/token",
        "pushed_authorization_request_endpoint": f"{bank.url}/par",
        "mtls_endpoint_aliases": {"token_endpoint": f"{bank.url}/mtls/token"},
        "jwks_uri": f"{bank.url}/jwks",
        "authorization_response_iss_parameter_supported": True,
    }
    bank.on("GET", "/.well-known/openid-configuration", Reply(200, description))
    server = read_metadata(Wire(), bank.url)
    assert server.par_endpoint == f"{bank.url}/par"
    assert server.mtls_token_endpoint == f"{bank.url}/mtls/token"
    assert server.names_itself


@pytest.mark.parametrize(
    "description", [{"issuer": "https://evil.example"}, {}, {"token_endpoint": "javascript:x"}]
)
def test_a_description_of_another_server_is_refused(bank, description):
    whole = {"issuer": bank.url, "authorization_endpoint": f"{bank.url}/auth", **description}
    bank.on("GET", "/.well-known/openid-configuration", Reply(200, whole))
    with pytest.raises(base.ContractViolation):
        read_metadata(Wire(), bank.url)


def test_our_certificate_goes_to_the_endpoint_that_wants_it(bank):
    certificate = ClientCertificate(*Authority().issue("sme"))
    mutual = {"mtls_token_endpoint": f"{bank.url}/mtls/token"}
    client = {"auth_method": "tls_client_auth", "certificate": certificate, "key": None}
    sign_in = SignIn(bank, server=mutual, client=client)
    bank.on("POST", "/mtls/token", token_reply(refresh=None))
    assert sign_in.oauth.own_tokens("accounts").access_token == "a1"
    assert bank.asked[0].form["client_id"] == "sme"
    assert len(certificate.thumbprint) == 32
