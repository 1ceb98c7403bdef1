from datetime import date

from odoo import http
from odoo.http import request

from .debtor_base import PAGE, DebtorBase

#: What people type is cut here: a form is no place for a book.
_MAX_REFERENCE = 140


class DebtorRequest(DebtorBase, http.Controller):
    """What the customer can tell us on the page; only POST acts, and a reload repeats nothing."""

    @http.route("/collections/<string:token>/already-paid", methods=["GET", "POST"], **PAGE)
    def debtor_already_paid(self, token, **_kwargs):
        """Ask what was paid when, and take it down."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        values = self._debtor_form(case_sudo)
        if request.httprequest.method == "GET":
            return self._debtor_render_form("already_paid", case_sudo, token, values)
        today = case_sudo.company_id._collection_today()
        paid_date = self._debtor_date(values, "paid_date")
        if paid_date and paid_date > today:
            values["errors"]["paid_date"] = request.env._("This date is still to come.")
        choice = self._debtor_form_choice(case_sudo, values)
        if values["errors"]:
            return self._debtor_render_form("already_paid", case_sudo, token, values)
        reference = " ".join(values["typed"].get("reference", "").split())[:_MAX_REFERENCE]
        case_sudo._debtor_report_paid(choice, paid_date, reference, self._debtor_source(case_sudo))
        return self._debtor_back(token, "already_paid")

    # === HELPERS === #

    def _debtor_form(self, case_sudo):
        """Return what every form starts from: what is open, what was typed, what is wrong."""
        typed = dict(request.httprequest.form.items())
        named = self._debtor_chosen_ids()
        return {
            **case_sudo._debtor_overview(),
            "today": case_sudo.company_id._collection_today(),
            "typed": typed,
            "chosen_ids": named or (set() if typed else None),
            "errors": {},
        }

    def _debtor_form_choice(self, case_sudo, values):
        """Return the chosen documents; without any, say so."""
        choice = case_sudo._debtor_choose(values["chosen_ids"] or set())
        if not choice:
            values["errors"]["invoice"] = request.env._("Please choose at least one invoice.")
        elif choice["mixed"]:
            values["errors"]["invoice"] = request.env._(
                "Please choose invoices in one currency at a time."
            )
        return choice

    def _debtor_date(self, values, name):
        """Return a typed date; without one, say so."""
        try:
            return date.fromisoformat(values["typed"].get(name, "")[:10])
        except ValueError:
            values["errors"][name] = request.env._("Please enter a date.")
            return None

    def _debtor_render_form(self, name, case_sudo, token, values):
        return self._debtor_render(
            f"invoice_collections.debtor_page_{name}",
            case_sudo,
            token,
            values,
            status=422 if values["errors"] else 200,
        )
