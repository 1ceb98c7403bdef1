import hashlib
import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .sandbox import SandboxBank


@tagged("post_install", "-at_install")
class TestBankCallback(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = SandboxBank()
        cls.addClassCleanup(cls.bank.stop)
        company = cls.env.ref("base.main_company")
        groups = "bank_sync.group_manager"
        cls.manager = new_test_user(cls.env, "bank_manager", groups, company_id=company.id)
        cls.other = new_test_user(cls.env, "other_manager", groups, company_id=company.id)
        cls.account = cls.bank.open_account(company.currency_id.name)
        cls.connection = (
            cls.env["bank.connection"]
            .with_user(cls.manager)
            .create({"name": "Banque du Parc", "base_url": cls.bank.url})
        )

    def _ask(self):
        """Press Connect in the browser and return consent, page of the bank, and way back."""
        self.authenticate("bank_manager", "bank_manager")
        self.env["ir.config_parameter"].sudo().set_param("web.base.url", self.base_url())
        action = self.make_jsonrpc_request(
            "/web/dataset/call_button/bank.connection/action_connect",
            {
                "model": "bank.connection",
                "method": "action_connect",
                "args": [[self.connection.id]],
                "kwargs": {},
            },
        )
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.connection.invalidate_recordset()
        consent = self.env["bank.consent"].search([], order="id desc", limit=1)
        return consent, action["url"]

    def _decide(self, consent, decision="approve"):
        accounts = [self.account["resource_id"]] if decision == "approve" else []
        body = {"decision": decision, "accounts": accounts}
        return self.bank.post(f"consents/{consent.external_id}", **body)["location"]

    def test_connecting_by_the_banks_page_links_accounts_and_journals(self):
        consent, page = self._ask()
        self.assertEqual(self.connection.state, "authorizing")
        self.assertTrue(page.startswith(self.bank.url))
        self.assertEqual(self.bank.http.get(page, timeout=30).status_code, 200)
        back = self._decide(consent)
        answer = self.url_open(back, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn(f"/bank-connections/{self.connection.id}", answer.headers["Location"])
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.state, "active")
        self.assertEqual(self.connection.account_ids.iban, self.account["iban"])
        self.assertTrue(self.connection.account_ids.journal_id)
        accounts = self.connection.account_ids
        again = self.url_open(back)
        self.assertEqual(again.status_code, 403)
        self.assertIn("cannot be used", again.text)
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.account_ids, accounts, "coming back twice changes nothing")
        self.assertEqual(self.connection.state, "active")

    def test_the_address_is_not_believed(self):
        consent, _page = self._ask()
        state = self._state(consent)
        self.url_open(f"/bank_sync/callback?state={state}&status=valid&consentStatus=valid")
        self.connection.invalidate_recordset()
        self.assertNotEqual(self.connection.state, "active")
        self.assertFalse(self.connection.account_ids)

    def test_somebody_elses_old_or_unknown_state_changes_nothing(self):
        consent, _page = self._ask()
        back = self._decide(consent)
        self.authenticate("other_manager", "other_manager")
        self.url_open(back)
        self.url_open("/bank_sync/callback")
        self.url_open("/bank_sync/callback?state=guess")
        self.authenticate("bank_manager", "bank_manager")
        consent.sudo().state_expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.url_open(back)
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.state, "authorizing")
        self.assertFalse(self.connection.account_ids)
        refused = self.env["bank.event"].search_count([("kind", "=", "consent_state_refused")])
        self.assertEqual(refused, 4)

    def test_a_visitor_without_a_session_is_asked_to_log_in(self):
        consent, _page = self._ask()
        back = self._decide(consent)
        self.authenticate(None, None)
        answer = self.url_open(back, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.state, "authorizing")

    def test_case_023_coming_back_without_a_decision_leads_to_the_waiting_page(self):
        consent, _page = self._ask()
        answer = self.url_open(
            f"/bank_sync/callback?state={self._open_state(consent)}", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/odoo/connect-bank/", answer.headers["Location"])
        self.connection.invalidate_recordset()
        self.assertEqual((consent.status, self.connection.state), ("received", "authorizing"))

    def test_case_024_whoever_comes_with_a_wrong_state_reads_a_friendly_page(self):
        self._ask()
        answer = self.url_open("/bank_sync/callback?state=guess")
        self.assertEqual(answer.status_code, 403)
        self.assertIn("Nothing was changed", answer.text)
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_case_025_cancelling_at_the_bank_shows_a_friendly_page(self):
        consent, _page = self._ask()
        answer = self.url_open(self._decide(consent, "cancel"))
        self.assertEqual(answer.status_code, 200)
        self.assertIn("was not approved", answer.text)
        self.assertIn("/odoo/connect-bank/", answer.text)

    def test_the_bank_falls_silent_just_when_the_person_is_back(self):
        consent, _page = self._ask()
        back = self._decide(consent)
        self.bank.post("faults", kind="down", times=100)
        answer = self.url_open(back)
        self.bank.post("faults", kind="none")
        self.assertIn("does not answer", answer.text)
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.state, "authorizing")
        self.env.cr.flush()
        self.connection.sudo()._ask_after(consent)
        self.assertEqual(self.connection.state, "active", "we keep asking by ourselves")

    def test_cancelling_at_the_bank_says_what_to_do(self):
        consent, _page = self._ask()
        self.url_open(self._decide(consent, "cancel"))
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.state, "attention")
        self.assertIn("not approved", self.connection.health_text)

    def _open_state(self, consent):
        """Return the state of a consent nobody has decided on."""
        state = secrets.token_urlsafe(8)
        consent.sudo().state_digest = hashlib.sha256(state.encode()).hexdigest()
        self.env.flush_all()
        return state

    def _state(self, consent):
        location = self._decide(consent, "cancel")
        return parse_qs(urlsplit(location).query)["state"][0]
