from dataclasses import replace
from datetime import date, timedelta
from random import Random

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.bank_sync.core.statement import EntryDetail

from .import_common import DAY, ImportPageCommon, entry, statement

TABLE = b"""\
Booking Date;Value Date;Payee;Purpose;Amount
25.03.2026;24.03.2026;Martin;INVOICE 12;1000,00
24.03.2026;23.03.2026;Landlord;RENT;-549,50
"""


@tagged("post_install", "-at_install")
class TestImportUndo(ImportPageCommon):
    """An import taken back leaves the books as if the file had never come."""

    def imported(self, *statements, **values):
        """Import one file and return its document."""
        page = self.page(*statements, **values)
        card = self.book(page, *statements)
        self.assertEqual(card["state"], "parsed")
        return self.document(page)

    def books(self):
        """Return all that importing writes, as values without ids."""
        told = self.env["bank.file.statement"].search(
            [("document_state", "=", "parsed"), ("company_id", "=", self.company.id)]
        )
        account = told.account_id or self.env["bank.connection.account"]
        rows = self.entries().filtered(lambda row: row.state != "withdrawn")
        return {
            "lines": sorted(
                (
                    line.date,
                    line.amount,
                    line.payment_ref,
                    line.partner_name,
                    line.statement_id.name,
                    line.statement_id.balance_start,
                    line.statement_id.balance_end_real,
                )
                for line in self.lines()
            ),
            "items": sorted(
                (item.account_id.code, item.balance, item.name, item.parent_state)
                for item in self.lines().move_id.line_ids
            ),
            "entries": sorted(
                (row.booking_date, row.amount, row.remittance, row.state, row.occurrence)
                for row in rows
            ),
            "told": sorted((one.name, one.chain_state, one.window_proof) for one in told),
            "account": [
                (
                    one.last_proof,
                    one.covered_until,
                    one.baseline_date,
                    one.baseline_balance,
                    one.proved_balance,
                    one.proved_on,
                    one.file_signs,
                )
                for one in account
            ],
        }

    def run_of_interface(self, *entries, closing=None):
        """Let the bank's interface tell these entries as all there are."""
        account = self.entries().account_id
        run = self.env["bank.sync.run"]._begin(
            "cron",
            company_id=self.company.id,
            account_id=account.id,
            date_from=DAY - timedelta(days=30),
        )
        self.env["bank.entry"]._apply_reading(
            account,
            run,
            list(entries),
            self.env["bank.raw.document"],
            closing=closing,
            closing_date=DAY if closing else None,
        )
        return run

    # === THERE AND BACK === #

    def test_undo_and_import_again_gives_the_books_of_a_first_import(self):
        told = statement(entry(100, "a"), entry(100, "a"), entry(-250, "b"))
        first = self.imported(told, content=b"same bytes")
        books = self.books()
        first.action_undo_import()
        self.assertEqual((first.state, first._bytes()), ("withdrawn", b"same bytes"))
        self.assertFalse(self.lines())
        self.assertEqual(set(self.entries().mapped("state")), {"withdrawn"})
        again = self.imported(told, content=b"same bytes")
        self.assertNotEqual(again, first)
        self.assertEqual(self.books(), books)
        self.assertEqual(again.added_count, 3)

    def test_a_table_read_through_the_wrong_columns_is_undone_and_read_again(self):
        def book():
            document = self.env["bank.raw.document"]._keep_file(self.company, "m.csv", TABLE)
            if document.state == "quarantined":
                mapping = self.env["bank.statement.mapping"].browse(
                    document._open_mapping()["res_id"]
                )
                mapping.journal_id = self.journal
                roles = {column.header: column for column in mapping.column_ids}
                roles["Booking Date"].role = False
                roles["Value Date"].role = "booking_date"
                mapping.action_approve()
            document._take()
            while not document._book_next():
                pass
            return document

        wrong = book()
        self.assertEqual(self.lines().mapped("date"), [date(2026, 3, 23), date(2026, 3, 24)])
        wrong.action_undo_import()
        mapping = self.env["bank.statement.mapping"].search([("company_id", "=", self.company.id)])
        roles = {column.header: column for column in mapping.column_ids}
        roles["Value Date"].role = False
        roles["Booking Date"].role = "booking_date"
        self.assertEqual(book().state, "parsed")
        self.assertEqual(
            self.lines().mapped(lambda line: (line.date, line.amount)),
            [(date(2026, 3, 24), -549.5), (date(2026, 3, 25), 1000.0)],
        )

    def test_the_second_of_two_files_is_undone_and_the_first_stays(self):
        self.imported(statement(entry(100, "a")))
        before = self.books()
        later = DAY + timedelta(days=1)
        second = statement(entry(200, "b", day=later), opening=10100, name="S2")
        document = self.imported(second)
        books = self.books()
        document.action_undo_import()
        after = self.books()
        self.assertEqual(
            {name: after[name] for name in ("lines", "items", "entries", "told")},
            {name: before[name] for name in ("lines", "items", "entries", "told")},
        )
        self.imported(second)
        self.assertEqual(self.books(), books)

    def test_the_first_of_two_files_leaves_a_gap_that_importing_it_again_closes(self):
        one = statement(entry(100, "a"))
        first = self.imported(one)
        later = DAY + timedelta(days=1)
        self.imported(statement(entry(200, "b", day=later), opening=10100, name="S2"))
        lines = self.books()["lines"]
        first.action_undo_import()
        self.assertEqual(self.lines().mapped("amount"), [2.0])
        self.imported(one)
        self.assertEqual(self.books()["lines"], lines)
        self.assertEqual(self.entries().account_id.chain_gap_count, 0)

    def test_until_it_is_proved_anew_an_account_counts_as_unproven(self):
        document = self.imported(statement(entry(100, "a")))
        account = document.account_id
        document.action_undo_import()
        self.assertEqual((account.last_proof, account.covered_until), ("unproven", False))
        self.assertEqual(self.company._bank_feed_status()["code"], "unproven")

    def test_what_the_undone_file_said_is_kept_and_the_event_says_who_undid_it(self):
        document = self.imported(statement(entry(100, "a")))
        document.action_undo_import()
        self.assertEqual(document.entry_ids.mapped("state"), ["withdrawn"])
        event = self.env["bank.event"].search([("kind", "=", "document_withdrawn")])
        self.assertEqual((event.res_id, event.actor_id), (document.id, self.env.user))
        self.assertEqual((event.payload["entries"], event.payload["lines"]), (1, 1))
        self.assertFalse(self.entries().filtered("is_undecided"))

    # === TOLD BY OTHERS, TOO === #

    def test_what_a_later_file_tells_as_well_stays_and_leaves_with_that_file(self):
        shared = entry(200, "b", servicer_reference="R2")
        first = self.imported(statement(entry(100, "a"), shared, opening=None))
        second = self.imported(statement(shared, entry(300, "c"), opening=None, name="S2"))
        self.assertEqual(sorted(self.lines().mapped("amount")), [1.0, 2.0, 3.0])
        first.action_undo_import()
        self.assertEqual(sorted(self.lines().mapped("amount")), [2.0, 3.0])
        self.assertEqual(len(second.entry_ids), 2)
        second.action_undo_import()
        self.assertFalse(self.lines())

    def test_what_an_earlier_file_told_stays_when_the_later_one_is_undone(self):
        shared = entry(200, "b", servicer_reference="R2")
        first = self.imported(statement(entry(100, "a"), shared, opening=None))
        books = self.books()
        second = self.imported(statement(shared, entry(300, "c"), opening=None, name="S2"))
        second.action_undo_import()
        after = self.books()
        self.assertEqual((after["lines"], after["entries"]), (books["lines"], books["entries"]))
        self.assertEqual(len(first.entry_ids.file_statement_id.document_id), 1)

    def test_what_the_interface_tells_as_well_stays_and_what_it_misses_goes(self):
        one, other = entry(100, "a"), entry(200, "b")
        document = self.imported(statement(one, other, opening=None, closing=None))
        self.run_of_interface(one)
        document.action_undo_import()
        self.assertEqual(self.lines().mapped("amount"), [1.0])
        # The interface goes on where it was: nothing new, nothing missing.
        run = self.run_of_interface(one)
        self.assertEqual((run.added_count, run.missing_count), (0, 0))

    def test_words_the_file_added_to_a_known_entry_go_with_it(self):
        known = entry(100, "a", servicer_reference="R1")
        self.imported(statement(known, opening=None))
        more = replace(known, description="Card 12")
        document = self.imported(statement(more, entry(300, "c"), name="S2"))
        row = self.entries()[0]
        self.assertEqual(row.description, "Card 12")
        document.action_undo_import()
        self.assertEqual((row.description, row.state), (False, "booked"))

    # === WHAT STANDS IN THE WAY === #

    def test_a_matched_line_prevents_it_and_is_named(self):
        document = self.imported(statement(entry(50000, "INV/77 paid"), entry(100, "a")))
        line = self.lines().filtered(lambda line: line.amount == 500)
        invoice = self.invoice(500.0)
        _liquidity, suspense, _other = line._seek_for_lines()
        item = invoice.line_ids.filtered(lambda one: one.display_type == "payment_term")
        suspense.write({"account_id": item.account_id.id, "partner_id": item.partner_id.id})
        (suspense + item).reconcile()
        with self.assertRaisesRegex(UserError, r"INV/77 paid of 2026-03-02 over .*500"):
            document.action_undo_import()
        self.assertEqual((document.state, len(self.lines())), ("parsed", 2))
        line.action_undo_reconciliation()
        document.action_undo_import()
        self.assertFalse(self.lines())

    def test_a_mere_proposal_does_not_prevent_it(self):
        self.invoice(40.0)
        self.invoice(40.0)
        document = self.imported(statement(entry(4000, "Boulangerie Martin SARL")))
        self.match()
        self.assertFalse(self.lines().is_reconciled)
        document.action_undo_import()
        self.assertFalse(self.suggestions.search([("company_id", "=", self.company.id)]))

    def test_a_locked_period_prevents_it(self):
        document = self.imported(statement(entry(100, "a")))
        # Odoo locks no period with open bank lines by itself; an adviser's import may.
        self.env.cr.execute(
            "UPDATE res_company SET hard_lock_date = %s WHERE id = %s", (DAY, self.company.id)
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "locked period"):
            document.action_undo_import()
        self.assertEqual((document.state, len(self.lines())), ("parsed", 1))

    def test_only_an_imported_file_can_be_undone_and_only_once(self):
        page = self.page(statement(entry(100, "a")))
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            self.document(page).action_undo_import()
        document = self.imported(statement(entry(100, "a")))
        document.action_undo_import()
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            document.action_undo_import()

    def test_accountant_and_manager_may_and_nobody_else(self):
        for user in (self.env.user, self.manager):
            document = self.imported(statement(entry(100, "a")))
            document.with_user(user).action_undo_import()
            self.assertEqual(document.state, "withdrawn")
        document = self.imported(statement(entry(100, "a")))
        clerk = new_test_user(self.env, "clerk", "base.group_user")
        invoicing = new_test_user(self.env, "invoicing", "account.group_account_invoice")
        for user in (clerk, invoicing):
            with self.assertRaises(AccessError):
                document.with_user(user).action_undo_import()
        self.assertEqual(document.state, "parsed")

    # === ODD CASES === #

    def test_a_batch_booked_as_many_lines_goes_as_a_whole(self):
        self.journal.sudo().bank_batch_lines = "many"
        details = tuple(EntryDetail(amount, "EUR") for amount in (100, 250))
        document = self.imported(statement(entry(350, "batch", details=details)))
        self.assertEqual(len(self.lines()), 2)
        document.action_undo_import()
        self.assertFalse(self.lines())

    def test_with_a_kept_audit_trail_the_journal_entries_are_cancelled(self):
        self.company.sudo().restrictive_audit_trail = True
        document = self.imported(statement(entry(100, "a")))
        move = self.lines().move_id
        document.action_undo_import()
        self.assertFalse(self.lines())
        self.assertEqual(move.exists().state, "cancel")
        self.imported(statement(entry(100, "a")))
        self.assertEqual(self.lines().mapped("amount"), [1.0])

    def test_a_file_that_presumed_known_entries_changed_is_refused_and_nothing_moves(self):
        self.imported(statement(entry(12345, "old words"), opening=None))
        document = self.imported(statement(entry(12345, "other words"), name="S2"))
        self.assertEqual(self.entries().doubt, "reworded")
        books = self.books()
        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            document.action_undo_import()
        self.assertEqual(self.books(), books)

    def test_an_entry_that_waits_for_its_likeness_to_be_decided_prevents_it(self):
        first = self.imported(statement(entry(12345, "old words"), opening=None))
        second = self.imported(statement(entry(12345, "other words"), opening=None, name="S2"))
        self.assertEqual(self.entries().mapped("state"), ["booked", "doubtful"])
        with self.assertRaisesRegex(UserError, "resembles an entry of this file"):
            first.action_undo_import()
        second.action_undo_import()
        first.action_undo_import()
        self.assertFalse(self.lines())
        self.assertEqual(set(self.entries().mapped("state")), {"withdrawn"})

    def test_once_it_is_decided_to_be_another_it_stays_alone(self):
        first = self.imported(statement(entry(12345, "old words"), opening=None))
        second = self.imported(statement(entry(12345, "other words"), opening=None, name="S2"))
        second.entry_ids.action_another()
        first.action_undo_import()
        self.assertEqual(self.lines().mapped("payment_ref"), ["other words"])
        with self.assertRaisesRegex(UserError, "Take the decision back"):
            second.action_undo_import()

    def test_files_in_any_order_leave_what_the_others_tell(self):
        choose = Random(7)  # noqa: S311
        pool = [entry(100 + n, f"p{n}", servicer_reference=f"R{n}") for n in range(6)]
        told = {}
        for number in range(30):
            if told and choose.random() < 0.45:
                document = choose.choice([one for one in told if one])
                del told[document]
                document.action_undo_import()
            else:
                part = choose.sample(pool, choose.randint(1, 4))
                name = f"F{number}"
                told[self.imported(statement(*part, opening=None, name=name))] = part
            if number == 20:
                # Whatever is known by then, the interface tells all but one of it.
                known = {one for part in told.values() for one in part}
                told[None] = sorted(known, key=lambda one: one.amount)[1:]
                self.run_of_interface(*told[None])
                pool.pop(0)
            expected = sorted({one.amount for part in told.values() for one in part})
            self.assertEqual(sorted(round(line.amount * 100) for line in self.lines()), expected)

    def test_a_file_that_found_again_what_the_interface_missed_is_refused(self):
        missed = entry(100, "a", servicer_reference="R1")
        self.imported(statement(missed, opening=None))
        self.run_of_interface()
        self.assertEqual(self.entries().miss_count, 1)
        document = self.imported(statement(missed, entry(1, "z"), opening=None, name="S2"))
        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            document.action_undo_import()

    # === COST === #

    def test_undoing_ten_times_the_lines_takes_hardly_more_queries(self):
        def cost(count, name):
            told = statement(*(entry(100 + n, f"{name} {n}") for n in range(count)), name=name)
            document = self.imported(told)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document.action_undo_import()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(2, "warm")
        few, many = cost(5, "few"), cost(50, "many")
        self.assertLessEqual(many, few + 10)
