import io

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..core.errors import StatementError
from ..core.money import to_decimal_text
from ..core.proof import prove_statement
from ..core.tabular import ColumnMapping, ColumnRole, guess_mapping, read_sheet, read_table
from ..core.tabular.guess import date_formats, decimal_marks
from ..core.tabular.mapping import header_signature
from ..core.tabular.notation import DATE_FORMATS
from .file_problems import file_problem
from .sheet_sample import from_sample, to_sample

#: Rows of the table the preview shows.
PREVIEW_ROWS = 8


class BankStatementMapping(models.Model):
    """How to read the tables one bank exports: approved once, used for every file like it."""

    _name = "bank.statement.mapping"
    _description = "Table Mapping"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'bank')]",
        help="The journal of every table without a column for the account.",
    )
    header_signature = fields.Char(readonly=True, copy=False, index=True)
    header_row = fields.Integer(
        help="Row that names the columns, counted from 1 among the rows with anything in them; "
        "0 for a table without a header.",
    )
    column_ids = fields.One2many("bank.statement.mapping.column", "mapping_id", copy=True)
    date_format = fields.Selection(
        selection="_selection_date_format", required=True, default="%Y-%m-%d"
    )
    decimal_mark = fields.Selection(
        [(".", "1,234.50"), (",", "1.234,50")],
        string="Amounts Look Like",
        required=True,
        default=".",
    )
    reversed_sign = fields.Boolean(
        string="Money Out Is Positive", help="As on the statements of some credit cards."
    )
    out_words = fields.Char(
        string="Words for Money Out",
        help="What the column “In or out” says for money out, separated by commas.",
        default="D, DR, DEBIT, DBIT, S, SOLL, OUT, AF",
    )
    pending_words = fields.Char(
        string="Words for Pending", default="PENDING, PDNG, VORGEMERKT", help="Not booked yet."
    )
    skip_words = fields.Char(
        string="Rows to Leave Out",
        help="How rows begin that are no entries, such as TOTAL; separated by commas.",
    )
    currency_id = fields.Many2one(
        "res.currency", help="Of every table without a column for the currency."
    )
    approved = fields.Boolean(
        readonly=True, copy=False, help="Only an approved mapping reads tables by itself."
    )
    sample = fields.Json(readonly=True, copy=False)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    question = fields.Char(compute="_compute_preview")

    _header_uniq = models.UniqueIndex(
        "(company_id, header_signature) WHERE active AND approved AND header_signature IS NOT NULL",
        "Another mapping reads tables with this header.",
    )

    @api.model
    def _selection_date_format(self):
        day = fields.Date.to_date("2026-03-25")
        return [(notation, day.strftime(notation)) for notation in DATE_FORMATS]

    @api.constrains("approved", "column_ids", "currency_id", "date_format", "decimal_mark")
    def _check_usable(self):
        """Refuse an approved mapping that cannot read even its own sample, and say why."""
        for mapping in self.filtered("approved"):
            if problem := mapping._problem() or mapping._sample_problem():
                raise ValidationError(problem)

    def action_approve(self):
        """Take the mapping into use, look again at the tables that waited for it, and go there.

        :raise ValidationError: when it cannot read its own sample
        """
        self.approved = True
        waiting = self.env["bank.raw.document"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "quarantined"),
                ("problem_code", "=", "needs_mapping"),
            ]
        )
        for document in waiting:
            document._look()
        imports = self.env["bank.statement.import"]
        if not waiting:
            return imports.action_new()
        return imports.create({"document_ids": waiting.ids})._open()

    # === PREVIEW === #

    @api.depends(
        "sample",
        "header_row",
        "column_ids.role",
        "date_format",
        "decimal_mark",
        "reversed_sign",
        "out_words",
        "pending_words",
        "skip_words",
        "currency_id",
        "journal_id",
    )
    def _compute_preview(self):
        for mapping in self:
            mapping.question = mapping._question() if mapping.sample else False
            mapping.preview = mapping._preview() if mapping.sample else False

    def _preview(self):
        """Return what the first rows become with this mapping, or why they cannot be read."""
        problem = self._problem() or self._sample_problem()
        values = {"problem": problem, "entries": []}
        if not problem:
            file = read_table(from_sample(self.sample), self._core())
            values.update(self._preview_values(file))
        return self.env["ir.qweb"]._render("bank_sync.statement_mapping_preview", values)

    def _preview_values(self, file):
        statement = file.statements[0]
        proof = prove_statement(statement)
        return {
            "proof": proof.status,
            "entries": [
                {
                    "date": entry.booking_date,
                    "amount": f"{to_decimal_text(entry.amount, entry.currency)} {entry.currency}",
                    "out": entry.amount < 0,
                    "pending": entry.pending,
                    "counterparty": entry.counterparty_name or entry.counterparty_account or "",
                    "text": " ".join(entry.remittance) or entry.creditor_reference or "",
                }
                for entry in statement.entries[:PREVIEW_ROWS]
            ],
        }

    def _sample_problem(self):
        """Return why the first rows cannot be read; empty when they can."""
        if self.sample:
            try:
                read_table(from_sample(self.sample), self._core())
            except StatementError as error:
                return file_problem(self.env, self.name or "", error)
        return ""

    def _question(self):
        """Return what the table leaves open and a person must look at; empty when nothing."""
        sheet = from_sample(self.sample)
        columns = self._columns()
        body = sheet.rows[self.header_row :]
        labels = dict(self._selection_date_format())
        formats = date_formats(body, columns)
        if len(formats) > 1:
            return self.env._(
                "The dates can be read in several ways (%(ways)s). Check the choice.",
                ways=", ".join(labels[notation] for notation in formats),
            )
        if len(decimal_marks(body, columns)) > 1:
            return self.env._(
                "The amounts do not show which mark separates the decimals. Check the choice."
            )
        return False

    def _problem(self):
        """Return in one sentence why the mapping cannot be used; empty when it can."""
        sentences = {
            "no_date": self.env._("Choose the column with the booking date."),
            "no_amount": self.env._("Choose the column with the amount."),
            "amount_twice": self.env._(
                "Choose either one column with the signed amount, or those for money in and out."
            ),
            "repeated_role": self.env._("Two columns cannot hold the same; only texts can."),
            "no_currency": self.env._("Choose the currency, or the column that holds it."),
        }
        problems = self._core().problems()
        return sentences[problems[0]] if problems else ""

    # === THE CORE === #

    def _columns(self):
        return {
            column.position: ColumnRole(column.role) for column in self.column_ids if column.role
        }

    def _core(self):
        """Return the mapping as the core reads with it."""
        self.ensure_one()
        journal = self.journal_id
        currency = self.currency_id or journal.currency_id or journal.company_id.currency_id
        return ColumnMapping(
            header_row=self.header_row - 1 if self.header_row else None,
            columns=self._columns(),
            date_format=self.date_format,
            decimal_mark=self.decimal_mark,
            currency=currency.name or None,
            account=journal.bank_account_id.sanitized_acc_number or None,
            reversed_sign=self.reversed_sign,
            out_words=_words(self.out_words),
            pending_words=_words(self.pending_words),
            skip_words=_words(self.skip_words),
        )

    def _read(self, content):
        """Return what the table ``content`` (bytes) says, as a core ``StatementFile``.

        :raise StatementError: when it is no table, or a cell cannot be read
        """
        return read_table(read_sheet(io.BytesIO(content)), self._core())

    @api.model
    def _for_table(self, company, content):
        """Return the approved mapping for the table ``content``, or nothing.

        :raise StatementError: when it is no table
        """
        sheet = read_sheet(io.BytesIO(content))
        signatures = [header_signature(row) for row in sheet.rows[:30]]
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("approved", "=", True),
                ("header_signature", "in", signatures),
            ]
        )
        return known.filtered(
            lambda mapping: (
                signatures[mapping.header_row - 1 : mapping.header_row]
                == [mapping.header_signature]
            )
        )[:1]

    @api.model
    def _propose_values(self, company, content, name, journal=None):
        """Return the values of a mapping guessed for ``content``, for a person to correct.

        :raise StatementError: when it is no table
        """
        sheet = read_sheet(io.BytesIO(content))
        currency = (journal and journal.currency_id) or company.currency_id
        guess = guess_mapping(sheet, currency=currency.name)
        told = ColumnRole.CURRENCY in guess.columns.values()
        header = sheet.rows[guess.header_row] if guess.header_row is not None else ()
        body = sheet.rows[(guess.header_row or 0) + 1 :]
        width = max(len(row) for row in sheet.rows[:100])
        return {
            "name": name,
            "company_id": company.id,
            "journal_id": journal.id if journal else False,
            "currency_id": False if told else currency.id,
            "header_row": 0 if guess.header_row is None else guess.header_row + 1,
            "header_signature": header_signature(header) if header else False,
            "date_format": guess.date_format,
            "decimal_mark": guess.decimal_mark,
            "sample": to_sample(sheet),
            "column_ids": [
                Command.create(
                    {
                        "position": position,
                        "header": str(header[position]) if position < len(header) else "",
                        "example": _example(body, position),
                        "role": guess.columns[position].value
                        if position in guess.columns
                        else False,
                    }
                )
                for position in range(width)
            ],
        }


def _words(text):
    return frozenset(word.strip().upper() for word in (text or "").split(",") if word.strip())


def _example(rows, position):
    """Return what the first rows have in one column."""
    found = [str(row[position]) for row in rows[:20] if position < len(row) and row[position] != ""]
    return " · ".join(dict.fromkeys(found[:3]))[:80]
