import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.bank_sync.core.statement import Entry

from .mirror import MirrorCommon


@tagged("post_install", "-at_install")
class TestIdentityCases(MirrorCommon):
    """Numbered failure cases where they bite: in the mirror, and in the lines made of it."""

    def test_case_053_an_id_used_twice_is_told_and_both_entries_are_kept(self):
        self.take(
            self.entry(500, "a", entry_reference="9998"),
            self.entry(700, "b", entry_reference="9998"),
        )
        self.assertEqual(len(self.lines()), 2)
        self.assertFalse(self.account.trust_ids)
        self.assertTrue(self.env["bank.event"].search([("kind", "=", "entry_ids_untrusted")]))

    def test_case_057_a_text_settled_later_changes_the_entry_and_not_the_line(self):
        self.take(self.entry(500, "COFFEE"))
        line = self.lines()
        run = self.take(self.entry(500, "COFFEE SHOP BERLIN"))
        self.assertEqual((run.added_count, run.changed_count), (0, 1))
        self.assertEqual(self.mirror().remittance, "COFFEE SHOP BERLIN")
        self.assertEqual((self.lines(), line.payment_ref), (line, "COFFEE"))

    def test_case_058_a_moved_day_is_kept_with_what_it_was_before(self):
        self.take(self.entry(500, "rent", day=2))
        run = self.take(self.entry(500, "rent", day=1))
        self.assertEqual((run.added_count, len(self.lines())), (0, 1))
        self.assertEqual(self.mirror().doubt, "moved")
        event = self.env["bank.event"].search([("kind", "=", "entry_changed")])
        self.assertNotEqual(
            event.payload["before"]["booking_date"], event.payload["after"]["booking_date"]
        )

    def test_case_059_one_id_on_two_accounts_is_two_entries(self):
        journal = self.journal.sudo().copy({"name": "Second bank", "code": "BNK9"})
        other = self.make_account("NL91ABNA0417164300", journal)
        same = self.entry(500, "a", entry_reference="T1")
        self.take(same)
        self.take(same, account=other)
        self.assertEqual(len(self.mirror() | self.mirror(other)), 2)
        self.assertTrue(self.account.trust_ids and other.trust_ids)

    def test_case_060_interface_and_file_make_one_line_and_the_user_is_told(self):
        self.take(self.entry(500, "POS 4711", entry_reference="REF-0001"))
        run = self.take_file(
            self.entry(500, "COFFEE", servicer_reference="REF-0001", entry_reference="1"),
            self.entry(200, "TEA", servicer_reference="REF-0002", entry_reference="2"),
            opening=1000,
            closing=1700,
        )
        self.assertEqual((run.seen_count, run.added_count, run.doubtful_count), (2, 1, 0))
        self.assertEqual(self.lines().mapped("amount"), [5.0, 2.0])
        self.assertEqual(self.mirror()[0].entry_reference, "REF-0001", "not the number of a line")
        run = self.take(
            self.entry(500, "POS 4711", entry_reference="REF-0001"),
            self.entry(200, "TEA", entry_reference="REF-0002"),
        )
        self.assertEqual((run.added_count, run.proof, len(self.lines())), (0, "proved", 2))

    def test_case_064_a_pending_entry_booked_with_another_id_and_amount_is_one_line(self):
        pending = Entry(
            None, None, -1000, "EUR", remittance=("HOTEL",), entry_reference="P1", pending=True
        )
        self.take(self.entry(500, "a"), pending)
        self.assertEqual(sorted(self.mirror().mapped("state")), ["booked", "pending"])
        self.take(self.entry(500, "a"), self.entry(-1012, "HOTEL", entry_reference="B9"))
        self.assertEqual(self.mirror().mapped("state"), ["booked", "booked"])
        self.assertEqual(sorted(self.lines().mapped("amount")), [-10.12, 5.0])

    def test_case_065_a_pending_entry_that_vanishes_leaves_the_books_alone(self):
        pending = Entry(None, None, -1000, "EUR", remittance=("HOTEL",), pending=True)
        self.take(self.entry(500, "a"), pending)
        run = self.take(self.entry(500, "a"))
        self.assertEqual((run.proof, run.missing_count), ("proved", 0))
        self.assertEqual(self.mirror().mapped("state"), ["booked"])
        self.assertEqual(self.lines().mapped("amount"), [5.0])

    def test_case_066_an_entry_taken_back_is_asked_about_and_its_match_stays(self):
        invoice = self.invoice(7.0)
        kept, lost = self.entry(500, "a"), self.entry(700, invoice.name)
        self.take(kept, lost, closing=0)
        self.match()
        line = self.lines().filtered("is_reconciled")
        self.assertEqual(line.amount, 7.0)
        for _reading in range(2):
            self.take(kept, closing=0)
            self.assertEqual(self.mirror().mapped("state"), ["booked", "booked"])
        self.take(kept, closing=0)
        self.assertEqual(self.mirror().mapped("state"), ["booked", "removed"])
        self.assertTrue(line.exists().is_reconciled)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertIn("no longer shows", line.move_id.activity_ids.summary)

    def test_case_067_a_reversal_shows_what_it_takes_back(self):
        self.take(self.entry(-500, "rent", day=3, end_to_end_id="E1"))
        self.take(
            self.entry(-500, "rent", day=3, end_to_end_id="E1"),
            self.entry(500, "returned", end_to_end_id="E1", reversal=True),
        )
        paid, back = self.mirror()
        self.assertEqual((back.reverses_entry_id, paid.reversed_by_ids), (paid, back))
        self.assertEqual(self.lines().mapped("amount"), [-5.0, 5.0])

    def test_case_068_a_correction_as_a_pair_keeps_both(self):
        self.take(self.entry(-500, "fee"), self.entry(500, "fee"), self.entry(-50, "fee"))
        rows = self.mirror()
        self.assertEqual(len(self.lines()), 3)
        self.assertEqual(len(rows.reverses_entry_id), 1)
        self.assertEqual(len(rows.filtered("reverses_entry_id")), 1)

    def test_case_071_half_past_midnight_at_the_bank_is_its_own_day(self):
        day = datetime.date(2026, 3, 2)
        self.env.user.tz = "Pacific/Honolulu"
        entry = Entry(day, day, 500, "EUR", remittance=("night",))
        self.take(entry, closing=0, days=400)
        self.assertEqual((self.mirror().booking_date, self.lines().bank_booking_date), (day, day))

    def test_case_072_the_last_and_the_extra_day_of_a_year_are_days_like_others(self):
        days = [datetime.date(*day) for day in ((2023, 12, 31), (2024, 1, 1), (2024, 2, 29))]
        entries = [Entry(day, day, 100, "EUR", remittance=("x",)) for day in days]
        for _reading in range(2):
            self.take(*entries, closing=0, days=1500)
        self.assertEqual(self.mirror().mapped("booking_date"), days)

    def test_case_073_signs_the_other_way_round_are_named_and_not_booked(self):
        self.take(self.entry(500, "a"))
        run = self.take(self.entry(500, "a"), self.entry(-300, "card"), closing=1800)
        self.assertEqual((run.state, run.problem_code), ("quarantined", "signs_reversed"))
        self.assertIn("Signs", run.problem)
        self.assertEqual(self.lines().mapped("amount"), [5.0])

    def test_case_079_a_failing_proof_looks_back_further_and_then_asks(self):
        self.take(self.entry(500, "a", day=60), days=120)
        self.assertEqual(self.account.failed_proofs, 0)
        back = []
        for failures in range(1, 4):
            run = self.take(self.entry(500, "a", day=60), closing=9999, days=120)
            self.assertEqual((run.state, self.account.failed_proofs), ("quarantined", failures))
            back.append((self.today - self.account._window_start()).days)
        self.assertEqual(back, [30, 90, 90])
        self.assertEqual(len(self.lines()), 1, "no line is invented")
        self.assertIn("do not add up", self.journal.activity_ids.summary)
        self.take(self.entry(500, "a", day=60), days=120)
        self.assertEqual(self.account.failed_proofs, 0)

    def test_case_080_without_a_booked_balance_no_proof_is_claimed(self):
        class Forecast:
            kind, amount, currency, reference_date = "expected", 1500, "EUR", self.today

        run = self.env["bank.sync.run"]._begin(
            "cron", company_id=self.company.id, account_id=self.account.id, date_from=self.today
        )
        self.account._apply_reading(
            run, [self.entry(500, "a")], self.env["bank.raw.document"], [Forecast]
        )
        self.assertEqual((run.proof, self.account.last_proof), ("unproven", "unproven"))
        self.assertFalse(self.account.baseline_date)

    def test_case_081_a_missing_statement_is_named_and_closes_the_gap_when_it_comes(self):
        self.take_file(self.entry(500, "a", day=9), opening=1000, closing=1500, sequence="1")
        run = self.take_file(
            self.entry(100, "c", day=1), opening=1800, closing=1900, sequence="3", name="S3"
        )
        self.assertEqual(run.problem_code, "gap")
        gap = self.account.file_statement_ids.filtered(lambda told: told.chain_state == "gap")
        self.assertEqual((gap.gap_amount, gap.missing_numbers), (3.0, "2"))
        self.assertIn("statement 2", gap.chain_advice)
        self.assertEqual(self.account.chain_gap_count, 1)
        self.take_file(
            self.entry(300, "b", day=5), opening=1500, closing=1800, sequence="2", name="S2"
        )
        self.account.invalidate_recordset()
        self.assertEqual(self.account.chain_gap_count, 0)
        self.assertEqual(
            self.account.file_statement_ids.sorted("date_from").mapped("chain_state"),
            ["first", "follows", "follows"],
        )

    def test_case_082_a_balance_of_an_earlier_day_is_not_held_against_later_entries(self):
        self.take(self.entry(500, "a", day=1), closing=1500, closing_day=1)
        run = self.take(
            self.entry(500, "a", day=1), self.entry(700, "b"), closing=1500, closing_day=1
        )
        self.assertEqual((run.state, run.proof, run.added_count), ("done", "proved", 1))


@tagged("post_install", "-at_install")
class TestDoubts(MirrorCommon):
    """Entries nobody can tell: never dropped, never doubled, decided exactly."""

    def resembling(self):
        """Return known entry and doubtful one: a file without balances words it otherwise."""
        self.take(self.entry(500, "POS 4711"), closing=0)
        self.take_file(self.entry(500, "COFFEE"))
        known, doubtful = self.mirror()
        return known, doubtful

    def test_a_doubtful_entry_waits_without_a_line_and_somebody_is_asked(self):
        _known, doubtful = self.resembling()
        self.assertEqual((doubtful.state, doubtful.doubt), ("doubtful", "resembles"))
        self.assertEqual(self.lines().mapped("amount"), [5.0])
        self.assertIn(doubtful, self.env["bank.entry"].search([("is_undecided", "=", True)]))
        self.assertTrue(self.journal.activity_ids)

    def test_the_same_is_one_entry_in_two_wordings_and_undo_is_exact(self):
        known, doubtful = self.resembling()
        before = self.snapshot()
        doubtful.action_same()
        self.assertEqual((doubtful.state, doubtful.same_entry_id), ("superseded", known))
        self.assertEqual(known.remittance, "COFFEE")
        self.assertEqual(len(self.lines()), 1)
        self.assertEqual(self.take_file(self.entry(500, "POS 4711"), name="S2").added_count, 0)
        doubtful.action_undo_decision()
        self.assertEqual(self.snapshot(), before)
        self.assertTrue(doubtful.is_undecided)

    def test_another_one_gets_its_line_and_undo_is_exact(self):
        _known, doubtful = self.resembling()
        before = self.snapshot()
        doubtful.action_another()
        self.assertEqual((doubtful.state, len(self.lines())), ("booked", 2))
        doubtful.action_undo_decision()
        self.assertEqual(self.snapshot(), before)
        self.assertEqual(len(self.lines()), 1)

    def test_a_matched_line_must_be_taken_back_before_the_decision(self):
        _known, doubtful = self.resembling()
        doubtful.action_another()
        invoice = self.invoice(5.0)
        line = doubtful.statement_line_id
        suspense = line._seek_for_lines()[1]
        receivable = invoice.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        line.move_id.sudo().button_draft()
        suspense.sudo().account_id = receivable.account_id
        line.move_id.sudo().action_post()
        (suspense | receivable).sudo().reconcile()
        with self.assertRaises(UserError):
            doubtful.action_undo_decision()

    def test_the_next_complete_reading_decides_by_itself(self):
        for seen, state in (
            ([self.entry(500, "POS 4711")], "superseded"),
            ([self.entry(500, "POS 4711"), self.entry(500, "COFFEE")], "booked"),
        ):
            with self.subTest(state=state):
                point = self.env.cr.savepoint(flush=True)
                _known, doubtful = self.resembling()
                self.take(*seen, closing=0)
                self.assertEqual(doubtful.state, state)
                self.assertEqual(len(self.lines()), len(seen))
                point.rollback()
                self.env.invalidate_all()

    def test_the_balance_decides_by_itself(self):
        self.take(self.entry(500, "POS 4711"))
        self.take_file(self.entry(500, "COFFEE"))
        self.assertEqual(self.mirror().mapped("state"), ["booked", "doubtful"])
        run = self.take(self.entry(500, "POS 4711"), self.entry(500, "COFFEE"))
        self.assertEqual((run.proof, len(self.lines())), ("proved", 2))

    def test_an_intraday_file_and_the_statement_that_words_it_otherwise_are_one_line(self):
        """Before any balance is known: the statement's own balances tell."""
        self.take_file(self.entry(500, "POS 4711"), name="intraday")
        run = self.take_file(self.entry(500, "COFFEE SHOP"), opening=1000, closing=1500)
        self.assertEqual((run.added_count, run.problem_code), (0, False))
        self.assertEqual(self.lines().mapped("amount"), [5.0])

    def test_two_statements_of_one_day_share_no_entry(self):
        self.take_file(self.entry(500, "COFFEE"), opening=1000, closing=1500, sequence="1")
        run = self.take_file(
            self.entry(500, "COFFEE"), opening=1500, closing=2000, sequence="2", name="S2"
        )
        self.assertEqual((run.added_count, run.problem_code), (1, False))
        self.assertEqual(self.lines().mapped("amount"), [5.0, 5.0])

    def test_a_presumed_entry_can_be_split_and_put_together_again(self):
        self.take(self.entry(500, "rent", day=2), closing=0)
        self.take(self.entry(500, "rent", day=1), closing=0)
        moved = self.mirror()
        before = self.snapshot()
        moved.action_another()
        rows = self.mirror().filtered(lambda row: row.state == "booked")
        self.assertEqual([(self.today - row.booking_date).days for row in rows], [2, 1])
        self.assertEqual(len(self.lines()), 2)
        moved.action_undo_decision()
        self.assertEqual(len(self.lines()), 1)
        self.assertEqual(self.snapshot()[0], before[0])

    def test_an_entry_in_an_unknown_currency_is_kept_and_told(self):
        for _reading in range(2):
            run = self.take(
                self.entry(500, "a"), self.entry(300, "b", currency="QQQ"), closing=1500
            )
        first = self.env["bank.sync.run"].search([("account_id", "=", self.account.id)])[-1]
        self.assertEqual(first.problem_code, "currency_unknown")
        self.assertIn("QQQ", first.problem)
        self.assertEqual((run.added_count, run.proof), (0, "proved"))
        kept = self.mirror().filtered(lambda row: row.state == "quarantined")
        self.assertEqual((kept.currency_code, kept.amount), ("QQQ", 3.0))
        self.assertEqual(self.lines().mapped("amount"), [5.0])

    def test_only_an_accountant_decides(self):
        _known, doubtful = self.resembling()
        clerk = new_test_user(self.env, "clerk", "account.group_account_invoice")
        for action in ("action_same", "action_another", "action_undo_decision"):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(doubtful.with_user(clerk), action)()
        with self.assertRaises(AccessError):
            doubtful.write({"state": "booked"})

    def test_a_reading_no_account_can_have_is_kept_out(self):
        path = "odoo.addons.bank_sync.models.bank_entry.MAX_READING_ENTRIES"
        with patch(path, 1):
            run = self.take(self.entry(1, "a"), self.entry(2, "b"))
        self.assertEqual((run.state, run.problem_code), ("quarantined", "too_many_entries"))
        self.assertFalse(self.mirror())

    def test_a_reading_that_says_nothing_new_makes_no_records(self):
        entries = [self.entry(number, f"text {number}") for number in range(1, 40)]
        self.take(*entries)
        self.env.invalidate_all()
        with self.assertQueryCount(default=60):
            run = self.take(*entries)
            self.env.flush_all()
        self.assertEqual((run.added_count, run.changed_count, run.proof), (0, 0, "proved"))
