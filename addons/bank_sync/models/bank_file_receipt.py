import hashlib

from odoo import api, fields, models


class BankFileReceipt(models.Model):
    """A file that was fetched from a folder or a server, and whether it may be put away there.

    Where nothing can be moved, the receipts are our memory of what we have had.
    """

    _name = "bank.file.receipt"
    _description = "Fetched Bank File"
    _order = "id desc"

    connection_id = fields.Many2one(
        "bank.connection", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    name = fields.Char(required=True, readonly=True)
    size = fields.Integer(string="Bytes", readonly=True)
    modified_mark = fields.Char(
        readonly=True, help="The last change by the clock of the server, which may be wrong."
    )
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    document_id = fields.Many2one(
        "bank.raw.document", required=True, readonly=True, index=True, ondelete="restrict"
    )
    document_state = fields.Selection(related="document_id.state", string="State")
    problem = fields.Char(related="document_id.problem")
    received_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    acknowledged = fields.Boolean(
        readonly=True, help="It is safe with us, and was put away on the server where that is so."
    )

    _file_uniq = models.Constraint(
        "UNIQUE(connection_id, name, sha256)", "This file has been fetched before."
    )

    @api.model
    def _receive(self, connection, run, file):
        """Keep a fetched file and return its receipt; the same file again has the one it had.

        :param file: a ``RemoteFile``
        """
        digest = hashlib.sha256(file.content).hexdigest()
        receipt_sudo = self.sudo().search(
            [
                ("connection_id", "=", connection.id),
                ("name", "=", file.name),
                ("sha256", "=", digest),
            ]
        )
        mark = str(file.modified_at)
        if receipt_sudo:
            receipt_sudo.modified_mark = mark
            return receipt_sudo
        document = self.env["bank.raw.document"]._keep(
            file.content,
            name=file.name,
            company_id=connection.company_id.id,
            run_id=run.id,
            source="file",
            media_type="application/octet-stream",
        )
        return self.sudo().create(
            {
                "connection_id": connection.id,
                "name": file.name,
                "size": len(file.content),
                "modified_mark": mark,
                "sha256": digest,
                "document_id": document.id,
            }
        )

    @api.model
    def _had(self, connection):
        """Return what tells the files that need not be fetched again: name, size and change."""
        rows = self.sudo().search_fetch(
            [("connection_id", "=", connection.id), ("acknowledged", "=", True)],
            ["name", "size", "modified_mark"],
        )
        return {(row.name, row.size, row.modified_mark) for row in rows}
