"""Which days are asked for, and what happens when the bank does not give them."""

import itertools
from datetime import date, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.bank_sync.connectors.base import QuotaExceeded

from .fake_bank import FakeBankCommon

START = date(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestBankHistory(FakeBankCommon):
    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(f"{START} 08:00:00"))
        self.bank.today = START
        self.account = self.connect()

    def asked(self):
        """Return first and last day of every stretch the bank was asked for."""
        return [
            (arguments["date_from"], arguments["date_to"])
            for method, arguments in self.bank.calls
            if method == "pages"
        ]

    def lines(self):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.account.journal_id.id)]
        )

    def later(self, days):
        """Let that many days pass for the bank; return how to freeze our clock there."""
        self.move_to(START + timedelta(days=days))
        return freeze_time(f"{self.bank.today} 08:00:00")

    def test_the_first_read_asks_for_ninety_days_in_one_stretch(self):
        self.read_waiting()
        self.assertEqual(self.asked(), [(START - timedelta(days=90), None)])

    def test_case_047_an_outage_of_20_days_is_read_whole_with_its_overlap(self):
        for day in (30, 10, 1):
            self.bank.book(day, 1000 + day)
        self.read_waiting()
        with self.later(20):
            # One booking on each day we were away, and one before that came late.
            for day in range(20):
                self.bank.book(day, 2000 + day)
            self.bank.book(START - timedelta(days=9), 5)
            run = self.read_waiting()
            self.assertEqual(self.asked()[-1], (START - timedelta(days=14), None))
            self.assertEqual((run.state, run.proof, run.added_count), ("done", "proved", 21))
            self.assertEqual(len(self.lines()), 24)
            self.assertEqual(self.account.covered_until, self.bank.today)
            self.assertFalse(self.account.gap_from)

    def test_case_045_a_long_outage_is_asked_for_in_pieces_and_nothing_is_missing(self):
        """A bank that answers a long stretch with its last months alone, and says nothing."""
        self.bank.book(1, 1000)
        self.read_waiting()
        with self.later(200):
            for day in range(0, 199, 3):
                self.bank.book(day, 100 + day)
            run = self.read_waiting()
            pieces = self.asked()[1:]
            self.assertEqual(pieces[0][0], START - timedelta(days=14))
            self.assertIsNone(pieces[-1][1])
            for (_first, last), (first, _last) in itertools.pairwise(pieces):
                self.assertEqual(first, last + timedelta(days=1), "not one day in between")
            self.assertEqual((run.state, run.proof), ("done", "proved"))
            self.assertEqual(len(self.lines()), 68)

    def test_case_045_days_the_bank_forgot_are_shown_and_nothing_is_booked_without_them(self):
        self.bank.book(1, 1000)
        self.read_waiting()
        with self.later(120):
            self.bank.keeps_days = 90
            for day in (110, 80, 5):
                self.bank.book(day, 100 + day)
            run = self.read_waiting()
            self.assertEqual((run.state, run.proof), ("quarantined", "failed"))
            self.assertEqual(len(self.lines()), 1)
            gap = (self.account.gap_from, self.account.gap_until)
            first_shown = self.bank.today - timedelta(days=80)
            self.assertEqual(gap, (START + timedelta(days=1), first_shown - timedelta(days=1)))
            self.assertIn(fields.Date.to_string(gap[1]), run.note)
            self.assertEqual(self.connection.next_step, "import")
            self.assertIn("gave nothing from", self.connection.health_text)
            # The days come after all: the gap is forgotten by itself.
            self.bank.keeps_days = None
            self.assertEqual(self.read_waiting().proof, "proved")
            self.assertFalse(self.account.gap_from)
            self.assertEqual(len(self.lines()), 4)

    def test_case_045_a_first_read_of_a_year_says_where_the_bank_begins(self):
        self.account.sudo().import_from = START - timedelta(days=365)
        self.bank.keeps_days = 180
        for day in (300, 170, 20):
            self.bank.book(day, 100 + day)
        run = self.read_waiting()
        self.assertEqual(run.state, "done")
        self.assertEqual(self.account.gap_from, START - timedelta(days=365))
        self.assertEqual(self.account.gap_until, START - timedelta(days=171))
        self.assertEqual(self.connection.health, "notice", "told, and nothing is held up")

    def test_case_046_a_refused_stretch_is_shortened_and_noted(self):
        self.bank.keeps_days, self.bank.refuses = 60, True
        self.account.sudo().import_from = START - timedelta(days=80)
        for day in (70, 50, 5):
            self.bank.book(day, 100 + day)
        run = self.read_waiting()
        self.assertEqual((run.state, run.added_count), ("done", 2))
        self.assertEqual(run.date_from, START - timedelta(days=59))
        self.assertIn("refuses days before", run.note)
        self.assertEqual(self.account.history_days, 60)
        self.assertEqual(self.account.gap_until, START - timedelta(days=60))
        self.assertEqual(self.read_waiting().proof, "proved", "it goes on from there")

    def test_case_046_after_an_outage_the_shortened_stretch_does_not_hide_the_gap(self):
        self.bank.book(1, 1000)
        self.read_waiting()
        with self.later(80):
            self.bank.keeps_days, self.bank.refuses = 30, True
            for day in (60, 10):
                self.bank.book(day, 100 + day)
            run = self.read_waiting()
            self.assertEqual((run.state, len(self.lines())), ("quarantined", 1))
            self.assertEqual(self.account.gap_from, START + timedelta(days=1))
            self.assertEqual(self.account.gap_until, self.bank.today - timedelta(days=30))
            asked = len(self.asked())
            self.read_waiting()
            self.assertEqual(len(self.asked()), asked + 1, "it has learned what the bank gives")

    def test_case_046_days_outside_the_shortened_stretch_are_not_called_missing(self):
        for day in (40, 10):
            self.bank.book(day, 100 + day)
        self.read_waiting()
        self.account.sudo().covered_until = START - timedelta(days=45)
        self.bank.keeps_days, self.bank.refuses = 30, True
        run = self.read_waiting()
        self.assertEqual(run.missing_count, 0)
        self.assertEqual(set(self.env["bank.entry"].search([]).mapped("state")), {"booked"})

    def test_case_038_a_read_broken_off_is_kept_and_reconciled_by_nobody(self):
        for day in (5, 3):
            self.bank.book(day, 100 + day)
        self.read_waiting()
        self.bank.entries.pop()
        self.bank.fails["balances"] = QuotaExceeded("quota", request_id="r")
        run = self.read_waiting()
        self.assertEqual((run.state, run.problem_code), ("partial", "quota"))
        self.assertTrue(run.raw_document_ids._bytes(), "the pages are kept")
        self.assertEqual(run.missing_count, 0)
        self.assertEqual(set(self.env["bank.entry"].search([]).mapped("miss_count")), {0})
