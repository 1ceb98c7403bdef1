from odoo import Command, fields, models
from odoo.exceptions import UserError


class BankFileStatement(models.Model):
    """What a statement told again, and how it leaves the books when its import is undone."""

    _inherit = "bank.file.statement"

    retold_entry_ids = fields.Many2many(
        "bank.entry",
        relation="bank_file_statement_retold_rel",
        column1="statement_id",
        column2="entry_id",
        string="Told Again",
        readonly=True,
        help="Entries another source had told before.",
    )
    known_outcome = fields.Selection(
        [("kept", "Kept, or given more details"), ("decided", "Presumed or decided")],
        string="Known Entries",
        readonly=True,
        help="What the statement meant for entries that were known before it.",
    )

    def _note_retold(self, window):
        """Note which known entries a reading of this statement has told again, and how."""
        self.ensure_one()
        same = window.verdict.same
        known = [one.candidates[0] for one in window.plan.doubtful if one.index in same]
        presumed = any(one.reason or one.tentative for one in window.presumed)
        decided = presumed or window.plan.decided or window.came_back
        self.sudo().write(
            {
                "retold_entry_ids": [Command.set([*window.touched().ids, *known])],
                "known_outcome": "decided" if decided else "kept",
            }
        )

    def _check_restorable(self):
        """Refuse to undo what cannot be taken back exactly.

        :raise UserError: where known entries were presumed changed, or nothing was noted
        """
        if self.filtered(lambda told: told.known_outcome == "decided"):
            raise UserError(
                self.env._(
                    "%(file)s has settled which of the entries known before it are the same; that "
                    "cannot be taken back. Reverse its wrong lines one by one.",
                    file=self[0].document_id.name,
                )
            )
        others = self.account_id._told_statements()
        if unknown := (self | others).filtered(lambda told: not told.known_outcome)[:1]:
            raise UserError(
                self.env._(
                    "%(file)s was imported before imports could be undone, so nobody knows what "
                    "it told again. Reverse wrong lines one by one.",
                    file=unknown.document_id.name,
                )
            )

    # === LEAVING THE BOOKS === #

    def _restore_known(self):
        """Give known entries back what they said before this file, and to whom they belong."""
        known = self.retold_entry_ids.filtered(lambda row: row.state != "withdrawn")
        known._restore_content(self.run_id)
        gathered = known.search(
            [
                ("file_statement_id", "in", self.ids),
                ("raw_document_id", "not in", self.document_id.ids),
            ]
        )
        makers = self.search([("run_id", "in", gathered.run_id.ids)])
        by_run = {told.run_id: told for told in makers}
        for run, of_run in gathered.grouped("run_id").items():
            of_run.file_statement_id = by_run.get(run, self.browse())
        self.retold_entry_ids = [Command.clear()]

    def _leave_books(self, heirs):
        """Take the statements off the chain and out of what is proved.

        :param heirs: statements that tell some of the entries as well
        """
        statements = self.statement_id
        lines = statements.line_ids
        heirs |= lines.bank_entry_id.file_statement_id - self
        lines.statement_id = False
        statements.unlink()
        self.write({"chain_state": False, "chain_previous_id": False, "missing_numbers": False})
        for told in heirs.filtered(lambda told: told.document_state == "parsed"):
            told.statement_id.unlink()
            told._build_statement()
        for account in self.account_id:
            account._relink_statements()
            self.filtered(lambda told, on=account: told.account_id == on)._take_back_proof(account)

    def _take_back_proof(self, account):
        """Believe of an account what is left without these statements, until it is proved anew."""
        if "baseline" in self.mapped("window_proof") or self.document_id.forced_reason:
            account._distrust()
        left = account._told_statements()
        days = [told.closing_date for told in left if told.closing_date]
        if account.last_complete_at:
            days.append(account.last_complete_at.date())
        covered = account.covered_until
        values = {"last_proof": "unproven", "proved_balance": 0.0, "proved_on": False}
        values["covered_until"] = min(max(days), covered) if days and covered else False
        if not left.filtered(lambda told: told.proof == "proved"):
            values["file_signs"] = False
        account.write(values)
