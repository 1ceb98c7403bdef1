import logging

from odoo import http
from odoo.http import request

from ..connectors.base import BankError
from ..models.bank_consent import WAITING
from ..models.problems import problem_sentence

_logger = logging.getLogger(__name__)


class BankCallback(http.Controller):
    """Where the bank sends people back after they have approved, or refused, the access."""

    @http.route("/bank_sync/callback", type="http", auth="user", methods=["GET"], readonly=False)
    def callback(self, state=None, **query):
        """Ask the bank what became of the consent, and show what comes next.

        A GET must change nothing on the word of its sender. This one may store: the state is
        random, known to the session's own user alone, expires and is good once; nothing in the
        address is believed, the bank itself is asked; and asking twice gives the same result.
        """
        consent = request.env["bank.consent"]._find_by_state(state, request.env.user)
        if not consent:
            return self._page("refused", status=403)
        connection = consent.connection_id
        connection.check_access("write")
        try:
            consent._take_return({"state": state, **query})
            connection._finish_consent(consent)
        except BankError as error:
            _logger.info("Consent %s could not be read: %s", consent.id, error.code)
            connection.message_post(body=problem_sentence(request.env, error))
            return self._page("silent", consent)
        if consent.status not in {"valid", *WAITING}:
            return self._page("declined", consent)
        if consent.chooses_journals or consent.status in WAITING:
            return request.redirect(self._guide(connection))
        connection._post_connected()
        return request.redirect(self._place(connection))

    def _page(self, outcome, consent=None, status=200):
        """Return the page that says what happened and leads on."""
        connection = consent.connection_id if consent else None
        values = {
            "outcome": outcome,
            "bank": connection.name if connection else "",
            "guide": self._guide(connection) if connection else "/odoo/bank-connections",
            "place": self._place(connection) if connection else "/odoo/bank-connections",
        }
        response = request.render("bank_sync.callback_page", values)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _guide(self, connection):
        """Return the address of the guide where the connection stands in it."""
        wizard = request.env["bank.connection.wizard"]._resume(connection)
        return f"/odoo/connect-bank/{wizard.id}"

    def _place(self, connection):
        return f"/odoo/bank-connections/{connection.id}"
