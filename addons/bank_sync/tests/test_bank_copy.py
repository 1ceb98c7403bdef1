"""Case 33: a copy of the database reads nothing and sends nothing."""

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from odoo.addons.bank_sync.connectors.base import Permanent

from .fake_bank import FakeBankCommon


@tagged("post_install", "-at_install")
class TestBankCopy(FakeBankCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.bank.book(1, 1000)
        self.read_waiting()
        self.calls = len(self.bank.calls)

    def copy_database(self):
        """Make this database another one, as restoring it under another uuid does."""
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "another")

    def assertSilent(self):
        self.assertEqual(len(self.bank.calls), self.calls, "nothing was sent")

    def test_case_033_schedules_suspend_a_copy_and_send_nothing(self):
        self.copy_database()
        for name in ("sync", "watch"):
            self.connection.sudo().next_attempt_at = "2020-01-01"
            self.run_cron(name)
            self.assertSilent()
        self.assertEqual(self.connection.state, "suspended")
        self.assertEqual(
            (self.connection.health, self.connection.next_step), ("problem", "confirm")
        )
        self.assertIn("copy", self.connection.health_text)

    def test_case_033_no_button_reaches_the_bank_from_a_copy(self):
        self.copy_database()
        connection = self.connection
        connection.with_user(self.env.user).action_sync()
        with self.assertRaises(Permanent):
            connection._adapter()
        for action in (connection.action_revoke,):
            with self.assertRaises(UserError):
                action()
        self.run_cron()
        connection.with_user(self.env.user).action_sync()
        self.assertSilent()

    def test_case_033_the_mark_is_the_databases_and_not_the_uuids_alone(self):
        mark = self.connection._database_mark()
        self.assertEqual(mark, self.connection._database_mark(), "stable")
        self.assertEqual(self.connection.sudo().database_mark, mark)
        self.copy_database()
        self.assertNotEqual(self.connection._database_mark(), mark)

    def test_case_033_a_manager_may_say_that_this_is_the_real_one(self):
        self.copy_database()
        self.run_cron()
        with self.assertRaises(AccessError):
            self.connection.with_user(self.env.user).action_confirm_database()
        self.connection.action_confirm_database()
        self.assertEqual(self.connection.state, "active")
        self.assertEqual(self.read_waiting().state, "done")
        with self.assertRaises(UserError):
            self.connection.action_confirm_database()

    def test_case_033_a_neutralised_copy_is_silent_too(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["bank_sync"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.connection.search_count(self.connection._due_domain()))
        self.read_waiting()
        self.read_alone()
        self.assertSilent()
        self.assertFalse(self.connection.consent_id)
        crons = self.env.ref("bank_sync.bank_connection_cron_sync") | self.env.ref(
            "bank_sync.bank_connection_cron_watch"
        )
        self.assertFalse(any(crons.sudo().mapped("active")))
