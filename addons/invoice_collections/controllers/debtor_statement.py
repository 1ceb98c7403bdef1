from odoo import http
from odoo.http import content_disposition, request

from .debtor_base import HEADERS, PAGE, DebtorBase


class DebtorStatement(DebtorBase, http.Controller):
    """The statement of account, to read, print or keep."""

    @http.route("/collections/<string:token>/statement", methods=["GET"], **PAGE)
    def debtor_statement(self, token, **_kwargs):
        """Show the statement of the last months, made now and not stored."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        name, content, media_type = case_sudo._statement_document()
        headers = {
            **HEADERS,
            "Content-Type": media_type,
            "Content-Disposition": content_disposition(name, disposition_type="inline"),
        }
        return request.make_response(content, headers=list(headers.items()))
