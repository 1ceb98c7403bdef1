import binascii
import uuid

from odoo import api, fields, models
from odoo.tools import consteq
from odoo.tools.misc import hash_sign, verify_hash_signed

#: What a link is for; a signature made for anything else does not open the page.
LINK_SCOPE = "invoice_collections.debtor_page"


class CollectionDebtorLink(models.AbstractModel):
    """What gives a case its signed, expiring, revocable links for the customer."""

    _name = "collection.debtor.link"
    _description = "Links for the Customer"

    access_nonce = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        default=lambda self: uuid.uuid4().hex,
        help="Part of every link the customer holds: a new one revokes them all.",
    )

    # === ACTION METHODS === #

    def action_open_debtor_page(self):
        """Open what the customer sees."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": self.sudo()._debtor_path(),
            "target": "new",
        }

    def action_revoke_links(self):
        """Make every link the customer holds worthless, at once."""
        self.check_access("write")
        for case_sudo in self.sudo():
            case_sudo.access_nonce = uuid.uuid4().hex
        self.env["collection.event"]._log_many([("links_revoked", case, None) for case in self])

    # === BUSINESS METHODS === #

    def _debtor_path(self, hours=None):
        """Return the path of the customer's page, signed.

        :param hours: for how long it opens; the days the policy gives it when not given
        """
        self.ensure_one()
        case_sudo = self.sudo()
        hours = hours or case_sudo.company_id._collection_policy().link_days * 24
        token = hash_sign(
            case_sudo.env,
            LINK_SCOPE,
            [case_sudo.id, case_sudo.access_nonce],
            expiration_hours=hours,
        )
        return f"/collections/{token}"

    def _debtor_url(self):
        """Return the whole address of the customer's page."""
        self.ensure_one()
        return f"{self.company_id.get_base_url()}{self._debtor_path()}"

    @api.model
    def _from_debtor_token(self, token):
        """Return the case (sudo) a link opens; an empty one for any link that opens none.

        Wrong, expired, revoked and unknown links are all the same to the caller.
        """
        case_sudo = self.sudo()
        try:
            case_id, nonce = verify_hash_signed(case_sudo.env, LINK_SCOPE, token) or (0, "")
        except (ValueError, TypeError, IndexError, binascii.Error):
            return case_sudo.browse()
        case_sudo = case_sudo.browse(case_id).exists()
        if not case_sudo or not consteq(case_sudo.access_nonce or "", nonce):
            return case_sudo.browse()
        return case_sudo
