import logging

from odoo import models

from ..connectors.base import BankError, ContractViolation

_logger = logging.getLogger(__name__)


class BankConsent(models.Model):
    """A consent that is approved by signing in at the bank's OAuth server."""

    _inherit = "bank.consent"

    def _take_return(self, query):
        """Exchange the code a person brings back for tokens.

        Whether the consent is valid is for the bank to say; a refused code is only recorded. An
        id_token that does not hold is recorded too, and the tokens, which are kept, decide.
        """
        super()._take_return(query)
        connection = self.connection_id
        if connection.auth_method == "token" or not connection.oauth_sign_in:
            return
        known = {name: str(value) for name, value in query.items() if value is not None}
        try:
            connection._tokens().finish_login(known)
        except BankError as error:
            kind = "id_token" if isinstance(error, ContractViolation) else "sign_in"
            _logger.warning("Consent %s: %s refused: %s", self.id, kind, error.code)
            self.env["bank.event"]._record(f"{kind}_refused", self, {"code": error.code})
