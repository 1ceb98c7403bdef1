from dataclasses import replace

from odoo.tests import tagged

from .mirror import MirrorCommon


@tagged("post_install", "-at_install")
class TestSharedDay(MirrorCommon):
    """One file ends on the day on which another begins: what both tell of it comes once."""

    def test_a_day_two_files_share_is_not_doubled_by_payments_that_cancel_each_other(self):
        """The second file opens where the first closed, and tells its last day once more."""
        shared = [
            self.entry(
                cents,
                "Deposit",
                day=1,
                servicer_reference=f"R{number}",
                entry_reference=str(number),
            )
            for number, cents in enumerate((1250, -1250, 1250, -1250))
        ]
        before, after = self.entry(10190, "Rent", day=2), self.entry(500, "Tea")
        self.take_file(before, *shared, opening=100000, closing=110190, name="12")
        again = [replace(one, entry_reference=f"{n}") for n, one in enumerate(shared, start=7)]
        run = self.take_file(*again, after, opening=110190, closing=110690, name="37")
        self.assertEqual(run.added_count, 1)
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id)]
        )
        self.assertEqual(sorted(lines.mapped("amount")), [-12.5, -12.5, 5.0, 12.5, 12.5, 101.9])

    def test_a_day_that_came_in_parts_is_not_doubled_by_the_file_that_tells_it_whole(self):
        first, second, third = (
            self.entry(cents, "Deposit", day=1, servicer_reference=f"R{number}")
            for number, cents in enumerate((-700, 700, 300))
        )
        rent = self.entry(10190, "Rent", day=2)
        self.take_file(rent, first, opening=100000, closing=109490, name="1")
        self.take_file(rent, first, second, opening=100000, closing=110190, name="2")
        self.take_file(second, third, opening=109490, closing=110490, name="3")
        run = self.take_file(first, second, third, opening=110190, closing=110490, name="4")
        self.assertEqual(run.added_count, 0)

    def test_a_day_in_parts_without_references_is_not_doubled_either(self):
        first, second, third = (self.entry(cents, "Deposit", day=1) for cents in (-700, 700, 300))
        rent = self.entry(10190, "Rent", day=2)
        self.take_file(rent, first, opening=100000, closing=109490, name="1")
        self.take_file(rent, first, second, opening=100000, closing=110190, name="2")
        self.take_file(first, second, third, opening=110190, closing=110490, name="3")
        self.take_file(rent, first, second, third, opening=100000, closing=110490, name="4")
        run = self.take_file(first, second, third, opening=110190, closing=110490, name="5")
        self.assertEqual(run.added_count, 0)

    def test_a_day_the_interface_told_in_between_under_other_references_is_not_doubled(self):
        """The interface names the payer's reference where the file names the bank's."""
        paid = [
            self.entry(cents, "Deposit", day=1, entry_reference=name, servicer_reference=name)
            for name, cents in (("SB422", 1250), ("SB423", -1250))
        ]
        other = self.entry(1250, "Deposit", day=1, entry_reference="SB431")
        rent = self.entry(10190, "Rent", day=2)
        self.take_file(rent, *paid, opening=100000, closing=110190, name="1")
        by_interface = [
            replace(one, servicer_reference=f"payer {n}", counterparty_name="Late Lark")
            for n, one in enumerate([*paid, other])
        ]
        self.take(rent, *by_interface, closing=111440)
        told = [*paid, replace(other, servicer_reference="SB431")]
        run = self.take_file(*told, opening=110190, closing=111440, name="2")
        self.assertEqual(run.added_count, 0)

    def test_the_same_paid_in_two_statements_of_one_day_is_two_lines(self):
        self.take_file(self.entry(700, "Bread"), opening=0, closing=700, name="1")
        run = self.take_file(self.entry(700, "Bread"), opening=700, closing=1400, name="2")
        self.assertEqual(run.added_count, 1)
