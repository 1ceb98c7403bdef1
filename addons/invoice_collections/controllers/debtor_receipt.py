from odoo import http

from .debtor_base import PAGE, DebtorBase


class DebtorReceipt(DebtorBase, http.Controller):
    """What the customer paid, and a receipt of each payment to print or keep."""

    @http.route("/collections/<string:token>/payments", methods=["GET"], readonly=True, **PAGE)
    def debtor_payments(self, token, **_kwargs):
        """List the payments of the last year."""
        case_sudo = self._debtor_open(token)
        if not case_sudo:
            return self._debtor_render_closed()
        return self._debtor_render(
            "invoice_collections.debtor_page_payments",
            case_sudo,
            token,
            {"receipts": case_sudo._debtor_receipts()},
        )

    @http.route(
        "/collections/<string:token>/payments/<int:line_id>",
        methods=["GET"],
        readonly=True,
        **PAGE,
    )
    def debtor_receipt(self, token, line_id, **_kwargs):
        """Show the receipt of one payment."""
        case_sudo = self._debtor_open(token)
        receipts = case_sudo and case_sudo._debtor_receipts(min(line_id, 2**31 - 1))
        if not receipts:
            return self._debtor_render_closed()
        return self._debtor_render(
            "invoice_collections.debtor_page_receipt", case_sudo, token, {"receipts": receipts}
        )
