import contextlib
import threading

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

MODELS = ("bank.match.payer", "bank.match.situation")


@tagged("post_install", "-at_install")
class TestTwoAccountants(BaseCase):
    """Two real transactions that learn the same at once: both are counted, in whatever order."""

    def setUp(self):
        super().setUp()
        with self.environment() as env:
            company = env["res.company"].search([], limit=1)
            self.lesson = {
                "company": company.id,
                "account": "XX99 0000",
                "name": "",
                "day": "2026-05-04",
                "partners": [[company.partner_id.id, False]],
                "situation": "exact+short+two_accountants",
                "right": True,
                "weight": 1.0,
            }
        self.addCleanup(self.forget)

    @contextlib.contextmanager
    def environment(self):
        """Give an environment on a connection of its own."""
        with contextlib.closing(db_connect(get_db_name()).cursor()) as cursor:
            yield api.Environment(cursor, SUPERUSER_ID, {})

    def learn(self, env):
        for model in MODELS:
            env[model]._learn([self.lesson])

    def counts(self):
        with self.environment() as env:
            payer = env["bank.match.payer"].search([("key", "=", "XX990000")])
            situation = env["bank.match.situation"].search(
                [("situation", "=", self.lesson["situation"])]
            )
            return payer.mapped("count"), situation.mapped("right_count")

    def forget(self):
        """Leave the database as it was."""
        with self.environment() as env:
            for model in MODELS:
                env[model]._unlearn([self.lesson] * 9)
            env["bank.match.situation"].search(
                [("situation", "=", self.lesson["situation"])]
            ).unlink()
            env.cr.commit()

    @mute_logger("odoo.sql_db")
    def test_what_two_learn_at_once_is_counted_twice(self):
        collisions = []

        def second():
            with self.environment() as env:
                env["res.company"].search_count([])  # Its view of the world begins here.
                started.set()
                committed.wait(10)
                try:
                    self.learn(env)
                except psycopg2.errors.SerializationFailure as collision:
                    # Odoo repeats a request that meets this, as here.
                    collisions.append(collision)
                    env.cr.rollback()
                    env.transaction.reset()
                    self.learn(env)
                env.cr.commit()

        started, committed = threading.Event(), threading.Event()
        worker = threading.Thread(target=second)
        with self.environment() as env:
            worker.start()
            started.wait(10)
            self.learn(env)
            env.cr.commit()
            committed.set()
        worker.join(20)
        self.assertEqual(len(collisions), 1)
        self.assertEqual(self.counts(), ([2], [2.0]))
