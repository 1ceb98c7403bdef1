"""A company whose bank takes orders."""

from datetime import datetime, timedelta, timezone
from functools import partial
from unittest.mock import patch

from freezegun import freeze_time

from odoo import api
from odoo.exceptions import ConcurrencyError
from odoo.service.model import retrying

from .common import BankSyncCommon
from .order_desk import OrderDesk

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


class OutboxCommon(BankSyncCommon):
    """``order()`` is what the business does; ``relay()`` what the cron does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = (
            cls.env["bank.connection"]
            .with_user(cls.manager)
            .create({"name": "Banque du Parc", "base_url": "https://bank.example"})
            .sudo()
        )
        cls.connection._transition("authorizing")
        cls.connection._transition("active")
        cls.account = (
            cls.env["bank.connection.account"]
            .sudo()
            .create(
                {
                    "connection_id": cls.connection.id,
                    "company_id": cls.company.id,
                    "iban": "LU280019400644750000",
                    "currency_id": cls.eur.id,
                    "journal_id": cls.journal.id,
                }
            )
        )
        cls.payee = cls.env["res.partner.bank"].create(
            {"acc_number": "DE89370400440532013000", "partner_id": cls.customer.id}
        )
        cls.outbox = cls.env["bank.outbox"]

    def setUp(self):
        super().setUp()
        self.clock = self.stop_clock()
        self.desk = OrderDesk()
        self.opened(self.desk)

    def stop_clock(self):
        """Stop the clock at ``START``."""
        frozen = freeze_time(START)
        clock = frozen.start()
        self.addCleanup(frozen.stop)
        return clock

    def opened(self, desk):
        """Let every connection lead to ``desk`` until the end of the test, and return it."""
        self.desk = desk
        opened = desk.open()
        opened.start()
        self.addCleanup(opened.stop)
        return desk

    def order(self, amount=12.5, *, about="account.move,7", version=1, env=None):
        """Order a refund, in the transaction of ``env``."""
        outbox = (env or self.env)["bank.outbox"]
        intent = outbox._enqueue_payment(
            self.account.with_env(outbox.env),
            self.payee.with_env(outbox.env),
            amount,
            "Refund RINV/7",
            aggregate=about,
            version=version,
        )
        return intent.sudo()

    def relay(self):
        """Run the cron as Odoo does."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("bank_sync.bank_outbox_cron_relay").with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()
        self.env.invalidate_all()

    def later(self, **delta):
        """Let time pass, then run the cron."""
        self.clock.tick(timedelta(**delta))
        self.relay()

    def days_pass(self, days=3):
        """Run the cron every ten minutes of an hour, then every few hours."""
        for _number in range(7):
            self.later(minutes=10)
        for _number in range(days * 4):
            self.later(hours=6)

    def business_with_conflicts(self, conflicts, about):
        """Order in a request that Odoo repeats ``conflicts`` times, and return how often it ran."""
        runs = []

        def business(env):
            runs.append(1)
            self.order(about=about, env=env)
            env.flush_all()
            if len(runs) <= conflicts:
                raise ConcurrencyError("another request was first")

        self.env.flush_all()
        with (
            self.enter_registry_test_mode(),
            patch("odoo.service.model.time.sleep"),
            self.registry.cursor() as cursor,
        ):
            env = api.Environment(cursor, self.env.uid, {}, su=True)
            retrying(partial(business, env), env)
        self.env.invalidate_all()
        return len(runs)
