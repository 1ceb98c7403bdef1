from odoo import http

from ..models.collection_channel import CHANNELS
from .debtor_base import PAGE, DebtorBase


class OptOut(DebtorBase, http.Controller):
    """Being left alone on one channel, by one click, without login.

    Opening the link changes nothing. The POST carries no token but the link's own: mail programs
    send it themselves (RFC 8058), and all it can do is stop messages.
    """

    @http.route("/collections/<string:token>/stop/<string:channel>", methods=["GET"], **PAGE)
    def opt_out_ask(self, token, channel, **_kwargs):
        """Ask whether messages on this channel shall stop."""
        return self._opt_out_page(token, channel)

    @http.route(
        "/collections/<string:token>/stop/<string:channel>",
        methods=["POST"],
        csrf=False,
        **PAGE,
    )
    def opt_out_act(self, token, channel, again=None, **_kwargs):
        """Stop messages on this channel, or start them again."""
        case_sudo = self._debtor_open(token)
        if case_sudo and channel in dict(CHANNELS):
            if again:
                case_sudo._opt_in([channel], "link")
            else:
                case_sudo._opt_out([channel], "link")
        return self._opt_out_page(token, channel)

    def _opt_out_page(self, token, channel):
        case_sudo = self._debtor_open(token)
        if not case_sudo or channel not in dict(CHANNELS):
            return self._debtor_render_closed()
        values = {"channel": channel, "stopped": case_sudo._is_opted_out(channel)}
        return self._debtor_render("invoice_collections.opt_out_page", case_sudo, token, values)
