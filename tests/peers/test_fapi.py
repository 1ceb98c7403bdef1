"""Our OAuth client against oidc-provider in its FAPI 2.0 profile, over mutual TLS."""

import base64
import json
import time
from dataclasses import asdict
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.certificate import ClientCertificate
from odoo.addons.bank_sync.connectors.oauth import OAuth
from odoo.addons.bank_sync.connectors.oauth_answers import read_metadata
from odoo.addons.bank_sync.connectors.oauth_tokens import StoredTokens
from odoo.addons.bank_sync.connectors.oauth_values import OAuthClient
from odoo.addons.bank_sync.connectors.wire import Wire

from tests.bank_sync.conformance.scripted_bank import Authority
from tests.bank_sync.conformance.sign_in import MemoryStore

from .servers import free_port, oauth_server

CALLBACK = "https://odoo.example/bank_sync/callback"
SCOPE = "openid accounts"


class World:
    """The server, our keys, and a clock of ours that can be wrong."""

    def __init__(self, folder):
        self.authority = Authority()
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.certificate = ClientCertificate(*self.authority.issue("sme"))
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        certificate, key = self.authority.issue("op", hosts=("127.0.0.1",))
        self.port = free_port()
        self.running = oauth_server(
            folder,
            port=self.port,
            certificate=certificate,
            key=key,
            client_jwk={**public, "kid": "k1", "use": "sig", "alg": "PS256"},
            redirect_uri=CALLBACK,
        )
        self.issuer = f"https://127.0.0.1:{self.port}"

    def client(self, **change):
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        return OAuthClient(
            **{
                "client_id": "sme",
                "redirect_uri": CALLBACK,
                "auth_method": "private_key_jwt",
                "key": pem,
                "key_id": "k1",
                "certificate": self.certificate,
                **change,
            }
        )

    def oauth(self, *, slow_by=0, shown=True, **change):
        certificate = self.certificate if shown else None
        wire = Wire(authorities=self.authority.pem, certificate=certificate)
        server = read_metadata(wire, self.issuer)
        client = self.client(certificate=certificate, **change)
        return OAuth(server, client, now=lambda: time.time() - slow_by, wire=wire)

    def tokens(self, **options):
        store = MemoryStore()
        oauth = self.oauth(**options)
        return StoredTokens(oauth, store, scope="accounts", now=oauth._now), store

    def browse(self, url, folder):
        """Follow the sign-in as a browser does, and return the query of the callback."""
        bundle = folder / "authority.pem"
        bundle.write_text(self.authority.pem)
        with requests.Session() as browser:
            browser.trust_env = False
            for _step in range(10):
                answer = browser.get(url, verify=str(bundle), allow_redirects=False, timeout=30)
                assert answer.is_redirect, answer.text[:500]
                url = urljoin(url, answer.headers["Location"])
                if url.startswith(CALLBACK):
                    return {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        pytest.fail("the sign-in does not end")


@pytest.fixture(scope="module")
def world(folder):
    made = World(folder)
    yield made
    made.running.stop()


def bound_to(token):
    """Return the thumbprint a token is bound to (``cnf.x5t#S256``)."""
    text = jwt.decode(token, options={"verify_signature": False})["cnf"]["x5t#S256"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_server_describes_itself_as_fapi(world):
    server = world.oauth().server
    assert server.names_itself
    assert server.par_endpoint


def test_our_own_token_is_bound_to_our_certificate(world):
    token = world.oauth().own_tokens("accounts").access_token
    assert bound_to(token) == world.certificate.thumbprint


def test_without_our_certificate_there_is_no_token(world):
    with pytest.raises(base.BankError):
        world.oauth(shown=False).own_tokens("accounts")


def signed_in(world, folder):
    tokens, store = world.tokens()
    login = tokens.start_login(SCOPE)
    tokens.finish_login(world.browse(login.url, folder))
    return tokens, store


def test_a_person_signs_in_by_pushed_request_and_pkce_and_the_id_token_holds(world, folder):
    tokens, store = signed_in(world, folder)
    kept = store.load("account")
    assert kept.refresh_token
    assert kept.id_token
    assert bound_to(tokens.bearer("account")) == world.certificate.thumbprint


def test_case_017_a_token_is_renewed_and_another_workers_is_taken(world, folder):
    tokens, store = signed_in(world, folder)
    old = store.load("account")
    new = tokens.renew("account", old.access_token)
    assert new != old.access_token
    assert tokens.renew("account", old.access_token) == new, "another worker's is taken"
    again = tokens.renew("account", new)
    assert again not in {old.access_token, new}


def test_case_019_a_withdrawn_token_is_tried_once(world, folder):
    tokens, store = signed_in(world, folder)
    oauth = world.oauth()
    form = {"token": store.load("account").refresh_token, **oauth._proof({})}
    wire = Wire(authorities=world.authority.pem, certificate=world.certificate)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url = f"{world.issuer}/token/revocation"
    assert wire.exchange("POST", url, headers, urlencode(form).encode()).status == 200
    for _time in range(2):
        with pytest.raises(base.AuthExpired) as caught:
            tokens.renew("account", store.load("account") and store.load("account").access_token)
        assert caught.value.code == "relink"
    assert store.load("account") is None


@pytest.mark.parametrize("slow_by", [90, 600])
def test_case_021_a_clock_that_differs_is_called_a_clock(world, slow_by):
    with pytest.raises(base.AuthExpired) as caught:
        world.oauth(slow_by=slow_by).own_tokens("accounts")
    assert caught.value.code == "clock"


def test_a_clock_a_little_behind_is_fine(world):
    assert world.oauth(slow_by=5).own_tokens("accounts").access_token


def test_a_wrong_key_is_no_clock(world):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    with pytest.raises(base.AuthExpired) as caught:
        world.oauth(key=pem).own_tokens("accounts")
    assert caught.value.code == "invalid_client"


def test_case_022_the_server_refuses_a_statement_used_twice_and_ours_never_are(world):
    oauth = world.oauth()
    wire = Wire(authorities=world.authority.pem, certificate=world.certificate)
    form = {"grant_type": "client_credentials", "scope": "accounts", **oauth._proof({})}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode(form).encode()
    first, second = (
        wire.exchange("POST", oauth.server.token_endpoint, headers, body).status for _ in range(2)
    )
    assert (first, second) == (200, 401)
    assert all(oauth.own_tokens("accounts").access_token for _time in range(3))


def test_case_024_a_callback_is_good_once_and_a_code_too(world, folder):
    tokens, _store = world.tokens()
    login = tokens.start_login(SCOPE)
    callback = world.browse(login.url, folder)
    assert callback["iss"] == world.issuer
    tokens.finish_login(callback)
    with pytest.raises(base.AuthExpired) as caught:
        tokens.finish_login(callback)
    assert caught.value.code == "state"
    with pytest.raises(base.AuthExpired) as caught:
        world.oauth().finish(login, callback)
    assert caught.value.code == "invalid_grant"


def test_the_server_refuses_a_request_that_was_not_pushed(world, folder):
    query = {"client_id": "sme", "response_type": "code", "redirect_uri": CALLBACK, "scope": SCOPE}
    answer = world.browse(f"{world.issuer}/auth?{urlencode(query)}", folder)
    assert answer["error"] == "invalid_request"


def test_a_verifier_that_is_not_ours_gets_nothing(world, folder):
    tokens, store = world.tokens()
    login = tokens.start_login(SCOPE)
    callback = world.browse(login.url, folder)
    text = json.dumps({**asdict(login), "verifier": "x" * 64})
    store.logins = {login.state: type(login)(**json.loads(text))}
    with pytest.raises(base.AuthExpired):
        tokens.finish_login(callback)
    assert store.load("account") is None
