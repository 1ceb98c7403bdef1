from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    bank_connection_account_ids = fields.One2many("bank.connection.account", "journal_id")

    def _get_bank_statements_available_sources(self):
        """Offer our connection as a source of bank statements."""
        return [
            *super()._get_bank_statements_available_sources(),
            ("bank_sync", self.env._("Bank connection or statement files")),
        ]

    def action_bank_sync_import(self):
        """Open the statement import."""
        return self.env["ir.actions.actions"]._for_xml_id("bank_sync.bank_statement_import_action")

    def action_bank_sync_review(self):
        """Open the suggestions of this journal's lines."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bank_sync.bank_match_suggestion_action"
        )
        return {**action, "domain": [("journal_id", "in", self.ids)]}
