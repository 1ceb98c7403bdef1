from odoo import api, fields, models

from .bank_entry_values import line_values, to_float, to_minor
from .bank_window import BankWindow


class BankEntry(models.Model):
    """The mirror of one entry in the bank's books, in the words of ISO 20022.

    Entries are written by reading the bank alone. Amounts are signed, money in is positive;
    dates are the bank's calendar days.
    """

    _name = "bank.entry"
    _description = "Bank Entry"
    _order = "booking_date desc, id desc"
    _rec_name = "payment_text"
    _rec_names_search = ["remittance", "counterparty_name", "creditor_reference"]

    account_id = fields.Many2one(
        "bank.connection.account", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    run_id = fields.Many2one("bank.sync.run", readonly=True, index=True, ondelete="restrict")
    raw_document_id = fields.Many2one(
        "bank.raw.document", readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("pending", "Pending"), ("booked", "Booked"), ("removed", "Removed by the bank")],
        required=True,
        readonly=True,
        index=True,
    )
    booking_date = fields.Date(readonly=True, index=True)
    value_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    entry_reference = fields.Char(readonly=True)
    servicer_reference = fields.Char(readonly=True)
    end_to_end_id = fields.Char(string="End-to-End ID", readonly=True)
    mandate_id = fields.Char(string="Mandate ID", readonly=True)
    creditor_reference = fields.Char(readonly=True)
    counterparty_name = fields.Char(string="Counterparty", readonly=True)
    counterparty_account = fields.Char(readonly=True)
    remittance = fields.Text(readonly=True, help="As the payer wrote it, line by line.")
    bank_transaction_code = fields.Char(readonly=True)
    return_reason = fields.Char(readonly=True)
    reversal = fields.Boolean(readonly=True)
    details = fields.Json(readonly=True, help="Transactions inside a batch.")
    fingerprint = fields.Char(readonly=True)
    occurrence = fields.Integer(readonly=True)
    miss_count = fields.Integer(
        string="Misses", readonly=True, help="Complete reads in a row that did not show it."
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line", readonly=True, index=True, ondelete="set null"
    )
    match_state = fields.Selection(related="statement_line_id.bank_match_state", string="Matching")
    payment_text = fields.Char(compute="_compute_payment_text")

    _identity_uniq = models.UniqueIndex(
        "(account_id, fingerprint, occurrence) WHERE state != 'pending'",
        "The bank already reported this entry.",
    )
    _line_uniq = models.UniqueIndex(
        "(statement_line_id) WHERE statement_line_id IS NOT NULL",
        "A statement line belongs to one bank entry.",
    )

    @api.depends("remittance", "creditor_reference", "counterparty_name")
    def _compute_payment_text(self):
        for entry in self:
            text = " ".join((entry.remittance or "").split())
            entry.payment_text = text or entry.creditor_reference or entry.counterparty_name or "/"

    # === THE MIRROR === #

    @api.model
    def _apply_reading(self, account, run, seen, documents, *, closing=None, closing_date=None):
        """Take a complete reading of the bank's interface into the mirror, prove it, make lines.

        A reading that does not add up is quarantined: nothing of it enters the mirror or the
        books, and the next reading starts from the same day.

        :param seen: core entries from ``run.date_from`` on, in the bank's order
        :param closing: the bank's booked balance in minor units, ``None`` where it gives none
        :return: the new booked entries
        """
        window = BankWindow(account, run, seen, complete=True, trust_ids=True)
        status, difference = window.prove(closing, closing_date)
        figures = {
            **window.figures(),
            "proof": status,
            "difference": to_float(difference, account.currency_id.name),
        }
        if status == "failed":
            self._quarantine(account, run, documents, figures)
            return self.browse()
        if status == "baseline":
            window.note_baseline(closing, closing_date)
        added = window.record(documents)
        documents._transition("parsed")
        account.sudo()._note_proof(
            status, closing, closing_date or account.company_id._bank_today()
        )
        added._create_statement_lines(closing=window.last_balance(closing, closing_date))
        run._transition("done", **figures)
        return added

    @api.model
    def _apply_statement(self, account, run, statement, document):
        """Take one proved statement of a file into the mirror, and make lines.

        Its own balances have proved it before; here it is laid against the days around it. A gap
        to what we know is told, not refused: the missing statement may be the next file.

        :return: the new booked entries
        """
        entries = [entry for entry in statement.entries if not entry.pending]
        window = BankWindow(account, run, entries, complete=False, trust_ids=False)
        closing, closing_date = statement.closing, statement.closing_date
        status, _difference = window.prove(closing, closing_date)
        if status == "baseline":
            window.note_baseline(closing, closing_date)
        added = window.record(document)
        gap = status == "failed"
        # What an older file proves says nothing about the days since.
        older = closing_date and account.covered_until and closing_date < account.covered_until
        if not gap and not older:
            account.sudo()._note_proof(status, closing, closing_date)
        added._create_statement_lines(name=statement.id, opening=statement.opening, closing=closing)
        run._transition(
            "done",
            **window.figures(),
            proof="unproven" if gap else status,
            problem_code="gap" if gap else False,
            problem=self.env._("Between this statement and the last one another is missing.")
            if gap
            else False,
        )
        return added

    @api.model
    def _quarantine(self, account, run, documents, figures):
        """Keep a reading that does not add up out of the books, and say so."""
        problem = self.env._(
            "%(account)s: the bank's balance differs by %(difference)s from its entries. "
            "Nothing was booked.",
            account=account.name,
            difference=account.currency_id.format(figures["difference"]),
        )
        documents._transition("quarantined", problem_code="not_proved", problem=problem)
        account.sudo().last_proof = "failed"
        run._transition("quarantined", problem_code="not_proved", problem=problem, **figures)

    # === THE BOOKS === #

    def _ask_about_removed(self):
        """Leave a task on the lines of entries the bank took back: a person decides on them.

        What is booked is never changed behind the accountant's back, and never left unsaid.
        """
        for row in self.filtered("statement_line_id"):
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
        """Make one statement line per entry, in one batch, gathered in one bank statement.

        Entries of another currency than the account's, without any date, or booked before the
        account's first day make no line; neither do entries that have one already.

        :param opening: balance before the first entry in minor units
        :param closing: balance after the last entry in minor units
        :return: the lines
        """
        rows = self.filtered(lambda row: row._makes_line()).sorted(
            lambda row: (row.booking_date or row.value_date, row.id)
        )
        lines = self.env["account.bank.statement.line"]
        if not rows:
            return lines
        account = rows.account_id
        account.ensure_one()
        partners = self._partners_by_account(rows)
        lines = (
            lines.sudo()
            .with_company(account.company_id)
            .with_context(tracking_disable=True)
            .create([line_values(row, partners.get(row.counterparty_account)) for row in rows])
        )
        for row, line in zip(rows, lines, strict=True):
            row.sudo().statement_line_id = line
        if closing is not None:
            rows._create_statement(lines, name, opening, closing)
        return lines

    def _create_statement(self, lines, name, opening, closing):
        """Gather the lines of these entries in one statement with the bank's balances."""
        account, currency = self.account_id, self.account_id.currency_id.name
        total = sum(to_minor(row.amount, currency) for row in self)
        start = closing - total if opening is None else opening
        day = fields.Date.to_string(max(lines.mapped("date")))
        self.env["account.bank.statement"].sudo().create(
            {
                "name": name or f"{account.name} {day}",
                "balance_start": to_float(start, currency),
                "balance_end_real": to_float(start + total, currency),
                "line_ids": [fields.Command.set(lines.ids)],
            }
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
    def _partners_by_account(self, rows):
        """Return bank account number → partner id, where exactly one partner has it."""
        numbers = {
            number: "".join(filter(str.isalnum, number)).upper()
            for number in rows.mapped("counterparty_account")
            if number
        }
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
