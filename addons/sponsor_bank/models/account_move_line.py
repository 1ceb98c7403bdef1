import re
from dataclasses import replace

from odoo import api, models

#: A text that is shorter, or has no figure, stands in too many transfers to point at an invoice.
_SHORTEST = 5


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _get_open_items(self, company):
        """Let the matching know what customers say they wrote into their transfers.

        It counts like an order number of their own: a hint among others, and never the number of
        somebody else's invoice.
        """
        items = super()._get_open_items(company)
        claimed = self.env["collection.paid.claim"]._claimed_references(company)
        if not claimed:
            return items
        taken = {_plain(number) for item in items for number in item.references}
        return [
            replace(
                item,
                orders=(
                    *item.orders,
                    *sorted(text for text in claimed[item.key] if _is_hint(text, taken)),
                ),
            )
            if item.key in claimed
            else item
            for item in items
        ]


def _plain(text):
    """Return letters and figures alone."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _is_hint(text, taken):
    """Return whether a text can point at an invoice without stealing another one's payment."""
    plain = _plain(text)
    return (
        len(plain) >= _SHORTEST
        and any(char.isdigit() for char in plain)
        and not any(number and (number in plain or plain in number) for number in taken)
    )
