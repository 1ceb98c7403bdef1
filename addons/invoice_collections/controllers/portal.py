from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

#: For how long the page opened from a login stays open: a day's work, not a letter's life.
_HOURS = 12


class CollectionPortal(CustomerPortal):
    """The customer's page for whoever has a login: the same page, without looking for the mail."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "collection_case_count" in counters:
            values["collection_case_count"] = len(self._get_collection_cases())
        return values

    @http.route("/my/collections", type="http", auth="user", website=True)
    def portal_my_collections(self, **_kwargs):
        """Open the page of the only company there is, or list the companies."""
        cases_sudo = self._get_collection_cases()
        if len(cases_sudo) == 1:
            return request.redirect(cases_sudo._debtor_path(hours=_HOURS), code=303)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="collections",
            cases=[
                (case, case._debtor_path(hours=_HOURS), case._debtor_portal_sums())
                for case in cases_sudo
            ],
        )
        return request.render("invoice_collections.portal_my_collections", values)

    def _get_collection_cases(self):
        """Return the cases (sudo) of the customer the user belongs to, in all companies."""
        partner = request.env.user.commercial_partner_id
        return request.env["collection.case"].sudo().search([("partner_id", "=", partner.id)])
