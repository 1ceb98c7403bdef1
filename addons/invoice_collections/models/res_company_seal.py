import hashlib
import hmac

from odoo import models

from ..core import sealed_archive


class ResCompany(models.Model):
    _inherit = "res.company"

    def _collection_seal_seed(self):
        """Return the secret from which the company's signing key is made; never stored."""
        self.ensure_one()
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        text = f"invoice_collections.handover:{self.id}"
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()

    def _collection_public_key(self):
        """Return the key with which anybody checks the archives this company signed."""
        return sealed_archive.public_key(self._collection_seal_seed())
