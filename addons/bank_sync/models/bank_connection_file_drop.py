import io
import time

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..connectors.base import BankError
from ..connectors.file_folder import FolderStore
from ..connectors.file_sftp import SftpServer, SftpStore, fetch_host_key, read_private_key
from .problems import problem_sentence

#: odoo.conf option: folders, separated by commas, below which statement files may be read.
ROOTS_OPTION = "bank_sync_file_roots"
KEY_PURPOSE = "sftp_private_key"


class BankConnection(models.Model):
    """A bank that lays statement files down: on an SFTP server, or in a folder of this machine."""

    _inherit = "bank.connection"

    adapter = fields.Selection(
        selection_add=[("file_drop", "Statement Files (SFTP or Folder)")],
        ondelete={"file_drop": "cascade"},
    )
    base_url = fields.Char(required=False)
    delivers_files = fields.Boolean(compute="_compute_delivers_files")
    file_place = fields.Selection(
        [("sftp", "SFTP Server"), ("folder", "Folder of This Machine")],
        string="Where Files Lie",
        default="sftp",
    )
    file_host = fields.Char(string="Server")
    file_port = fields.Integer(string="Port", default=22)
    file_user = fields.Char(string="User Name")
    file_path = fields.Char(
        string="Folder", help="On a server, an empty one is the folder you are in after signing in."
    )
    file_moves = fields.Boolean(
        string="Move Fetched Files to an Archive",
        default=True,
        help="Into a folder named archive. Where the server does not allow that, leave this out: "
        "what was fetched is remembered here instead.",
    )
    file_host_key = fields.Char(string="Confirmed Server Key", readonly=True, copy=False)
    file_host_key_seen = fields.Char(string="Key the Server Shows", readonly=True, copy=False)
    file_public_key = fields.Char(
        string="Our Public Key",
        readonly=True,
        copy=False,
        help="Give it to the bank; it lets us in by it.",
    )
    file_private_key = fields.Text(
        compute="_compute_file_private_key",
        inverse="_inverse_file_private_key",
        groups="bank_sync.group_manager",
        help="Only where the bank gave you a key: in OpenSSH or PEM form, without passphrase. Kept "
        "encrypted; it can be replaced here, never read.",
    )
    file_receipt_ids = fields.One2many("bank.file.receipt", "connection_id", readonly=True)

    @api.constrains("adapter", "base_url")
    def _check_base_url(self):
        for connection in self:
            if not connection.base_url and not connection.delivers_files:
                raise ValidationError(self.env._("Enter the address of the bank's interface."))

    @api.model
    def _derived_fields(self):
        return super()._derived_fields() | {
            "file_host_key",
            "file_host_key_seen",
            "file_public_key",
        }

    def write(self, vals):
        """Write what people decide. A key confirmed for one server is not that of another."""
        moved = self.filtered(
            lambda connection: any(
                name in vals and vals[name] != connection[name]
                for name in ("file_host", "file_port")
            )
        )
        keys = {"file_host_key": False, "file_host_key_seen": False}
        if moved and not keys.keys() & vals.keys():
            super(BankConnection, moved.sudo()).write(keys)
        return super().write(vals)

    # === COMPUTE METHODS === #

    @api.depends("adapter")
    def _compute_delivers_files(self):
        for connection in self:
            connection.delivers_files = (
                bool(connection.adapter) and connection._capabilities().delivers == "files"
            )

    def _compute_file_private_key(self):
        self.file_private_key = False

    def _inverse_file_private_key(self):
        for connection in self.filtered("file_private_key"):
            text = connection.file_private_key
            try:
                key = read_private_key(text)
            except BankError as error:
                raise UserError(problem_sentence(self.env, error)) from error
            connection._store_key(text, key)
        self.invalidate_recordset(["file_private_key"])

    def _store_key(self, text, key):
        self.env["bank.secret"]._store(self, KEY_PURPOSE, text)
        self.sudo().file_public_key = f"{key.get_name()} {key.get_base64()}"

    # === THE PLACE === #

    def _adapter_arguments(self):
        if not self.delivers_files:
            return super()._adapter_arguments()
        had = set() if self.file_moves else self.env["bank.file.receipt"]._had(self)
        return (
            self._file_store(),
            int(time.time()),
            self.file_moves,
            lambda file: (file.name, file.size, str(file.modified_at)) in had,
        )

    def _file_store(self):
        """Return the place the files lie in, not opened yet."""
        if self.file_place == "folder":
            roots = (config.get(ROOTS_OPTION) or "").split(",")
            roots = [root.strip() for root in roots if root.strip()]
            return FolderStore(self.file_path or "", roots)
        return SftpStore(
            SftpServer(
                host=self.file_host or "",
                port=self.file_port,
                user=self.file_user or "",
                path=self.file_path or "",
                host_key=self.sudo().file_host_key or "",
                private_key=self.env["bank.secret"]._reveal(self, KEY_PURPOSE) or "",
            )
        )

    # === ACTIONS === #

    def action_connect(self):
        """Look whether the files can be reached, and fetch them from now on; no consent exists."""
        self.ensure_one()
        if not self.delivers_files:
            return super().action_connect()
        self.check_access("write")
        try:
            count = self._adapter().check()
        except BankError as error:
            raise UserError(problem_sentence(self.env, error)) from error
        self._stamp()
        self._transition("active")
        self.sudo().write({"failure_count": 0, "next_attempt_at": fields.Datetime.now()})
        self._breaker_note_answer()
        return self._notify(
            self.env._(
                "Connected. Files that lie there: %(count)s. They are fetched now.", count=count
            ),
            good=True,
        )

    def action_show_host_key(self):
        """Ask the server for its key and show it, for a person to compare."""
        self.ensure_one()
        self.check_access("write")
        try:
            seen = fetch_host_key(self.file_host or "", self.file_port)
        except BankError as error:
            raise UserError(problem_sentence(self.env, error)) from error
        self.sudo().file_host_key_seen = seen

    def action_confirm_host_key(self):
        """Trust the key the server shows: a person has compared it with what the bank told."""
        self.ensure_one()
        self.check_access("write")
        seen = self.file_host_key_seen
        if not seen:
            raise UserError(self.env._("Let the server show its key first."))
        payload = {"before": self.file_host_key or None, "after": seen, "user": self.env.uid}
        self.sudo().file_host_key = seen
        self.env["bank.event"]._record("host_key_confirmed", self, payload)
        self._activities_done("host_key")

    def action_new_key(self):
        """Make a new pair of keys; the private one never leaves the server."""
        self.ensure_one()
        self.check_access("write")
        private = Ed25519PrivateKey.generate()
        text = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        ).decode()
        self._store_key(text, paramiko.Ed25519Key.from_private_key(io.StringIO(text)))

    def action_revoke(self):
        """End a connection; to files there is no consent to give back."""
        files = self.filtered("delivers_files")
        for connection in files:
            connection.check_access("write")
            connection._transition("revoked")
            connection._activities_done("silent", "host_key")
        return super(BankConnection, self - files).action_revoke()
