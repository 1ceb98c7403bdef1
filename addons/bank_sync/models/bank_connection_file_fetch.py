import logging
from contextlib import closing
from datetime import timedelta

from odoo import fields, models
from odoo.tools.translate import LazyTranslate

from ..connectors.base import BankError
from ..connectors.file_drop import MAX_FILE_BYTES
from .problems import problem_code, problem_sentence

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

#: Refusals that a file would also get while it is being uploaded.
UPLOADING = {
    "bad_archive",
    "bad_record",
    "empty",
    "missing",
    "no_statement",
    "not_xml",
    "truncated",
    "unknown_format",
    "unreadable",
    "xml_broken",
}
#: Hours for which such a file is left where it is: an upload may have stalled.
PATIENCE_HOURS = 2
#: Lines that are made at once, while the file is fetched; of more, the schedule makes them.
LINES_AT_ONCE = 1000
#: Why a file stays where it is, by the adapter's code. What grows is whole soon.
LEFT = {
    "file_name": _lt("its name is not that of a file we may touch"),
    "file_too_large": _lt("it is too large"),
    "file_unreadable": _lt("it may not be read"),
}


class BankConnection(models.Model):
    """Fetching statement files: every one kept and committed first, understood afterwards."""

    _inherit = "bank.connection"

    def _read_everything(self, origin, user_ip):
        if self.delivers_files:
            return self._fetch_files(origin, user_ip)
        return super()._read_everything(origin, user_ip)

    def _fetch_files(self, origin, user_ip):
        """Fetch the files that lie ready, one after the other, and return the run."""
        run = self.env["bank.sync.run"]._begin(
            origin,
            company_id=self.company_id.id,
            connection_id=self.id,
            attended=bool(user_ip),
        )
        self._checkpoint()
        documents = self.env["bank.raw.document"]
        try:
            adapter = self._adapter()
            with closing(adapter.files()) as files:
                for file in files:
                    document, safe = self._take_file(run, file)
                    self._checkpoint()
                    if safe:
                        adapter.acknowledge(file.name)
                        self._note_acknowledged(file)
                    documents |= document
                    run.sudo().page_count += 1
                    self._checkpoint()
        except BankError as error:
            self._note_fetch_failed(run, error)
        else:
            self._breaker_note_answer()
            self._note_fetched(run, documents, adapter.skipped)
        self._checkpoint()
        return run

    def _take_file(self, run, file):
        """Keep a file, then look at it and book what needs no person.

        :return: its document, and whether it may be put away at the bank's side
        """
        receipt = self.env["bank.file.receipt"]._receive(self, run, file)
        # From here on the bytes are safe, whatever reading them does.
        self._checkpoint()
        document = receipt.document_id.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                taken = self._book_file(document)
        except Exception:
            # A file we have no answer to must not stop the others; it stays where it is.
            _logger.exception("Bank document %s cannot be looked at", document.id)
            return document, False
        return document, taken and not self._may_be_uploading(receipt)

    def _book_file(self, document):
        """Look at a document and book it; return whether it needs no second visit."""
        if document.state == "received":
            document._look()
        if document.state == "received" and document._take() == "busy":
            return False
        if document.state == "booking" and document.line_count <= LINES_AT_ONCE:
            # The lines of a larger file are made by the schedule, batch by batch.
            document._book_next()
        return True

    def _may_be_uploading(self, receipt):
        """Return whether a refused file may still become whole."""
        document = receipt.document_id
        patience = receipt.received_at + timedelta(hours=PATIENCE_HOURS)
        return (
            document.state == "refused"
            and document.problem_code in UPLOADING
            and fields.Datetime.now() < patience
        )

    def _note_acknowledged(self, file):
        receipts_sudo = self.env["bank.file.receipt"].sudo()
        receipts_sudo.search(
            [
                ("connection_id", "=", self.id),
                ("name", "=", file.name),
                ("acknowledged", "=", False),
            ]
        ).filtered(lambda receipt: receipt.size == len(file.content)).acknowledged = True

    # === WHAT CAME OF IT === #

    def _note_fetched(self, run, documents, skipped):
        """Close the run; what was left behind for a person to settle is named."""
        booked = documents.filtered(lambda document: document.state in {"booking", "parsed"})
        waiting = documents.filtered(lambda document: document.state == "quarantined")
        values = {
            "seen_count": len(documents),
            "added_count": sum(booked.mapped("added_count")),
            "note": self._waiting_note(waiting) if waiting else False,
        }
        documents._match_booked()
        left = [each for each in skipped if each.code in LEFT]
        if left:
            run._transition(
                "partial", problem_code="files_left", problem=self._left_sentence(left), **values
            )
            return
        run._transition("done", **values)
        self.sudo().last_complete_at = fields.Datetime.now()

    def _waiting_note(self, documents):
        return self.env._(
            "Waiting for a decision on the import page: %(files)s.",
            files=", ".join(documents.mapped("name")),
        )

    def _left_sentence(self, left):
        limit = f"{MAX_FILE_BYTES // 2**20} MiB"
        told = "; ".join(f"{each.name}: {self.env._(LEFT[each.code])}" for each in left)
        return self.env._(
            "Some files were left where they are. %(files)s. Files may have up to %(limit)s.",
            files=told,
            limit=limit,
        )

    def _note_fetch_failed(self, run, error):
        code, sentence = problem_code(error), problem_sentence(self.env, error)
        if code == "unreachable":
            self._wait(error)
            self._breaker_note_silence()
        if error.code == "host_key_changed":
            self._warn_of_host_key(sentence)
        run._transition(
            "partial" if run.page_count else "failed", problem_code=code, problem=sentence
        )

    def _warn_of_host_key(self, sentence):
        """Ask a person, once: somebody may be between us and the bank."""
        self.env["bank.event"]._record("host_key_refused", self, {"pinned": self.file_host_key})
        person = self._responsible()
        env = self.with_context(lang=person.lang).env
        summary = env._("The bank's server shows another key")
        self._ask_person("host_key", summary, fields.Date.today(), sentence)

    # === HOW IT IS SEEN === #

    def _assess_unconnected(self):
        health, text, advice, step = super()._assess_unconnected()
        if self.delivers_files and self.state in {"draft", "revoked"}:
            advice = self.env._(
                "Say below where the files lie. A server's key is compared with what the bank has "
                "told you, and confirmed. Then press Connect."
            )
        return health, text, advice, step

    def _praise(self):
        if not self.delivers_files or not self.last_complete_at:
            return super()._praise()
        return self.env._(
            "All files that lay ready were fetched at %(time)s.",
            time=self._local_time(self.last_complete_at),
        )

    def _why_nothing_was_read(self):
        if self[:1].delivers_files and self[:1].breaker_state != "open":
            return self.env._("The files are being fetched at this moment.")
        return super()._why_nothing_was_read()
