from odoo import fields, models

from .bank_entry_values import to_float

#: Lines put into a statement at once.
PORTION = 2000
#: What Odoo computes of a statement from its lines.
OF_ALL_LINES = ("first_line_index", "date", "balance_end", "is_complete")


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def _gather_in_statement(self, name, start, end, reference=None):
        """Gather lines of one journal in one statement with the bank's balances.

        Many lines are gathered portion by portion, and what Odoo computes of the statement only
        at the end, from three fields of each line: memory stays flat, and so does the time a line
        takes.

        :param start: balance before the first entry in minor units
        :param end: balance after the last entry in minor units
        """
        currency = self[:1].currency_id.name
        statement = (
            self.env["account.bank.statement"]
            .sudo()
            .create(
                {
                    "name": name,
                    "reference": reference,
                    "balance_start": to_float(start, currency),
                    "balance_end_real": to_float(end, currency),
                    "line_ids": [fields.Command.set(self[:PORTION].ids)],
                }
            )
        )
        if len(self) > PORTION:
            computed = [statement._fields[field] for field in OF_ALL_LINES]
            with self.env.protecting(computed, statement):
                for first in range(PORTION, len(self), PORTION):
                    self[first : first + PORTION].write({"statement_id": statement.id})
                    self.env.flush_all()
                    self.env.invalidate_all()
            self.fetch(["amount", "internal_index", "move_id"])
            self.move_id.fetch(["state"])
            for field in computed:
                self.env.add_to_compute(field, statement)
            self.env.flush_all()
        return statement

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

    def _matched_one(self):
        """Return the first line whose money lies on anything but suspense, or is reconciled."""
        accounts = self.journal_id.default_account_id | self.journal_id.suspense_account_id
        item = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("move_id", "in", self.move_id.ids),
                    "|",
                    "|",
                    ("account_id", "not in", accounts.ids),
                    ("matched_debit_ids", "!=", False),
                    ("matched_credit_ids", "!=", False),
                ],
                order="id",
                limit=1,
            )
        )
        return self.filtered(lambda line: line.move_id == item.move_id)

    def _words(self):
        """Return what tells a person which line is meant."""
        return {
            "text": self.payment_ref,
            "date": fields.Date.to_string(self.date),
            "amount": self.currency_id.format(self.amount),
        }

    def _delete_with_moves(self):
        """Delete lines that left their entries, as Odoo does; a kept audit trail cancels theirs.

        Odoo's `unlink` of lines looks at their moves when the lines are gone, one by one; from the
        moves' side the lines go with them, and all moves are looked at together.
        """
        tracked = self.filtered(lambda line: line.company_id.restrictive_audit_trail)
        tracked.unlink()
        moves = self.env["account.move"].sudo().browse((self - tracked).move_id.ids)
        moves.with_context(force_delete=True, check_move_validity=False).unlink()
