from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged

from .common import SandboxCommon
from .order_desk import Killed


@tagged("post_install", "-at_install")
class TestCrash(SandboxCommon):
    """A worker dies between two steps of a reading. ``tests/faults`` does it with ``kill -9``."""

    def setUp(self):
        super().setUp()
        self.bank.pay(self.account, ("10.00", "first"), ("-2.50", "second"), ("10.00", "first"))
        self.connect()

    def _die_in(self, model, method, *, after=False):
        """Read the bank, and die before or after ``method``: what is not committed is gone."""
        cls = type(self.env[model])
        work = getattr(cls, method)

        def die(records, *arguments, **options):
            if after:
                work(records, *arguments, **options)
            raise Killed

        with patch.object(cls, method, die):
            savepoint = self.env.cr.savepoint()
            try:
                self.sync()
            except Killed:
                savepoint.rollback()
            else:
                self.fail(f"{method} was not reached")
            finally:
                savepoint.close(rollback=False)
        self.env.invalidate_all(flush=False)

    def _lines(self):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.connection.account_ids.journal_id.id)]
        )

    def test_case_062_killed_after_fetching_the_next_reading_gives_the_same(self):
        self._die_in("bank.entry", "_apply_reading")
        self.assertFalse(self._lines())
        self.sync()
        self.assertBooksEqualBank()
        lines = self._lines()
        self.sync()
        self.assertEqual(self._lines(), lines)

    def test_case_063_lines_and_what_is_known_of_the_account_are_one_transaction(self):
        account = self.connection.account_ids
        for model, method in (
            ("bank.connection.account", "_note_proof"),
            ("bank.entry", "_create_statement_lines"),
        ):
            with self.subTest(method):
                self._die_in(model, method, after=True)
                self.assertFalse(self._lines(), "no line without the account knowing of it")
                self.assertFalse(account.covered_until, "nothing known without its lines")
                self.assertFalse(account.entry_ids)
        self.sync()
        self.assertBooksEqualBank()
        self.assertTrue(account.covered_until)

    def test_a_file_torn_by_a_kill_can_be_uploaded_again(self):
        content = b"<Document>a statement nobody has uploaded before</Document>"
        attachments = self.env["ir.attachment"].sudo()
        first = attachments.create({"name": "statement.xml", "raw": content})
        path = Path(attachments._full_path(first.store_fname))
        path.write_bytes(content[:20])
        again = attachments.create({"name": "statement.xml", "raw": content})
        again.invalidate_recordset()
        self.assertEqual(again.raw, content)
        self.assertEqual(path.read_bytes(), content)

    def test_two_workers_may_write_the_same_file_at_once(self):
        content = b"<Document>a statement two people upload in one second</Document>"
        attachments = self.env["ir.attachment"].sudo()
        attachments.create({"name": "statement.xml", "raw": content})
        # Half of it stood there when Odoo looked first; the other worker has finished since.
        answers = iter([False])
        same = type(attachments)._same_content

        def look(records, *arguments):
            return next(answers, None) is None and same(records, *arguments)

        with patch.object(type(attachments), "_same_content", look):
            again = attachments.create({"name": "statement.xml", "raw": content})
        again.invalidate_recordset()
        self.assertEqual(again.raw, content)
