from odoo import fields, models

from ..core.proof import prove_statement
from ..core.statement_chain import StatementMark, coverage_of, link_statements, proved_stretches
from ..core.window_days import widened_start


class BankConnectionAccount(models.Model):
    """What is proved of an account: how far back it must be read, and the chain of statements."""

    _inherit = "bank.connection.account"

    failed_proofs = fields.Integer(
        readonly=True, copy=False, help="Readings in a row that did not add up."
    )
    reread_from = fields.Date(
        readonly=True, copy=False, help="The next reading starts here, to settle what is open."
    )
    file_signs = fields.Selection(
        [("as_told", "As told"), ("reversed", "The other way round")],
        string="Signs of Files",
        readonly=True,
        copy=False,
        help="Which way round files tell money in and money out, once balances have proved it.",
    )
    file_statement_ids = fields.One2many("bank.file.statement", "account_id", readonly=True)
    chain_text = fields.Char(compute="_compute_chain_text", string="Proved by Statements")
    chain_gap_count = fields.Integer(compute="_compute_chain_text", string="Gaps")

    def _widened_start(self, start):
        """Return the first day the next reading must ask for, at the latest ``start``.

        A reading that did not add up is followed by one of the last 30, then of the last 90 days;
        so is one that left something open near the first of its days.
        """
        self.ensure_one()
        today = self.company_id._bank_today()
        return widened_start(start, today, self.failed_proofs, self.reread_from or None)

    def _ask_about_proof(self, problem):
        """Leave one task on the journal about books that do not add up."""
        summary = self.env._("The bank's books do not add up")
        for journal in self.journal_id.sudo():
            if journal.activity_ids.filtered(lambda one: one.summary == summary):
                continue
            journal.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=(self.connection_id.create_uid or self.env.user).id,
                summary=summary,
                note=problem,
            )

    def _note_signs(self, signs):
        """Keep which way round the files of this account tell amounts; the first proof decides."""
        self.ensure_one()
        if signs and not self.file_signs:
            self.sudo().file_signs = signs
            if signs == "reversed":
                self.env["bank.event"]._record("signs_reversed", self, {"source": "file"})

    # === THE CHAIN === #

    def _statement_mark(self, statement, told=None):
        """Return a core statement as the chain wants it."""
        proved = prove_statement(statement).status == "proved"
        days = coverage_of(statement, proved=proved)
        return StatementMark(
            told.id if told else 0,
            days.first_day,
            days.last_day,
            statement.opening,
            statement.closing,
            statement.sequence,
            proved,
        )

    def _told_statements(self):
        """Return the statements of files that are in the books, or are being booked."""
        return self.file_statement_ids.filtered(
            lambda told: told.document_state in {"booking", "parsed"}
        )

    def _relink_statements(self, new=None):
        """Lay all statements of the account on the chain again; return the link of ``new``.

        They may come in any order: the one that was missing closes its gap.
        """
        self.ensure_one()
        told = self._told_statements() | (new or self.env["bank.file.statement"])
        by_id = {one.id: one for one in told}
        for link in link_statements(one._mark() for one in told):
            by_id[link.key]._note_link(link)
        return new.chain_state if new else None

    def _compute_chain_text(self):
        for account in self:
            told = account._told_statements().filtered("chain_state")
            marks = [one._mark() for one in told]
            links = link_statements(marks)
            account.chain_gap_count = sum(link.status == "gap" for link in links)
            account.chain_text = "; ".join(
                self.env._(
                    "%(first)s to %(last)s",
                    first=fields.Date.to_string(stretch.first_day),
                    last=fields.Date.to_string(stretch.last_day),
                )
                for stretch in proved_stretches(marks, links)
            )

    def action_open_chain(self):
        """Open the statements of the account with what lies between them."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("bank_sync.bank_statement_chain_action")
        return {
            **action,
            "domain": [("account_id", "=", self.id), ("chain_state", "!=", False)],
            "context": {},
        }
