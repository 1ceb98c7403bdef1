"""The reconciliation report of a journal that statement files feed."""

from datetime import timedelta

from odoo import Command

from odoo.addons.bank_sync.core.reconciliation_statement import Part

from .import_common import DAY, ImportPageCommon

#: The last day of the statements these tests import.
LATER = DAY + timedelta(days=10)


class ReconciliationCommon(ImportPageCommon):
    """A journal fed by statement files, and its report as the accountant makes it."""

    def report(self, day=LATER, journals=None, limit=None, user=None):
        """Return the report of the journals on a day."""
        wizards = self.env["bank.reconciliation"].with_user(user or self.env.user)
        journals = journals or self.journal
        return wizards.create({"journal_ids": journals.ids, "date": day})._report(limit)

    def section(self, *args, **values):
        """Return the only journal of a report."""
        [section] = self.report(*args, **values).sections
        return section

    def parts(self, section):
        """Return part → amount, and check that nothing is left over or got lost."""
        way = section.way
        amounts = {part: total.amount for part, total in way.parts.items()}
        self.assertEqual(way.bank + sum(amounts.values()) + way.unexplained, way.ledger)
        listed = {}
        for one in section.differences:
            listed[one.part] = listed.get(one.part, 0) + one.amount
        told = {
            part: amount
            for part, amount in amounts.items()
            if part not in {Part.BEFORE, Part.GAP, Part.DOUBTFUL}
        }
        self.assertEqual(listed, told)
        return amounts

    def on_account(self, amount, day, journal=None, label="Opening"):
        """Post an entry on the bank's account that is no bank line."""
        account = (journal or self.journal).default_account_id
        move = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": day,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": amount, "name": label}),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_revenue"].id,
                            "balance": -amount,
                        }
                    ),
                ],
            }
        )
        move.action_post()
        return move
