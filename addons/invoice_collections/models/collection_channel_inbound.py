from odoo import api, fields, models
from odoo.tools import plaintext2html
from odoo.tools.misc import hash_sign, verify_hash_signed

#: What the address for customers' text messages is signed for.
INBOUND_SCOPE = "invoice_collections.inbound"
#: Words that mean "stop", as providers and laws have them.
_STOP = frozenset(
    {"stop", "stopall", "unsubscribe", "end", "quit", "arret", "arrêt", "stopp", "baja"}
)


class CollectionChannel(models.Model):
    _inherit = "collection.channel"

    inbound_url = fields.Char(
        "Address for answers",
        compute="_compute_inbound_url",
        groups="invoice_collections.group_manager",
        help="Enter it at the gateway: there it passes on what customers answer.",
    )

    def _compute_inbound_url(self):
        for channel in self:
            token = hash_sign(channel.sudo().env, INBOUND_SCOPE, channel.id)
            base = channel.company_id.get_base_url()
            channel.inbound_url = (
                f"{base}/collections/inbound/{token}" if channel.code == "sms" else False
            )

    # === BUSINESS METHODS === #

    @api.model
    def _from_inbound_token(self, token):
        """Return the channel (sudo) an address for answers belongs to, or an empty one."""
        try:
            channel_id = verify_hash_signed(self.sudo().env, INBOUND_SCOPE, token)
        except (ValueError, TypeError, IndexError):
            channel_id = None
        return self.sudo().browse(channel_id or []).exists()

    def _receive(self, number, text):
        """Take a customer's text message: STOP stops the channel, anything else is an answer.

        A number we never wrote to says nothing to us.
        """
        self.ensure_one()
        points = self.env["collection.contact.point"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("channel", "=", self.code),
                ("address", "=", number.strip()),
            ]
        )
        words = text.strip().strip(".!").lower()
        for case in points.case_id:
            if words in _STOP:
                case._opt_out([self.code], "reply")
                continue
            case.message_post(
                body=plaintext2html(text[:2000]),
                author_id=case.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
            case._record_answer(number.strip(), self.code)
