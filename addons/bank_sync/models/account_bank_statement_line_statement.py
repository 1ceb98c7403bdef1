from odoo import fields, models

from .bank_entry_values import to_float


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def _gather_in_statement(self, name, start, end, reference=None):
        """Gather lines of one journal in one statement with the bank's balances.

        :param start: balance before the first entry in minor units
        :param end: balance after the last entry in minor units
        """
        currency = self.currency_id.name
        return (
            self.env["account.bank.statement"]
            .sudo()
            .create(
                {
                    "name": name,
                    "reference": reference,
                    "balance_start": to_float(start, currency),
                    "balance_end_real": to_float(end, currency),
                    "line_ids": [fields.Command.set(self.ids)],
                }
            )
        )

    def _moved_dates(self):
        """Return the lines Odoo dates on another day than the bank: their period is locked."""
        return self.filtered(
            lambda line: line.date != (line.bank_booking_date or line.bank_value_date)
        )

    def _ask_about_moved_dates(self, user):
        """Leave one task for all lines that had to leave a locked period."""
        moved = self._moved_dates()
        if not moved:
            return
        days = moved.mapped(lambda line: line.bank_booking_date or line.bank_value_date)
        moved[0].move_id.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=user.id,
            summary=self.env._("%(count)s bank entries of a locked period", count=len(moved)),
            note=self.env._(
                "The bank booked them from %(first)s to %(last)s, in a locked period. They are "
                "dated %(day)s here; the bank's own day stays on each line. Check whether the "
                "period has to be opened.",
                first=fields.Date.to_string(min(days)),
                last=fields.Date.to_string(max(days)),
                day=fields.Date.to_string(moved[0].date),
            ),
        )

    def action_open_bank_entry(self):
        """Open what the bank says about this line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "bank.entry",
            "res_id": self.bank_entry_id.id,
            "views": [(False, "form")],
        }
