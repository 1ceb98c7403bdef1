from odoo import fields, models


class BankStatementImportResult(models.TransientModel):
    """What became of one uploaded file."""

    _name = "bank.statement.import.result"
    _description = "Import Result"
    _order = "id"

    import_id = fields.Many2one("bank.statement.import", required=True, ondelete="cascade")
    file_name = fields.Char(readonly=True)
    outcome = fields.Selection(
        [
            ("imported", "Imported"),
            ("known", "Already there"),
            ("refused", "Refused"),
            ("quarantined", "Quarantined"),
            ("busy", "Busy"),
        ],
        readonly=True,
        required=True,
    )
    message = fields.Char(readonly=True)
    added_count = fields.Integer(string="New", readonly=True)
    known_count = fields.Integer(string="Already There", readonly=True)
    document_id = fields.Many2one("bank.raw.document", readonly=True, ondelete="set null")
