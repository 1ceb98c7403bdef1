from odoo import api, fields, models
from odoo.tools import split_every

from .bank_entry_values import to_minor
from .line_values import LineMaker, detail_currencies

#: Entries written at once; what has been written need not stay in memory.
PORTION = 1000


class BankEntry(models.Model):
    """From the bank's books to ours: the statement lines of entries, and their statement."""

    _inherit = "bank.entry"

    @api.model
    def _create_in_portions(self, values_of_rows):
        """Create rows from an iterable of values; those of a large file leave memory at once."""
        ids = []
        for portion in split_every(PORTION, values_of_rows, list):
            rows = self.create(portion)
            if ids or len(rows) == PORTION:
                rows.flush_recordset()
                rows.invalidate_recordset(flush=False)
            ids += rows.ids
        return self.browse(ids)

    def _only_booked(self):
        """Return the rows that are booked, in their order, without reading all of each."""
        booked = self.search([("id", "in", self.ids), ("state", "=", "booked")])
        return self if len(booked) == len(self) else self & booked

    def _ask_about_removed(self):
        """Leave a task on the lines of entries the bank took back: a person decides on them.

        What is booked is never changed behind the accountant's back, and never left unsaid.
        """
        for row in self.filtered("statement_line_id"):
            # One task an entry, also where it became several lines.
            row.statement_line_id.move_id.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(row.account_id.connection_id.create_uid or self.env.user).id,
                summary=self.env._("The bank no longer shows this entry"),
                note=self.env._(
                    "Its balance is right without it. Take the match back and reverse the line, "
                    "or ask the bank."
                ),
            )

    def _create_statement_lines(self, *, name=None, opening=None, closing=None):
        """Make the statement lines of entries, in one batch, gathered in one bank statement.

        :param opening: balance before the first entry in minor units
        :param closing: balance after the last entry in minor units
        :return: the lines
        """
        lines = self._book()
        if lines and closing is not None:
            account, currency = lines.journal_id, lines.currency_id.name
            total = sum(to_minor(line.amount, currency) for line in lines)
            start = closing - total if opening is None else opening
            day = fields.Date.to_string(max(lines.mapped("date")))
            lines._gather_in_statement(name or f"{account.name} {day}", start, start + total)
        return lines

    def _book(self, responsible=None):
        """Make the statement lines of entries that have none yet, and return them.

        Entries of another currency than the account's, without any date, or booked before the
        account's first day make no line. Odoo moves the date of a line out of a locked period;
        the bank's own day stays on the line, and a person is told.

        :param responsible: whom to tell; the current user where it is not said
        """
        rows = self.filtered(lambda row: row._makes_line()).sorted(
            lambda row: (row.booking_date or row.value_date, row.id)
        )
        lines = self.env["account.bank.statement.line"]
        if not rows:
            return lines
        account = rows.account_id
        account.ensure_one()
        maker = LineMaker(
            self.env,
            self._partners_by_account(rows),
            account._currencies({code for row in rows for code in detail_currencies(row)}),
            account.journal_id.bank_batch_lines == "many",
        )
        values = [maker.values(row) for row in rows]
        lines = (
            lines.sudo()
            .with_company(account.company_id)
            .with_context(tracking_disable=True)
            .create([line for of_row in values for line in of_row])
        )
        position = 0
        for row, of_row in zip(rows, values, strict=True):
            row.sudo().statement_line_id = lines[position]
            position += len(of_row)
        lines._ask_about_moved_dates(responsible or self.env.user)
        return lines

    def _without_statement(self):
        """Return the known entries a new statement may gather: no other one has their line."""
        return self.search(
            [
                ("id", "in", self.ids),
                "|",
                ("file_statement_id", "=", False),
                "&",
                ("file_statement_id.document_id.state", "!=", "booking"),
                "&",
                ("statement_line_id", "!=", False),
                ("statement_line_id.statement_id", "=", False),
            ]
        )

    def _makes_line(self):
        self.ensure_one()
        day, first = self.booking_date or self.value_date, self.account_id.import_from
        return (
            self.state == "booked"
            and not self.statement_line_id
            and self.currency_id == self.account_id.currency_id
            and bool(day)
            and (not first or day >= first)
            and bool(self.account_id.journal_id)
        )

    @api.model
    def _line_due_domain(self, account):
        """Return the entries of an account that make a line and have none, as a domain."""
        domain = [
            ("account_id", "=", account.id),
            ("state", "=", "booked"),
            ("statement_line_id", "=", False),
            ("currency_id", "=", account.currency_id.id),
            "|",
            ("booking_date", "!=", False),
            ("value_date", "!=", False),
        ]
        if account.import_from:
            domain += [
                "|",
                ("booking_date", ">=", account.import_from),
                "&",
                ("booking_date", "=", False),
                ("value_date", ">=", account.import_from),
            ]
        return domain

    @api.model
    def _partners_by_account(self, rows):
        """Return bank account number → partner id, where exactly one partner has it."""
        written = set(rows.mapped("counterparty_account")) | {
            detail.get("counterparty_account") for row in rows for detail in row.details or ()
        }
        numbers = {
            number: "".join(filter(str.isalnum, number)).upper() for number in written if number
        }
        if not numbers:
            return {}
        owners = (
            self.env["res.partner.bank"]
            .sudo()
            ._read_group(
                [
                    ("sanitized_acc_number", "in", list(numbers.values())),
                    ("company_id", "in", [False, rows.company_id.id]),
                ],
                ["sanitized_acc_number"],
                ["partner_id:recordset"],
            )
        )
        unique = {number: partners.id for number, partners in owners if len(partners) == 1}
        return {number: unique.get(sanitized) for number, sanitized in numbers.items()}
