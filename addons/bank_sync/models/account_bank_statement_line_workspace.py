from odoo import models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_open_workspace(self):
        """Open the workspace on this line."""
        self.ensure_one()
        return self.env["bank.match.workspace"]._action(line=self.id, options={"filter": "all"})
