from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    bank_connection_account_ids = fields.One2many("bank.connection.account", "journal_id")

    bank_batch_lines = fields.Selection(
        [("one", "One line for the whole batch"), ("many", "One line per transaction")],
        string="Batch Bookings",
        default="one",
        required=True,
        help="A bank may book many payments as one entry and list them inside it. Choose whether "
        "such an entry becomes one bank line, as on the paper statement, or one line per payment, "
        "so that each can be matched with its own invoice. The payments must then add up to the "
        "entry; a file where they do not is quarantined.",
    )

    def _get_bank_statements_available_sources(self):
        """Offer our connection as a source of bank statements."""
        return [
            *super()._get_bank_statements_available_sources(),
            ("bank_sync", self.env._("Bank connection or statement files")),
        ]

    def action_bank_sync_import(self):
        """Open the statement import."""
        return self.env["bank.statement.import"].action_new()

    def create_document_from_attachment(self, attachment_ids):
        """Take files dropped on a bank journal for bank statements, as the dashboard says.

        Odoo itself would make journal entries with attachments of them.
        """
        journal = self.browse(self.env.context.get("default_journal_id") or [])
        imports = self.env["bank.statement.import"]
        if journal.type == "bank" and imports.has_access("create"):
            return imports.create_document_from_attachment(attachment_ids)
        return super().create_document_from_attachment(attachment_ids)

    def action_bank_sync_review(self):
        """Open the workspace with this journal's lines."""
        self.ensure_one()
        return self.env["bank.match.workspace"]._action(options={"journal": self.id})

    def action_bank_sync_reconcile(self):
        """Ask for the day of this journal's reconciliation report."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("bank_sync.bank_reconciliation_action")
        return {**action, "context": {"default_journal_ids": self.ids}}
