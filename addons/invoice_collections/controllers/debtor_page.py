from werkzeug.exceptions import NotFound
from werkzeug.urls import url_encode

from odoo import Command, http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.payment.controllers.portal import PaymentPortal

#: Nothing of these pages may be indexed, kept, framed, or told to others through the address.
_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}

#: The page itself needs no foreign address and no inline code.
_CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class DebtorPage(PaymentPortal):
    """The customer's side, without login: a signed link opens it, and opening changes nothing.

    Mail scanners follow every link, so every GET only reads; the one thing that acts is the POST
    that starts a payment. A link that is wrong, expired, revoked or unknown gets one and the same
    answer.
    """

    @http.route("/collections/<string:token>", type="http", auth="public", methods=["GET"])
    def debtor_page(self, token, payment=None, **_kwargs):
        """Show what is open; ``payment`` names the online payment the customer comes back from."""
        case_sudo = request.env["collection.case"]._from_debtor_token(token)
        if not case_sudo:
            return self._gone()
        values = case_sudo._debtor_page_values()
        values |= {
            "token": token,
            "payment": case_sudo._debtor_payment(payment) if payment else None,
            "can_pay": {
                section["currency"]: bool(self._providers(case_sudo, section))
                for section in values["currencies"]
            },
        }
        return self._render("invoice_collections.debtor_page", values, csp=_CONTENT_SECURITY)

    @http.route(
        "/collections/<string:token>/invoice/<int:move_id>",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def debtor_document(self, token, move_id, **_kwargs):
        """Show one invoice: the PDF that was sent, or one made now and not stored."""
        case_sudo = request.env["collection.case"]._from_debtor_token(token)
        move_sudo = case_sudo and case_sudo._debtor_document(move_id)
        if not move_sudo:
            return self._gone()
        body, mimetype = move_sudo._collection_document()
        headers = {**_HEADERS, "Content-Type": mimetype}
        return request.make_response(body, list(headers.items()))

    @http.route(
        "/collections/<string:token>/pay",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        multilang=False,
    )
    def debtor_pay(self, token, **_kwargs):
        """Show the ways to pay the chosen items; without a choice, back to the page."""
        case_sudo = request.env["collection.case"]._from_debtor_token(token)
        if not case_sudo:
            return self._gone()
        chosen = request.httprequest.args.getlist("item")
        lines_sudo = case_sudo._debtor_selection(_line_ids(chosen))
        if not lines_sudo:
            return request.redirect(f"/collections/{token}")
        values = self._payment_values(case_sudo, lines_sudo, token)
        return self._render("invoice_collections.debtor_pay", values)

    @http.route(
        "/collections/<string:token>/transaction/<string:items>", type="jsonrpc", auth="public"
    )
    def debtor_transaction(self, token, items, access_token=None, **kwargs):
        """Start the payment of the chosen items; what it costs is computed here, not there.

        :raise ValidationError: when the items cannot be paid (any more), or cost something else
            than the customer saw
        """
        case_sudo = request.env["collection.case"]._from_debtor_token(token)
        if not case_sudo:
            raise NotFound
        self._validate_transaction_kwargs(kwargs)
        lines_sudo = case_sudo._debtor_selection(_line_ids(items.split("-")))
        amount = lines_sudo._collection_amount()
        currency = lines_sudo.currency_id
        shown = kwargs.pop("amount", None)
        if not lines_sudo or currency.compare_amounts(shown or 0.0, amount):
            raise ValidationError(
                request.env._("These invoices have changed. Please go back and choose again.")
            )
        section = {"currency": currency, "open": amount}
        if kwargs.get("provider_id") not in self._providers(case_sudo, section).ids:
            raise ValidationError(request.env._("This way to pay is not available."))
        # A forwarded link must never charge a card its owner stored, nor store one.
        if kwargs.get("flow") not in ("redirect", "direct") or kwargs.get("token_id"):
            raise ValidationError(request.env._("This way to pay is not available."))
        kwargs.update(
            amount=amount,
            currency_id=currency.id,
            partner_id=case_sudo.partner_id.id,
            tokenization_requested=False,
            is_validation=False,
            landing_route=f"/collections/{token}",
        )
        moves_sudo = lines_sudo.move_id
        tx_sudo = self._create_transaction(
            custom_create_values={"invoice_ids": [Command.set(moves_sudo.ids)]}, **kwargs
        )
        query = url_encode({"payment": tx_sudo.reference})
        tx_sudo.landing_route = f"/collections/{token}?{query}"
        case_sudo._log_payment_started(tx_sudo)
        return tx_sudo._get_processing_values()

    # === HELPERS === #

    def _payment_values(self, case_sudo, lines_sudo, token):
        """Return what ``payment.form`` needs; saved cards are not offered to whoever has a link."""
        amount, currency = lines_sudo._collection_amount(), lines_sudo.currency_id
        providers_sudo = self._providers(case_sudo, {"currency": currency, "open": amount})
        methods_sudo = (
            request.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(
                providers_sudo.ids, case_sudo.partner_id.id, currency_id=currency.id
            )
        )
        chosen = "-".join(str(line_id) for line_id in lines_sudo.ids)
        return {
            "case": case_sudo,
            "company": case_sudo.company_id,
            "partner": case_sudo.partner_id,
            "lang": case_sudo._debtor_lang(),
            "today": case_sudo.company_id._collection_today(),
            "token": token,
            "lines": lines_sudo,
            "amount": amount,
            "currency": currency,
            "partner_id": case_sudo.partner_id.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": request.env["payment.token"].sudo(),
            "availability_report": {},
            "show_tokenize_input_mapping": dict.fromkeys(providers_sudo.ids, False),
            "transaction_route": f"/collections/{token}/transaction/{chosen}",
            "landing_route": f"/collections/{token}",
        }

    def _providers(self, case_sudo, section):
        """Return the providers (sudo) through which this customer can pay the sum."""
        return (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                case_sudo.company_id.id,
                case_sudo.partner_id.id,
                section["open"],
                currency_id=section["currency"].id,
            )
        )

    def _render(self, template, values, csp=None):
        """Render in the customer's language, with the headers of all these pages."""
        request.update_context(lang=values["lang"])
        values = {
            key: value.with_context(lang=values["lang"])
            if hasattr(value, "with_context")
            else value
            for key, value in values.items()
        }
        headers = {**_HEADERS, **({"Content-Security-Policy": csp} if csp else {})}
        return request.render(template, values, headers=headers)

    def _gone(self):
        """Return the one answer to every link that opens nothing."""
        response = request.render(
            "invoice_collections.debtor_gone", {"lang": request.env.lang or "en_US"}, status=404
        )
        response.headers.update({**_HEADERS, "Content-Security-Policy": _CONTENT_SECURITY})
        return response


def _line_ids(texts):
    """Return texts as ids; anything that is no id becomes 0, which no line has."""
    return [
        int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0 for text in texts
    ]
