from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class SponsorBankPortal(CustomerPortal):
    """Pages of the sponsoring bank's staff: the companies that consented, and what each shares."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "shared_company_count" in counters:
            values["shared_company_count"] = len(self._get_shared_consents())
        return values

    @http.route("/my/companies", type="http", auth="user", website=True)
    def portal_my_companies(self, **kwargs):
        """List the companies that share something with the user's bank.

        The list shows figures too: it is recorded as a look, like the page of one company.
        """
        consents_sudo = self._get_shared_consents().sudo()
        consents_sudo._log_viewed(request.env.user)
        values = self._prepare_portal_layout_values()
        values.update(
            companies=request.env["bank.portfolio"].sudo()._overview(consents_sudo),
            page_name="shared_companies",
        )
        return request.render("sponsor_bank.portal_my_companies", values)

    @http.route("/my/companies/<int:consent_id>", type="http", auth="user", website=True)
    def portal_my_company(self, consent_id, **kwargs):
        """Show what one company shares; every look is recorded for that company."""
        try:
            consent_sudo = self._document_check_access("bank.sharing.consent", consent_id)
        except (AccessError, MissingError):
            return request.redirect("/my/companies")
        if consent_sudo not in self._get_shared_consents():
            return request.redirect("/my/companies")
        consent_sudo._log_viewed(request.env.user)
        values = self._prepare_portal_layout_values()
        values.update(
            consent=consent_sudo,
            figures=request.env["bank.portfolio"].sudo()._figures(consent_sudo),
            page_name="shared_company",
        )
        return request.render("sponsor_bank.portal_my_company", values)

    def _get_shared_consents(self):
        """Return the effective consents for the user's bank; none for anybody else.

        Record rules already say so for bank staff. The group is asked for once more, since a
        debtor with a portal login must not learn who shares with whom.
        """
        Consent = request.env["bank.sharing.consent"]
        if not request.env.user.has_group("sponsor_bank.sponsor_bank_group_staff"):
            return Consent
        return Consent.search(Consent._get_effective_domain(request.env.user.commercial_partner_id))
