import contextlib
import threading

import psycopg2

from odoo import SUPERUSER_ID, api, fields
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.bank_sync.core.identity import Coverage, reconcile_window
from odoo.addons.bank_sync.core.statement import Entry
from odoo.addons.bank_sync.models.bank_entry_values import entry_to_values


@tagged("post_install", "-at_install")
class TestTwoWorkers(BaseCase):
    """Two real transactions: what one worker adds, the other cannot add again."""

    def setUp(self):
        super().setUp()
        with self.environment() as env:
            self.account_id = (
                env["bank.connection.account"]
                .create(
                    {
                        "company_id": env["res.company"].search([], limit=1).id,
                        "iban": "DE02120300000000202051",
                        "currency_id": env.ref("base.EUR").id,
                    }
                )
                .id
            )
            env.cr.commit()
        self.addCleanup(self.forget)

    @contextlib.contextmanager
    def environment(self):
        """Give an environment on a connection of its own."""
        with contextlib.closing(db_connect(get_db_name()).cursor()) as cursor:
            yield api.Environment(cursor, SUPERUSER_ID, {})

    def forget(self):
        """Leave the database as it was."""
        with self.environment() as env:
            account = env["bank.connection.account"].browse(self.account_id)
            account.entry_ids.unlink()
            account.unlink()
            env.cr.commit()

    def plan(self):
        day = fields.Date.today()
        entry = Entry(day, day, 500, "EUR", remittance=("COFFEE",))
        return entry, reconcile_window([], [entry, entry], Coverage("whole"))

    def add(self, env):
        """Add what the worker has planned before the other one was done."""
        entry, plan = self.plan()
        account = env["bank.connection.account"].browse(self.account_id)
        currencies = {"EUR": env.ref("base.EUR")}
        env["bank.entry"].create(
            [
                {
                    **entry_to_values(entry, currencies),
                    "account_id": account.id,
                    "company_id": account.company_id.id,
                    "state": "booked",
                    "fingerprint": new.fingerprint,
                    "occurrence": new.occurrence,
                }
                for new in plan.added
            ]
        )
        env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_two_workers_that_add_the_same_entries_collide(self):
        outcome = []

        def second():
            with self.environment() as env:
                try:
                    self.add(env)
                    env.cr.commit()
                    outcome.append("added")
                except psycopg2.IntegrityError:
                    outcome.append("refused")

        with self.environment() as env:
            self.add(env)
            worker = threading.Thread(target=second)
            worker.start()
            # The second waits at the unique index until the first has ended.
            worker.join(timeout=1)
            env.cr.commit()
        worker.join(timeout=30)
        self.assertEqual(outcome, ["refused"])
        with self.environment() as env:
            rows = env["bank.entry"].search([("account_id", "=", self.account_id)])
            self.assertEqual(rows.mapped("occurrence"), [2, 1], "two alike are two, not four")

    def test_a_worker_that_finds_the_account_taken_stays_away(self):
        with self.environment() as first, self.environment() as second:
            mine = first["bank.connection.account"].browse(self.account_id)
            theirs = second["bank.connection.account"].browse(self.account_id)
            self.assertTrue(mine.try_lock_for_update(allow_referencing=True))
            self.assertFalse(theirs.try_lock_for_update(allow_referencing=True))
