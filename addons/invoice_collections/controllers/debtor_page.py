from odoo import http
from odoo.http import content_disposition, request

from .debtor_base import HEADERS, PAGE, DebtorBase


class DebtorPage(DebtorBase, http.Controller):
    """The page behind the link in a reminder: what is open, and the documents.

    No login: the signed link is the permission, for one customer of one company. Opening it
    changes nothing, since mail scanners open links too; only POST acts.
    """

    @http.route("/collections/<string:token>", methods=["GET"], readonly=True, **PAGE)
    def debtor_page(self, token, page=None, done=None, **_kwargs):
        """Show what is open.

        :param page: of the documents, from 1 on
        :param done: the code of what the visitor just did, to be confirmed in a sentence
        """
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        number = int(page) if page and page.isascii() and page.isdigit() else 1
        values = case_sudo._debtor_overview(min(number, 10**6))
        return self._debtor_render(
            "invoice_collections.debtor_page_overview", case_sudo, token, {**values, "done": done}
        )

    @http.route("/collections/<string:token>/invoice/<int:move_id>", methods=["GET"], **PAGE)
    def debtor_invoice(self, token, move_id, **_kwargs):
        """Show one of the documents: the PDF that was sent, or one made now, not stored."""
        case_sudo = self._debtor_open(token)
        move_sudo = case_sudo and case_sudo._debtor_document(move_id)
        if not move_sudo:
            return self._debtor_render_closed()
        content, media_type = move_sudo.with_context(
            report_pdf_no_attachment=True
        )._collection_document()
        suffix = "pdf" if media_type == "application/pdf" else "html"
        name = f"{move_sudo.name.replace('/', '-')}.{suffix}"
        headers = {
            **HEADERS,
            "Content-Type": media_type,
            "Content-Disposition": content_disposition(name, disposition_type="inline"),
        }
        return request.make_response(content, headers=list(headers.items()))
