"""The guide from "which bank?" to the first proved reading, with every way it can be left."""

from dataclasses import replace
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.bank_sync.connectors.base import REGISTRY, RemoteAccount, Temporary

from .fake_bank import IBAN, OTHER_IBAN, FakeBankCommon, adapter_of


@tagged("post_install", "-at_install")
class TestBankConnectionWizard(FakeBankCommon):
    def setUp(self):
        super().setUp()
        self.bank.accounts.append(RemoteAccount("r2", OTHER_IBAN, "USD", "Maison Tilleul", None))
        self.bank.book(1, 1000)
        self.guides = self.env["bank.connection.wizard"].with_user(self.manager)
        self.startPatcher(patch.object(type(self.connection), "_user_ip", return_value="192.0.2.7"))

    def guide(self, **values):
        values = {
            "is_other": True,
            "name": "House bank",
            "base_url": "https://bank.example",
        } | values
        return self.guides.create(values)

    def asked(self):
        """Return a guide that waits for the approval."""
        guide = self.guide()
        guide.action_choose_bank()
        guide.action_ask()
        return guide

    def approve(self, guide, status="valid"):
        self.bank.consents[guide.consent_id.external_id] = status
        guide.asked_at = False
        return guide.poll()

    def at_accounts(self):
        guide = self.asked()
        self.approve(guide)
        self.assertEqual(guide.step, "accounts")
        return guide

    def test_the_whole_way(self):
        directory = self.env["bank.directory"].sudo()
        directory.create({"name": "Banque du Parc", "base_url": "https://bank.example"})
        bank = directory.search([("name", "=", "Banque du Parc")])
        guide = self.guides.create({"directory_id": bank.id})
        guide.action_choose_bank()
        self.assertEqual((guide.step, guide.name), ("access", "Banque du Parc"))
        self.assertFalse(guide.connection_id, "looking at what is asked for creates nothing")
        action = guide.action_ask()
        self.assertEqual((action["type"], action["target"]), ("ir.actions.act_url", "self"))
        self.assertEqual(guide.step, "approve")
        self.assertFalse(guide.poll(), "nothing has happened at the bank")
        self.assertTrue(self.approve(guide))
        self.assertEqual(guide.line_ids.mapped("iban"), [IBAN, OTHER_IBAN])
        dollars = guide.line_ids.filtered(lambda line: line.currency_id == self.usd)
        self.assertIn("New journal", dollars.journal_text)
        guide.action_link_accounts()
        self.assertEqual(guide.step, "reading")
        self.assertTrue(guide.poll())
        guide.read_first()
        self.assertEqual((guide.step, guide.is_good, guide.progress), ("result", True, 100))
        self.assertIn("New entries: 1. Accounts read: 2.", guide.result_text)
        self.assertTrue(all(run.attended for run in guide.run_ids))
        journals = guide.connection_id.account_ids.journal_id
        self.assertEqual(len(journals), 2)
        self.assertEqual(set(journals.mapped("bank_statements_source")), {"bank_sync"})
        self.assertEqual(guide.connection_id.health, "good")
        self.assertEqual(guide.connection_id.responsible_id, self.manager)

    def test_a_first_balance_is_called_a_starting_point_and_only_the_next_a_proof(self):
        guide = self.at_accounts()
        guide.line_ids[1].is_read = False
        guide.action_link_accounts()
        guide.read_first()
        connection = guide.connection_id
        account = connection.account_ids.filtered("journal_id")
        self.assertEqual(account.last_proof, "baseline")
        self.assertIn("starting point", connection.health_text)
        self.assertNotIn("agrees", connection.health_text)
        self.bank.book(0, 250)
        connection.with_user(self.manager)._sync(origin="user", user_ip="192.0.2.7")
        self.assertEqual(account.last_proof, "proved")
        self.assertIn("agrees to the cent", connection.health_text)

    def test_files_are_offered_and_lead_to_a_page_that_can_connect(self):
        guide = self.guides.create({})
        self.assertEqual(guide.display_name, "Connect a Bank")
        guide.action_choose_files()
        self.assertTrue(guide.is_other and guide.delivers_files)
        with self.assertRaises(UserError):
            guide.action_choose_bank()
        guide.name = "Volksbank"
        action = guide.action_choose_bank()
        connection = guide.connection_id
        self.assertEqual((connection.adapter, connection.state), ("file_drop", "draft"))
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("bank.connection", connection.id)
        )
        self.assertIn("press Connect", connection.advice)
        again = connection.action_open_wizard()
        self.assertEqual(again["res_model"], "bank.connection", "files ask for no approval")
        form = etree.fromstring(connection.get_view(view_type="form")["arch"])
        button = form.xpath("//header/button[@name='action_connect']")[0]
        self.assertFalse(
            safe_eval(
                button.get("invisible"),
                {"state": connection.state, "needs_no_approval": connection.needs_no_approval},
            )
        )

    def test_looking_at_an_address_leaves_no_warning_in_the_log(self):
        guide = self.guide()
        with self.assertNoLogs("odoo.domains", level="WARNING"):
            guide.action_choose_bank()
        self.assertEqual(guide.step, "access")

    def test_nothing_is_connected_before_a_person_chose_the_journals(self):
        guide = self.at_accounts()
        self.assertFalse(guide.connection_id.account_ids.journal_id)
        self.assertFalse(guide.connection_id.sudo()._sync())

    def test_an_account_not_chosen_is_not_read(self):
        guide = self.at_accounts()
        guide.line_ids[1].is_read = False
        guide.action_link_accounts()
        guide.read_first()
        self.assertEqual(guide.run_ids.account_id.iban, IBAN)
        self.assertFalse(guide.line_ids[1].account_id.journal_id)

    def test_the_start_date_keeps_older_entries_out_of_the_journal(self):
        guide = self.at_accounts()
        guide.line_ids[0].import_from = self.today
        guide.action_link_accounts()
        guide.read_first()
        account = guide.line_ids[0].account_id
        self.assertEqual(len(account.entry_ids), 1)
        lines = [("journal_id", "=", account.journal_id.id)]
        self.assertFalse(self.env["account.bank.statement.line"].search_count(lines))

    def test_two_accounts_cannot_share_a_journal(self):
        self.bank.accounts[1] = replace(self.bank.accounts[1], currency="EUR")
        guide = self.at_accounts()
        proposed = guide.line_ids.journal_id
        self.assertLessEqual(len(proposed), 1, "one journal is never proposed twice")
        guide.line_ids.journal_id = self.journal
        with self.assertRaises(ValidationError):
            guide.action_link_accounts()

    def test_no_account_of_another_bank_can_be_slipped_in(self):
        other = self.connect()
        journal = other[0].journal_id
        guide = self.guide()
        guide.action_choose_bank()
        self.bank.accounts = [RemoteAccount("r9", "FR7612345000010000000000394", "EUR", "x", None)]
        guide.action_ask()
        self.approve(guide)
        guide.line_ids[0].account_id = other[0]
        guide.action_link_accounts()
        self.assertEqual(other[0].journal_id, journal)
        self.assertEqual(other[0].connection_id, self.connection)

    # === LEAVING AND COMING BACK === #

    def test_the_guide_opens_where_the_connection_stands(self):
        guide = self.asked()
        connection = guide.connection_id
        again = self.guides.browse(connection.action_open_wizard()["res_id"])
        self.assertEqual((again, again.step), (guide, "approve"))
        guide.unlink()
        again = self.guides.browse(connection.action_open_wizard()["res_id"])
        self.assertEqual(again.step, "approve", "also after the guide is forgotten")
        self.approve(again)
        again.unlink()
        again = self.guides.browse(connection.action_open_wizard()["res_id"])
        self.assertEqual((again.step, len(again.line_ids)), ("accounts", 2))

    def test_case_025_declined_at_the_bank_and_started_again(self):
        guide = self.asked()
        self.assertTrue(self.approve(guide, "rejected"))
        self.assertEqual((guide.step, guide.consent_status), ("approve", "rejected"))
        self.assertFalse(guide.poll(), "nothing is asked any more")
        guide.action_start_again()
        guide.action_ask()
        self.approve(guide)
        self.assertEqual(guide.step, "accounts")
        self.assertEqual(len(guide.connection_id.consent_ids), 2)

    def test_case_026_the_second_signature_is_waited_for_on_the_screen_sparsely(self):
        guide = self.asked()
        self.assertTrue(self.approve(guide, "partiallyAuthorised"))
        self.assertIn("second", guide.waiting_text)
        asked = self.bank.count("consent_state")
        for _look in range(10):
            guide.poll()
        self.assertEqual(self.bank.count("consent_state"), asked)

    def test_case_023_a_silent_bank_leaves_the_guide_waiting(self):
        guide = self.asked()
        self.bank.fails["consent_state"] = Temporary("unavailable", request_id="r")
        self.assertFalse(self.approve(guide))
        self.assertEqual(guide.step, "approve")
        self.bank.fails.clear()
        self.assertTrue(self.approve(guide))

    def test_an_approval_in_the_banks_app_has_no_page_and_says_what_to_do(self):
        self.bank.decoupled = True
        guide = self.guide()
        guide.action_choose_bank()
        self.assertIs(guide.action_ask(), True)
        self.assertFalse(guide.approval_page)
        self.assertEqual(guide.waiting_text, "Approve in your app")
        self.approve(guide)
        self.assertEqual(guide.step, "accounts")

    def test_a_first_read_that_fails_says_why_and_can_be_repeated(self):
        guide = self.at_accounts()
        guide.action_link_accounts()
        self.bank.fails["pages"] = Temporary("unavailable", request_id="r-first")
        guide.read_first()
        self.assertEqual((guide.step, guide.is_good), ("result", False))
        self.assertIn("r-first", guide.result_text)
        self.bank.fails.clear()
        guide.action_retry()
        guide.read_first()
        self.assertTrue(guide.is_good)

    def test_renewing_needs_no_accounts_step(self):
        self.connect()
        guide = self.guides.browse(self.connection.action_open_wizard()["res_id"])
        self.assertEqual(guide.step, "access")
        guide.action_ask()
        self.approve(guide)
        self.assertEqual(guide.step, "reading")

    def test_what_is_missing_is_said(self):
        for values in ({"is_other": False}, {"base_url": False}, {"name": False}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.guide(**values).action_choose_bank()
        with self.assertRaises(UserError):
            self.guide(base_url="http://bank.example").action_choose_bank()
        guide = self.at_accounts()
        guide.line_ids.is_read = False
        with self.assertRaises(UserError):
            guide.action_link_accounts()

    def test_a_bank_without_approval_leads_to_its_settings(self):
        adapter = adapter_of(self.bank, link=frozenset({"none"}), delivers="files")
        with patch.dict(REGISTRY, {"berlin_group": adapter}):
            action = self.guide().action_choose_bank()
        self.assertEqual(action["res_model"], "bank.connection")
        self.assertTrue(action["res_id"])

    # === WHO MAY === #

    def test_an_accountant_cannot_use_the_guide_or_anothers(self):
        guide = self.asked()
        for user in (self.env.user,):
            with self.assertRaises(AccessError):
                guide.with_user(user).poll()
            with self.assertRaises(AccessError):
                self.guides.with_user(user).create({})
        other = self.manager.copy({"login": "other_manager"})
        with self.assertRaises(AccessError):
            guide.with_user(other).read(["step"])

    def test_the_token_is_kept_encrypted_and_leaves_the_guide(self):
        guide = self.guide(access_token="opens-the-bank")
        guide.action_choose_bank()
        guide.action_ask()
        self.assertFalse(guide.access_token)
        self.assertEqual(
            self.env["bank.secret"]._reveal(guide.connection_id, "access_token"), "opens-the-bank"
        )
