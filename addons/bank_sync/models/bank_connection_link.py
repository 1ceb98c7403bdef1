from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors.base import BankError
from .bank_consent import WAITING
from .problems import problem_sentence


class BankConnection(models.Model):
    """How a connection is approved at the bank, renewed there, and how it ends."""

    _inherit = "bank.connection"

    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        tracking=True,
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Is told before the consent ends, and when the bank falls silent.",
    )
    pending_consent_id = fields.Many2one(
        "bank.consent", string="Waiting for Approval", compute="_compute_pending_consent_id"
    )

    @api.depends("consent_ids.status")
    def _compute_pending_consent_id(self):
        for connection in self:
            newest = connection.consent_ids.sorted("id", reverse=True)[:1]
            connection.pending_consent_id = newest if newest.status in WAITING else False

    # === ACTIONS === #

    def action_connect(self):
        """Ask the bank for a consent and send the user to the bank's page to approve it.

        Repeating is harmless: a consent nobody approves ends by itself. A consent in use stays
        in use until the new one is valid.
        """
        self.ensure_one()
        self.check_access("write")
        consent = self._ask_consent()
        if consent.redirect_url:
            return {"type": "ir.actions.act_url", "url": consent.redirect_url, "target": "self"}
        return self.action_open_wizard()

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
            connection._activities_done("renew", "silent")

    # === THE CONSENT === #

    def _ask_consent(self, **options):
        """Open a consent at the bank and return it.

        :param options: as for ``bank.consent._start``
        :raise UserError: when the bank does not open one
        """
        self.ensure_one()
        try:
            consent = self.env["bank.consent"]._start(self, user_ip=self._user_ip(), **options)
        except BankError as error:
            raise UserError(problem_sentence(self.env, error)) from error
        if self.state != "active":
            self._transition("authorizing")
        return consent

    def _finish_consent(self, consent):
        """Take over what became of a consent, asking the bank. Safe to repeat.

        :return: True when the connection can be read now
        :raise BankError: when the bank does not answer
        """
        self.ensure_one()
        consent._refresh()
        if consent.status == "valid":
            self._take_over(consent)
            return True
        if self.state == "authorizing":
            self._note_not_valid(consent)
        return False

    def _take_over(self, consent):
        """Read with ``consent`` from now on: link its accounts, end the one before."""
        before = self.consent_id
        remote = self._adapter().accounts(consent.external_id)
        self.sudo().consent_id = consent
        self.env["bank.connection.account"]._link(
            self, remote, journals=not consent.chooses_journals
        )
        self._transition("active")
        self.sudo().write({"failure_count": 0, "next_attempt_at": fields.Datetime.now()})
        self._breaker_note_answer()
        before._replace(consent)
        self._activities_done("renew")

    def _note_not_valid(self, consent):
        """Say what a connection waits for, or that its approval was not given."""
        if consent.status == "partiallyAuthorised":
            self._transition(
                "authorizing",
                problem_code="consent_partial",
                problem=self.env._(
                    "One person has approved; your agreement with the bank asks for a second "
                    "one. Let them approve at the bank too. We look every few hours."
                ),
            )
        elif consent.status not in WAITING:
            self._transition(
                "attention",
                problem_code="consent_not_given",
                problem=self.env._("The access was not approved at the bank. Connect again."),
            )

    def _consent_bound_secrets(self):
        """Return the purposes of secrets that are worth nothing without the consent."""
        return ("access_token",)

    def _erase_tokens(self):
        """Forget what opens the bank: the consent it belonged to has ended."""
        for connection in self:
            for purpose in connection._consent_bound_secrets():
                self.env["bank.secret"]._store(connection, purpose, None)

    def _post_connected(self):
        """Tell the followers which accounts are connected and where they lead."""
        self.ensure_one()
        accounts = "; ".join(
            f"{account.name} → {account.journal_id.display_name or '?'}"
            for account in self.account_ids
        )
        self.message_post(body=self.env._("Connected: %(accounts)s", accounts=accounts))
