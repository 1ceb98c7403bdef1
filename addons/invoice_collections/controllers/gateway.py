import json

from odoo import http
from odoo.http import request

_ROUTE = {
    "type": "http",
    "auth": "public",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
}

#: What gateways call it -> what we call it. Anything else is heard and changes nothing.
_STATUSES = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "bounced": "failed",
    "replied": "replied",
    "answered": "delivered",
    "completed": "delivered",
    "no-answer": "failed",
    "busy": "failed",
}
_MOST_BYTES = 64_000


class Gateway(http.Controller):
    """Where gateways say what became of a contact, and pass on what customers answer.

    The signed link in the address is the key: it names one contact, or one company's channel.
    """

    @http.route("/collections/receipt/<string:token>", **_ROUTE)
    def receipt(self, token, **_kwargs):
        """Take a receipt: form fields as Twilio sends them, or JSON."""
        touchpoint_sudo = request.env["collection.touchpoint"]._from_receipt_token(token)
        if not touchpoint_sudo:
            raise request.not_found()
        values = self._gateway_values()
        said = str(
            values.get("MessageStatus") or values.get("SmsStatus") or values.get("status") or ""
        )
        status = _STATUSES.get(said.lower())
        if status:
            reason = f"{values.get('ErrorCode') or ''} {values.get('reason') or ''}".strip()
            touchpoint_sudo._record_receipt(
                status, reason or said, permanent=bool(values.get("permanent"))
            )
        return request.make_response("OK")

    @http.route("/collections/inbound/<string:token>", **_ROUTE)
    def inbound(self, token, **_kwargs):
        """Take a customer's text message: STOP stops, anything else is an answer."""
        channel_sudo = request.env["collection.channel"]._from_inbound_token(token)
        if not channel_sudo:
            raise request.not_found()
        values = self._gateway_values()
        channel_sudo._receive(
            str(values.get("From") or values.get("from") or ""),
            str(values.get("Body") or values.get("text") or ""),
        )
        return request.make_response("<Response/>", headers=[("Content-Type", "text/xml")])

    def _gateway_values(self):
        """Return what was posted, whatever the form; nothing where it cannot be read."""
        if request.httprequest.mimetype != "application/json":
            return request.httprequest.form.to_dict()
        try:
            values = json.loads(request.httprequest.get_data()[:_MOST_BYTES])
        except ValueError:
            return {}
        return values if isinstance(values, dict) else {}
