from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.http import request

from odoo.addons.payment.controllers.portal import PaymentPortal

from .debtor_base import HEADERS, PAGE, DebtorBase

#: Ways of paying that a page anybody with the link can open may offer: no saved cards.
_FLOWS = ("redirect", "direct")


class DebtorPayment(DebtorBase, PaymentPortal):
    """Paying what is open: online, or with the details for a bank transfer."""

    @http.route("/collections/<string:token>/pay", methods=["GET", "POST"], **PAGE)
    def debtor_pay(self, token, **_kwargs):
        """Show the payment form for the chosen invoices. Creates nothing yet.

        A GET is somebody coming back from the bank's page: they choose again.
        """
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        if request.httprequest.method == "GET":
            return request.redirect(f"/collections/{token}")
        choice, problem = self._debtor_posted_choice(case_sudo, online=True)
        if problem:
            return self._debtor_render_problem(case_sudo, token, choice, problem)
        return self._debtor_render_payment(case_sudo, token, choice)

    @http.route("/collections/<string:token>/transfer", methods=["GET", "POST"], **PAGE)
    def debtor_transfer(self, token, **_kwargs):
        """Show the details of a bank transfer of the chosen invoices, with a QR code."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        if request.httprequest.method == "GET":
            return request.redirect(f"/collections/{token}")
        choice, problem = self._debtor_posted_choice(case_sudo)
        transfer = not problem and case_sudo._debtor_transfer(choice)
        if not transfer:
            problem = problem or self._debtor_nothing_chosen()
            return self._debtor_render_problem(case_sudo, token, choice, problem)
        return self._debtor_render(
            "invoice_collections.debtor_page_transfer",
            case_sudo,
            token,
            {"section": choice, "transfer": transfer},
        )

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
            custom_create_values={
                "invoice_ids": [Command.set(move_ids)],
                "collection_plan_id": choice["plan"].id if choice.get("plan") else False,
            },
        )
        tx_sudo.landing_route += "?" + urlencode({"reference": tx_sudo.reference})
        case_sudo._log_payment_started(tx_sudo)
        return tx_sudo._get_processing_values()

    @http.route("/collections/<string:token>/paid", methods=["GET"], readonly=True, **PAGE)
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

    def _debtor_posted_choice(self, case_sudo, online=False):
        """Return ``(choice, what is wrong with it or None)`` of what a form sends.

        Named documents or a part of them, all overdue in a currency, or what a plan asks for.
        """
        form = request.httprequest.form
        plan_sudo = case_sudo._debtor_plan(self._cast_as_int(form.get("plan") or "0"))
        if plan_sudo:
            settlement = form.get("settle") and case_sudo._debtor_settlement(plan_sudo)
            amount = settlement["total"] if settlement else None
            choice = case_sudo._debtor_plan_choice(plan_sudo, amount, online=online)
            return choice, None if choice else self._debtor_nothing_chosen()
        currency_id = self._cast_as_int(form.get("overdue") or "0")
        if currency_id:
            choice = case_sudo._debtor_choose_overdue(currency_id, online=online)
        else:
            choice = case_sudo._debtor_choose(self._debtor_chosen_ids(), online=online)
        if not choice:
            return None, self._debtor_nothing_chosen()
        text = form.get("amount", "").strip()
        if currency_id or not text:
            return choice, None
        amount, problem = self._debtor_typed_amount(text, choice["currency"], choice["total"])
        if problem:
            return choice, problem
        return case_sudo._debtor_take_part(choice, amount), None

    def _debtor_nothing_chosen(self):
        return request.env._("Please choose at least one invoice that can be paid now.")

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

    def _debtor_render_problem(self, case_sudo, token, choice, problem):
        """Show what is open again, with what was chosen and typed, and what is wrong with it."""
        values = {**case_sudo._debtor_overview(), "problem": problem}
        if choice:
            values["typed_part"] = (choice["currency"], request.httprequest.form.get("amount"))
            ids = self._debtor_chosen_ids()
            for section in values["sections"]:
                for row in section["rows"]:
                    row["chosen"] = row["move"].id in ids
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
        response.headers["Content-Security-Policy"] = HEADERS["Content-Security-Policy"]
        response.headers["Referrer-Policy"] = "strict-origin"
        # Odoo's own page on the progress of a payment reads its language from here.
        response.set_cookie("frontend_lang", request.lang.code)
        return response
