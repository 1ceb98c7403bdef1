from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.bank_sync.core.statement import Entry

from .common import BankSyncCommon


@tagged("post_install", "-at_install")
class TestBankEntry(BankSyncCommon):
    """The mirror under the habits of real banks, reading by reading."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = (
            cls.env["bank.connection.account"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "iban": "DE89370400440532013000",
                    "currency_id": cls.eur.id,
                    "journal_id": cls.journal.id,
                }
            )
        )

    def entry(self, cents, text="x", *, day=0, **values):
        date = self.today - timedelta(days=day)
        return Entry(date, date, cents, "EUR", remittance=(text,), **values)

    def take(self, *entries, closing=None):
        """Take one complete reading in; the account opened with EUR 10.00."""
        run = self.env["bank.sync.run"]._begin(
            "cron",
            company_id=self.company.id,
            account_id=self.account.id,
            date_from=self.today - timedelta(days=30),
        )
        if closing is None:
            closing = 1000 + sum(entry.amount for entry in entries)
        self.env["bank.entry"]._apply_reading(
            self.account,
            run,
            entries,
            self.env["bank.raw.document"],
            closing=closing or None,
            closing_date=self.today,
        )
        return run

    def mirror(self):
        return self.env["bank.entry"].search([("account_id", "=", self.account.id)], order="id")

    def lines(self):
        return self.mirror().statement_line_id

    def test_a_text_that_changes_later_changes_no_line(self):
        self.take(self.entry(500, "COFFEE", entry_reference="A"))
        line = self.lines()
        run = self.take(self.entry(500, "COFFEE SHOP BERLIN", entry_reference="A"))
        self.assertEqual((run.state, run.added_count, run.changed_count), ("done", 0, 1))
        self.assertEqual(self.mirror().remittance, "COFFEE SHOP BERLIN")
        self.assertEqual((self.lines(), line.payment_ref), (line, "COFFEE"))
        event = self.env["bank.event"].search([("kind", "=", "entry_changed")])
        self.assertEqual(event.payload["before"]["remittance"], "COFFEE")

    def test_a_booking_that_moves_by_a_day_stays_one(self):
        self.take(self.entry(500, "rent", day=2))
        run = self.take(self.entry(500, "rent", day=1))
        self.assertEqual((run.added_count, run.changed_count, len(self.lines())), (0, 1, 1))

    def test_ids_made_up_anew_for_every_reading_bring_nothing_twice(self):
        for number in range(3):
            self.take(
                self.entry(500, "a", entry_reference=f"{number}-1"),
                self.entry(500, "a", entry_reference=f"{number}-2"),
            )
        self.assertEqual(len(self.lines()), 2)

    def test_one_id_for_two_entries_is_never_trusted_again(self):
        self.take(
            self.entry(500, "a", entry_reference="9998"),
            self.entry(700, "b", entry_reference="9998"),
        )
        self.assertEqual(len(self.lines()), 2)
        self.assertFalse(self.account.trust_ids)
        self.assertTrue(self.env["bank.event"].search([("kind", "=", "entry_ids_untrusted")]))

    def test_an_entry_a_reading_leaves_out_still_counts(self):
        kept, lost = self.entry(500, "a"), self.entry(700, "b")
        self.take(kept, lost)
        run = self.take(kept, closing=2200)
        self.assertEqual((run.state, run.proof, run.missing_count), ("done", "proved", 1))
        self.assertEqual(self.mirror().mapped("state"), ["booked", "booked"])
        self.take(kept, lost)
        self.assertEqual(self.mirror().mapped("miss_count"), [0, 0])
        self.assertEqual(len(self.lines()), 2)

    def test_an_entry_the_balance_no_longer_holds_is_gone(self):
        kept, lost = self.entry(500, "a"), self.entry(700, "b")
        self.take(kept, lost)
        run = self.take(kept)
        self.assertEqual((run.state, run.proof), ("done", "proved"))
        self.assertEqual(self.mirror().mapped("state"), ["booked", "removed"])
        self.assertEqual(len(self.lines()), 2, "a person decides on the line")
        tasks = self.lines().move_id.activity_ids
        self.assertEqual(len(tasks), 1, "and is asked to")
        self.assertIn("no longer shows", tasks.summary)
        run = self.take(kept, lost)
        self.assertEqual((run.proof, run.added_count), ("proved", 0), "it is the old one")
        self.assertEqual(self.mirror().mapped("state"), ["booked", "booked"])

    def test_without_a_balance_an_entry_is_gone_after_three_misses(self):
        kept, lost = self.entry(500, "a"), self.entry(700, "b")
        self.take(kept, lost, closing=0)
        for _number in range(2):
            self.assertEqual(self.take(kept, closing=0).proof, "unproven")
            self.assertEqual(self.mirror().mapped("state"), ["booked", "booked"])
        self.take(kept, closing=0)
        self.assertEqual(self.mirror().mapped("state"), ["booked", "removed"])

    def test_a_wrong_balance_keeps_everything_out_until_it_is_right(self):
        self.take(self.entry(500, "a"))
        run = self.take(self.entry(500, "a"), self.entry(700, "b"), closing=9999)
        self.assertEqual((run.state, run.difference), ("quarantined", 77.99))
        self.assertEqual(len(self.mirror()), 1)
        self.assertEqual(self.take(self.entry(500, "a"), self.entry(700, "b")).proof, "proved")
        self.assertEqual(len(self.lines()), 2)

    def test_a_back_dated_entry_is_added_and_proved(self):
        self.take(self.entry(500, "a"))
        run = self.take(self.entry(500, "a"), self.entry(700, "b", day=9))
        self.assertEqual((run.proof, run.added_count), ("proved", 1))

    def test_another_currency_is_kept_but_never_added_up(self):
        dollars = Entry(self.today, self.today, 900, "USD", remittance=("$",))
        run = self.take(self.entry(500, "a"), dollars, closing=1500)
        self.assertEqual(run.proof, "baseline")
        self.assertEqual(len(self.mirror()), 2)
        self.assertEqual(self.lines().mapped("amount"), [5.0])

    def test_an_entry_without_a_date_makes_no_line_of_today(self):
        self.take(self.entry(500, "a"))
        nameless = Entry(None, None, 300, "EUR", remittance=("when?",))
        run = self.take(self.entry(500, "a"), nameless, closing=1800)
        self.assertEqual(run.state, "quarantined")
        self.assertEqual(len(self.lines()), 1)

    def test_pending_entries_are_a_forecast_that_is_replaced(self):
        pending = Entry(None, None, 250, "EUR", remittance=("soon",), pending=True)
        self.take(self.entry(500, "a"), pending, closing=1500)
        self.assertEqual(sorted(self.mirror().mapped("state")), ["booked", "pending"])
        self.assertEqual(len(self.lines()), 1)
        self.take(self.entry(500, "a"), self.entry(255, "soon"))
        self.assertEqual(self.mirror().mapped("state"), ["booked", "booked"])
        self.assertEqual(sorted(self.lines().mapped("amount")), [2.55, 5.0])

    def test_nul_bytes_and_line_breaks_survive_as_far_as_they_can(self):
        odd = Entry(self.today, self.today, 500, "EUR", remittance=("a\0b\nc", "", "d"))
        for _number in range(2):
            run = self.take(odd)
        self.assertEqual((run.added_count, run.changed_count), (0, 0), "not new every time")
        self.assertEqual(self.mirror().remittance, "ab c\nd")

    def test_a_partner_is_known_by_one_account_only_if_it_is_nobody_elses(self):
        banks = self.env["res.partner.bank"].sudo()
        banks.create({"partner_id": self.customer.id, "acc_number": "FR76 3000 6000 0112"})
        paid = self.entry(500, "a", counterparty_account="FR76300060000112")
        self.take(paid)
        self.assertEqual(self.lines().partner_id, self.customer)
        other = self.customer.copy({"name": "Other"})
        banks.create({"partner_id": other.id, "acc_number": "FR76 3000 6000 0112"})
        self.take(paid, self.entry(900, "b", counterparty_account="FR76300060000112"))
        self.assertFalse(self.lines().sorted("id")[-1].partner_id)
