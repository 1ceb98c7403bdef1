import os
import stat
from pathlib import Path
from unittest.mock import patch

import psycopg2
from cryptography.fernet import Fernet

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import new_test_user, tagged
from odoo.tools import config, mute_logger

from odoo.addons.bank_sync.models.bank_secret import KEY_FILE

from .common import BankSyncCommon

#: Model → what an accountant and a manager may do: read, write, create, unlink.
RIGHTS = {
    "bank.connection": ("r", "rwcu"),
    "bank.connection.account": ("r", "rw"),
    "bank.connection.wizard": ("", "rwcu"),
    "bank.connection.wizard.account": ("", "rwcu"),
    "bank.consent": ("r", "r"),
    "bank.directory": ("r", "rwcu"),
    "bank.sync.run": ("r", "r"),
    "bank.raw.document": ("r", "r"),
    "bank.reconciliation": ("rwcu", "rwcu"),
    "bank.entry": ("r", "r"),
    "bank.event": ("r", "r"),
    "bank.quota": ("r", "r"),
    "bank.file.receipt": ("r", "r"),
    "bank.file.statement": ("r", "r"),
    "bank.match.decision": ("r", "r"),
    "bank.match.kind": ("r", "r"),
    "bank.match.payer": ("rwcu", "rwcu"),
    "bank.match.situation": ("r", "rw"),
    "bank.match.suggestion": ("rw", "rw"),
    "bank.match.suggestion.line": ("r", "r"),
    "bank.match.weights": ("r", "rw"),
    "bank.outbox": ("", "r"),
    "bank.inbox": ("", "r"),
    "bank.secret": ("", ""),
    "bank.statement.mapping": ("rwcu", "rwcu"),
    "bank.statement.mapping.column": ("rwcu", "rwcu"),
    "bank.statement.import": ("rwcu", "rwcu"),
    "bank.statement.import.result": ("rwcu", "rwcu"),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestSecurity(BankSyncCommon):
    def test_every_model_gives_every_role_exactly_its_rights(self):
        ours = {name for name in self.env.registry if name.startswith("bank.")} - {
            name for name, model in self.env.registry.items() if model._abstract
        }
        ours &= {
            model.model
            for model in self.env["ir.model"].sudo().search([("model", "in", list(RIGHTS))])
        }
        self.assertEqual(ours, set(RIGHTS))
        nobody = new_test_user(self.env, "clerk", "base.group_user")
        invoicing = new_test_user(self.env, "invoicing", "account.group_account_invoice")
        roles = ((nobody, None), (invoicing, None), (self.env.user, 0), (self.manager, 1))
        for model, rights in RIGHTS.items():
            for user, column in roles:
                allowed = "" if column is None else rights[column]
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, user=user.login, operation=operation):
                        has = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(has, letter in allowed)

    def test_every_model_of_ours_is_in_the_matrix(self):
        ours = (
            self.env["ir.model.data"]
            .sudo()
            .search([("module", "=", "bank_sync"), ("model", "=", "ir.model")])
        )
        models = self.env["ir.model"].sudo().browse(ours.mapped("res_id")).mapped("model")
        inherited = {"account", "ir", "res"}
        stored = {m for m in models if not self.env[m]._abstract}
        self.assertEqual({m for m in stored if m.split(".")[0] not in inherited}, set(RIGHTS))

    def _records_of_another_company(self):
        other = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        company = {"company_id": other.id}
        connection = (
            self.env["bank.connection"]
            .sudo()
            .create({"name": "theirs", "base_url": "https://bank.example", **company})
        )
        account = (
            self.env["bank.connection.account"]
            .sudo()
            .create(
                {"connection_id": connection.id, "iban": "X", "currency_id": self.eur.id, **company}
            )
        )
        entry = {"account_id": account.id, "state": "booked", "currency_id": self.eur.id}
        document = self.env["bank.raw.document"]._keep(b"x", name="x", source="file", **company)
        told = {"document_id": document.id, "number": 1}
        return (
            connection,
            account,
            self.env["bank.entry"].sudo().create({**entry, **company}),
            document,
            self.env["bank.file.statement"].sudo().create({**told, **company}),
            self.env["bank.sync.run"]._begin("cron", account_id=account.id, **company),
            self.env["bank.event"]._record("connection_state", connection),
            self.env["bank.quota"]._counter(account, fields.Datetime.now(), "balances", False),
            *self._learnt_by_another_company(company),
        )

    def _learnt_by_another_company(self, company):
        decision = {"action": "accepted", "currency_id": self.eur.id}
        payer = {"text": "DE1", "thing": "account", "partner_id": self.customer.id}
        return (
            self.env["bank.match.decision"].sudo().create({**decision, **company}),
            self.env["bank.match.payer"].sudo().create({**payer, **company}),
            self.env["bank.match.situation"].sudo().create({"situation": "exact", **company}),
            self.env["bank.match.weights"].sudo().create({"version": "w1", **company}),
        )

    def test_nothing_of_another_company_is_visible(self):
        for record in self._records_of_another_company():
            for user in (self.env.user, self.manager):
                with self.subTest(model=record._name, user=user.login):
                    mine = record.with_user(user)
                    self.assertFalse(mine.search([("id", "=", record.id)]))
                    with self.assertRaises(AccessError):
                        mine.read(["display_name"])

    def test_an_accountant_cannot_connect_or_forge(self):
        connection = (
            self.env["bank.connection"]
            .sudo()
            .create(
                {"name": "ours", "base_url": "https://bank.example", "company_id": self.company.id}
            )
        )
        mine = connection.with_user(self.env.user)
        with self.assertRaises(AccessError):
            mine.action_connect()
        with self.assertRaises(AccessError):
            mine.base_url = "https://evil.example"
        with self.assertRaises(AccessError):
            mine.read(["access_token"])
        for manager_writes in (
            {"state": "active"},
            {"breaker_until": False},
            {"wait_until": False},
        ):
            with self.assertRaises(AccessError):
                connection.with_user(self.manager).write(manager_writes)
            with self.assertRaises(AccessError):
                connection.with_user(self.manager).create(
                    {"name": "x", "base_url": "https://bank.example", **manager_writes}
                )

    def test_what_the_bank_proves_of_an_account_is_written_by_nobody(self):
        account = (
            self.env["bank.connection.account"]
            .sudo()
            .create(
                {
                    "iban": "FR7612345000010000000000103",
                    "company_id": self.company.id,
                    "currency_id": self.eur.id,
                }
            )
        )
        mine = account.with_user(self.manager)
        for derived in (
            {"covered_until": self.today},
            {"baseline_date": self.today},
            {"baseline_balance": 1.0},
            {"proved_balance": 1.0},
            {"proved_on": self.today},
            {"last_proof": "proved"},
            {"trust_ids": False},
            {"coverage": "covered"},
            {"iban": "FR7612345000010000000000200"},
            {"import_from": self.today, "gap_from": False},
        ):
            with self.subTest(derived=derived), self.assertRaises(AccessError):
                mine.write(derived)
            with self.subTest(derived=derived), self.assertRaises(AccessError):
                mine.create({"company_id": self.company.id, "currency_id": self.eur.id, **derived})
        mine.write({"journal_id": self.journal.id, "import_from": self.today})
        self.assertEqual(account.journal_id, self.journal)

    # === SECRETS === #

    def _connection(self):
        return (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create({"name": "ours", "base_url": "https://bank.example"})
        )

    def test_a_secret_goes_in_and_never_comes_out(self):
        connection = self._connection()
        connection.access_token = "open sesame"
        connection.invalidate_recordset()
        self.assertFalse(connection.access_token)
        secret_sudo = self.env["bank.secret"].sudo().search([("connection_id", "=", connection.id)])
        self.assertNotIn("sesame", secret_sudo.ciphertext)
        self.assertEqual(self.env["bank.secret"]._reveal(connection, "access_token"), "open sesame")
        for user in (self.env.user, self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login):
                mine = secret_sudo.with_user(user)
                for attempt in (
                    lambda record: record.read(["ciphertext"]),
                    lambda record: record.search([("ciphertext", "like", "g")]),
                    lambda record: record.export_data(["ciphertext"]),
                ):
                    with self.assertRaises(UserError):
                        attempt(mine)
        self.assertNotIn("sesame", str(connection.message_ids.mapped("body")))

    def test_a_secret_moved_to_another_connection_is_worthless(self):
        one, two = self._connection(), self._connection()
        one.access_token = "open sesame"
        secret_sudo = self.env["bank.secret"].sudo().search([("connection_id", "=", one.id)])
        secret_sudo.connection_id = two
        with self.assertRaisesRegex(UserError, "decrypted"):
            self.env["bank.secret"]._reveal(two, "access_token")

    def test_an_old_key_still_reads_and_a_lost_one_says_so(self):
        connection = self._connection()
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        with patch.dict(os.environ, {"BANK_SYNC_SECRET_KEYS": old}):
            connection.access_token = "one"
        with patch.dict(os.environ, {"BANK_SYNC_SECRET_KEYS": f"{new},{old}"}):
            self.assertEqual(self.env["bank.secret"]._reveal(connection, "access_token"), "one")
        with (
            patch.dict(os.environ, {"BANK_SYNC_SECRET_KEYS": new}),
            self.assertRaisesRegex(UserError, "decrypted"),
        ):
            self.env["bank.secret"]._reveal(connection, "access_token")

    def test_the_key_file_belongs_to_its_owner_alone(self):
        self.env["bank.secret"]._key_file_content()
        mode = (Path(config["data_dir"]) / KEY_FILE).stat().st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    # === EVENTS === #

    def test_the_database_itself_refuses_to_rewrite_the_past(self):
        event = self.env["bank.event"]._record("run_done", self.company, company=self.company)
        for statement in (
            "UPDATE bank_event SET kind = 'run_failed' WHERE id = %s",
            "DELETE FROM bank_event WHERE id = %s",
            "TRUNCATE bank_event -- %s",
        ):
            with (
                self.subTest(statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [event.id])
        with self.assertRaises(UserError):
            event.sudo().write({"kind": "run_failed"})
        with self.assertRaises(UserError):
            event.sudo().unlink()

    # === COPIES === #

    def test_a_neutralised_copy_can_neither_read_a_bank_nor_keep_a_secret(self):
        connection = self._connection()
        connection.access_token = "open sesame"
        self.env.flush_all()
        queries = " ".join(get_neutralization_queries(["bank_sync"]))
        self.env.cr.execute(queries)
        self.env.invalidate_all()
        self.assertEqual(connection.state, "revoked")
        self.assertNotIn("bank.example", connection.base_url)
        self.assertFalse(self.env["bank.secret"].sudo().search_count([]))
        self.assertFalse(self.env.ref("bank_sync.bank_connection_cron_sync").sudo().active)
        self.assertFalse(connection._sync())
