from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.collection_plan_refusal import InternalRefusalError
from .debtor_base import CONTENT_SECURITY, HEADERS, PAGE, DebtorBase

#: The calculator asks the server again while a slider moves.
_CONTENT_SECURITY = f"{CONTENT_SECURITY}; connect-src 'self'"

_MAX_NAME = 100


class DebtorPlan(DebtorBase, http.Controller):
    """Paying in installments: working out what it costs, and choosing a plan."""

    @http.route("/collections/<string:token>/plan", methods=["GET"], readonly=True, **PAGE)
    def debtor_calculator(self, token, **_kwargs):
        """Show what paying in installments costs. Working it out changes nothing."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        args = request.httprequest.args
        # The first time nobody has chosen yet; later, no choice means none.
        named = self._debtor_chosen_ids() or (set() if args.get("try") else None)
        values = case_sudo._debtor_calculator(named, args)
        if not values["offer"] and not args.get("try"):
            return request.redirect(f"/collections/{token}/plan/ask")
        return self._debtor_render_calculator(case_sudo, token, values)

    @http.route("/collections/<string:token>/plan", methods=["POST"], **PAGE)
    def debtor_choose_plan(self, token, seen=None, **_kwargs):
        """Take the plan a customer wants: offered at once where nobody has to agree to it.

        :param seen: what makes the quote they saw; another one is not taken for it
        """
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        values = case_sudo._debtor_calculator(self._debtor_chosen_ids(), request.httprequest.form)
        if not values["quote"] or values["quote"]["hash"] != seen:
            problem = request.env._(
                "Something has changed since you opened this page. Please look at it once more."
            )
            return self._debtor_render_calculator(case_sudo, token, values, problem)
        chosen = []
        errors = self._debtor_try(lambda: chosen.append(case_sudo._debtor_choose_plan(values)))
        if errors:
            return self._debtor_render_calculator(case_sudo, token, values, errors["form"])
        return request.redirect(f"/collections/{token}/plan/{chosen[0].id}", code=303)

    @http.route(
        "/collections/<string:token>/plan/<int:plan_id>", methods=["GET"], readonly=True, **PAGE
    )
    def debtor_plan(self, token, plan_id, done=None, **_kwargs):
        """Show one plan: what it costs, what is paid, and what can be done about it.

        :param done: the code of what the visitor just did, to be confirmed in a sentence
        """
        case_sudo, plan_sudo = self._debtor_open_plan(token, plan_id)
        if not plan_sudo:
            return self._debtor_render_closed()
        return self._debtor_render_plan(case_sudo, token, plan_sudo, done=done)

    @http.route(
        "/collections/<string:token>/plan/<int:plan_id>/document/<int:number>",
        methods=["GET"],
        readonly=True,
        **PAGE,
    )
    def debtor_plan_document(self, token, plan_id, number, **_kwargs):
        """Show what was disclosed in one version, as it was kept."""
        _case_sudo, plan_sudo = self._debtor_open_plan(token, plan_id)
        document_sudo = plan_sudo.version_ids.filtered(
            lambda version: version.number == number
        ).document_id
        if not document_sudo:
            return self._debtor_render_closed()
        headers = {
            **HEADERS,
            "Content-Type": document_sudo.mimetype,
            "Content-Disposition": content_disposition(
                document_sudo.name, disposition_type="inline"
            ),
        }
        return request.make_response(document_sudo.raw, headers=list(headers.items()))

    @http.route("/collections/<string:token>/plan/<int:plan_id>/accept", methods=["POST"], **PAGE)
    def debtor_accept_plan(self, token, plan_id, seen=None, name="", agree=None, **_kwargs):
        """Take the acceptance of what is on offer, with the evidence of it.

        :param seen: the hash of the version the customer had before them
        """
        case_sudo, plan_sudo = self._debtor_open_plan(token, plan_id)
        if not plan_sudo:
            return self._debtor_render_closed()
        errors = {}
        name = " ".join(name.split())[:_MAX_NAME]
        if len(name) < 3:
            errors["name"] = request.env._("Please type your first and last name.")
        if not agree:
            errors["agree"] = request.env._("Please agree to the plan, if you want it.")
        if not errors:
            errors = self._debtor_try(
                lambda: case_sudo._debtor_accept(
                    plan_sudo, seen or "", name, request.httprequest.remote_addr
                )
            )
        if errors:
            return self._debtor_render_plan(case_sudo, token, plan_sudo, errors)
        return self._debtor_back_to_plan(token, plan_sudo, "accepted")

    @http.route("/collections/<string:token>/plan/<int:plan_id>/withdraw", methods=["POST"], **PAGE)
    def debtor_withdraw_plan(self, token, plan_id, sure=None, **_kwargs):
        """Take the customer's withdrawal from a plan."""
        case_sudo, plan_sudo = self._debtor_open_plan(token, plan_id)
        if not plan_sudo:
            return self._debtor_render_closed()
        errors = {"form": request.env._("Please confirm that you want to withdraw.")}
        if sure:
            errors = self._debtor_try(plan_sudo._withdraw)
        if errors:
            return self._debtor_render_plan(case_sudo, token, plan_sudo, errors)
        return self._debtor_back_to_plan(token, plan_sudo, "withdrawn")

    @http.route(
        "/collections/<string:token>/plan/<int:plan_id>/settle",
        methods=["GET"],
        readonly=True,
        **PAGE,
    )
    def debtor_settle_plan(self, token, plan_id, **_kwargs):
        """Show what ends a plan today, and what that saves."""
        case_sudo, plan_sudo = self._debtor_open_plan(token, plan_id)
        settlement = plan_sudo and case_sudo._debtor_settlement(plan_sudo)
        if not settlement:
            return self._debtor_render_closed()
        choice = case_sudo._debtor_plan_choice(plan_sudo, settlement["total"])
        online, bank = case_sudo._debtor_ways_of_paying(choice)
        values = {"plan": plan_sudo, "settlement": settlement, "online": online, "bank": bank}
        return self._debtor_render(
            "invoice_collections.debtor_page_plan_settle", case_sudo, token, values
        )

    @http.route(
        "/collections/<string:token>/plan/<int:plan_id>/change", methods=["GET", "POST"], **PAGE
    )
    def debtor_change_plan(self, token, plan_id, what=None, note="", **_kwargs):
        """Show what a pause or smaller payments cost, and take the wish for one."""
        case_sudo, plan_sudo = self._debtor_open_plan(token, plan_id)
        if plan_sudo.state not in ("active", "arrears", "paused"):
            return self._debtor_render_closed()
        values = {
            "plan": plan_sudo,
            "changes": case_sudo._debtor_changes(plan_sudo),
            "typed": dict(request.httprequest.form.items()),
            "errors": {},
        }
        if request.httprequest.method == "POST":
            wanted = [one for one in values["changes"] if one["code"] == what]
            if not wanted:
                values["errors"]["what"] = request.env._("Please choose what you need.")
            elif what == "other" and not note.strip():
                values["errors"]["note"] = request.env._("Please say in a few words what you need.")
            else:
                values["errors"] = self._debtor_try(
                    lambda: case_sudo._debtor_ask_change(plan_sudo, wanted[0], note.strip())
                )
            if not values["errors"]:
                offered = bool(plan_sudo.proposed_id)
                return self._debtor_back_to_plan(token, plan_sudo, "" if offered else "asked")
        return self._debtor_render(
            "invoice_collections.debtor_page_plan_change",
            case_sudo,
            token,
            values,
            status=422 if values["errors"] else 200,
        )

    # === HELPERS === #

    def _debtor_open_plan(self, token, plan_id):
        """Return ``(case, plan)`` of a link, both sudo; empty ones where it opens none."""
        case_sudo = self._debtor_open(token)
        plan_sudo = request.env["collection.plan"].sudo()
        if case_sudo:
            plan_sudo = case_sudo._debtor_plan(min(plan_id, 2**31 - 1))
        return case_sudo, plan_sudo

    def _debtor_try(self, act):
        """Do something; return what is wrong with it, if anything, and then undo it."""
        try:
            with request.env.cr.savepoint():
                act()
        except InternalRefusalError:
            talk = request.env._("This plan cannot be agreed here. Please talk to us about it.")
            return {"form": talk}
        except UserError as error:
            return {"form": error.args[0]}
        return {}

    def _debtor_back_to_plan(self, token, plan_sudo, done):
        query = f"?done={done}" if done else ""
        return request.redirect(f"/collections/{token}/plan/{plan_sudo.id}{query}", code=303)

    def _debtor_render_calculator(self, case_sudo, token, values, problem=None):
        values["errors"] = {"form": problem} if problem else {}
        for one in values.get("scenarios", ()):
            choice = [
                ("try", 1),
                ("offer", values["offer"].id),
                ("count", one["count"]),
                ("wait", values["wait"]),
                *(("invoice", move_id) for move_id in sorted(values["chosen_ids"])),
            ]
            one["url"] = f"/collections/{token}/plan?{urlencode(choice)}"
        response = self._debtor_render(
            "invoice_collections.debtor_page_calculator",
            case_sudo,
            token,
            values,
            status=422 if problem else 200,
        )
        response.headers["Content-Security-Policy"] = _CONTENT_SECURITY
        return response

    def _debtor_render_plan(self, case_sudo, token, plan_sudo, errors=None, done=None):
        says = {
            "accepted": request.env._("Thank you. The plan is agreed."),
            "withdrawn": request.env._("You have withdrawn from the plan."),
            "asked": request.env._("Thank you. We look at your request and answer you."),
        }
        values = {
            **case_sudo._debtor_plan_values(plan_sudo),
            "errors": errors or {},
            "typed": dict(request.httprequest.form.items()),
            "done_says": says.get(done),
        }
        return self._debtor_render(
            "invoice_collections.debtor_page_plan_shown",
            case_sudo,
            token,
            values,
            status=422 if errors else 200,
        )
