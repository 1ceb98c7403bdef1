from datetime import timedelta

from odoo import api, fields, models


class BankConnection(models.Model):
    """What people see of a connection: how well it is, and what to do now."""

    _inherit = "bank.connection"

    entry_count = fields.Integer(compute="_compute_counts")
    suggestion_count = fields.Integer(compute="_compute_counts")
    run_count = fields.Integer(compute="_compute_counts")
    advice = fields.Char(compute="_compute_advice", string="What to Do Now")

    def _compute_counts(self):
        entries = self._counts("bank.entry", "account_id", self.account_ids)
        runs = self._counts("bank.sync.run", "connection_id", self)
        suggestions = self._counts(
            "bank.match.suggestion",
            "journal_id",
            self.account_ids.journal_id,
            [("state", "=", "open"), ("rank", "=", 1)],
        )
        for connection in self:
            accounts = connection.account_ids
            connection.entry_count = sum(entries.get(account, 0) for account in accounts)
            connection.run_count = runs.get(connection, 0)
            connection.suggestion_count = sum(
                suggestions.get(journal, 0) for journal in accounts.journal_id
            )

    def _counts(self, model, field, records, domain=()):
        """Return record → number of rows of ``model`` that point to it."""
        pointing = [(field, "in", records.ids), *domain]
        return dict(self.env[model]._read_group(pointing, [field], ["__count"]))

    @api.depends("state", "problem_code", "account_ids.last_proof", "consent_valid_until")
    def _compute_advice(self):
        for connection in self:
            connection.advice = connection._advice()

    def _advice(self):
        """Return in one sentence what a person should do now; empty when nothing."""
        self.ensure_one()
        today = self.company_id._bank_today()
        if self.state in {"draft", "revoked"}:
            return self.env._("Connect, and approve the access on the bank's page.")
        if self.state == "authorizing":
            return self.env._("Finish the approval on the bank's page, or connect again.")
        if "failed" in self.account_ids.mapped("last_proof"):
            return self.env._(
                "The bank's balance and its entries disagree. Nothing was booked; the next read "
                "tries again. If it stays, ask the bank for a statement and compare."
            )
        if self.state == "attention":
            return self.problem or self.env._("Connect again.")
        if self.consent_valid_until and self.consent_valid_until <= today + timedelta(days=14):
            return self.env._(
                "The consent ends on %(date)s. Connect again before; nothing is interrupted.",
                date=fields.Date.to_string(self.consent_valid_until),
            )
        return self.problem or ""

    def action_open_entries(self):
        """Open the entries of this connection's accounts."""
        return self._open(
            "bank_sync.bank_entry_action", [("account_id", "in", self.account_ids.ids)]
        )

    def action_open_runs(self):
        """Open the runs of this connection."""
        return self._open("bank_sync.bank_sync_run_action", [("connection_id", "in", self.ids)])

    def action_open_suggestions(self):
        """Open what waits for a decision on this connection's journals."""
        return self._open(
            "bank_sync.bank_match_suggestion_action",
            [("journal_id", "in", self.account_ids.journal_id.ids)],
        )

    def _open(self, action, domain):
        return {**self.env["ir.actions.actions"]._for_xml_id(action), "domain": domain}
