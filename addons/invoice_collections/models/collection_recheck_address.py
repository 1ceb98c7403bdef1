from odoo import Command, models

#: Channels whose messages wait in a queue under the address of the day they were planned.
_QUEUED = ("email", "sms", "call", "push", "webhook")
#: Health of an address that does not work.
_DEAD = ("hard", "invalid")


class CollectionRecheck(models.AbstractModel):
    _inherit = "collection.recheck"

    # === BUSINESS METHODS - ADDRESS === #

    def _recheck(self):
        """Look at the addresses, too: they may have changed since the message was planned."""
        result = super()._recheck()
        self._waiting().filtered(
            lambda one: one.state != "waiting" and one.channel in _QUEUED
        )._follow_addresses()
        return result

    def _follow_addresses(self):
        """Send to where the customers are reached now; hold back where they are not, or object."""
        reach = self.partner_id._collection_reach()
        listed = self.env["collection.channel"]._blacklisted(reach)
        unwanted, lost, moved = self.browse(), self.browse(), {}
        for one in self:
            person, address = reach[one.partner_id].get(one.channel, (one.contact_id, ""))
            if address in listed:
                unwanted |= one
            elif not address or (one.address == address and one.contact_point_id.health in _DEAD):
                lost |= one
            elif (one.contact_id, one.address) != (person, address):
                moved[one] = person, address
        unwanted._stop("opt_out")
        lost._stop("no_address")
        lost._ask_for_address()
        for one, (person, address) in moved.items():
            one._readdress(person, address)
        self.browse().union(*moved)._rewrite_mails()

    def _readdress(self, person, address):
        """Send this one to another person or address; the queues know, and the event."""
        self.ensure_one()
        self.env["collection.event"]._log(
            "touchpoint_readdressed", self, payload={"from": self.address, "to": address}
        )
        self.write(
            {
                "contact_id": person.id,
                "address": address,
                "email": address if self.channel == "email" else False,
                "contact_point_id": False,
            }
        )
        self._ensure_contact_points()
        if self.mail_id:
            self.mail_id.recipient_ids = [Command.set(person.ids)]
        self.env["mail.notification"].search([("mail_message_id", "=", self.message_id.id)]).write(
            {"res_partner_id": person.id}
        )
        if self.sms_uuid:
            self.env["sms.sms"].sudo().search([("uuid", "=", self.sms_uuid)]).write(
                {"number": address, "partner_id": person.id}
            )
