from odoo import api, fields, models

from ..core.window_days import MAX_READING_ENTRIES
from .bank_entry_values import to_float
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
    file_statement_id = fields.Many2one(
        "bank.file.statement",
        string="Statement of the File",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The statement of a file that told this entry.",
    )
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("booked", "Booked"),
            ("doubtful", "New or known?"),
            ("superseded", "Another wording"),
            ("quarantined", "Cannot be booked"),
            ("removed", "Removed by the bank"),
            ("withdrawn", "Import undone"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    booking_date = fields.Date(readonly=True, index=True)
    value_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    currency_code = fields.Char(
        string="Unknown Currency", readonly=True, help="A code that Odoo does not know."
    )
    amount = fields.Monetary(readonly=True)
    entry_reference = fields.Char(readonly=True)
    servicer_reference = fields.Char(readonly=True)
    end_to_end_id = fields.Char(string="End-to-End ID", readonly=True, index="btree_not_null")
    mandate_id = fields.Char(string="Mandate ID", readonly=True)
    creditor_reference = fields.Char(readonly=True)
    counterparty_name = fields.Char(string="Counterparty", readonly=True)
    counterparty_account = fields.Char(readonly=True)
    ultimate_name = fields.Char(
        string="On Behalf of",
        readonly=True,
        help="For whom the counterparty paid or was paid, where the bank says so.",
    )
    remittance = fields.Text(readonly=True, help="As the payer wrote it, line by line.")
    bank_transaction_code = fields.Char(readonly=True)
    return_reason = fields.Char(readonly=True)
    reversal = fields.Boolean(readonly=True)
    description = fields.Char(
        string="The Bank's Words", readonly=True, help="What the bank itself says about the entry."
    )
    batch_reference = fields.Char(string="Batch", readonly=True)
    batch_size = fields.Integer(
        string="Transactions in the Batch", readonly=True, help="As the bank counts them."
    )
    original_amount = fields.Float(
        digits=(18, 4), readonly=True, help="What was ordered, before the bank converted it."
    )
    original_currency = fields.Char(readonly=True, help="ISO code.")
    exchange_rate = fields.Char(
        readonly=True, help="As the bank quotes it. It is never used to compute an amount."
    )
    charges = fields.Json(readonly=True, help="Fees of the bank for this payment.")
    details = fields.Json(readonly=True, help="Transactions inside a batch.")
    fingerprint = fields.Char(readonly=True)
    occurrence = fields.Integer(readonly=True)
    miss_count = fields.Integer(
        string="Misses", readonly=True, help="Complete reads in a row that did not show it."
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line", readonly=True, index=True, ondelete="set null"
    )
    statement_line_ids = fields.One2many(
        "account.bank.statement.line", "bank_entry_id", string="Statement Lines", readonly=True
    )
    match_state = fields.Selection(related="statement_line_id.bank_match_state", string="Matching")
    payment_text = fields.Char(compute="_compute_payment_text")

    _identity_uniq = models.UniqueIndex(
        "(account_id, fingerprint, occurrence) WHERE state NOT IN ('pending', 'withdrawn')",
        "The bank already reported this entry.",
    )
    _line_uniq = models.UniqueIndex(
        "(statement_line_id) WHERE statement_line_id IS NOT NULL",
        "A statement line belongs to one bank entry.",
    )

    _currency_check = models.Constraint(
        "CHECK (currency_id IS NOT NULL OR state IN ('quarantined', 'removed', 'withdrawn'))",
        "An entry without a currency cannot be booked.",
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
        if len(seen) > MAX_READING_ENTRIES:
            self._quarantine_flood(account, run, documents, len(seen))
            return self.browse()
        window = BankWindow(account, run, seen, complete=True, trust_ids=True)
        status, difference = window.prove(closing, closing_date)
        figures = {
            **window.figures(),
            "proof": status,
            "difference": to_float(difference, account.currency_id.name),
        }
        if status == "failed":
            turned = window.would_fit_reversed(difference, closing_date)
            self._quarantine(account, run, documents, figures, turned=turned)
            return self.browse()
        if status == "baseline":
            window.note_baseline(closing, closing_date)
        added = window.record(documents)
        documents._transition("parsed")
        account.sudo().failed_proofs = 0
        account.sudo()._note_proof(
            status, closing, closing_date or account.company_id._bank_today()
        )
        added._create_statement_lines(closing=window.last_balance(closing, closing_date))
        run._transition("done", **figures, **self._doubt_problem(window))
        return added

    @api.model
    def _apply_statement(self, account, run, statement, told):
        """Take one statement of a file into the mirror; its lines follow in batches.

        Its own balances have proved it before; here it is laid against the days around it. A gap
        to what we know is told, not refused: the missing statement may be the next file.

        :param told: the ``bank.file.statement`` that keeps what became of it
        :return: the new booked entries
        """
        entries = [entry for entry in statement.entries if not entry.pending]
        window = BankWindow(
            account,
            run,
            entries,
            complete=False,
            trust_ids=False,
            statement=statement,
            told=told,
        )
        closing, closing_date = statement.closing, statement.closing_date
        forced = bool(told.document_id.forced_reason)
        status, _difference = ("failed", 0) if forced else window.prove(closing, closing_date)
        if status == "baseline":
            window.note_baseline(closing, closing_date)
        added = window.record(told.document_id)
        self._note_told(told, window.touched().ids, run)
        told._note_retold(window)
        link = account._relink_statements(told)
        gap = status == "failed" and not forced and link != "follows"
        run._transition(
            "done",
            **window.figures(),
            proof="unproven" if status == "failed" else status,
            **(told._gap_problem() if gap else self._doubt_problem(window)),
        )
        told.sudo().write(
            {
                "account_id": account.id,
                "journal_id": account.journal_id.id,
                "run_id": run.id,
                "window_proof": status,
                "new_count": len(added),
                "known_count": len(entries) - len(added),
            }
        )
        return added

    @api.model
    def _note_told(self, told, touched, run):
        """Note the statement that told these entries, and the new ones of the run."""
        told_sudo = (self.browse(touched)._without_statement() | run.entry_ids).sudo()
        told_sudo.write({"file_statement_id": told.id})
