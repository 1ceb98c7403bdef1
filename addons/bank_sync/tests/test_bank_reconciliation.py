from datetime import timedelta

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.bank_sync.core.reconciliation_statement import Part

from .import_common import DAY, entry, statement
from .reconciliation_common import LATER, ReconciliationCommon


@tagged("post_install", "-at_install")
class TestBankReconciliation(ReconciliationCommon):
    """From the bank's balance to the ledger's, whatever lies between."""

    def test_a_statement_and_the_opening_entry_agree_with_the_bank(self):
        """100.00 before, 25.00 and -5.00 in the statement: 120.00 at the bank and in the ledger."""
        self.take(statement(entry(2500), entry(-500)))
        self.on_account(100.0, DAY - timedelta(days=1))
        section = self.section()
        self.assertEqual((section.way.bank, section.way.ledger), (12000, 12000))
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000, Part.OTHER: 10000})
        self.assertEqual(section.way.unexplained, 0)
        self.assertIn("S1", section.source)
        self.assertIn("adds up", section.source)

    def test_without_an_opening_entry_the_difference_is_the_balance_before(self):
        self.take(statement(entry(2500)))
        section = self.section()
        self.assertEqual((section.way.bank, section.way.ledger), (12500, 2500))
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000})

    def test_a_statement_that_did_not_come_is_named_with_its_amount(self):
        """From 125.00 to 160.00 something over 35.00 is missing."""
        self.take(statement(entry(2500), sequence="1"))
        second = entry(1000, day=DAY + timedelta(days=3))
        self.take(statement(second, opening=16000, name="S3", sequence="3"))
        section = self.section()
        self.assertEqual((section.way.bank, section.way.ledger), (17000, 3500))
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000, Part.GAP: -3500})
        self.assertEqual(section.way.unexplained, 0)
        self.assertTrue(any("35.00" in note for note in section.notes), section.notes)
        self.assertEqual(self.report().verdict(section), "incomplete")

    def test_a_gap_that_was_filled_is_gone_and_an_older_day_never_had_it(self):
        self.take(statement(entry(2500)))
        third = entry(1000, day=DAY + timedelta(days=3))
        self.take(statement(third, opening=16000, name="S3"))
        self.assertNotIn(Part.GAP, self.parts(self.section(DAY)))
        self.take(statement(entry(3500, day=DAY + timedelta(days=1)), opening=12500, name="S2"))
        section = self.section()
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000})
        self.assertEqual((section.way.bank, section.way.unexplained), (17000, 0))

    def test_an_older_statement_that_came_later_moves_the_beginning(self):
        self.take(statement(entry(2500)))
        older = entry(4000, day=DAY - timedelta(days=5))
        self.take(statement(older, opening=6000, name="S0"))
        self.assertEqual(self.parts(self.section()), {Part.BEFORE: -6000})
        before = self.section(DAY - timedelta(days=2))
        self.assertEqual((before.way.bank, before.way.ledger), (10000, 4000))
        self.assertEqual(self.parts(before), {Part.BEFORE: -6000})
        self.assertEqual(before.way.unexplained, 0)

    def test_what_the_bank_has_and_we_did_not_take_has_no_line(self):
        self.take(statement(entry(2500, "old")))
        account = self.entries().account_id
        account.sudo().import_from = DAY + timedelta(days=2)
        news = [entry(700, "left out", day=DAY + timedelta(days=1))]
        news += [entry(300, "taken", day=DAY + timedelta(days=3))]
        self.take(statement(*news, opening=12500, name="S2"))
        section = self.section()
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000, Part.UNBOOKED: -700})
        [missing] = section.differences
        self.assertEqual((missing.text, missing.day), ("left out", DAY + timedelta(days=1)))

    def test_a_line_that_a_locked_period_moved_is_at_the_bank_before_the_ledger(self):
        self.company.sudo().fiscalyear_lock_date = DAY + timedelta(days=5)
        self.take(statement(entry(2500)))
        section = self.section(DAY + timedelta(days=2))
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000, Part.LATER: -2500})
        self.assertEqual(section.way.ledger, 0)
        self.assertEqual(self.parts(self.section(fields.Date.today())), {Part.BEFORE: -10000})

    def test_lines_by_hand_are_told_apart_from_those_of_the_bank(self):
        self.take(statement(entry(2500)))
        self.bank_line(40.0, "by hand", date=DAY, bank_booking_date=DAY)
        section = self.section()
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000, Part.BY_HAND: 4000})
        self.assertEqual(section.differences[0].text, "by hand")

    def test_what_came_after_the_last_balance_is_named(self):
        """The entry is booked, the bank has told no balance that holds it."""
        self.take(statement(entry(2500)))
        told = statement(entry(900, day=DAY + timedelta(days=2)), opening=None, closing=None)
        self.take(told)
        section = self.section()
        self.assertEqual(section.way.bank, 12500)
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000, Part.SINCE: 900})

    def test_one_cent_too_many_at_the_bank_is_loud(self):
        self.take(statement(entry(2500)))
        account = self.entries().account_id.sudo()
        account.write({"proved_balance": 125.01, "proved_on": DAY})
        report = self.report()
        [section] = report.sections
        self.assertEqual(section.way.unexplained, -1)
        self.assertEqual(report.verdict(section), "unexplained")
        page = self.html(section.journal, LATER)
        self.assertIn("alert-danger", page)
        self.assertIn("0.01", page)

    def html(self, journals, day):
        """Return the page of the report."""
        wizard = self.env["bank.reconciliation"].create({"journal_ids": journals.ids, "date": day})
        reports = self.env["ir.actions.report"]
        return reports._render_qweb_html("bank_sync.bank_reconciliation_report", wizard.ids)[
            0
        ].decode()

    def test_the_page_shows_the_figures_and_says_that_they_agree(self):
        self.take(statement(entry(2500, "tea & <b>honey</b>")))
        self.on_account(100.0, DAY)
        page = self.html(self.journal, LATER)
        for text in ("alert-success", "125.00", "100.00", "tea &amp; &lt;b&gt;honey"):
            self.assertIn(text, page)
        self.assertNotIn("alert-danger", page)

    def test_a_day_between_two_statements_counts_from_the_one_before(self):
        self.take(statement(entry(2500)))
        self.take(statement(entry(700, day=DAY + timedelta(days=6)), opening=12500, name="S2"))
        section = self.section(DAY + timedelta(days=3))
        self.assertEqual((section.way.bank, section.way.unexplained), (12500, 0))
        self.assertIn("S1", section.source)
        self.assertTrue(any("3" in note for note in section.notes))

    def test_a_line_whose_entry_the_bank_took_back_stands_in_the_ledger_alone(self):
        self.take(statement(entry(2500), entry(400, "taken back")))
        gone = self.entries().filtered(lambda one: one.amount == 4.0)
        gone.sudo().state = "removed"
        account = gone.account_id.sudo()
        account.proved_balance = 125.0
        section = self.section()
        self.assertEqual(self.parts(section), {Part.BEFORE: -10000, Part.REMOVED: 400})
        self.assertEqual((section.way.bank, section.way.unexplained), (12500, 0))

    def test_before_the_first_line_there_is_nothing_to_compare(self):
        self.take(statement(entry(2500)))
        section = self.section(DAY - timedelta(days=400))
        self.assertIsNone(section.way.bank)
        self.assertIsNone(section.way.unexplained)
        self.assertEqual((section.way.ledger, section.waiting, section.rows), (0, [], []))
        self.assertIn("alert-warning", self.html(self.journal, DAY - timedelta(days=400)))

    def test_a_file_in_quarantine_is_said_and_in_no_figure(self):
        self.take(statement(entry(2500)))
        wrong = statement(
            entry(9900, day=DAY + timedelta(days=1)), opening=12500, closing=99900, name="S9"
        )
        page = self.page(wrong)
        self.assertEqual(page.document_ids.state, "quarantined")
        section = self.section()
        self.assertEqual((section.way.bank, section.way.unexplained), (12500, 0))
        [note] = [note for note in section.notes if "quarantine" in note]
        self.assertIn("99.00", note)

    def test_a_reconciliation_needs_as_many_queries_for_forty_lines_as_for_two(self):
        counts = []
        for number in (2, 40, 40):
            day = DAY + timedelta(days=len(counts))
            before = self.lines()[-1:].statement_id.balance_end_real or 100
            some = [entry(100 + one, f"x{one}", day=day) for one in range(number)]
            self.take(statement(*some, opening=round(before * 100), name=f"S{len(counts)}"))
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            report = self.report(limit=100)
            report.open_totals()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[2], 60)


@tagged("post_install", "-at_install")
class TestBankReconciliationBadInput(ReconciliationCommon):
    """What cannot be reported is said in a sentence."""

    def test_tomorrow_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "has not come yet"):
            self.report(fields.Date.today() + timedelta(days=2))

    def test_a_journal_without_account_says_what_to_do(self):
        self.journal.sudo().default_account_id = False
        with self.assertRaisesRegex(UserError, "no bank account in the ledger"):
            self.report()

    def test_no_journal_at_all_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "at least one journal"):
            self.env["bank.reconciliation"].create({"journal_ids": [], "date": DAY})

    def test_a_journal_asks_for_the_day_of_its_own_report_today_by_default(self):
        action = self.journal.action_bank_sync_reconcile()
        self.assertEqual((action["res_model"], action["target"]), ("bank.reconciliation", "new"))
        form = Form(self.env["bank.reconciliation"].with_context(**action["context"]))
        self.assertEqual(form.journal_ids[:], self.journal)
        self.assertEqual(form.date, self.company._bank_today())
        shown = form.save().action_show()
        self.assertEqual((shown["type"], shown["report_type"]), ("ir.actions.report", "qweb-html"))

    def test_a_sales_journal_is_refused(self):
        with self.assertRaisesRegex(UserError, "no bank account in the ledger"):
            self.report(journals=self.company_data["default_journal_sale"])

    def test_a_journal_without_any_line_is_empty_not_wrong(self):
        section = self.section()
        self.assertIsNone(section.way.bank)
        self.assertEqual((section.way.ledger, section.position.own), (0, 0))

    def test_journals_of_another_company_are_refused_even_by_number(self):
        other = self.env["res.company"].with_user(SUPERUSER_ID).create({"name": "Theirs"})
        theirs = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "B", "type": "bank", "code": "THB", "company_id": other.id})
        )
        with self.assertRaises(AccessError):
            self.report(journals=theirs.sudo(False))
        wizard = self.env["bank.reconciliation"].create(
            {"journal_ids": self.journal.ids, "date": DAY}
        )
        wizard.sudo().journal_ids = [Command.set(self.journal.ids)]
        self.env.cr.execute(
            "UPDATE account_journal_bank_reconciliation_rel SET account_journal_id = %s "
            "WHERE bank_reconciliation_id = %s",
            [theirs.id, wizard.id],
        )
        wizard.invalidate_recordset()
        with self.assertRaises(AccessError):
            wizard._report()

    def test_only_an_accountant_sees_a_reconciliation_and_only_their_own(self):
        wizard = self.env["bank.reconciliation"].create({"journal_ids": self.journal.ids})
        colleague = new_test_user(
            self.env, "colleague", "bank_sync.group_user", company_id=self.company.id
        )
        clerk = new_test_user(
            self.env, "billing", "account.group_account_invoice", company_id=self.company.id
        )
        for user in (colleague, clerk):
            reports = self.env["ir.actions.report"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                reports._render_qweb_html("bank_sync.bank_reconciliation_report", wizard.ids)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                wizard.with_user(user)._file("csv")
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                wizard.with_user(user).write({"date": DAY})

    def test_a_colleague_gets_the_same_figures_with_a_report_of_their_own(self):
        self.take(statement(entry(2500)))
        colleague = new_test_user(
            self.env, "colleague", "bank_sync.group_user", company_id=self.company.id
        )
        self.assertEqual(self.section(user=colleague).way, self.section().way)
