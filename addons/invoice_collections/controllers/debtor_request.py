from datetime import date, timedelta

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from .debtor_base import PAGE, DebtorBase

#: What people type is cut here: a form is no place for a book.
_MAX_REFERENCE = 140
_MAX_NOTE = 2000

#: What may come with a dispute: nothing a browser would run.
_FILE_KINDS = {"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp"}
_MAX_FILES = 5
_MAX_BYTES = 10 * 1024 * 1024


class DebtorRequest(DebtorBase, http.Controller):
    """What the customer can tell us on the page; only POST acts, and a reload repeats nothing."""

    @http.route("/collections/<string:token>/already-paid", methods=["GET", "POST"], **PAGE)
    def debtor_already_paid(self, token, **_kwargs):
        """Ask what was paid when, and take it down."""

        def act(case_sudo, values):
            today = values["today"]
            day = self._debtor_date(values, "paid_date")
            if day and day > today:
                values["errors"]["paid_date"] = request.env._("This date is still to come.")
            choice = self._debtor_form_choice(case_sudo, values)
            reference = " ".join(values["typed"].get("reference", "").split())[:_MAX_REFERENCE]
            if not values["errors"]:
                case_sudo._debtor_report_paid(
                    choice, day, reference, self._debtor_source(case_sudo)
                )

        return self._debtor_answer_form(token, "already_paid", act)

    @http.route("/collections/<string:token>/told", methods=["GET"], readonly=True, **PAGE)
    def debtor_told(self, token, **_kwargs):
        """List what the customer told us, and what came of it."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        return self._debtor_render(
            "invoice_collections.debtor_page_told",
            case_sudo,
            token,
            {"story": case_sudo._debtor_story()},
        )

    @http.route("/collections/<string:token>/promise", methods=["GET", "POST"], **PAGE)
    def debtor_promise(self, token, **_kwargs):
        """Ask by when what is paid, and take the promise."""

        def act(case_sudo, values):
            day = self._debtor_date(values, "date")
            choice = self._debtor_form_choice(case_sudo, values)
            amount = self._debtor_amount(values, choice, choice and choice["total"])
            if not values["errors"]:
                case_sudo._debtor_promise(choice, day, amount)

        return self._debtor_answer_form(token, "promise", act)

    @http.route("/collections/<string:token>/dispute", methods=["GET", "POST"], **PAGE)
    def debtor_dispute(self, token, **_kwargs):
        """Ask what is wrong with an invoice or a part of it, and take it down with its evidence."""

        def act(case_sudo, values):
            typed, errors = values["typed"], values["errors"]
            choice = self._debtor_form_choice(case_sudo, values)
            if choice and len(choice["rows"]) > 1:
                errors["invoice"] = request.env._("Please choose one invoice.")
            if typed.get("category") not in dict(values["categories"]):
                errors["category"] = request.env._("Please say what is wrong.")
            note = typed.get("note", "").strip()[:_MAX_NOTE]
            if not note:
                errors["note"] = request.env._("Please say in a few words what happened.")
            amount = self._debtor_amount(values, choice, choice and choice["rows"][0]["amount"])
            files = self._debtor_files(values)
            if not errors:
                case_sudo._debtor_dispute(choice["rows"][0], amount, typed["category"], note, files)

        return self._debtor_answer_form(token, "dispute", act)

    @http.route("/collections/<string:token>/plan/ask", methods=["GET", "POST"], **PAGE)
    def debtor_ask_plan(self, token, **_kwargs):
        """Ask how the customer could pay in installments; a person answers."""

        def act(case_sudo, values):
            first = self._debtor_date(values, "date")
            if first and first < values["today"]:
                values["errors"]["date"] = request.env._("This date is past.")
            count = values["typed"].get("count", "")
            if count not in map(str, range(2, 13)):
                values["errors"]["count"] = request.env._("Please choose from 2 to 12 payments.")
            choice = self._debtor_form_choice(case_sudo, values)
            note = values["typed"].get("note", "").strip()[:_MAX_NOTE]
            if not values["errors"]:
                case_sudo._debtor_ask_plan(choice, int(count), first, note)
                if values["typed"].get("hardship"):
                    case_sudo._debtor_tell_hardship()

        return self._debtor_answer_form(token, "plan", act)

    # === HELPERS === #

    def _debtor_answer_form(self, token, name, act):
        """Show a form, or let ``act(case, values)`` take down what was typed.

        ``act`` leaves in ``values["errors"]`` what is wrong, by field; a refusal of the case itself
        is told above the form, and undoes what was begun.
        """
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        values = self._debtor_form(case_sudo)
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    act(case_sudo, values)
            except UserError as error:
                values["errors"]["form"] = error.args[0]
            if not values["errors"]:
                return self._debtor_back(token, name)
        return self._debtor_render(
            f"invoice_collections.debtor_page_{name}",
            case_sudo,
            token,
            values,
            status=422 if values["errors"] else 200,
        )

    def _debtor_form(self, case_sudo):
        """Return what every form starts from: what is open, what was typed, what is wrong."""
        typed = dict(request.httprequest.form.items())
        named = self._debtor_chosen_ids()
        today = case_sudo.company_id._collection_today()
        days = case_sudo.company_id._collection_policy().promise_max_days
        return {
            **case_sudo._debtor_overview(),
            "today": today,
            "latest": today + timedelta(days=days),
            "categories": case_sudo._debtor_dispute_categories(),
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

    def _debtor_amount(self, values, choice, most):
        """Return a typed amount, or ``None`` for all of what is chosen; say what is wrong."""
        text = values["typed"].get("amount", "").strip()
        if not text or not choice:
            return None
        amount, error = self._debtor_typed_amount(text, choice["currency"], most)
        if error:
            values["errors"]["amount"] = error
        return amount

    def _debtor_files(self, values):
        """Return ``(name, bytes)`` of the files that came along; say what is wrong with them."""
        sent = [file for file in request.httprequest.files.getlist("file") if file.filename]
        files = [(_file_name(file.filename), file.read(_MAX_BYTES + 1)) for file in sent]
        if len(files) > _MAX_FILES:
            values["errors"]["file"] = request.env._("Please send at most five files.")
        elif any(len(content) > _MAX_BYTES for _name, content in files):
            values["errors"]["file"] = request.env._("A file is larger than 10 MB.")
        elif any(guess_mimetype(content) not in _FILE_KINDS for _name, content in files):
            values["errors"]["file"] = request.env._("Only PDF documents and pictures can be sent.")
        return files


def _file_name(name):
    """Return the last part of a file's name, as a visitor sent it, without surprises.

    >>> _file_name("C:\\\\photos\\\\..\\\\hall\\n.png")
    'hall.png'
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[-100:] or "file"
