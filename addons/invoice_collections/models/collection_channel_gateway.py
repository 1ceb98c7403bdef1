import os
import re
import secrets
from base64 import b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..connectors import gateway

#: Keys come from this option of odoo.conf, or this variable: comma-separated Fernet keys, the
#: first one encrypts, all of them decrypt. Without either, a key file is made in the data folder.
KEYS_OPTION = "invoice_collections_secret_keys"
KEYS_VARIABLE = "INVOICE_COLLECTIONS_SECRET_KEYS"
KEY_FILE = "invoice_collections_secret.key"

#: Channels that cannot work without a gateway.
NEEDS_GATEWAY = ("push", "webhook")
#: Channels whose gateway gets signed events.
SIGNED = ("push", "webhook", "call")

_WEBHOOK_SECRET = re.compile(r"^(whsec_)?[A-Za-z0-9+/]{32,}={0,2}$")


class CollectionChannel(models.Model):
    _inherit = "collection.channel"

    url = fields.Char(
        "Address of the gateway",
        help="Text messages: a gateway that speaks like Twilio's; empty: Odoo's own. Calls: a "
        "system that calls by itself; empty: a person does. Push and other systems: where the "
        "signed event goes.",
    )
    account = fields.Char(help="Text messages: name of our account at the gateway.")
    sender = fields.Char(help="Text messages: number or name they come from.")
    secret_cipher = fields.Char(copy=False, groups=fields.NO_ACCESS)
    new_secret = fields.Char(
        "Secret",
        compute="_compute_new_secret",
        inverse="_inverse_new_secret",
        help="The gateway's password, or what events are signed with. It is never shown again.",
    )
    has_secret = fields.Boolean("Secret is known", compute="_compute_has_secret")

    # === CONSTRAINT METHODS === #

    @api.constrains("url", "enabled", "secret_cipher")
    def _check_gateway(self):
        for channel in self:
            label = dict(self._fields["code"]._description_selection(self.env))[channel.code]
            if channel.url and not gateway.is_safe_url(channel.url):
                raise ValidationError(
                    self.env._(
                        "%(channel)s: the gateway's address must begin with https://.",
                        channel=label,
                    )
                )
            if channel.enabled and channel.code in NEEDS_GATEWAY and not channel.url:
                raise ValidationError(
                    self.env._("%(channel)s: enter the gateway's address first.", channel=label)
                )
            if channel.enabled and channel.url and not channel.sudo().secret_cipher:
                raise ValidationError(
                    self.env._("%(channel)s: set the gateway's secret first.", channel=label)
                )

    # === COMPUTE METHODS === #

    @api.depends("secret_cipher")
    def _compute_has_secret(self):
        for channel in self:
            channel.has_secret = bool(channel.sudo().secret_cipher)

    def _compute_new_secret(self):
        self.new_secret = False

    def _inverse_new_secret(self):
        for channel in self.filtered("new_secret"):
            channel.set_secret(channel.new_secret)

    # === ACTION METHODS === #

    def action_new_secret(self):
        """Make a new secret to sign events with, and show it once.

        :raise UserError: for a channel whose gateway is not signed for
        """
        self.ensure_one()
        self.check_access("write")
        if self.code not in SIGNED:
            raise UserError(self.env._("This gateway has a password of its own: enter it."))
        secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        self._store_secret(secret)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Copy the secret now: it is not shown again."),
                "message": secret,
            },
        }

    def set_secret(self, secret):
        """Keep the gateway's password or secret, encrypted; an empty one is forgotten.

        :raise UserError: when events cannot be signed with it
        """
        self.ensure_one()
        self.check_access("write")
        if secret and self.code in SIGNED and not _WEBHOOK_SECRET.match(secret):
            raise UserError(
                self.env._("Events are signed with a secret of the form whsec_…, 24 bytes or more.")
            )
        self._store_secret(secret)
        return True

    # === BUSINESS METHODS === #

    def _store_secret(self, secret):
        bound = f"{self.id}:{secret}".encode()
        self.sudo().secret_cipher = self._cipher().encrypt(bound).decode() if secret else False
        self.env["collection.event"]._log(
            "channel_secret_set", self, payload={"channel": self.code}
        )

    def _reveal_secret(self):
        """Return the secret in plain text, or an empty string. Never log it or send it to a client.

        :raise UserError: when no known key decrypts it
        """
        self.ensure_one()
        cipher = self.sudo().secret_cipher
        if not cipher:
            return ""
        try:
            bound = self._cipher().decrypt(cipher.encode()).decode()
        except InvalidToken:
            bound = ""
        if not bound.startswith(f"{self.id}:"):
            raise UserError(
                self.env._("The stored secret cannot be decrypted. Enter it again.")
            ) from None
        return bound.removeprefix(f"{self.id}:")

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

    @api.model
    def _of(self, company, code):
        """Return the channel (sudo) of a company."""
        return self.sudo().search([("company_id", "=", company.id), ("code", "=", code)], limit=1)
