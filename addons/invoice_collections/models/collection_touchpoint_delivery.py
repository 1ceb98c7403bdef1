from odoo import api, fields, models

#: Channel -> the method that hands touchpoints over to it; each returns those it took.
SENDERS = {
    "portal": "_queue_notices",
    "push": "_queue_posts",
    "email": "_queue_mails",
    "sms": "_queue_texts",
    "letter": "_queue_letters",
    "call": "_queue_calls",
    "webhook": "_queue_posts",
}


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    contact_point_id = fields.Many2one(
        "collection.contact.point", readonly=True, ondelete="set null", index="btree_not_null"
    )
    address = fields.Char("Sent to", readonly=True)
    channel_reason = fields.Selection(
        [
            ("ordered", "First channel of the step"),
            ("next_in_order", "Next channel of the step: the first cannot be used"),
            ("best", "Worth most"),
            ("explored", "Tried out for comparison"),
            ("fallback", "The step's channels do not reach the customer"),
            ("statutory", "A notice the law demands"),
            ("opt_out", "The customer does not want to be written to"),
            ("no_address", "No address that works"),
        ],
        "Channel chosen because",
        readonly=True,
    )
    alternatives = fields.Json(
        "Channels as data", readonly=True, help="What each channel was worth, and why not."
    )
    letter_batch_id = fields.Many2one(
        "collection.letter.batch", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    cost = fields.Float("Cost of the contact", digits=(16, 4), readonly=True)
    delivered_at = fields.Datetime(readonly=True, copy=False, help="In UTC.")
    bounced_at = fields.Datetime(readonly=True, copy=False, help="In UTC.")
    replied_at = fields.Datetime(readonly=True, copy=False, help="In UTC.")

    # === PREPARE === #

    @api.model
    def _prepare_channel_values(self, choice):
        """Return the values that say where a touchpoint goes, and why there."""
        chosen = next((value for value in choice.values if value["chosen"]), None)
        return {
            "channel": choice.channel or "email",
            "channel_reason": choice.reason,
            "alternatives": choice.values,
            "cost": float(chosen["cost"]) if chosen else 0.0,
            "contact_id": choice.contact.id,
            "contact_point_id": choice.contact_point.id,
            "address": choice.address,
            "email": choice.address if choice.channel == "email" else False,
        }

    # === SEND === #

    def _dispatch(self):
        """Hand each touchpoint over to its channel, in the transaction it was written in.

        Nothing leaves the server here: what is handed over waits in a queue, and is looked at
        once more before it goes.

        :return: the touchpoints that are handed over now
        """
        self._ensure_contact_points()
        taken = self.browse()
        for channel, touchpoints in self.grouped("channel").items():
            taken |= getattr(touchpoints, SENDERS[channel])()
        return taken

    def _ensure_contact_points(self):
        """Give every touchpoint the contact point of its address."""
        missing = self.filtered(lambda one: one.address and not one.contact_point_id)
        wanted = {
            (one.case_id, one.channel, one.address): {
                "contact_id": one.contact_id.id,
                "lang": one.lang,
                "tz": one.contact_id.tz,
            }
            for one in missing
        }
        if not wanted:
            return
        points = self.env["collection.contact.point"]._ensure(wanted)
        for one in missing:
            one.contact_point_id = points[one.case_id, one.channel, one.address]
