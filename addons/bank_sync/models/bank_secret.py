import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

#: Keys come from this option of odoo.conf, or this variable: comma-separated Fernet keys, the
#: first one encrypts, all of them decrypt. Without either, a key file is made in the data folder.
KEYS_OPTION = "bank_sync_secret_keys"
KEYS_VARIABLE = "BANK_SYNC_SECRET_KEYS"
KEY_FILE = "bank_sync_secret.key"


class BankSecret(models.Model):
    """A secret of a bank connection, encrypted at rest and readable by the server alone.

    The ciphertext is bound to its connection and purpose, so a row copied to another connection
    is worthless. No access right and no field group opens it to RPC, export or search.
    """

    _name = "bank.secret"
    _description = "Bank Secret"
    _rec_name = "purpose"

    connection_id = fields.Many2one(
        "bank.connection", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    purpose = fields.Selection(
        [
            ("access_token", "Access Token"),
            ("certificate_key", "Key of Our Certificate"),
            ("signing_key", "Key We Sign With"),
            ("client_secret", "Client Secret"),
            ("account_tokens", "Tokens of the Account Holder"),
            ("client_tokens", "Our Own Tokens"),
            ("sign_in", "Open Sign-In"),
            ("sftp_private_key", "Private Key for SFTP"),
            ("event_secret", "Secret of Events"),
            ("event_out_secret", "Secret of Events We Send"),
        ],
        required=True,
        readonly=True,
    )
    ciphertext = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)

    _purpose_uniq = models.Constraint(
        "UNIQUE(connection_id, purpose)", "The connection already has such a secret."
    )

    @api.model
    def _store(self, connection, purpose, secret):
        """Keep ``secret`` for the connection; an empty one removes it."""
        existing_sudo = self.sudo().search(
            [("connection_id", "=", connection.id), ("purpose", "=", purpose)]
        )
        if not secret:
            existing_sudo.unlink()
            return
        bound = f"{connection.id}:{purpose}:{secret}"
        values = {"ciphertext": self._cipher().encrypt(bound.encode()).decode()}
        if existing_sudo:
            existing_sudo.write(values)
        else:
            self.sudo().create({"connection_id": connection.id, "purpose": purpose, **values})

    @api.model
    def _reveal(self, connection, purpose):
        """Return the secret in plain text, or ``None``. Never log or return it to a client.

        :raise UserError: when no known key decrypts it
        """
        if not connection.ids:
            return None  # A connection that is not saved yet has no secrets.
        secret_sudo = self.sudo().search(
            [("connection_id", "=", connection.id), ("purpose", "=", purpose)]
        )
        if not secret_sudo:
            return None
        unreadable = self.env._("The stored secret cannot be decrypted. Enter it again.")
        try:
            bound = self._cipher().decrypt(secret_sudo.ciphertext.encode()).decode()
        except InvalidToken:
            raise UserError(unreadable) from None
        prefix = f"{connection.id}:{purpose}:"
        if not bound.startswith(prefix):
            raise UserError(unreadable)
        return bound.removeprefix(prefix)

    @api.model
    def _cipher(self):
        keys = config.get(KEYS_OPTION) or os.environ.get(KEYS_VARIABLE) or self._key_file_content()
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])

    @api.model
    def _key_file_content(self):
        """Return the key of the key file; make the file, readable by its owner only, if missing."""
        path = Path(config["data_dir"]) / KEY_FILE
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(handle, "w") as file:
            file.write(Fernet.generate_key().decode())
        return path.read_text()
