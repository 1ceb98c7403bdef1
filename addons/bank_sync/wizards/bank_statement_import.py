from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.bank_raw_document_booking import MATCH_AT_ONCE
from .import_gaps import gap_sentences
from .import_page import document_card

#: Lines made per call of a waiting page: few enough for the bar to move.
STEP = 200


class BankStatementImport(models.TransientModel):
    """Import bank statement files: look first, then book all of a file or nothing of it.

    The files are ``bank.raw.document`` from the first moment on; this is the page they are on.
    """

    _name = "bank.statement.import"
    _description = "Import Bank Statements"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files", bypass_search_access=True)
    document_ids = fields.Many2many("bank.raw.document", string="Documents", readonly=True)
    result_ids = fields.One2many("bank.statement.import.result", "import_id", readonly=True)
    done = fields.Boolean(readonly=True)
    page = fields.Json(compute="_compute_page")

    @api.depends("document_ids", "company_id")
    @api.depends_context("lang")
    def _compute_page(self):
        for wizard in self:
            wizard.page = wizard._page()

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Import Statements")

    # === OPENING === #

    def create_document_from_attachment(self, attachment_ids):
        """Open the import page with uploaded files on it: Odoo's name for what a drop calls."""
        wizard = self.create({"attachment_ids": attachment_ids})
        wizard._keep_uploads()
        return wizard._open()

    @api.model
    def action_new(self):
        """Open an empty import page; files that wait for a decision are on it."""
        documents = self.env["bank.raw.document"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("source", "=", "file"),
                ("state", "in", ["received", "booking"]),
            ],
            order="id",
        )
        return self.create({"document_ids": documents.ids})._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Statements"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # === THE PAGE === #

    def _page(self):
        """Return what the page shows, as plain data."""
        gaps = gap_sentences(self.document_ids)
        return {
            "company": self.company_id.name,
            "several_companies": len(self.env.companies) > 1,
            "manager": self.env.user.has_group("bank_sync.group_manager"),
            "documents": [
                document_card(document, gaps) for document in self.document_ids.sorted("id")
            ],
        }

    def add_files(self, attachment_ids):
        """Put uploaded files on the page."""
        self.ensure_one()
        self.attachment_ids = [fields.Command.set(attachment_ids)]
        self._keep_uploads()
        return self._page()

    def choose_journal(self, document_id, number, journal_id):
        """Give a statement its journal; a new one is made where ``journal_id`` is false."""
        document = self._document(document_id)
        journal = self.env["account.journal"].browse(journal_id or [])
        journal.check_access("read")
        document._choose_journal(number, journal)
        # Other files of the same account are settled with it.
        others = self.document_ids.filtered(lambda one: one.problem_code == "unknown_account")
        for other in others - document:
            other._look()
        return self._page()

    def look_again(self, document_id):
        """Look at one file again, after something was settled elsewhere."""
        self._document(document_id)._look()
        return self._page()

    def book(self):
        """Take every file that is ready into the mirror; the lines follow with ``step``."""
        self._check_company()
        for document in self._in_order_of_days():
            if document.state == "received":
                self._take(document)
        return self._page()

    def import_anyway(self, document_id, reason):
        """Book a file that does not add up: for managers, with a reason, on the record."""
        self._check_company()
        document = self._document(document_id)
        document._force(reason)
        self._take(document)
        return self._page()

    def step(self):
        """Make the next lines of the files being booked; called until all are complete."""
        for document in self.document_ids.filtered(lambda one: one.state == "booking"):
            document.with_company(document.company_id)._book_next(STEP)
            return self._page()
        due = self.document_ids.filtered("matching_due")
        if sum(due.mapped("booked_count")) <= MATCH_AT_ONCE:
            due._match_booked()
        return self._page()

    def cancel(self):
        """Put the files aside that are not booked."""
        self.document_ids.filtered(lambda one: one.state == "received")._cancel()
        return self._page()

    def put_aside(self, document_id):
        """Put one file aside."""
        self._document(document_id)._cancel()
        return self._page()

    def open_mapping(self, document_id):
        """Open the mapping of a table nobody has mapped yet."""
        return self._document(document_id)._open_mapping()

    def _document(self, document_id):
        self.ensure_one()
        document = self.document_ids.filtered(lambda one: one.id == document_id)
        if not document:
            raise UserError(self.env._("The file is no longer on this page. Open it again."))
        return document

    def _take(self, document):
        if document.with_company(document.company_id)._take() == "busy":
            raise UserError(
                self.env._(
                    "%(file)s: account %(account)s is being read at this moment. Import the file "
                    "again in a minute.",
                    file=document.name,
                    account=", ".join(document.file_statement_ids.account_id.mapped("name")),
                )
            )

    def _check_company(self):
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("This company is not open to you."))

    def _keep_uploads(self):
        """Keep the uploads as documents, and look at them."""
        self._check_company()
        documents = self.env["bank.raw.document"].with_company(self.company_id)
        for attachment in self.attachment_ids:
            self.document_ids |= documents._keep_file(
                self.company_id, attachment.name, attachment.raw or b""
            )
        self._discard_uploads()

    def _discard_uploads(self):
        """Remove the user's own uploads, which are kept as documents now, and no other file."""
        self.attachment_ids.sudo().filtered(
            lambda file: file.create_uid == self.env.user and file.res_model in {False, self._name}
        ).unlink()

    # === IN ONE GO === #

    def action_import(self):
        """Import every file for itself without asking, and note what became of each.

        A refused file raises nothing: its bytes are kept as a document, nothing of it is booked,
        and the result says in one sentence why.
        """
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file."))
        self._keep_uploads()
        taken = {document: self._book_at_once(document) for document in self._in_order_of_days()}
        self.result_ids.create(
            [
                self._prepare_result(document, taken[document])
                for document in self.document_ids.sorted("id")
            ]
        )
        self.document_ids._match_booked()
        self.done = True
        return self._open()

    def _in_order_of_days(self):
        """Return the documents as the bank wrote them: each proves what the next opens with."""
        return self.document_ids.sorted(
            lambda one: (min(one.file_statement_ids.mapped(_first_day), default=""), one.id)
        )

    def _book_at_once(self, document):
        """Book one document as far as it can be; return what ``_take`` said."""
        # What the files before it brought is known by now.
        known = document.state == "received" and document._refuse_known()
        state = document._take() if document.state == "received" and not known else ""
        while document.state == "booking" and not document._book_next():
            pass
        return state

    def _prepare_result(self, document, taken):
        card = document_card(document)
        message = card["message"]
        if taken == "busy":
            message = self.env._(
                "%(file)s: the account is being read at this moment. Import the file again in a "
                "minute.",
                file=document.name,
            )
        return {
            "import_id": self.id,
            "file_name": document.name,
            "document_id": document.id,
            "outcome": "busy" if taken == "busy" else card["outcome"],
            "message": message,
            "added_count": document.added_count if document.state == "parsed" else 0,
            "known_count": document.known_count if document.state == "parsed" else 0,
        }


def _first_day(told):
    return fields.Date.to_string(told.date_from) or ""
