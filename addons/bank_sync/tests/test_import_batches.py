from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .import_common import ImportPageCommon, entry, statement

MODULE = "odoo.addons.bank_sync.models.bank_raw_document_booking"


class Killed(Exception):
    """The server dies here."""


@tagged("post_install", "-at_install")
class TestImportBatches(ImportPageCommon):
    """Large files: the mirror at once, the lines in batches, exactly once whatever happens."""

    def told(self, count, name="S1"):
        return statement(*[entry(100 + number, f"e{number}") for number in range(count)], name=name)

    def taken(self, count):
        """Return the document of a file that is in the mirror, with no line yet."""
        told = self.told(count)
        page = self.page(told)
        with self.reading(told):
            page.book()
        document = self.document(page)
        self.assertEqual((document.state, document.line_count), ("booking", count))
        self.assertEqual(len(self.entries()), count)
        self.assertFalse(self.lines())
        return document

    def assertComplete(self, document, count):
        self.assertEqual((document.state, document.booked_count), ("parsed", count))
        lines = self.lines()
        self.assertEqual(lines.mapped("amount"), [1 + number / 100 for number in range(count)])
        self.assertEqual(len(lines.bank_entry_id), count)
        self.assertEqual(len(lines.statement_id), 1)
        self.assertTrue(lines.statement_id.is_complete)

    def test_lines_come_in_batches_and_the_statement_at_the_end(self):
        document = self.taken(7)
        for booked in (3, 6):
            self.assertFalse(document._book_next(3))
            self.assertEqual(len(self.lines()), booked)
            self.assertFalse(self.lines().statement_id)
            self.assertEqual(self.company._bank_feed_status()["code"], "stale")
        self.assertTrue(document._book_next(3))
        self.assertComplete(document, 7)

    def test_a_statement_of_many_lines_is_gathered_portion_by_portion(self):
        document = self.taken(7)
        module = "odoo.addons.bank_sync.models.account_bank_statement_line_statement.PORTION"
        with patch(module, 2):
            self.assertTrue(document._book_next())
        self.assertComplete(document, 7)
        made = self.lines().statement_id
        self.assertEqual(made.balance_end, made.balance_end_real)
        self.assertEqual(made.first_line_index, min(made.line_ids.mapped("internal_index")))
        items = self.lines().move_id.line_ids
        self.assertEqual(items.statement_id, made, "the journal items know it too")

    def test_a_file_that_comes_by_itself_is_booked_by_the_schedule(self):
        documents = self.env["bank.raw.document"]
        with self.reading(self.told(3)):
            document = documents._import_file(self.company, "host.xml", b"from the host")
            again = documents._import_file(self.company, "host.xml", b"from the host")
        self.assertEqual((document.state, again.problem_code), ("booking", "known_file"))
        with self.reading(statement(entry(1), closing=7, name="S2")):
            wrong = documents._import_file(self.company, "wrong.xml", b"wrong")
        self.assertEqual(wrong.problem_code, "not_proved")
        with self.enter_registry_test_mode():
            self.env.ref("bank_sync.bank_raw_document_cron_book").sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertComplete(document, 3)

    def test_a_killed_batch_leaves_nothing_and_the_schedule_goes_on(self):
        document = self.taken(7)
        document._book_next(3)
        lines = type(self.env["account.bank.statement.line"])
        create = lines.create

        def die(records, values):
            create(records, values)
            raise Killed

        with patch.object(lines, "create", die), self.assertRaises(Killed), self.env.cr.savepoint():
            document._book_next(3)
        self.env.invalidate_all()
        self.assertEqual(len(self.lines()), 3)
        with self.enter_registry_test_mode(), patch(f"{MODULE}.BATCH", 2):
            self.env.ref("bank_sync.bank_raw_document_cron_book").sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertComplete(document, 7)
        self.assertFalse(document.matching_due)

    def test_a_file_that_cannot_go_on_says_so_and_stops_no_other(self):
        document = self.taken(3)
        entries = type(self.env["bank.entry"])
        cron = self.env.ref("bank_sync.bank_raw_document_cron_book").sudo()
        with (
            self.enter_registry_test_mode(),
            patch.object(entries, "_book", side_effect=ZeroDivisionError),
            mute_logger(MODULE),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(document.state, "booking")
        self.assertIn("goes on by itself", document.problem)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertComplete(document, 3)

    def test_a_file_killed_while_it_enters_the_mirror_leaves_nothing(self):
        told = statement(entry(5000, "a"), name="S1")
        two = statement(entry(700, "b"), opening=15000, name="S2")
        page = self.page(told, two)
        entries = type(self.env["bank.entry"])
        apply = entries._apply_statement
        calls = []

        def die_at_the_second(records, *arguments):
            calls.append(arguments)
            if len(calls) == 2:
                raise Killed
            return apply(records, *arguments)

        with (
            self.reading(told, two),
            patch.object(entries, "_apply_statement", die_at_the_second),
            self.assertRaises(Killed),
            self.env.cr.savepoint(),
        ):
            page.book()
        self.env.invalidate_all()
        self.assertFalse(self.entries() or self.lines())
        self.assertEqual(self.document(page).state, "received")
        self.assertEqual(self.book(page, told, two)["added"], 2)

    def test_the_same_file_while_the_first_is_being_booked_is_known(self):
        told = self.told(4)
        page = self.page(told, content=b"same")
        with self.reading(told):
            page.book()
        again = self.page(told, content=b"same")
        self.assertEqual(again._page()["documents"][0]["outcome"], "known")
        self.finish(page)
        self.assertComplete(self.document(page), 4)

    def test_two_pages_that_show_the_same_file_book_it_once(self):
        told = self.told(4)
        one, two = self.page(told, content=b"same"), self.page(told, content=b"same")
        self.assertEqual(one._page()["documents"][0]["outcome"], "ready")
        self.assertEqual(two._page()["documents"][0]["outcome"], "ready")
        self.book(one, told)
        self.assertEqual(self.book(two, told)["outcome"], "known")
        self.assertComplete(self.document(one), 4)

    def test_pressing_the_button_twice_books_once(self):
        told = self.told(4)
        page = self.page(told)
        with self.reading(told):
            page.book()
            page.book()
        self.finish(page)
        self.assertComplete(self.document(page), 4)

    def test_what_the_bank_brings_meanwhile_is_not_doubled(self):
        document = self.taken(4)
        document._book_next(2)
        account = document.account_id
        run = self.env["bank.sync.run"]._begin(
            "cron", company_id=self.company.id, account_id=account.id, date_from="2026-03-01"
        )
        seen = [*self.told(4).entries, entry(9900, "new at the bank")]
        total = 10000 + sum(one.amount for one in seen)
        self.env["bank.entry"]._apply_reading(
            account,
            run,
            seen,
            self.env["bank.raw.document"],
            closing=total,
            closing_date=self.today,
        )
        while not document._book_next(2):
            pass
        self.assertEqual(len(self.lines()), 5)
        self.assertEqual(len(self.lines().bank_entry_id), 5)

    def test_the_queries_of_a_batch_do_not_grow_with_it(self):
        counts = []
        for size in (10, 40):
            document = self.taken_anew(size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document._book_next(1000)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        small, large = counts
        posting = self.posting_queries(40) - self.posting_queries(10)
        self.assertLessEqual(large - small, posting + 10, counts)

    def taken_anew(self, size):
        told = statement(
            *[entry(5000 + number, f"{size}-{number}") for number in range(size)], name=f"T{size}"
        )
        page = self.page(told)
        with self.reading(told):
            page.book()
        return self.document(page)

    def posting_queries(self, size):
        """Return what Odoo itself asks for that many lines: our floor."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["account.bank.statement.line"].create(
            [
                {"journal_id": self.journal.id, "date": "2026-03-02", "amount": 1 + number}
                for number in range(size)
            ]
        )
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
