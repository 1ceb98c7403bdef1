from odoo import models
from odoo.exceptions import UserError


class BankRawDocument(models.Model):
    """An import taken back as a whole: the books are as if the file had never been booked.

    The bytes and what the file said stay as evidence; the same file may be imported again.
    """

    _inherit = "bank.raw.document"

    def action_undo_import(self):
        """Take the lines and entries of an imported file out of the books again.

        What another file or the bank's interface tells as well stays, and is theirs from now on.

        :raise UserError: in one sentence, when something stands in the way; nothing has changed
        """
        self.ensure_one()
        self._check_may_undo()
        told_sudo = self.sudo().file_statement_ids
        told_sudo._check_restorable()
        made_sudo = self.env["bank.entry"].sudo()
        made_sudo = made_sudo.search([("raw_document_id", "=", self.id)], order="id")
        elsewhere = made_sudo._told_elsewhere(told_sudo)
        kept_sudo = made_sudo.browse(elsewhere)
        gone_sudo = made_sudo - kept_sudo
        gone_sudo._check_may_withdraw(made_sudo)
        count = len(gone_sudo._withdraw())
        kept_sudo._hand_over(elsewhere)
        told_sudo._restore_known()
        # The statements are judged with this one out of the books.
        self._transition(
            "withdrawn",
            problem_code="withdrawn",
            problem=self.env._(
                "The import was undone by %(user)s; %(count)s bank lines were deleted.",
                user=self.env.user.name,
                count=count,
            ),
            payload={"entries": len(gone_sudo), "kept": len(kept_sudo), "lines": count},
        )
        told_sudo._leave_books(kept_sudo.file_statement_id)
        self.sudo().write({"line_count": 0, "booked_count": 0, "moved_count": 0})
        self.sudo().matching_due = False
        return True

    def _check_may_undo(self):
        """Refuse all but an imported file, to all but those who may import; lock its accounts."""
        self.check_access("read")
        if not self.env.user.has_group("bank_sync.group_user"):
            raise UserError(self.env._("Only an accountant may undo an import."))
        locked = self.try_lock_for_update(allow_referencing=True)
        if not locked or not self.sudo().file_statement_ids.account_id._lock_books():
            raise UserError(
                self.env._(
                    "%(file)s: its account is being read at this moment. Undo again in a minute.",
                    file=self.name,
                )
            )
        if self.source != "file" or self.state != "parsed":
            raise UserError(
                self.env._(
                    "%(file)s is not imported, or not wholly yet; there is nothing to undo.",
                    file=self.name,
                )
            )
