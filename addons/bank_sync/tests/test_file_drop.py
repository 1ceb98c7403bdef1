import os
import pathlib
import shutil
import sys
import tempfile
import unittest
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from odoo.addons.bank_sync.connectors import file_drop
from odoo.addons.bank_sync.models.bank_connection_sync import LOCK_SPACE

from .common import BankSyncCommon
from .sandbox import ROOT
from .statements import camt

IBAN = "DE89370400440532013000"
FETCH = "odoo.addons.bank_sync.models.bank_connection_file_fetch"


class FileDropCommon(BankSyncCommon):
    """A company whose bank lays files down in a folder."""

    def setUp(self):
        super().setUp()
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="bank_sync_"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.home = self.root / "from-bank"
        self.home.mkdir()
        self.patch(file_drop, "SETTLE_SECONDS", 0)
        options = {"bank_sync_file_roots": f"/nowhere, {self.root}"}
        self.startPatcher(patch.dict(config.options, options))
        self.journal.sudo().set_bank_account(IBAN)

    def make_connection(self, **values):
        return (
            self.env["bank.connection"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Volksbank",
                    "adapter": "file_drop",
                    "file_place": "folder",
                    "file_path": str(self.home),
                    **values,
                }
            )
        )

    def connect(self, **values):
        connection = self.make_connection(**values)
        connection.action_connect()
        return connection

    def lay(self, name, content):
        (self.home / name).write_bytes(content)

    def run_cron(self):
        """Let the schedule run as Odoo runs it."""
        with self.enter_registry_test_mode():
            self.env.ref("bank_sync.bank_connection_cron_sync").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def left(self):
        return sorted(path.name for path in self.home.iterdir() if path.is_file())

    def archived(self):
        folder = self.home / "archive"
        return sorted(os.listdir(folder)) if folder.exists() else []

    def lines(self):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)], order="id"
        )


@tagged("post_install", "-at_install")
class TestFileDrop(FileDropCommon):
    def test_files_are_fetched_booked_and_put_away(self):
        invoice = self.invoice(50.0)
        self.lay("a.xml", camt(IBAN, ("50.00", invoice.name), ("-7.25", "Fee")))
        connection = self.connect()
        self.assertEqual(connection.state, "active")
        run = connection._sync()
        self.assertEqual((run.state, run.seen_count, run.added_count), ("done", 1, 2))
        self.assertEqual(self.lines().mapped("amount"), [50.0, -7.25])
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual((self.left(), self.archived()), ([], ["a.xml"]))
        receipt = connection.file_receipt_ids
        self.assertEqual((receipt.document_state, receipt.acknowledged), ("parsed", True))
        self.assertEqual((connection.health, connection.failure_count), ("good", 0))
        self.assertIn("fetched", connection.health_text)
        self.assertTrue(connection.last_complete_at)
        again = connection._sync()
        self.assertEqual((again.state, again.seen_count, len(self.lines())), ("done", 0, 2))

    def test_the_schedule_fetches_too(self):
        connection = self.connect()
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        self.run_cron()
        self.assertEqual(len(self.lines()), 1)
        self.assertGreater(connection.next_attempt_at, connection.last_complete_at)

    def test_the_same_file_under_another_name_adds_nothing(self):
        connection = self.connect()
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        connection._sync()
        self.lay("b.xml", camt(IBAN, ("50.00", "a")))
        run = connection._sync()
        self.assertEqual((run.state, run.added_count, len(self.lines())), ("done", 0, 1))
        again = connection.file_receipt_ids.filtered(lambda receipt: receipt.name == "b.xml")
        self.assertEqual(again.document_id.problem_code, "known_file")
        self.assertEqual(self.left(), [])

    def test_case_083_a_file_that_breaks_off_waits_and_comes_whole(self):
        connection = self.connect()
        whole = camt(IBAN, ("50.00", "a"))
        self.lay("a.xml", whole[: len(whole) // 2])
        run = connection._sync()
        self.assertEqual((run.state, run.added_count), ("done", 0))
        self.assertEqual((self.left(), self.lines()), (["a.xml"], self.lines().browse()))
        self.lay("a.xml", whole)
        self.assertEqual(connection._sync().added_count, 1)
        self.assertEqual((self.left(), self.archived()), ([], ["a.xml"]))

    def test_a_file_that_stays_broken_is_put_away_in_the_end(self):
        connection = self.connect()
        self.lay("a.xml", b"<Document>")
        connection._sync()
        self.assertEqual(self.left(), ["a.xml"])
        connection._sync()
        receipt = connection.file_receipt_ids
        self.assertEqual((len(receipt), receipt.acknowledged), (1, False))
        receipt.sudo().received_at = "2020-01-01"
        connection._sync()
        self.assertEqual((self.left(), self.archived()), ([], ["a.xml"]))
        self.assertEqual(receipt.document_state, "refused")

    def test_case_085_a_connection_that_is_being_read_is_left_alone(self):
        connection = self.connect()
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, connection.id])
            self.assertFalse(connection._sync())
        self.assertEqual(self.left(), ["a.xml"])
        self.assertEqual(connection._sync().added_count, 1)

    def test_case_088_an_unknown_account_waits_for_a_person_and_books_nothing(self):
        self.lay("a.xml", camt("FR7630006000011234567890189", ("50.00", "a")))
        self.lay("b.xml", camt(IBAN, ("9.00", "b")))
        connection = self.connect()
        run = connection._sync()
        self.assertEqual((run.state, run.added_count), ("done", 1))
        self.assertIn("a.xml", run.note)
        self.assertEqual(self.lines().mapped("amount"), [9.0])
        waiting = connection.file_receipt_ids.filtered(lambda receipt: receipt.name == "a.xml")
        self.assertEqual(waiting.document_state, "quarantined")
        self.assertEqual(waiting.document_id.problem_code, "unknown_account")
        # It is safe here, so the bank's side may put it away.
        self.assertEqual(self.archived(), ["a.xml", "b.xml"])

    def test_case_088_a_file_of_another_company_books_nothing_anywhere(self):
        other = self.setup_other_company()
        other["default_journal_bank"].sudo().set_bank_account("FR7630006000011234567890189")
        self.lay("a.xml", camt("FR7630006000011234567890189", ("50.00", "a")))
        connection = self.connect()
        before = self.env["account.bank.statement.line"].sudo().search_count([])
        connection._sync()
        after = self.env["account.bank.statement.line"].sudo().search_count([])
        self.assertEqual(before, after)
        document = connection.file_receipt_ids.document_id
        self.assertEqual((document.state, document.company_id), ("quarantined", self.company))

    def test_a_file_we_fail_on_stays_and_stops_nobody(self):
        connection = self.connect()
        self.lay("a.xml", camt(IBAN, ("50.00", "a"), name="S1"))
        self.lay("b.xml", camt(IBAN, ("9.00", "b"), name="S2", opening="150.00"))
        documents = type(self.env["bank.raw.document"])
        look = documents._look

        def fail_on_a(document, *arguments):
            if document.name == "a.xml":
                raise ValueError("a bug of ours")
            return look(document, *arguments)

        with patch.object(documents, "_look", fail_on_a), mute_logger(FETCH):
            connection._sync()
        self.assertEqual(self.lines().mapped("amount"), [9.0])
        self.assertEqual((self.left(), self.archived()), (["a.xml"], ["b.xml"]))
        kept = connection.file_receipt_ids.filtered(lambda receipt: receipt.name == "a.xml")
        self.assertEqual(kept.document_id._bytes(), camt(IBAN, ("50.00", "a"), name="S1"))

    def test_files_that_may_not_be_moved_are_remembered(self):
        connection = self.connect(file_moves=False)
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        self.assertEqual(connection._sync().seen_count, 1)
        self.assertEqual(connection._sync().seen_count, 0)
        self.assertEqual((self.left(), len(self.lines())), (["a.xml"], 1))
        os.utime(self.home / "a.xml", (1, 1))
        self.assertEqual(connection._sync().seen_count, 1)
        self.assertEqual((len(self.lines()), len(connection.file_receipt_ids)), (1, 1))
        changed = camt(IBAN, ("51.00", "b"), name="S2", opening="150.00")
        self.lay("a.xml", changed)
        self.assertEqual(connection._sync().added_count, 1)

    def test_what_is_left_behind_is_named(self):
        connection = self.connect()
        with (self.home / "huge.xml").open("wb") as file:
            file.truncate(200 * 2**20)
        self.lay("a\nb.xml", b"x")
        self.lay("c.xml", camt(IBAN, ("50.00", "a")))
        run = connection._sync()
        self.assertEqual(
            (run.state, run.problem_code, run.added_count), ("partial", "files_left", 1)
        )
        self.assertIn("huge.xml: it is too large", run.problem)
        self.assertIn("64 MiB", run.problem)
        self.assertIn("a\\nb.xml", run.problem)
        self.assertEqual(connection.health, "notice")

    def test_a_folder_outside_the_allowed_ones_is_refused(self):
        for path in ("/etc", f"{self.root}/../..", "from-bank", False):
            with self.subTest(path=path), self.assertRaisesRegex(UserError, "bank_sync_file_roots"):
                self.connect(file_path=path)
        with (
            patch.dict(config.options, {"bank_sync_file_roots": ""}),
            self.assertRaisesRegex(UserError, "bank_sync_file_roots"),
        ):
            self.connect()

    def test_a_folder_that_vanishes_needs_a_person(self):
        connection = self.connect()
        self.home.rename(self.root / "elsewhere")
        run = connection._sync()
        self.assertEqual((run.state, connection.state), ("failed", "attention"))
        self.assertIn("does not exist", connection.problem)
        (self.root / "elsewhere").rename(self.home)
        connection._sync()
        self.assertEqual((connection.state, connection.health), ("active", "good"))

    def test_a_copied_database_fetches_nothing(self):
        connection = self.connect()
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        connection.sudo().database_mark = "another"
        self.run_cron()
        self.assertEqual((self.left(), connection.state), (["a.xml"], "suspended"))

    def test_an_ended_connection_fetches_nothing(self):
        connection = self.connect()
        connection.action_revoke()
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        self.assertFalse(connection._sync())
        self.assertEqual((self.left(), connection.state), (["a.xml"], "revoked"))

    # === RIGHTS === #

    def test_an_accountant_reads_and_a_manager_sets_up(self):
        connection = self.connect()
        mine = connection.with_user(self.env.user)
        self.assertEqual(mine.file_path, str(self.home))
        for attempt in (
            lambda: mine.write({"file_path": "/etc"}),
            mine.action_new_key,
            mine.action_show_host_key,
            mine.action_confirm_host_key,
            lambda: mine.read(["file_private_key"]),
        ):
            with self.assertRaises(AccessError):
                attempt()
        for name in ("file_host_key", "file_host_key_seen", "file_public_key"):
            with self.subTest(name), self.assertRaises(AccessError):
                connection[name] = "ssh-ed25519 SHA256:forged"

    def test_only_files_need_no_address(self):
        self.assertFalse(self.make_connection().base_url)
        with self.assertRaises(ValidationError):
            self.make_connection(adapter="berlin_group")


@tagged("post_install", "-at_install")
class TestFileDropServer(FileDropCommon):
    """The same from a real OpenSSH server."""

    def setUp(self):
        super().setUp()
        if not (ROOT / "tests" / "peers").is_dir():
            raise unittest.SkipTest("tests/peers is not beside the addons")
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))
        from tests.peers import sshd  # noqa: PLC0415 (only there beside the repository)

        if not sshd.is_installed():
            raise unittest.SkipTest(sshd.MISSING)
        self.server = sshd.Sshd(self.root / "sshd", self.home)
        self.server.start()
        self.addCleanup(self.server.stop)

    def reach(self):
        """Set a connection up as a person does: make a key, give it to the bank, confirm."""
        connection = self.make_connection(
            file_place="sftp",
            file_host="127.0.0.1",
            file_port=self.server.port,
            file_user=self.server.user,
            file_path=False,
        )
        connection.action_new_key()
        (self.server.folder / "authorized_keys").write_text(connection.file_public_key)
        connection.action_show_host_key()
        return connection

    def test_a_person_confirms_the_servers_key_before_anything_is_fetched(self):
        connection = self.reach()
        self.assertEqual(connection.file_host_key_seen, self.server.host_key)
        with self.assertRaisesRegex(UserError, "confirmed"):
            connection.action_connect()
        connection.action_confirm_host_key()
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        connection.action_connect()
        self.assertEqual(connection._sync().added_count, 1)
        self.assertEqual((self.left(), self.archived()), ([], ["a.xml"]))
        event = self.env["bank.event"].search([("kind", "=", "host_key_confirmed")], limit=1)
        self.assertEqual(event.payload["after"], self.server.host_key)

    def test_case_084_a_changed_host_key_is_refused_and_a_person_asked(self):
        connection = self.reach()
        connection.action_confirm_host_key()
        connection.action_connect()
        pinned = connection.file_host_key
        self.lay("a.xml", camt(IBAN, ("50.00", "a")))
        self.server.change_host_key()
        for _time in range(2):
            run = connection._sync()
            self.assertEqual((run.state, connection.state), ("failed", "attention"))
        self.assertIn("another key", connection.problem)
        self.assertEqual((connection.file_host_key, self.left()), (pinned, ["a.xml"]))
        self.assertEqual(len(connection.activity_ids), 1)
        self.assertTrue(self.env["bank.event"].search([("kind", "=", "host_key_refused")]))
        connection.action_show_host_key()
        self.assertEqual(connection.file_host_key, pinned, "showing is not confirming")
        connection.action_confirm_host_key()
        self.assertFalse(connection.activity_ids)
        self.assertEqual(connection._sync().added_count, 1)
        self.assertEqual(connection.state, "active")

    def test_another_server_needs_another_confirmation(self):
        connection = self.reach()
        connection.action_confirm_host_key()
        connection.file_user = "other"
        self.assertTrue(connection.file_host_key)
        connection.file_host = "localhost"
        self.assertFalse(connection.file_host_key or connection.file_host_key_seen)

    def test_a_server_that_is_down_is_tried_again(self):
        connection = self.reach()
        connection.action_confirm_host_key()
        connection.action_connect()
        self.server.stop()
        run = connection._sync()
        self.assertEqual((run.problem_code, connection.state), ("unreachable", "active"))
        self.server.start()
        self.assertEqual(connection._sync().state, "done")

    def test_a_key_that_is_not_let_in_needs_a_person(self):
        connection = self.reach()
        connection.action_confirm_host_key()
        connection.action_new_key()
        with self.assertRaisesRegex(UserError, "public key"):
            connection.action_connect()

    def test_the_private_key_goes_in_and_never_comes_out(self):
        connection = self.reach()
        with self.assertRaisesRegex(UserError, "passphrase"):
            connection.file_private_key = "nonsense"
        connection.file_private_key = self.server.let_in("theirs")
        connection.action_confirm_host_key()
        connection.action_connect()
        connection.invalidate_recordset()
        self.assertFalse(connection.file_private_key)
        self.assertTrue(connection.file_public_key.startswith("ssh-ed25519 AAAA"))
        secret_sudo = self.env["bank.secret"].sudo().search([("connection_id", "=", connection.id)])
        self.assertNotIn("PRIVATE", secret_sudo.ciphertext)
