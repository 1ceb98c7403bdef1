from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    bank_suggestion_count = fields.Integer(
        compute="_compute_bank_suggestion_count", string="Suggested Receipts"
    )

    def _compute_bank_suggestion_count(self):
        receipts = self._bank_pending_receipts()
        for move in self:
            move.bank_suggestion_count = len(receipts.get(move, ()))

    def _bank_pending_receipts(self):
        """Return the unmatched bank lines that are suggested to pay each document.

        :return: dict of document → list of statement lines; documents without any are left out
        """
        rows = (
            self.env["bank.match.suggestion.line"]
            .sudo()
            ._read_group(
                [
                    ("move_id", "in", self.ids),
                    ("suggestion_id.state", "=", "open"),
                    ("statement_line_id.is_reconciled", "=", False),
                ],
                ["move_id"],
                ["statement_line_id:recordset"],
            )
        )
        return {self.browse(move.id): list(lines.with_env(self.env)) for move, lines in rows}

    def action_open_bank_suggestions(self):
        """Open the suggestions that would pay this document."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bank_sync.bank_match_suggestion_action"
        )
        return {**action, "domain": [("line_ids.move_id", "=", self.id), ("state", "=", "open")]}

    @api.ondelete(at_uninstall=False)
    def _unlink_bank_suggestions(self):
        """A deleted document cannot be paid: its suggestions go with it."""
        lines = self.env["bank.match.suggestion.line"].sudo().search([("move_id", "in", self.ids)])
        lines.suggestion_id.unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_mirrored(self):
        """The database would take the bank's line along, and no reading brings it back."""
        lines_sudo = self.env["account.bank.statement.line"].sudo()
        if lines := lines_sudo.search(
            [("move_id", "in", self.ids), ("bank_entry_id", "!=", False)], limit=1
        ):
            lines._unlink_except_mirrored()
