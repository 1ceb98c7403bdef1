import io

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.errors import StatementError
from ..core.file_reader import read_statement_file
from ..core.tabular import guess_mapping, read_sheet
from .file_problems import file_problem
from .file_warnings import file_warnings
from .statement_reading import StatementReading

#: Bytes of one uploaded file; larger ones are split by the bank on request.
MAX_FILE_BYTES = 64 * 1024 * 1024
#: Problems a person here can settle; with any other the file itself must come anew.
QUARANTINE_CODES = {
    "unknown_account",
    "journal_archived",
    "unfit_currency",
    "not_proved",
    "signs_contradict",
    "date_missing",
    "date_absurd",
    "details_differ",
    "needs_mapping",
}
#: Reasons to refuse a table that say more than that it is no bank format.
TABLE_CODES = {"bad_table_amount", "bad_table_date", "too_many_rows", "too_large"}
#: Names of files a person takes for a table, whatever we think of its columns.
TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx")


class BankRawDocument(models.Model):
    """A file of bank statements: looked at, shown, and decided on before it is booked."""

    _inherit = "bank.raw.document"

    file_format = fields.Char(string="Format", readonly=True)
    file_version = fields.Char(string="Version", readonly=True)
    file_statement_ids = fields.One2many("bank.file.statement", "document_id", readonly=True)
    known_document_id = fields.Many2one(
        "bank.raw.document", string="Imported Before As", readonly=True, ondelete="set null"
    )
    forced_reason = fields.Text(
        string="Imported Anyway Because",
        readonly=True,
        help="Why a manager had the file booked although its balances contradict it.",
    )
    forced_by_id = fields.Many2one("res.users", string="Imported Anyway By", readonly=True)
    what_to_do = fields.Text(compute="_compute_what_to_do")

    @api.model
    def _keep_file(self, company, name, content):
        """Keep an uploaded file, look at it, and return its document.

        Nothing is booked. Afterwards the document is ``received`` (ready to be booked), ``refused``
        (unreadable, or imported before) or ``quarantined`` (a person must settle something).
        """
        document = self._keep(
            content[:MAX_FILE_BYTES],
            name=name,
            company_id=company.id,
            source="file",
            media_type="application/octet-stream",
        )
        if len(content) > MAX_FILE_BYTES:
            error = StatementError("too_large", None, f"{MAX_FILE_BYTES // 2**20} MiB")
            document._refuse(error.code, file_problem(self.env, name, error))
        else:
            document._look()
        return document

    def _look(self, journals=None):
        """Read the file and note what booking it would mean; nothing enters the mirror.

        :param journals: number of a statement → the journal a person has chosen for it
        """
        self.ensure_one()
        if self.state not in {"received", "quarantined"} or self._refuse_known():
            # Booked or put aside by another page: what was decided there stays.
            return
        chosen = {told.number: told.journal_id for told in self.file_statement_ids}
        chosen.update(journals or {})
        try:
            file = self._read_file()
        except StatementError as error:
            self._set_aside(error.code, file_problem(self.env, self.name, error))
            return
        readings = self._readings(file, chosen)
        self.sudo().file_statement_ids.unlink()
        self.env["bank.file.statement"].sudo().create([one.values() for one in readings])
        problems = self.file_statement_ids.filtered("problem_code")
        if problems:
            self._set_aside(problems[0].problem_code, " ".join(problems.mapped("problem")))
        elif self.state == "quarantined":
            self._transition("received")

    def _readings(self, file, journals):
        """Return the statements of a file, laid against our books, and note its format."""
        self.sudo().write({"file_format": file.format, "file_version": file.version})
        nothing = self.env["account.journal"]
        readings = [
            StatementReading(self, number, statement, journals.get(number, nothing))
            for number, statement in enumerate(file.statements, start=1)
        ]
        if readings:
            readings[0].remarks = file_warnings(self.env, file.warnings)
        return readings

    def _read_file(self):
        """Return what the file says, as a core ``StatementFile``.

        A table is read through the mapping its company approved for its columns; without one the
        reading ends with ``needs_mapping``.

        :raise StatementError: when the file cannot be read
        """
        content = self._bytes()
        try:
            file = read_statement_file(io.BytesIO(content))
        except StatementError as error:
            if error.code != "unknown_format":
                raise
            return self._read_table(content, error)
        if not file.statements:
            # Answers to payment orders, or investments: nothing for the books.
            code = "payment_status" if file.format == "pain.002" else "no_statement"
            raise StatementError(code, None, file.format)
        return file

    def _read_table(self, content, unknown):
        """Return what a table says; ``unknown`` is raised for what looks like no table either."""
        mappings = self.env["bank.statement.mapping"]
        try:
            mapping = mappings._for_table(self.company_id, content)
            if mapping:
                return mapping._read(content)
            gaps = guess_mapping(read_sheet(io.BytesIO(content))).problems()
        except StatementError as error:
            raise (error if error.code in TABLE_CODES else unknown) from None
        if self.name.lower().endswith(TABLE_SUFFIXES) or not {"no_date", "no_amount"} & set(gaps):
            raise StatementError("needs_mapping", None, unknown.detail) from unknown
        raise unknown

    # === DECISIONS === #

    def _refuse_known(self):
        """Refuse a file that has been imported before, byte for byte; return whether it was."""
        known = self.sudo().search(
            [
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("sha256", "=", self.sha256),
                ("state", "in", ["booking", "parsed"]),
                ("source", "=", "file"),
            ],
            limit=1,
        )
        if known:
            self.sudo().known_document_id = known
            self._refuse(
                "known_file",
                self.env._(
                    "%(file)s was already imported on %(date)s; nothing was added.",
                    file=self.name,
                    date=fields.Date.to_string(known.received_at.date()),
                ),
            )
        return bool(known)

    def _refuse(self, code, problem):
        self._transition("refused", problem_code=code, problem=problem)

    def _set_aside(self, code, problem):
        """Keep the file out of the books: for a person to settle, or for good."""
        if code not in QUARANTINE_CODES:
            self._refuse(code, problem)
        elif self.state == "quarantined":
            self.sudo().write({"problem_code": code, "problem": problem})
        else:
            self._transition("quarantined", problem_code=code, problem=problem)

    def _choose_journal(self, number, journal):
        """Give a statement its journal, a new one where ``journal`` is empty, and look again."""
        told = self.file_statement_ids.filtered(lambda one: one.number == number)
        if not told or self.state not in {"received", "quarantined"}:
            raise UserError(
                self.env._("%(file)s has been decided on. Open the page again.", file=self.name)
            )
        account = self.env["bank.connection.account"]._choose_for_file(
            self.company_id, told.account_number, told.currency_id.name, journal
        )
        chosen = {number: account.journal_id}
        if told.account_number:
            chosen = {
                one.number: account.journal_id
                for one in self.file_statement_ids
                if one.account_number == told.account_number and one.currency_id == told.currency_id
            }
        self._look(chosen)

    def _cancel(self):
        """Put files aside that nobody wants booked; the bytes stay as evidence."""
        waiting = self.filtered(
            lambda one: one.source == "file" and one.state in {"received", "quarantined"}
        )
        for document in waiting:
            document._refuse(
                "cancelled",
                self.env._(
                    "%(file)s was put aside by %(user)s; nothing was imported.",
                    file=document.name,
                    user=self.env.user.name,
                ),
            )

    def _force(self, reason):
        """Have a file booked that does not add up: a manager's decision, kept for ever.

        The account counts as unproven from then on, until its books add up again by themselves.

        :raise UserError: for anybody but a manager, without a reason, or for another problem
        """
        self.ensure_one()
        if not self.env.user.has_group("bank_sync.group_manager"):
            raise UserError(self.env._("Only a bank manager may import a file that is not proved."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the file is imported although it does not add up."))
        codes = set(self.file_statement_ids.mapped("problem_code")) - {False}
        if self.state != "quarantined" or codes != {"not_proved"}:
            raise UserError(
                self.env._("Only a file whose balances do not add up can be imported anyway.")
            )
        self.sudo().write({"forced_reason": reason.strip(), "forced_by_id": self.env.uid})
        self.env["bank.event"]._record(
            "document_forced",
            self,
            {
                "reason": reason.strip(),
                "differences": self.file_statement_ids.mapped("difference"),
            },
        )
