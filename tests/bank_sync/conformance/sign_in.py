"""An OAuth server's answers as a test writes them, and a store that keeps tokens in memory."""

import functools
import threading
import time
from contextlib import contextmanager

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from odoo.addons.bank_sync.connectors.oauth import OAuth
from odoo.addons.bank_sync.connectors.oauth_tokens import StoredTokens
from odoo.addons.bank_sync.connectors.oauth_values import AuthorisationServer, OAuthClient, TokenSet

from .scripted_bank import Reply

NOW = 1_767_000_000.0
HTTP_NOW = "Mon, 29 Dec 2025 09:20:00 GMT"


@functools.cache
def client_key():
    """Return our signing key; making one takes time, so all tests share it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class MemoryStore:
    """Keeps the promise of ``TokenStore`` for one process, and notes every save."""

    def __init__(self):
        self.tokens, self.logins, self.saves = {}, {}, []
        self._lock = threading.Lock()

    @contextmanager
    def locked(self):
        with self._lock:
            yield

    def load(self, grant):
        return self.tokens.get(grant)

    def save(self, grant, tokens):
        self.saves.append((grant, tokens))
        self.tokens[grant] = tokens

    def keep_login(self, login):
        self.logins = {login.state: login}

    def take_login(self, state):
        return self.logins.pop(state, None)


class SignIn:
    """One connection's OAuth: the scripted server, our client, and the store."""

    def __init__(self, bank, *, now=NOW, client=None, server=None, **options):
        self.bank, self.now, self.store = bank, now, MemoryStore()
        self.key = client_key()
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        self.server = AuthorisationServer(
            **{
                "issuer": bank.url,
                "authorization_endpoint": f"{bank.url}/auth",
                "token_endpoint": f"{bank.url}/token",
                "par_endpoint": f"{bank.url}/par",
                "jwks_uri": f"{bank.url}/jwks",
                **(server or {}),
            }
        )
        self.client = OAuthClient(
            **{
                "client_id": "sme",
                "redirect_uri": "https://odoo.example/cb",
                "auth_method": "private_key_jwt",
                "key": pem,
                "key_id": "k1",
                **(client or {}),
            }
        )
        self.oauth = OAuth(self.server, self.client, now=lambda: self.now)
        self.tokens = StoredTokens(
            self.oauth, self.store, scope="accounts", now=lambda: self.now, **options
        )
        bank.on("POST", "/par", Reply(201, {"request_uri": "urn:x:1", "expires_in": 60}))

    def after_login(self):
        """Return itself with the tokens of a person who has signed in."""
        self.store.tokens["account"] = TokenSet("a1", NOW + 300, "r1")
        return self

    def answers(self, *replies):
        self.bank.on("POST", "/token", *replies)

    def asked(self):
        return self.bank.seen("POST", "/token")

    def publish(self, key, kid="b1"):
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self.bank.on("GET", "/jwks", Reply(200, {"keys": [{**jwk, "kid": kid, "use": "sig"}]}))

    def assertion(self, asked):
        """Return header and claims of a client assertion, verified with our public key."""
        token = asked.form["client_assertion"]
        claims = jwt.decode(
            token,
            self.key.public_key(),
            algorithms=["PS256"],
            audience=self.server.issuer,
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        return jwt.get_unverified_header(token), claims


def token_reply(access="a1", refresh="r1", **more):
    body = {"access_token": access, "token_type": "Bearer", "expires_in": 300, **more}
    if refresh:
        body["refresh_token"] = refresh
    return Reply(200, body)


def slow(reply, seconds=0.2):
    """Return a reply that takes its time, so that two workers meet."""

    def answer(_asked):
        time.sleep(seconds)
        return reply

    return answer
