from odoo import http
from odoo.http import content_disposition, request


class AgedReportController(http.Controller):
    """The aged receivables as a file."""

    @http.route(
        "/invoice_collections/aged/<int:key>/<string:kind>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, key, kind):
        """Return the report as a file to whoever made it; to others it does not exist."""
        report = request.env["collection.aged.report"].search([("id", "=", key)])
        file = report._file(kind) if report else None
        if not file:
            raise request.not_found()
        name, media_type, content = file
        headers = [
            ("Content-Type", media_type),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
