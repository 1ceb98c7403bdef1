import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "received": {"booking", "parsed", "refused", "quarantined"},
    "booking": {"parsed"},
    "parsed": {"quarantined", "withdrawn"},
    "refused": set(),
    "withdrawn": set(),
    "quarantined": {"received", "booking", "parsed", "refused"},
}


class BankRawDocument(models.Model):
    """What the bank sent, byte for byte, kept before anybody has understood it."""

    _name = "bank.raw.document"
    _description = "Bank Document"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    run_id = fields.Many2one("bank.sync.run", readonly=True, index=True, ondelete="restrict")
    account_id = fields.Many2one(
        "bank.connection.account", readonly=True, index=True, ondelete="restrict"
    )
    source = fields.Selection(
        [("api", "Bank connection"), ("file", "Uploaded file")], required=True, readonly=True
    )
    content = fields.Binary(attachment=True, required=True, readonly=True)
    media_type = fields.Char(readonly=True)
    size = fields.Integer(string="Bytes", readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True, index=True)
    request_id = fields.Char(string="Request ID", readonly=True, help="X-Request-ID of the call.")
    received_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [
            ("received", "Received"),
            ("booking", "Being booked"),
            ("parsed", "Read"),
            ("refused", "Refused"),
            ("quarantined", "Quarantined"),
            ("withdrawn", "Undone"),
        ],
        default="received",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    problem_code = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)
    entry_ids = fields.One2many("bank.entry", "raw_document_id", readonly=True)

    @api.model
    def _keep(self, content, **values):
        """Keep ``content`` (bytes) and return the document."""
        return self.sudo().create(
            {
                "content": base64.b64encode(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                **values,
            }
        )

    def _bytes(self):
        """Return the content as it was received."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).content or b"")

    def _transition(self, target, *, problem_code=False, problem=False, payload=None):
        """Move all documents to ``target`` and record it.

        :param payload: what the event keeps besides the problem

        :raise UserError: when one may not go there
        """
        refused = self.filtered(lambda document: target not in TRANSITIONS[document.state])
        if refused:
            raise UserError(
                self.env._(
                    "Document %(name)s is %(state)s and cannot become %(target)s.",
                    name=refused[0].name,
                    state=refused[0].state,
                    target=target,
                )
            )
        self.sudo().write({"state": target, "problem_code": problem_code, "problem": problem})
        self.env["bank.event"]._record(
            f"document_{target}", self, {"problem_code": problem_code or None, **(payload or {})}
        )
