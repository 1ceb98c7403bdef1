from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from .fake_bank import FakeBankCommon

START = date(2026, 3, 2)
#: What the fake bank had on the account before its first entry, in cents.
BEFORE = 100000


@tagged("post_install", "-at_install")
class TestBankReconciliationReading(FakeBankCommon):
    """A journal the bank's interface feeds agrees with the bank on every day."""

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(f"{START} 08:00:00"))
        self.bank.today = START
        self.account = self.connect()

    def _section(self, day):
        wizard = self.env["bank.reconciliation"].create(
            {"journal_ids": self.account.journal_id.ids, "date": day}
        )
        [section] = wizard._report().sections
        return section

    def _at_the_bank(self, day):
        """Return the bank's balance of a day, from the bank's own list."""
        return BEFORE + sum(
            amount for when, amount, _text, _key in self.bank.entries if when <= day
        )

    def test_every_day_agrees_also_where_the_bank_booked_late(self):
        for days in (30, 12, 12, 1):
            self.bank.book(days, 1000 + days)
        self.read_waiting()
        self.move_to(START + timedelta(days=4))
        with freeze_time(f"{self.bank.today} 08:00:00"):
            self.bank.book(1, -250)
            self.bank.book(START - timedelta(days=2), 77, "booked late")
            self.read_waiting()
            for days in range(-33, 5):
                day = START + timedelta(days=days)
                section = self._section(day)
                with self.subTest(day=day):
                    self.assertEqual(section.way.bank, self._at_the_bank(day))
                    self.assertEqual(section.way.unexplained, 0)
                    self.assertEqual(section.way.ledger, self._at_the_bank(day) - BEFORE)
            self.assertIn("Counted back", self._section(START).source)
            self.assertIn("Reading", self._section(self.bank.today).source)

    def test_an_entry_the_bank_shows_without_its_balance_is_loud(self):
        """What the mirror lost is missed at the bank: nothing we hold explains it."""
        self.bank.book(3, 5000)
        self.read_waiting()
        entry = self.account.entry_ids
        entry.sudo().write({"state": "withdrawn"})
        entry.statement_line_id.move_id.sudo().button_draft()
        section = self._section(START)
        self.assertEqual(section.way.unexplained, -5000)
