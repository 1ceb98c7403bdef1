from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Code of a problem → what a person can do about it now.
WHAT_TO_DO = {
    "unknown_account": _lt(
        "Open the import page and choose the journal of this account, or create it there."
    ),
    "journal_archived": _lt("Take the journal out of the archive, then look again."),
    "not_proved": _lt(
        "Download the file from the bank again, for the whole period. If the bank confirms it as "
        "it is, a bank manager may import it anyway, with a reason; the account then counts as "
        "unproven."
    ),
    "date_missing": _lt("Ask the bank for a corrected file and import that one."),
    "date_absurd": _lt("Ask the bank for a corrected file and import that one."),
    "details_differ": _lt(
        "Ask the bank for a corrected file, or set the journal to one line for the whole batch."
    ),
    "needs_mapping": _lt("Say once which column holds what; later files are read by themselves."),
    "known_file": _lt("Nothing: every entry of this file is here."),
    "known_statement": _lt("Nothing: every entry of this file is here."),
    "withdrawn": _lt("Nothing. Import the file again, through another mapping where it was wrong."),
    "cancelled": _lt("Nothing. Import the file again should you want it after all."),
}
_FILE = _lt("Download the file from the bank again, or ask for another format.")
_BANK = _lt("It is read again by itself. If it stays, give the bank the request ID.")


class BankRawDocument(models.Model):
    """The queue of what was kept out of the books, and what to do about each."""

    _inherit = "bank.raw.document"

    @api.depends("problem_code", "state", "source")
    @api.depends_context("lang")
    def _compute_what_to_do(self):
        for document in self:
            document.what_to_do = False
            if document.state in {"refused", "quarantined", "withdrawn"}:
                other = _FILE if document.source == "file" else _BANK
                label = WHAT_TO_DO.get(document.problem_code) if document.source == "file" else None
                document.what_to_do = self.env._(label or other)

    def action_open_import(self):
        """Open the import page with these files on it."""
        self.check_access("read")
        documents = self.filtered(lambda one: one.state in {"received", "quarantined", "booking"})
        for document in documents.filtered(lambda one: one.state == "quarantined"):
            document._look()
        wizard = self.env["bank.statement.import"].create(
            {"company_id": documents.company_id[:1].id, "document_ids": documents.ids}
        )
        return wizard._open()

    def action_download(self):
        """Download the document, byte for byte as it came."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content?download=true",
            "target": "download",
        }

    def action_put_aside(self):
        """Take files off the queue that nobody wants booked."""
        self.check_access("read")
        self._cancel()

    def _open_mapping(self):
        """Open a mapping proposed for this table, to be checked and approved."""
        self.ensure_one()
        if self.problem_code != "needs_mapping":
            raise UserError(self.env._("%(file)s waits for no mapping.", file=self.name))
        mappings = self.env["bank.statement.mapping"]
        mapping = mappings.create(
            mappings._propose_values(self.company_id, self._bytes(), self.name)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which Column Holds What"),
            "res_model": mappings._name,
            "res_id": mapping.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_open_lines(self):
        """Open the bank lines of the entries this file brought."""
        return self.file_statement_ids.action_open_lines()
