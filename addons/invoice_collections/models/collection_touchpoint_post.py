import base64

from reportlab.graphics import renderSVG
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import models
from odoo.exceptions import UserError


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    # === ACTION METHODS === #

    def action_print_letters(self):
        """Print the waiting letters among these as one batch, and open it.

        :raise UserError: when there is none
        """
        self.check_access("read")
        self.case_id.check_access("write")
        letters_sudo = self.sudo().filtered(
            lambda one: one.channel == "letter" and one.state == "queued"
        )
        if not letters_sudo:
            raise UserError(self.env._("None of these is a letter that waits to be printed."))
        if len(letters_sudo.company_id) > 1:
            raise UserError(self.env._("Print the letters of one company at a time."))
        batch = self.env["collection.letter.batch"]._print(letters_sudo)
        return batch.sudo(False)._open()

    # === BUSINESS METHODS === #

    def _queue_letters(self):
        """Write these letters and leave them for the next print.

        :return: the touchpoints that are queued now
        """
        letters = self._write_letters()
        self = self._hold_unwritten(letters)  # noqa: PLW0642 the rest of them go out
        self._keep_messages(letters)
        self._record_queued()
        for company in self.company_id:
            company._collection_policy()._ask_responsible(
                self.env._("Letters wait to be printed and posted")
            )
        return self

    def _page_code(self):
        """Return the link to the customer's page as an image to scan: SVG, base64."""
        self.ensure_one()
        code = createBarcodeDrawing("QR", value=self.debtor_url, width=180, height=180)
        return base64.b64encode(renderSVG.drawToString(code).encode()).decode()

    def _letter_lines(self):
        """Return the address of the letter, line by line."""
        self.ensure_one()
        person = self.contact_id or self.partner_id
        names = dict.fromkeys(filter(None, (self.partner_id.name, person.name)))
        place = f"{person.zip or ''} {person.city or ''}".strip()
        country = person.country_id.name if person.country_id != self.company_id.country_id else ""
        return list(filter(None, (*names, person.street, person.street2, place, country)))
