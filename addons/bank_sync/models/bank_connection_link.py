from odoo import fields, models
from odoo.exceptions import UserError

from ..connectors.base import BankError
from .problems import problem_sentence


class BankConnection(models.Model):
    """How a connection is approved at the bank, and how it ends."""

    _inherit = "bank.connection"

    def action_connect(self):
        """Ask the bank for a consent and send the user to the bank's page to approve it.

        Repeating is harmless: a consent nobody approves ends by itself. A consent in use stays
        in use until the new one is valid.
        """
        self.ensure_one()
        self.check_access("write")
        try:
            consent = self.env["bank.consent"]._start(self, user_ip=self._user_ip())
        except BankError as error:
            raise UserError(problem_sentence(self.env, error)) from error
        if self.state != "active":
            self._transition("authorizing")
        return {"type": "ir.actions.act_url", "url": consent.redirect_url, "target": "self"}

    def action_revoke(self):
        """End the consent at the bank and stop reading; everything already read stays."""
        for connection in self:
            connection.check_access("write")
            if connection.consent_id.status == "valid":
                try:
                    connection._adapter().revoke_consent(connection.consent_id.external_id)
                except BankError as error:
                    raise UserError(problem_sentence(self.env, error)) from error
                connection.consent_id._transition("terminatedByTpp")
            connection._transition("revoked")

    def _finish_consent(self, consent):
        """Take over an answered consent: read the accounts, link journals. Safe to repeat.

        :return: True when the connection can be read now
        :raise BankError: when the bank does not answer
        """
        self.ensure_one()
        consent._refresh()
        if consent.status != "valid":
            if self.state == "authorizing":
                self._transition(
                    "attention",
                    problem_code="consent_not_given",
                    problem=self.env._("The access was not approved at the bank. Connect again."),
                )
            return False
        self.sudo().consent_id = consent
        self.env["bank.connection.account"]._link(
            self, self._adapter().accounts(consent.external_id)
        )
        self._transition("active")
        self.sudo().write({"failure_count": 0, "next_attempt_at": fields.Datetime.now()})
        return True

    def _post_connected(self):
        """Tell the followers which accounts are connected and where they lead."""
        self.ensure_one()
        accounts = "; ".join(
            f"{account.name} → {account.journal_id.display_name}" for account in self.account_ids
        )
        self.message_post(body=self.env._("Connected: %(accounts)s", accounts=accounts))
