import base64

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from odoo import models
from odoo.fields import Domain

from ..core import epc


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - PAYING BY BANK TRANSFER === #

    def _debtor_bank(self, currency, moves):
        """Return the bank account to transfer to: the invoices' own, or that of a bank journal.

        Only accounts of the company itself, and none that is kept in another currency.
        """
        own = moves.partner_bank_id.filtered(
            lambda bank: (
                bank.partner_id == self.company_id.partner_id
                and (not bank.currency_id or bank.currency_id == currency)
            )
        )
        if own:
            return own[0]
        journals_sudo = self.env["account.journal"].search(
            Domain("type", "=", "bank")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("bank_account_id", "!=", False)
        )
        return journals_sudo.filtered(
            lambda journal: (journal.currency_id or journal.company_id.currency_id) == currency
        )[:1].bank_account_id

    def _debtor_transfer(self, choice):
        """Return what a banking app needs to transfer the chosen documents, or ``None``.

        :param choice: a section with ``rows``, ``total``, ``currency`` and ``bank``
        :return: dict with ``amount``, ``reference`` (what to write into the transfer),
            ``left_out`` (how many numbers it has no room for) and ``qr`` (an image as data URI,
            or False where no banking app would read one)
        """
        self.ensure_one()
        moves = [row["move"] for row in choice["rows"]]
        if not choice["bank"] or not moves:
            return None
        if len(moves) == 1:
            reference = moves[0].payment_reference or moves[0].name
            left_out = 0
        else:
            reference, count = epc.remittance(move.name for move in moves)
            left_out = len(moves) - count
        return {
            "amount": choice["total"],
            "reference": reference,
            "left_out": left_out,
            "qr": self._debtor_qr(choice, reference),
        }

    def _debtor_qr(self, choice, reference):
        """Return the QR code of a transfer as data URI, or False where there can be none."""
        bank = choice["bank"]
        number = (bank.sanitized_acc_number or "").upper()
        if choice["currency"].name != "EUR" or not self._debtor_is_sepa(number):
            return False
        structured = iso11649.is_valid(reference)
        text = epc.payload(
            name=bank.acc_holder_name or self.company_id.name,
            iban=number,
            bic=bank.bank_bic or "",
            amount=round(choice["total"] * 100),
            reference=reference if structured else "",
            text=reference,
        )
        if not text:
            return False
        image = qrcode.make(
            text, error_correction=ERROR_CORRECT_M, border=4, image_factory=SvgPathImage
        )
        return "data:image/svg+xml;base64," + base64.b64encode(image.to_string()).decode()

    def _debtor_is_sepa(self, number):
        """Return whether an account number is an IBAN of the single euro payments area."""
        zone = self.env.ref("base.sepa_zone", raise_if_not_found=False)
        codes = zone.sudo().country_ids.mapped("code") if zone else ()
        checked = len(number) > 4 and mod_97_10.is_valid(number[4:] + number[:4])
        return checked and number[:2] in codes
