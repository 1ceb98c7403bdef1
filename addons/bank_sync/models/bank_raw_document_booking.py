import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..core.errors import StatementError
from .file_problems import file_problem

_logger = logging.getLogger(__name__)

#: Statement lines made in one transaction; posting more would hold up every other booking of the
#: journal, whose numbers are given one after the other.
BATCH = 1000
#: Lines after which matching is left to the schedule: a person does not wait for it.
MATCH_AT_ONCE = 2000


class BankRawDocument(models.Model):
    """From a file to bank lines: the mirror at once and as a whole, the lines in batches.

    1. ``_take`` reads and proves the whole file again and puts its entries into the mirror, in one
       transaction: until it ends nothing is visible, and afterwards the file is known as a whole.
    2. ``_book_next`` makes lines for entries that have none. Line and link to the entry are
       written together, so that a killed batch leaves nothing and the next call goes on.
    3. With the last line the bank statement is built and the proof believed.
    """

    _inherit = "bank.raw.document"

    line_count = fields.Integer(string="To Book", readonly=True)
    booked_count = fields.Integer(string="Booked", readonly=True)
    added_count = fields.Integer(string="New", compute="_compute_counts")
    known_count = fields.Integer(string="Already There", compute="_compute_counts")
    moved_count = fields.Integer(
        string="Moved", readonly=True, help="Lines that had to leave a locked period."
    )
    matching_due = fields.Boolean(readonly=True, index="btree_not_null")

    @api.depends("file_statement_ids.new_count", "file_statement_ids.known_count")
    def _compute_counts(self):
        for document in self:
            document.added_count = sum(document.file_statement_ids.mapped("new_count"))
            document.known_count = sum(document.file_statement_ids.mapped("known_count"))

    @api.model
    def _import_file(self, company, name, content):
        """Import a file that came by itself, as from a bank's SFTP server; return its document.

        What adds up is taken at once, and its lines follow by the schedule; anything else waits
        in the queue for a person, who is not asked twice for the same file.
        """
        document = self.with_company(company)._keep_file(company, name, content)
        if document.state == "received":
            document._take()
        return document

    # === THE MIRROR === #

    def _take(self):
        """Take the whole file into the mirror, or nothing of it.

        :return: ``booking``, or the state that keeps it out: ``refused``, ``quarantined``; or
            ``busy`` when an account is being read at this moment
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            return "busy"
        if self.source != "file" or self.state not in {"received", "quarantined"}:
            return self.state
        if self._refuse_known():
            return self.state
        try:
            file = self._read_file()
        except StatementError as error:
            self._set_aside(error.code, file_problem(self.env, self.name, error))
            return self.state
        chosen = {told.number: told.journal_id for told in self.file_statement_ids}
        readings = self._readings(file, chosen)
        if any(one.problem and not self._is_forced(one) for one in readings):
            self._look()
            return self.state
        accounts = [self._account_of(one) for one in readings]
        if not self.env["bank.connection.account"].union(*accounts)._lock_books():
            return "busy"
        added = self._mirror(readings, accounts)
        self._transition("booking", payload={"reason": self.forced_reason or None})
        self.sudo().line_count = self._count_due() if added else 0
        self.env.ref("bank_sync.bank_raw_document_cron_book")._trigger()
        return self.state

    def _is_forced(self, reading):
        return bool(self.forced_reason) and reading.problem == "not_proved"

    def _account_of(self, reading):
        if reading.account:
            return reading.account
        return self.env["bank.connection.account"]._choose_for_file(
            self.company_id, reading.statement.account, reading.statement.currency, reading.journal
        )

    def _mirror(self, readings, accounts):
        """Write the entries of all statements, each laid against what the ones before it gave."""
        added = self.env["bank.entry"]
        by_number = {told.number: told for told in self.file_statement_ids}
        for reading, account in zip(readings, accounts, strict=True):
            run = self.env["bank.sync.run"]._begin(
                "file", company_id=self.company_id.id, account_id=account.id
            )
            self.sudo().write({"account_id": account.id, "run_id": run.id})
            account._note_signs(reading.signs)
            added |= added._apply_statement(
                account, run, reading.statement, by_number[reading.number]
            )
        return added

    # === THE LINES === #

    def _due_domain(self, told):
        return [
            ("file_statement_id", "=", told.id),
            *self.env["bank.entry"]._line_due_domain(told.account_id),
        ]

    def _count_due(self):
        entries_sudo = self.env["bank.entry"].sudo()
        return sum(
            entries_sudo.search_count(self._due_domain(told)) for told in self.file_statement_ids
        )

    def _book_next(self, limit=BATCH):
        """Make the next lines of one file, in the transaction of the caller.

        Safe to call at any time and by several at once: one works, the others are told.

        :return: whether the file is complete
        """
        self.ensure_one()
        if self.state != "booking" or not self.try_lock_for_update(allow_referencing=True):
            return self.state == "parsed"
        entries_sudo = self.env["bank.entry"].sudo()
        left = limit
        for told in self.file_statement_ids:
            rows = entries_sudo.search(
                self._due_domain(told), order="booking_date, value_date, id", limit=left
            )
            if rows:
                lines = rows.sudo(False)._book(self.create_uid)
                self.sudo().write(
                    {
                        "booked_count": self.booked_count + len(rows),
                        "moved_count": self.moved_count + len(lines._moved_dates()),
                    }
                )
            left -= len(rows)
            if left <= 0:
                return False
        self.file_statement_ids.sudo()._finish()
        self._transition("parsed")
        self.sudo().matching_due = bool(self.booked_count)
        return True

    def _match_booked(self):
        """Match what the files have brought, once for each company."""
        due = self.filtered("matching_due")
        for company in due.company_id:
            self.env["bank.match.suggestion"]._run(company)
        due.sudo().matching_due = False

    # === SCHEDULE === #

    @api.model
    def _cron_book(self):
        """Go on with files whose booking was interrupted, and match what they brought.

        Never raises: a file that cannot go on keeps the reason and does not stop the others.
        """
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "=", "booking")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for document in waiting:
            document._book_rest()
        for document in self.search([("matching_due", "=", True)], order="id"):
            document._match_booked()
            cron._commit_progress()

    def _book_rest(self):
        """Make the remaining lines of one file, each batch in a transaction of its own."""
        cron = self.env["ir.cron"]
        document = self.with_company(self.company_id).with_context(lang=self.create_uid.lang)
        try:
            while document.state == "booking":
                before = document.booked_count
                if document._book_next() or document.booked_count == before:
                    break
                if not cron._commit_progress():
                    return
                self.env.invalidate_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # The page of a person makes the lines at this moment.
            self.env.cr.rollback()
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Booking of bank document %s stopped", self.id)
            document.sudo().problem = self.env._(
                "The booking stopped (%(error)s). What is booked stays; it goes on by itself.",
                error=type(error).__name__,
            )
        cron._commit_progress(1)
