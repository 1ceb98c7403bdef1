from datetime import timedelta

from odoo import fields, models
from odoo.tools import email_normalize
from odoo.tools.misc import hash_sign, verify_hash_signed

from .collection_channel import CHANNELS

#: What a link that confirms a new e-mail address is signed for, and for how long it works.
ADDRESS_SCOPE = "invoice_collections.debtor_address"
ADDRESS_HOURS = 72

#: New addresses asked to confirm themselves in a day: nobody mails strangers through us.
MOST_ASKED = 3

#: Channels a customer may close on the page; the others address nobody in person.
_CLOSABLE = ("push", "email", "sms", "letter", "call")


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHERE THE CUSTOMER IS REACHED === #

    def _debtor_details(self):
        """Return what the page says of how the customer is reached.

        Addresses are shown in part only: a link may have been passed on.

        :return: dict with ``email`` and ``phone`` (masked, may be empty), ``lang`` and
            ``channels``: list of ``(code, label, whether the customer wants it)``
        """
        self.ensure_one()
        ways = self.partner_id._collection_reach()[self.partner_id]
        unwanted = {code for _case, code in self.env["collection.opt.out"]._open(self)}
        used = self.env["collection.channel"].search(
            [("company_id", "=", self.company_id.id), ("enabled", "=", True)]
        )
        labels = dict(used._fields["code"]._description_selection(self.env))
        return {
            "email": _masked(ways["email"][1]),
            "phone": _masked(ways["sms"][1]),
            "lang": self._debtor_lang(),
            "channels": [
                (code, labels[code], code not in unwanted)
                for code, _label in CHANNELS
                if code in _CLOSABLE and code in used.mapped("code")
            ],
        }

    def _debtor_want_channels(self, wanted, source):
        """Write to the customer on these channels, and on no other they can close, from now on.

        :param wanted: codes; whatever cannot be closed on the page is left as it is
        """
        self.ensure_one()
        shown = {code: open_ for code, _label, open_ in self._debtor_details()["channels"]}
        closing = [code for code, open_ in shown.items() if open_ and code not in wanted]
        opening = [code for code, open_ in shown.items() if not open_ and code in wanted]
        if closing:
            self._opt_out(closing, source)
        if opening:
            self._opt_in(opening, source)

    def _debtor_change(self, values):
        """Write new contact details where reminders are addressed, and tell a person.

        The customer's own record is left as it is, since orders and deliveries use it too: the
        details are those of their invoice address, which is made where there is none.

        :param values: some of ``email``, ``phone`` and ``lang``
        """
        self.ensure_one()
        partner_sudo = self.partner_id.sudo()
        current_sudo = partner_sudo._collection_contacts()[partner_sudo]
        changed = {
            name: [current_sudo[name] or "", value]
            for name, value in values.items()
            if (current_sudo[name] or "") != value
        }
        if not changed:
            return
        self._debtor_invoice_contact().write({name: new for name, (_old, new) in changed.items()})
        self.env["collection.event"]._log("contact_details_changed", self, payload=changed)
        labels = {
            "email": self.env._("E-mail"),
            "phone": self.env._("Phone"),
            "lang": self.env._("Language"),
        }
        self._debtor_say(
            self.env._(
                "Changed by the customer: %(changes)s",
                changes=", ".join(
                    f"{labels[name]}: {old or '-'} → {new}" for name, (old, new) in changed.items()
                ),
            )
        )

    def _debtor_invoice_contact(self):
        """Return the invoice address (sudo) reminders go to; made from the customer if missing."""
        partner_sudo = self.partner_id.sudo()
        contact_sudo = partner_sudo._collection_contacts()[partner_sudo]
        if contact_sudo != partner_sudo:
            return contact_sudo
        contact_sudo = partner_sudo.child_ids.filtered(lambda child: child.type == "invoice")[:1]
        if contact_sudo:
            return contact_sudo
        kept = [*partner_sudo._address_fields(), "email", "phone", "lang", "tz"]
        return partner_sudo.create(
            {
                **{
                    name: partner_sudo[name].id
                    if isinstance(partner_sudo[name], models.BaseModel)
                    else partner_sudo[name]
                    for name in kept
                },
                "type": "invoice",
                "parent_id": partner_sudo.id,
                "name": partner_sudo.name,
            }
        )

    # === BUSINESS METHODS - A NEW E-MAIL ADDRESS === #

    def _debtor_ask_address(self, email):
        """Send a new address a link to confirm itself; nothing changes until it does.

        :return: whether it was sent; not after too many on one day
        """
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=1)
        asked = self.env["collection.event"].search_count(
            [("case_id", "=", self.id), ("kind", "=", "address_asked"), ("at", ">", since)]
        )
        if asked >= MOST_ASKED:
            return False
        self.env["collection.event"]._log("address_asked", self, payload={"email": email})
        change = hash_sign(
            self.sudo().env,
            ADDRESS_SCOPE,
            [self.id, email],
            expiration=timedelta(hours=ADDRESS_HOURS),
        )
        self._debtor_mail(
            email,
            self.env._("Please confirm your e-mail address"),
            "invoice_collections.debtor_mail_address",
            {
                "url": f"{self._debtor_url()}/confirm/{change}",
                "what": self.env._(
                    "Somebody asked that invoices and reminders of %(company)s for %(customer)s be "
                    "sent to this address.",
                    company=self.company_id.name,
                    customer=self.partner_id.name,
                ),
            },
        )
        return True

    def _debtor_asked_address(self, change):
        """Return the address a link confirms, or ``None`` for any other link."""
        self.ensure_one()
        try:
            case_id, email = verify_hash_signed(self.sudo().env, ADDRESS_SCOPE, change) or (0, "")
        except (AttributeError, TypeError, ValueError):
            return None
        return email if case_id == self.id else None

    def _debtor_confirm_address(self, email):
        """Write to the new address from now on, and tell the old one. Safe to repeat."""
        self.ensure_one()
        old = self.partner_id._collection_reach()[self.partner_id]["email"][1]
        if old == email_normalize(email):
            return
        self._debtor_change({"email": email})
        if old:
            self._debtor_mail(
                old,
                self.env._("Your contact details were changed"),
                "invoice_collections.debtor_mail_changed",
                {"what": self._debtor_new_address(_masked(email))},
            )

    def _debtor_new_address(self, email):
        """Return in words what a new address means."""
        self.ensure_one()
        return self.env._(
            "From now on, invoices and reminders of %(company)s for %(customer)s go to %(email)s.",
            company=self.company_id.name,
            customer=self.partner_id.name,
            email=email,
        )

    def _debtor_mail(self, email, subject, template, values):
        """Leave a short mail of ours in Odoo's queue, and have the queue sent."""
        company = self.company_id
        body = self.env["ir.qweb"]._render(
            template,
            {"case": self, "company": company, **values},
            minimal_qcontext=True,
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "body_html": body,
                "email_to": email,
                "email_from": company.email_formatted or company.partner_id.email_formatted,
                "auto_delete": False,
                "model": self._name,
                "res_id": self.id,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


def _masked(address):
    """Return enough of an address for its owner to recognise it.

    >>> _masked("compta@atelier.example"), _masked("+33612345678"), _masked("")
    ('c•••@atelier.example', '•••78', '')
    """
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    return address and f"•••{address[-2:]}"
