from odoo.http import request

from ..core.typed_amount import parse_amount

#: The link is the key: it must not leave through the Referer header, a cache or a search engine,
#: nor be framed by another site.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

#: The pages without payment form need no inline code and nothing from anywhere else.
CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: What all pages behind the link have in common: no login, no place in menus or search engines,
#: and the customer's language rather than one in the address.
PAGE = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
}

#: The language somebody chose to read the pages in. It changes nothing on our side.
LANG_COOKIE = "debtor_lang"


class DebtorBase:
    """What all controllers of the customer's page share: opening a link, and rendering.

    Odoo mixes all portal controllers into one class, hence the prefix of the helpers.
    """

    def _debtor_open(self, token):
        """Return the case (sudo, in the reader's language and its company), or an empty one."""
        case_sudo = request.env["collection.case"]._from_debtor_token(token)
        if not case_sudo:
            return case_sudo
        lang = self._debtor_wanted_lang() or case_sudo._debtor_lang()
        request.update_context(lang=lang)
        request.lang = request.env["res.lang"]._get_data(code=lang)
        return case_sudo.with_context(lang=lang).with_company(case_sudo.company_id)

    def _debtor_wanted_lang(self):
        """Return the code of the language asked for by the visitor, if we have it."""
        installed = dict(request.env["res.lang"].get_installed())
        wanted = (request.httprequest.args.get("lang"), request.cookies.get(LANG_COOKIE))
        return next((code for code in wanted if code in installed), None)

    def _debtor_source(self, case_sudo):
        """Return where the visitor comes from: a login of the customer's, or the link alone."""
        user = request.env.user
        own = user.commercial_partner_id == case_sudo.partner_id
        return "portal" if own and not user._is_public() else "link"

    def _debtor_render_closed(self):
        """Return the one answer to every link that does not open: wrong, expired or revoked."""
        response = request.render("invoice_collections.debtor_page_closed", status=404)
        response.headers.update({**HEADERS, "Content-Security-Policy": CONTENT_SECURITY})
        return response

    def _debtor_render(self, template, case_sudo, token, values, status=200):
        """Render a page in the reader's language, with the headers of all these pages."""
        languages = [
            (code, name.rpartition(" / ")[2] or name)
            for code, name in request.env["res.lang"].get_installed()
        ]
        response = request.render(
            template,
            {
                "case": case_sudo,
                "company": case_sudo.company_id,
                "page_url": f"/collections/{token}",
                "html_data": {"lang": _html_lang(request.lang.code)},
                "languages": languages if len(languages) > 1 else [],
                "this_url": request.httprequest.path,
                "html_lang": _html_lang,
                "from_portal": self._debtor_source(case_sudo) == "portal",
                **values,
            },
            status=status,
        )
        response.headers.update({**HEADERS, "Content-Security-Policy": CONTENT_SECURITY})
        if request.httprequest.args.get("lang") == request.lang.code:
            response.set_cookie(
                LANG_COOKIE, request.lang.code, path="/collections", httponly=True, samesite="Lax"
            )
        return response

    def _debtor_back(self, token, done):
        """Go back to the page, which says what was done: a reload repeats nothing."""
        return request.redirect(f"/collections/{token}?done={done}", code=303)

    def _debtor_chosen_ids(self):
        """Return the ids of the documents a form or a link names; the rest is left out."""
        values = request.httprequest.values.getlist("invoice")
        return {int(value) for value in values if _is_id(value)} - {0}

    def _debtor_typed_amount(self, text, currency, most):
        """Return ``(amount, what is wrong with it or None)`` of what somebody typed."""
        minor = parse_amount(text, currency.decimal_places)
        amount = (minor or 0) / 10**currency.decimal_places
        if minor and currency.compare_amounts(amount, most) <= 0:
            return amount, None
        return None, request.env._(
            "Please enter an amount up to %(amount)s, such as 12.50.",
            amount=currency.format(most),
        )


def _is_id(text):
    """Return whether a visitor's text can be the id of a record."""
    return text.isascii() and text.isdigit() and len(text) < 10


def _html_lang(code):
    """Return a language code as HTML writes it: fr_FR becomes fr-FR."""
    return code.split("@")[0].replace("_", "-")
