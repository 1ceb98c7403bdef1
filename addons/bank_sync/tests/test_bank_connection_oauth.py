import json
import threading
import time
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.bank_sync.connectors import base
from odoo.addons.bank_sync.connectors.oauth_values import TokenSet
from odoo.addons.bank_sync.models.bank_token_store import BankTokenStore

from .common import BankSyncCommon
from .scripted import scripted_bank

CONSENTS = "/open-banking/account-access-consents"
ACCOUNT = {
    "AccountId": "A1",
    "Currency": "EUR",
    "Account": [{"SchemeName": "UK.OBIE.IBAN", "Identification": "GB33BUKB20201555555555"}],
}


@tagged("post_install", "-at_install")
class TestBankConnectionOAuth(BankSyncCommon):
    """A bank where people sign in; every word of it is written here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scripted = scripted_bank()
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        cls.key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def setUp(self):
        super().setUp()
        self.bank = self.scripted.ScriptedBank()
        self.addCleanup(self.bank.stop)
        self.connection = (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create(
                {
                    "name": "High Street Bank",
                    "adapter": "open_banking_uk",
                    "base_url": f"{self.bank.url}/open-banking",
                    "auth_method": "private_key_jwt",
                    "oauth_issuer": self.bank.url,
                    "oauth_authorization_endpoint": f"{self.bank.url}/auth",
                    "oauth_token_endpoint": f"{self.bank.url}/token",
                    "oauth_par_endpoint": f"{self.bank.url}/par",
                    "oauth_client_id": "sme",
                    "signing_key": self.key,
                }
            )
        )
        self.store = BankTokenStore(self.connection)
        self.reply = self.scripted.Reply

    def answer(self, method, path, body, status=200):
        self.bank.on(method, path, self.reply(status, body))

    def token_answers(self, *replies):
        self.bank.on("POST", "/token", *replies)

    def tokens(self, access, refresh=None):
        return self.reply(
            200,
            {"access_token": access, "refresh_token": refresh, "expires_in": 300},
        )

    def script_consent(self, status="AUTH"):
        data = {"ConsentId": "C1", "Status": "AWAU"}
        self.answer("POST", CONSENTS, {"Data": data, "Risk": {}}, 201)
        self.answer("GET", f"{CONSENTS}/C1", {"Data": {**data, "Status": status}})
        self.answer("POST", "/par", {"request_uri": "urn:x:1", "expires_in": 60}, 201)
        self.answer("GET", "/open-banking/accounts", {"Data": {"Account": [ACCOUNT]}})

    def ask(self):
        """Ask for a consent as the manager and return it with the callback of the bank."""
        self.script_consent()
        self.token_answers(self.tokens("own"), self.tokens("theirs", "again"))
        consent = self.env["bank.consent"].with_user(self.manager)
        consent = consent._start(self.connection, user_ip="192.0.2.7")
        self.connection._transition("authorizing")
        state = self.bank.seen("POST", "/par")[-1].form["state"]
        return consent, {"state": state, "code": "c1", "iss": self.bank.url}

    def test_people_are_sent_to_the_banks_sign_in_and_come_back_with_tokens(self):
        consent, callback = self.ask()
        page = urlsplit(consent.redirect_url)
        self.assertEqual(page.path, "/auth")
        self.assertEqual(parse_qs(page.query)["request_uri"], ["urn:x:1"])
        pushed = self.bank.seen("POST", "/par")[-1].form
        self.assertTrue(pushed["redirect_uri"].endswith("/bank_sync/callback"))
        self.assertIn('"C1"', pushed["claims"])
        found = self.env["bank.consent"]._find_by_state(callback["state"], self.manager)
        self.assertEqual(found, consent)
        consent._take_return(callback)
        self.assertTrue(self.connection._finish_consent(consent))
        self.assertEqual(self.connection.state, "active")
        self.assertEqual(self.connection.account_ids.iban, "GB33BUKB20201555555555")
        self.assertEqual(self.store.load("account").access_token, "theirs")
        posted, read = (
            self.bank.seen(method, path)[-1].headers["authorization"]
            for method, path in (("POST", CONSENTS), ("GET", "/open-banking/accounts"))
        )
        self.assertEqual((posted, read), ("Bearer own", "Bearer theirs"))

    def test_case_024_a_callback_is_good_once(self):
        consent, callback = self.ask()
        consent._take_return(callback)
        calls = len(self.bank.seen("POST", "/token"))
        with mute_logger("odoo.addons.bank_sync.models.bank_consent_sign_in"):
            consent._take_return(callback)
        self.assertEqual(len(self.bank.seen("POST", "/token")), calls)
        self.assertEqual(self.store.load("account").access_token, "theirs")

    def test_a_refused_code_is_recorded_and_the_bank_asked_all_the_same(self):
        consent, callback = self.ask()
        with mute_logger("odoo.addons.bank_sync.models.bank_consent_sign_in"):
            consent._take_return({**callback, "error": "access_denied"})
        event = self.env["bank.event"].search([("kind", "=", "sign_in_refused")], limit=1)
        self.assertEqual(event.payload, {"code": "access_denied"})
        self.script_consent("RJCT")
        self.token_answers(self.tokens("own"))
        self.assertFalse(self.connection._finish_consent(consent))
        self.assertEqual(consent.status, "rejected")

    def connected(self):
        consent, callback = self.ask()
        consent._take_return(callback)
        self.connection._finish_consent(consent)
        return consent

    def sync(self):
        return self.connection.with_user(self.env.user)._sync(origin="user")

    def test_case_019_a_withdrawn_token_asks_one_person_once_and_the_bank_never_again(self):
        self.connected()
        self.store.save("account", TokenSet("old", time.time() - 10, "dead"))
        self.token_answers(self.reply(400, {"error": "invalid_grant"}))
        before = len(self.bank.seen("POST", "/token"))
        for _time in range(4):
            self.sync()
        self.assertEqual(len(self.bank.seen("POST", "/token")) - before, 1)
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual(self.connection.problem_code, "relink")
        activities = self.connection.activity_ids
        self.assertEqual(len(activities), 1)
        self.assertEqual(activities.user_id, self.manager)

    def test_case_018_a_token_server_in_trouble_costs_no_token(self):
        self.connected()
        self.store.save("account", TokenSet("old", time.time() - 10, "good"))
        self.token_answers(self.reply(503, b""))
        self.sync()
        self.assertEqual(self.store.load("account").refresh_token, "good")
        self.assertNotEqual(self.connection.problem_code, "relink")

    def test_case_021_a_clock_is_called_a_clock(self):
        self.connected()
        self.store.save("account", TokenSet("old", time.time() - 10, "good"))
        skewed = self.reply(
            401,
            {"error": "invalid_client", "error_description": "jwt not active yet"},
            headers={"Date": "Mon, 29 Dec 2025 09:20:00 GMT"},
        )
        self.token_answers(skewed)
        self.sync()
        self.assertEqual(self.connection.problem_code, "clock")
        self.assertIn("clock", self.connection.problem)

    def test_case_017_one_worker_renews_at_a_time_across_sessions(self):
        entered, order = threading.Event(), []

        def second():
            entered.wait(10)
            with BankTokenStore(self.connection).locked():
                order.append("second")

        worker = threading.Thread(target=second)
        worker.start()
        with self.store.locked():
            entered.set()
            time.sleep(0.5)
            order.append("first")
        worker.join(20)
        self.assertEqual(order, ["first", "second"])

    def test_secrets_can_be_written_and_never_read(self):
        values = self.connection.read(["signing_key", "client_secret", "certificate_key"])[0]
        self.assertFalse(values["signing_key"] or values["client_secret"])
        with self.assertRaises(AccessError):
            self.connection.with_user(self.env.user).read(["signing_key"])
        self.connected()
        exported = json.dumps(self.connection.read()[0], default=str)
        for secret in ("theirs", "again", "PRIVATE KEY"):
            self.assertNotIn(secret, exported)

    def test_tokens_of_one_server_are_never_sent_to_another(self):
        for field in ("oauth_token_endpoint", "oauth_issuer", "base_url"):
            with self.subTest(field=field):
                self.store.save("account", TokenSet("t", None, "r"))
                self.connection.write({field: self.connection[field]})
                self.assertTrue(self.store.load("account"))
                before = self.connection[field]
                self.connection.write({field: f"{self.bank.url}/{field}"})
                self.assertFalse(self.store.load("account"))
                self.connection.write({field: before})

    def test_a_secret_for_one_server_is_forgotten_with_it(self):
        secrets = self.env["bank.secret"]
        self.connection.write({"client_secret": "s"})
        self.connection.write({"name": "Another name"})
        self.assertEqual(secrets._reveal(self.connection, "client_secret"), "s")
        self.connection.write({"oauth_token_endpoint": f"{self.bank.url}/other"})
        self.assertFalse(secrets._reveal(self.connection, "client_secret"))

    def test_a_consent_that_ends_takes_its_tokens_with_it(self):
        consent = self.connected()
        self.assertTrue(self.store.load("account"))
        consent._transition("revokedByPsu")
        self.assertFalse(self.store.load("account"))

    def test_a_neutralized_copy_keeps_neither_tokens_nor_servers(self):
        self.connected()
        self.env.flush_all()
        for query in get_neutralization_queries(["bank_sync"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.connection.auth_method, "token")
        self.assertFalse(self.connection.oauth_token_endpoint)
        self.assertFalse(self.env["bank.secret"].sudo().search([]))

    def test_a_server_is_looked_up_by_its_name(self):
        description = {
            "issuer": self.bank.url,
            "authorization_endpoint": f"{self.bank.url}/a2",
            "token_endpoint": f"{self.bank.url}/t2",
            "jwks_uri": f"{self.bank.url}/jwks",
        }
        self.answer("GET", "/.well-known/openid-configuration", description)
        self.connection.action_read_oauth_metadata()
        self.assertEqual(self.connection.oauth_token_endpoint, f"{self.bank.url}/t2")
        self.assertFalse(self.connection.oauth_par_endpoint)
        self.connection.oauth_issuer = "http://bank.example"
        with self.assertRaises(UserError):
            self.connection.action_read_oauth_metadata()

    def test_a_bank_with_sign_in_and_no_server_entered_says_what_to_do(self):
        self.script_consent()
        self.connection.auth_method = "token"
        with self.assertRaisesRegex(UserError, "OAuth server"):
            self.env["bank.consent"].with_user(self.manager)._start(self.connection)

    def test_what_is_known_of_a_bank_reaches_its_adapter(self):
        self.assertEqual(self.connection._adapter().profile.zone, "Europe/London")
        self.connection.write({"bank_zone": "Europe/Paris", "sign_convention": "reversed"})
        profile = self.connection._adapter().profile
        self.assertEqual((profile.zone, profile.signs), ("Europe/Paris", "reversed"))
        self.assertEqual(profile.approval, "oauth")
        self.assertIsInstance(profile, base.BankProfile)
