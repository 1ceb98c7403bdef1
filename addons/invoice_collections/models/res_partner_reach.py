from odoo import fields, models
from odoo.tools import email_normalize


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_push_id = fields.Char(
        "Push id",
        groups="invoice_collections.group_user",
        copy=False,
        help="Under which the push service knows the customer; there only when they allowed it.",
    )

    # === BUSINESS METHODS === #

    def _collection_contacts(self):
        """Return ``{customer: who gets the reminders}`` for commercial partners.

        The invoice address with an e-mail address, the oldest first; else the customer.
        """
        return {customer: ways["email"][0] for customer, ways in self._collection_reach().items()}

    def _collection_reach(self):
        """Return ``{customer: {channel: (person, address)}}`` for commercial partners.

        The address is normalised, and empty where there is none. On each channel the oldest
        invoice address that can be reached comes first, then the customer. A fixed number of
        queries. Hook: an addon with a channel of its own adds it.
        """
        contacts = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "in", self.ids),
                ("type", "=", "invoice"),
                ("id", "not in", self.ids),
            ],
            order="id",
        )
        by_customer = contacts.grouped("commercial_partner_id")
        return {
            customer: customer._collection_ways(by_customer.get(customer, contacts.browse()))
            for customer in self
        }

    def _collection_ways(self, contacts):
        """Return ``{channel: (person, address)}`` of one customer; no query of its own."""
        self.ensure_one()
        ways = {}
        for channel, address_of in self._collection_address_readers().items():
            ways[channel] = self, address_of(self)
            for contact in contacts:
                if address := address_of(contact):
                    ways[channel] = contact, address
                    break
        return ways

    def _collection_address_readers(self):
        """Return ``{channel: how to read a person's address on it}``."""
        return {
            "email": lambda person: email_normalize(person.email or "") or "",
            "sms": lambda person: person.phone_sanitized or "",
            "call": lambda person: person.phone_sanitized or "",
            "letter": lambda person: person._collection_postal_address(),
            "portal": lambda person: person._collection_portal_login(),
            "push": lambda person: person.collection_push_id or "",
            "webhook": lambda person: person.ref or str(person.id),
        }

    def _collection_postal_address(self):
        """Return the address for the post on one line, or an empty string if it is incomplete."""
        self.ensure_one()
        if not (self.street and self.zip and self.city and self.country_id):
            return ""
        lines = (self.street, self.street2, f"{self.zip} {self.city}", self.country_id.code)
        return ", ".join(filter(None, lines))

    def _collection_portal_login(self):
        """Return the login with which this person sees the portal, or an empty string."""
        self.ensure_one()
        return next((user.login for user in self.user_ids if user.share and user.active), "")

    def _collection_notices(self):
        """Return what the portal shows this person: the newest notice a company, still unpaid.

        Call it by sudo for the person who is logged in; nobody else's are among them.
        """
        self.ensure_one()
        notices = self.env["collection.touchpoint"].search(
            [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("channel", "=", "portal"),
                ("state", "in", ("sent", "delivered")),
                ("case_id.open_amount", ">", 0),
            ],
            order="date desc, id desc",
        )
        latest = {}
        for notice in notices:
            latest.setdefault((notice.company_id, notice.currency_id), notice.id)
        return notices.browse(latest.values())
