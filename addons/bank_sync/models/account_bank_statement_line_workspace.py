from odoo import fields, models
from odoo.modules.db import FunctionStatus
from odoo.tools.sql import create_index


class AccountBankStatementLine(models.Model):
    """Lines in the workspace: every part of a search there has its index."""

    _inherit = "account.bank.statement.line"

    account_number = fields.Char(index="trigram")
    partner_id = fields.Many2one(index="btree_not_null")
    amount = fields.Monetary(index="btree")

    def init(self):
        """Index what names contain, beside Odoo's index of whole names."""
        super().init()
        registry = self.env.registry
        if not registry.has_trigram:
            return
        unaccent = registry.has_unaccent == FunctionStatus.INDEXABLE
        name = registry.unaccent('"partner_name"') if unaccent else '"partner_name"'
        index = "account_bank_statement_line_partner_name_trigram_idx"
        create_index(self.env.cr, index, self._table, [f"{name} gin_trgm_ops"], "gin")

    def action_open_workspace(self):
        """Open the workspace on this line."""
        self.ensure_one()
        return self.env["bank.match.workspace"]._action(line=self.id, options={"filter": "all"})
