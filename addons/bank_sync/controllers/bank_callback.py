import logging

from odoo import http
from odoo.http import request

from ..connectors.base import BankError
from ..models.problems import problem_sentence

_logger = logging.getLogger(__name__)


class BankCallback(http.Controller):
    """Where the bank sends people back after they have approved, or refused, the access."""

    @http.route("/bank_sync/callback", type="http", auth="user", methods=["GET"], readonly=False)
    def callback(self, state=None, **query):
        """Ask the bank what became of the consent, and show the connection.

        A GET must change nothing on the word of its sender. This one may store: the state is
        random, known to the session's own user alone and expires; nothing in the address is
        believed, the bank itself is asked; and asking twice gives the same result.
        """
        consent = request.env["bank.consent"]._find_by_state(state, request.env.user)
        if not consent:
            return request.redirect("/odoo")
        connection = consent.connection_id
        connection.check_access("write")
        consent._take_return({"state": state, **query})
        try:
            connected = connection._finish_consent(consent)
        except BankError as error:
            _logger.info("Consent %s could not be read: %s", consent.id, error.code)
            connection.message_post(body=problem_sentence(request.env, error))
        else:
            if connected:
                connection._post_connected()
        return request.redirect(f"/odoo/action-bank_sync.bank_connection_action/{connection.id}")
