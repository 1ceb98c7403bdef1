from odoo import http
from odoo.http import request
from odoo.tools import email_normalize

from .debtor_base import LANG_COOKIE, PAGE, DebtorBase

#: More than any telephone number or e-mail address has.
_MAX_ADDRESS = 254


class DebtorDetails(DebtorBase, http.Controller):
    """Where the customer is reached, in which language, and on which channels not at all."""

    @http.route("/collections/<string:token>/details", methods=["GET", "POST"], **PAGE)
    def debtor_details(self, token, **_kwargs):
        """Show the contact details, and take down new ones."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        form = request.httprequest.form
        values = {"details": case_sudo._debtor_details(), "typed": dict(form), "errors": {}}
        values["langs"] = request.env["res.lang"].get_installed()
        if request.httprequest.method == "GET":
            return self._debtor_render_details(case_sudo, token, values)
        changes, email = self._debtor_new_details(values)
        if values["errors"]:
            return self._debtor_render_details(case_sudo, token, values)
        case_sudo._debtor_change(changes)
        case_sudo._debtor_want_channels(
            set(form.getlist("channel")), self._debtor_source(case_sudo)
        )
        if email and not case_sudo._debtor_ask_address(email):
            values["errors"]["email"] = request.env._(
                "Too many new addresses today. Please try again tomorrow, or write to us."
            )
            return self._debtor_render_details(case_sudo, token, values)
        # What the visitor reads from now on is what they have just chosen.
        response = self._debtor_back(token, "address_asked" if email else "details")
        response.set_cookie(LANG_COOKIE, "", max_age=0, path="/collections")
        return response

    @http.route(
        "/collections/<string:token>/confirm/<string:change>", methods=["GET", "POST"], **PAGE
    )
    def debtor_confirm(self, token, change, **_kwargs):
        """Ask whoever opens the link to confirm the new address; only the button does it."""
        case_sudo = self._debtor_open(token)
        email = case_sudo and case_sudo._debtor_asked_address(change)
        if not email:
            return self._debtor_render_closed()
        if request.httprequest.method == "GET":
            values = {"what": case_sudo._debtor_new_address(email)}
            return self._debtor_render(
                "invoice_collections.debtor_page_confirm", case_sudo, token, values
            )
        case_sudo._debtor_confirm_address(email)
        return self._debtor_back(token, "details")

    # === HELPERS === #

    def _debtor_new_details(self, values):
        """Return ``(changes, new e-mail address or None)`` of what was typed; say what is wrong."""
        typed = values["typed"]
        changes = {}
        if typed.get("lang") in dict(values["langs"]):
            changes["lang"] = typed["lang"]
        phone = " ".join(typed.get("phone", "").split())[:_MAX_ADDRESS]
        if phone:
            digits = sum(char.isdigit() for char in phone)
            if not 6 <= digits <= 15 or phone.strip("+0123456789 ()-./"):
                values["errors"]["phone"] = request.env._("This is no telephone number.")
            changes["phone"] = phone
        email = typed.get("email", "").strip()
        if email:
            normal = email_normalize(email) if len(email) <= _MAX_ADDRESS else False
            if not normal:
                values["errors"]["email"] = request.env._("This is no e-mail address.")
            email = normal
        return changes, email

    def _debtor_render_details(self, case_sudo, token, values):
        return self._debtor_render(
            "invoice_collections.debtor_page_details",
            case_sudo,
            token,
            values,
            status=422 if values["errors"] else 200,
        )
