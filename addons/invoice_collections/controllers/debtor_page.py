from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.http import request

from odoo.addons.payment.controllers.portal import PaymentPortal

#: The link is the key: it must not leave through the Referer header, a cache or a search engine,
#: nor be framed by another site.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

#: The pages without payment form need no inline code and nothing from anywhere else.
_CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: What all pages behind the link have in common: no login, no place in menus or search engines,
#: and the customer's language rather than one in the address.
_PAGE = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
}

#: Ways of paying that a page anybody with the link can open may offer: no saved cards.
_FLOWS = ("redirect", "direct")


class DebtorPage(PaymentPortal):
    """The page behind the link in a reminder: what is open, the documents, the payment.

    No login: the signed link is the permission, for one customer of one company. Opening it
    changes nothing, since mail scanners open links too; only POST acts.

    Odoo mixes all portal controllers into one class, hence the prefix of the helpers.
    """

    @http.route("/collections/<string:token>", methods=["GET"], readonly=True, **_PAGE)
    def debtor_page(self, token, **_kwargs):
        """Show what is open."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        return self._debtor_render_overview(case_sudo, token)

    @http.route("/collections/<string:token>/invoice/<int:move_id>", methods=["GET"], **_PAGE)
    def debtor_invoice(self, token, move_id, **_kwargs):
        """Show one of the open documents: the PDF that was sent, or one made now, not stored."""
        case_sudo = self._debtor_open(token)
        move_sudo = case_sudo and case_sudo._debtor_document(move_id)
        if not move_sudo:
            return self._debtor_render_closed()
        content, media_type = move_sudo.with_context(
            report_pdf_no_attachment=True
        )._collection_document()
        headers = {**_HEADERS, "Content-Type": media_type}
        return request.make_response(content, headers=list(headers.items()))

    @http.route("/collections/<string:token>/pay", methods=["GET", "POST"], **_PAGE)
    def debtor_pay(self, token, **_kwargs):
        """Show the payment form for the chosen invoices. Creates nothing yet.

        A GET is somebody coming back from the bank's page: they choose again.
        """
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        if request.httprequest.method == "GET":
            return request.redirect(f"/collections/{token}")
        chosen = {
            move_id
            for value in request.httprequest.form.getlist("invoice")
            if (move_id := self._cast_as_int(value))
        }
        choice = case_sudo._debtor_choose(chosen)
        if not choice:
            return self._debtor_render_overview(case_sudo, token, nothing_chosen=True)
        return self._debtor_render_payment(case_sudo, token, choice)

    @http.route("/collections/<string:token>/transaction", type="jsonrpc", auth="public")
    def debtor_transaction(self, token, access_token=None, **kwargs):
        """Create the payment transaction for a signed choice and return its processing values.

        Of what the browser sends, only the way of paying is used; customer, invoices, currency
        and amount come from the books, the page to come back to from us.

        :param access_token: the signature of the choice the form was shown for
        :raise ValidationError: with one sentence, whatever is wrong with the link or the choice
        """
        case_sudo = self._debtor_open(token)
        choice = case_sudo and case_sudo._debtor_signed_choice(access_token)
        if not choice:
            raise ValidationError(
                request.env._(
                    "What is open has changed since this page was opened. Nothing was charged. "
                    "Please open the link again."
                )
            )
        self._validate_transaction_kwargs(kwargs)
        provider_id, method_id = self._debtor_way_of_paying(case_sudo, choice, kwargs)
        move_ids = [row["move"].id for row in choice["rows"]]
        tx_sudo = self._create_transaction(
            provider_id=provider_id,
            payment_method_id=method_id,
            token_id=None,
            amount=choice["total"],
            currency_id=choice["currency"].id,
            partner_id=case_sudo.partner_id.id,
            flow=kwargs["flow"],
            tokenization_requested=False,
            landing_route=f"/collections/{token}/paid",
            reference_prefix=(
                case_sudo.company_id.get_next_batch_payment_communication()
                if len(move_ids) > 1
                else None
            ),
            custom_create_values={"invoice_ids": [Command.set(move_ids)]},
        )
        tx_sudo.landing_route += "?" + urlencode({"reference": tx_sudo.reference})
        case_sudo._log_payment_started(tx_sudo)
        return tx_sudo._get_processing_values()

    @http.route("/collections/<string:token>/paid", methods=["GET"], readonly=True, **_PAGE)
    def debtor_paid(self, token, reference=None, **_kwargs):
        """Say what became of a payment of this customer."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        tx_sudo = case_sudo._debtor_payment(reference)
        if not tx_sudo:
            return request.redirect(f"/collections/{token}")
        return self._debtor_render(
            "invoice_collections.debtor_page_paid", case_sudo, token, {"tx": tx_sudo}
        )

    # === HELPERS === #

    def _debtor_open(self, token):
        """Return the case (sudo, in the customer's language and company), or an empty one."""
        case_sudo = request.env["collection.case"]._from_debtor_token(token)
        if not case_sudo:
            return case_sudo
        lang = case_sudo._debtor_lang()
        request.update_context(lang=lang)
        request.lang = request.env["res.lang"]._get_data(code=lang)
        return case_sudo.with_context(lang=lang).with_company(case_sudo.company_id)

    def _debtor_way_of_paying(self, case_sudo, choice, kwargs):
        """Return the ids of a provider and a method that really are on offer for this payment."""
        providers_sudo, methods_sudo = case_sudo._debtor_payment_means(
            choice["total"], choice["currency"]
        )
        provider_id, method_id = kwargs.get("provider_id"), kwargs.get("payment_method_id")
        if (
            provider_id not in providers_sudo.ids
            or method_id not in methods_sudo.ids
            or kwargs.get("flow") not in _FLOWS
        ):
            raise ValidationError(request.env._("This way of paying is not available."))
        return provider_id, method_id

    def _debtor_render_overview(self, case_sudo, token, nothing_chosen=False):
        values = {"sections": case_sudo._debtor_sections(), "nothing_chosen": nothing_chosen}
        return self._debtor_render(
            "invoice_collections.debtor_page_overview", case_sudo, token, values
        )

    def _debtor_render_payment(self, case_sudo, token, choice):
        report = {}
        providers_sudo, methods_sudo = case_sudo._debtor_payment_means(
            choice["total"], choice["currency"], report=report
        )
        values = {
            "section": choice,
            "amount": choice["total"],
            "currency": choice["currency"],
            "partner_id": case_sudo.partner_id.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": request.env["payment.token"].sudo(),
            "show_tokenize_input_mapping": dict.fromkeys(providers_sudo.ids, False),
            "availability_report": report,
            "transaction_route": f"/collections/{token}/transaction",
            "landing_route": f"/collections/{token}/paid",
            "access_token": case_sudo._debtor_sign_choice(choice),
            "res_company": case_sudo.company_id,
        }
        response = self._debtor_render(
            "invoice_collections.debtor_page_payment", case_sudo, token, values
        )
        # Odoo's payment form has inline code, and providers bring their own; they may want to
        # know which site the payer comes from. The path, which is the key, stays with us.
        response.headers["Content-Security-Policy"] = _HEADERS["Content-Security-Policy"]
        response.headers["Referrer-Policy"] = "strict-origin"
        # Odoo's own page on the progress of a payment reads its language from here.
        response.set_cookie("frontend_lang", request.lang.code)
        return response

    def _debtor_render_closed(self):
        """Return the one answer to every link that does not open: wrong, expired or revoked."""
        response = request.render("invoice_collections.debtor_page_closed", status=404)
        response.headers.update({**_HEADERS, "Content-Security-Policy": _CONTENT_SECURITY})
        return response

    def _debtor_render(self, template, case_sudo, token, values):
        """Render a page in the customer's language, with the headers of all these pages."""
        response = request.render(
            template,
            {
                "case": case_sudo,
                "company": case_sudo.company_id,
                "page_url": f"/collections/{token}",
                "html_data": {"lang": request.lang.code.split("@")[0].replace("_", "-")},
                **values,
            },
        )
        response.headers.update({**_HEADERS, "Content-Security-Policy": _CONTENT_SECURITY})
        return response
