from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import LockError, UserError


class BankMatchWorkspace(models.AbstractModel):
    """Decisions on one line. Each one answers with the line as it is then.

    Nothing is decided upon something that has changed: ``stamp`` is the mark of what the person
    saw, and the line is locked before it is compared.
    """

    _inherit = "bank.match.workspace"

    @api.model
    def accept(self, suggestion_id, stamp):
        """Book a proposal as it stands."""
        suggestion = self._find_suggestion(suggestion_id)
        self._hold(suggestion.statement_line_id, stamp)
        suggestion.action_accept()
        return self.get_line(suggestion.statement_line_id.id)

    @api.model
    def reject(self, suggestion_id, stamp):
        """Put a proposal aside; it does not come back for this line."""
        suggestion = self._find_suggestion(suggestion_id)
        self._hold(suggestion.statement_line_id, stamp)
        suggestion.action_reject()
        return self.get_line(suggestion.statement_line_id.id)

    @api.model
    def undo(self, line_id):
        """Take the match of a line back; what was chosen for review was wrong then."""
        line = self._existing_line(line_id)
        if due := self._due_review(line):
            due.action_review_wrong()
        else:
            line.action_undo_match()
        return self.get_line(line.id)

    @api.model
    def confirm_review(self, line_id):
        """Say that what booked itself, and was chosen for review, is right."""
        line = self._existing_line(line_id)
        self._due_review(line).action_review_right()
        return self.get_line(line.id)

    @api.model
    def _due_review(self, line):
        return self.env["bank.match.decision"].search(
            [("statement_line_id", "=", line.id), ("review", "=", "due")]
        )

    @api.model
    def put_aside(self, line_id, note):
        """Send a line to the exceptions: no rule books it until a person decides.

        :param note: why; stays with the line
        """
        line = self._existing_line(line_id)
        self._hold(line)
        line._put_aside()
        self._note(line, self.env._("Put aside"), note)
        return self.get_line(line.id)

    # === GUARDS === #

    @api.model
    def _existing_line(self, line_id):
        """Return the line.

        :raise UserError: when it has been deleted, or belongs to another company
        """
        self._check_role()
        line = self._find_line(line_id)
        if not line:
            raise UserError(self.env._("This bank line is gone. Somebody else has deleted it."))
        return line

    @api.model
    def _find_suggestion(self, suggestion_id):
        self._check_role()
        known = suggestion_id if isinstance(suggestion_id, int) else 0
        suggestion = self.env["bank.match.suggestion"].search([("id", "=", known)])
        if not suggestion:
            raise UserError(self.env._("This proposal is out of date. Look at the line again."))
        return suggestion

    @api.model
    def _hold(self, line, stamp=None):
        """Lock a line, and refuse to decide on it when it is not what the person saw.

        :raise UserError: when it is booked or changed meanwhile
        """
        try:
            line.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._(
                    "Somebody else is deciding on %(text)s at this moment. Look again.",
                    text=line.payment_ref,
                )
            ) from None
        line.invalidate_recordset()
        if line.is_reconciled:
            last = self._history(line)[:1]
            who = last[0]["who"] if last else ""
            raise UserError(
                self.env._(
                    "%(text)s has been booked meanwhile by %(user)s.",
                    text=line.payment_ref,
                    user=who or self.env._("somebody else"),
                )
            )
        if stamp and stamp != self._stamp(line):
            raise UserError(
                self.env._(
                    "%(text)s was changed while you looked at it. Look at it again.",
                    text=line.payment_ref,
                )
            )

    @api.model
    def _note(self, line, title, text):
        body = Markup("<b>{}</b><br/>{}").format(title, text or "")
        line.move_id.message_post(body=body, subtype_xmlid="mail.mt_note")
