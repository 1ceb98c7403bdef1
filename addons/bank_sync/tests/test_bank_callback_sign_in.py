from urllib.parse import urlencode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.bank_sync.models.bank_token_store import BankTokenStore

from .scripted import scripted_bank

CONSENTS = "/account-access-consents"


@tagged("post_install", "-at_install")
class TestBankCallbackSignIn(HttpCase):
    """A person comes back from the bank's OAuth server, in a browser."""

    def setUp(self):
        super().setUp()
        scripted = scripted_bank()
        self.reply = scripted.Reply
        self.bank = scripted.ScriptedBank()
        self.addCleanup(self.bank.stop)
        company = self.env.ref("base.main_company")
        groups = "bank_sync.group_manager"
        self.manager = new_test_user(self.env, "sign_in_manager", groups, company_id=company.id)
        self.env["ir.config_parameter"].sudo().set_param("web.base.url", self.base_url())
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.connection = (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create(
                {
                    "name": "High Street Bank",
                    "adapter": "open_banking_uk",
                    "base_url": self.bank.url,
                    "auth_method": "private_key_jwt",
                    "oauth_issuer": self.bank.url,
                    "oauth_authorization_endpoint": f"{self.bank.url}/auth",
                    "oauth_token_endpoint": f"{self.bank.url}/token",
                    "oauth_par_endpoint": f"{self.bank.url}/par",
                    "oauth_client_id": "sme",
                    "signing_key": key.private_bytes(
                        serialization.Encoding.PEM,
                        serialization.PrivateFormat.PKCS8,
                        serialization.NoEncryption(),
                    ).decode(),
                }
            )
        )
        self.script(company.currency_id.name)
        self.consent = self.env["bank.consent"].with_user(self.manager)._start(self.connection)
        self.connection._transition("authorizing")
        self.state = self.bank.seen("POST", "/par")[-1].form["state"]

    def script(self, currency):
        """Write down what the bank says to everything it will be asked."""
        number = {"SchemeName": "UK.OBIE.IBAN", "Identification": "GB33BUKB20201555555555"}
        account = {"AccountId": "A1", "Currency": currency, "Account": [number]}
        consent = {"ConsentId": "C1", "Status": "AWAU"}
        tokens = {"access_token": "theirs", "refresh_token": "again", "expires_in": 300}
        self.bank.on("POST", CONSENTS, self.reply(201, {"Data": consent, "Risk": {}}))
        valid = {"Data": {**consent, "Status": "AUTH"}}
        self.bank.on("GET", f"{CONSENTS}/C1", self.reply(200, valid))
        self.bank.on("GET", "/accounts", self.reply(200, {"Data": {"Account": [account]}}))
        self.bank.on("POST", "/par", self.reply(201, {"request_uri": "urn:x:1"}))
        self.bank.on("POST", "/token", self.reply(200, tokens))

    def come_back(self, **query):
        query = {"state": self.state, "code": "c1", "iss": self.bank.url, **query}
        answer = self.url_open(f"/bank_sync/callback?{urlencode(query)}", allow_redirects=False)
        self.connection.invalidate_recordset()
        return answer

    def exchanges(self):
        asked = self.bank.seen("POST", "/token")
        return [each for each in asked if each.form["grant_type"] == "authorization_code"]

    def test_the_code_in_the_address_becomes_tokens_once(self):
        self.authenticate("sign_in_manager", "sign_in_manager")
        self.assertEqual(self.come_back().status_code, 303)
        self.assertEqual(self.connection.state, "active")
        self.assertEqual(len(self.exchanges()), 1)
        self.assertEqual(BankTokenStore(self.connection).load("account").access_token, "theirs")
        self.come_back()
        self.assertEqual(len(self.exchanges()), 1, "coming back twice changes nothing")

    def test_somebody_elses_browser_exchanges_nothing(self):
        groups = "bank_sync.group_manager"
        new_test_user(self.env, "other_manager", groups, company_id=self.manager.company_id.id)
        self.authenticate("other_manager", "other_manager")
        self.come_back()
        self.assertFalse(self.exchanges())
        self.assertEqual(self.connection.state, "authorizing")

    def test_a_callback_of_another_server_exchanges_nothing(self):
        self.authenticate("sign_in_manager", "sign_in_manager")
        with mute_logger("odoo.addons.bank_sync.models.bank_consent_sign_in"):
            self.come_back(iss="https://evil.example")
        self.assertFalse(self.exchanges())
        self.assertFalse(BankTokenStore(self.connection).load("account"))
