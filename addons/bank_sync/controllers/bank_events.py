from http import HTTPStatus

from odoo import http
from odoo.http import request

#: Largest event we take; a notice is some hundred bytes.
MAX_BYTES = 1024 * 1024


class BankEvents(http.Controller):
    """Where banks push events to. Proved by their signature, kept, answered at once."""

    @http.route(
        "/bank_sync/events/<int:connection_id>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def receive(self, connection_id, **_kwargs):
        """Keep a signed event and answer 202; 401 or 400 without a reason to anybody else."""
        incoming = request.httprequest
        if (incoming.content_length or 0) > MAX_BYTES:
            status = HTTPStatus.BAD_REQUEST
        else:
            incoming.max_content_length = MAX_BYTES
            content = incoming.get_data()
            status = request.env["bank.inbox"]._receive(connection_id, incoming.headers, content)
        headers = [("Cache-Control", "no-store")]
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers.append(("Retry-After", "60"))
        return request.make_response("", headers=headers, status=status)
