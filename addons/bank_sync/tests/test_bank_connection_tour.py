"""A manager connects a bank in a real browser, from an empty page to the proved result."""

from odoo.tests import HttpCase, tagged

from .fake_bank import FakeBankCommon


@tagged("post_install", "-at_install")
class TestBankConnectionTour(FakeBankCommon, HttpCase):
    def test_a_manager_connects_a_bank_whose_app_approves(self):
        self.connection.sudo().unlink()
        self.bank.decoupled = True
        self.bank.approves_after = 2
        for day in (1, 2, 3):
            self.bank.book(day, 1000 + day)
        self.start_tour("/odoo/bank-connections", "bank_sync_connect", login="bank_manager")
        connection = self.env["bank.connection"].search([])
        self.assertEqual((connection.state, connection.health), ("active", "good"))
        self.assertEqual(len(connection.account_ids.entry_ids), 3)
        self.assertTrue(connection.account_ids.journal_id)
        self.assertEqual(self.bank.count("start_consent"), 1)
        self.assertTrue(connection.run_ids.attended)
