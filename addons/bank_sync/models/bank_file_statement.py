from odoo import api, fields, models

from .bank_entry_values import to_minor


class BankFileStatement(models.Model):
    """One statement of a bank file: what it says, whether it adds up, and what became of it.

    Made when the file is looked at, before anything is booked; kept as evidence afterwards.
    """

    _name = "bank.file.statement"
    _description = "Statement of a Bank File"
    _order = "document_id desc, number"

    document_id = fields.Many2one(
        "bank.raw.document", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    number = fields.Integer(required=True, readonly=True, help="Place in the file, from 1.")
    name = fields.Char(readonly=True, help="As the bank names the statement.")
    sequence = fields.Char(readonly=True, help="The bank's number of the statement.")
    account_number = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    account_id = fields.Many2one(
        "bank.connection.account", readonly=True, index=True, ondelete="restrict"
    )
    journal_id = fields.Many2one(
        "account.journal", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    opening = fields.Monetary(string="Opening Balance", readonly=True)
    closing = fields.Monetary(string="Closing Balance", readonly=True)
    has_opening = fields.Boolean(readonly=True)
    has_closing = fields.Boolean(readonly=True)
    closing_date = fields.Date(readonly=True)
    total = fields.Monetary(string="Sum of Entries", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="The closing balance minus what opening balance and entries give."
    )
    proof = fields.Selection(
        [("proved", "Adds up"), ("failed", "Does not add up"), ("unproven", "Cannot be told")],
        readonly=True,
    )
    entry_count = fields.Integer(string="Entries", readonly=True)
    new_count = fields.Integer(string="New", readonly=True)
    known_count = fields.Integer(string="Already There", readonly=True)
    problem_code = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)
    warnings = fields.Json(readonly=True, help="Sentences for the accountant.")
    sample = fields.Json(readonly=True, help="The first entries, as texts.")
    window_proof = fields.Selection(
        selection=lambda self: self.env["bank.connection.account"]._selection_proof(),
        readonly=True,
        help="What the statement proves about the days around it.",
    )
    run_id = fields.Many2one("bank.sync.run", readonly=True, ondelete="set null")
    statement_id = fields.Many2one(
        "account.bank.statement", readonly=True, index="btree_not_null", ondelete="set null"
    )
    entry_ids = fields.One2many("bank.entry", "file_statement_id", readonly=True)
    document_state = fields.Selection(related="document_id.state", string="State")
    received_at = fields.Datetime(related="document_id.received_at")

    warning_text = fields.Text(compute="_compute_warning_text", string="To Know")

    _place_uniq = models.UniqueIndex(
        "(document_id, number)", "The file has one statement at each place."
    )

    @api.depends("warnings")
    def _compute_warning_text(self):
        for statement in self:
            statement.warning_text = "\n".join(statement.warnings or ())

    @api.depends("name", "sequence", "account_number", "number")
    def _compute_display_name(self):
        for statement in self:
            label = statement.name or statement.sequence or str(statement.number)
            statement.display_name = f"{statement.account_number or ''} {label}".strip()

    # === WHAT BECAME OF IT === #

    def _finish(self):
        """Gather the booked lines in Odoo's statement, and believe what the file proves.

        Lines the connection brought before are gathered too, unless another statement has them;
        the bank's own balances stand where nothing of the file is missing here.
        """
        for told in self:
            told._build_statement()
            told._note_proof()

    def _build_statement(self):
        lines_sudo = self.env["account.bank.statement.line"].sudo()
        lines_sudo = lines_sudo.search(
            [
                ("bank_entry_id.file_statement_id", "=", self.id),
                ("statement_id", "=", False),
                ("journal_id", "=", self.account_id.journal_id.id),
            ],
            order="id",
        )
        if not lines_sudo or not self.has_closing:
            return
        start, end = self._balances(lines_sudo)
        name = self.name or self.sequence or f"{self.account_id.name} {self.date_to}"
        self.statement_id = lines_sudo._gather_in_statement(name, start, end, self.sequence)

    def _balances(self, lines):
        """Return opening and closing (minor units) of the statement that gathers ``lines``."""
        code = self.account_id.currency_id.name
        closing = to_minor(self.closing, code)
        [[booked]] = lines._read_group([("id", "in", lines.ids)], aggregates=["amount:sum"])
        total = to_minor(booked, code)
        whole = total == to_minor(self.total, code)
        if self.has_opening and whole:
            return to_minor(self.opening, code), closing
        return closing - total, closing

    def _note_proof(self):
        account, through = self.account_id.sudo(), self.closing_date
        if self.document_id.forced_reason:
            account._distrust()
            return
        # What an older file proves says nothing about the days since.
        older = through and account.covered_until and through < account.covered_until
        if self.window_proof == "failed" or older:
            return
        code = account.currency_id.name
        closing = to_minor(self.closing, code) if self.has_closing else None
        account._note_proof(self.window_proof or "unproven", closing, through)

    # === ACTIONS === #

    def action_open_lines(self):
        """Open the statement lines of the entries this statement told."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bank_sync.account_bank_statement_line_action"
        )
        return {**action, "domain": [("bank_entry_id.file_statement_id", "in", self.ids)]}

    def action_open_entries(self):
        """Open the entries this statement told first."""
        action = self.env["ir.actions.actions"]._for_xml_id("bank_sync.bank_entry_action")
        return {**action, "domain": [("file_statement_id", "in", self.ids)]}

    def action_open_statement(self):
        """Open Odoo's own statement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.bank.statement",
            "res_id": self.statement_id.id,
            "views": [(False, "form")],
        }
