import os
from contextlib import suppress

from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    """Files a killed worker left half-written are written anew."""

    _inherit = "ir.attachment"

    @api.model
    def _get_path(self, bin_data, sha):
        """Return the place of a file; one torn by a kill in the middle of writing is cleared first.

        A file's name is the hash of what it holds. One that holds something else is worth nothing,
        and without this the same bank statement could never be uploaded again.
        """
        try:
            return super()._get_path(bin_data, sha)
        except UserError:
            path = self._full_path(f"{sha[:2]}/{sha}")
            with suppress(FileNotFoundError):
                with open(path, "rb") as file:
                    intact = self._compute_checksum(file.read()) == sha
                if not intact:
                    os.unlink(path)
            # Whole by now: another worker was still writing the same bytes when Odoo looked.
            return super()._get_path(bin_data, sha)
