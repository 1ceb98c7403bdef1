import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors.base import ConsentInvalid

#: Allowed transitions, in the words of Berlin Group; what has ended stays ended.
TRANSITIONS = {
    "received": {"partiallyAuthorised", "valid", "rejected", "expired", "terminatedByTpp"},
    "partiallyAuthorised": {"valid", "rejected", "expired", "revokedByPsu", "terminatedByTpp"},
    "valid": {"revokedByPsu", "expired", "terminatedByTpp"},
    "rejected": set(),
    "revokedByPsu": set(),
    "expired": set(),
    "terminatedByTpp": set(),
}
#: How long a person may take on the bank's page.
STATE_MINUTES = 30
#: Days a consent is asked for; the longest the law allows without a new approval.
CONSENT_DAYS = 180


class BankConsent(models.Model):
    """The account holder's permission to read, as the bank knows it."""

    _name = "bank.consent"
    _description = "Bank Consent"
    _order = "id desc"
    _rec_name = "external_id"

    connection_id = fields.Many2one(
        "bank.connection", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    external_id = fields.Char(string="Consent ID", required=True, readonly=True)
    status = fields.Selection(
        [
            ("received", "Waiting for approval"),
            ("partiallyAuthorised", "Waiting for a second approval"),
            ("valid", "Valid"),
            ("rejected", "Rejected"),
            ("revokedByPsu", "Withdrawn at the bank"),
            ("expired", "Expired"),
            ("terminatedByTpp", "Ended by us"),
        ],
        default="received",
        required=True,
        readonly=True,
        copy=False,
    )
    valid_until = fields.Date(readonly=True, help="Last day the bank lets us read.")
    user_id = fields.Many2one(
        "res.users", string="Asked by", required=True, readonly=True, ondelete="restrict"
    )
    redirect_url = fields.Char(string="Approval Page", readonly=True)
    state_digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    state_expires_at = fields.Datetime(readonly=True)
    request_id = fields.Char(string="Request ID", readonly=True)

    @api.model
    def _start(self, connection, user_ip=None):
        """Open a consent at the bank and return it, waiting for approval.

        The bank sends the person back with a random state; only its digest is kept.

        :raise BankError: when the bank does not open one
        """
        state = secrets.token_urlsafe(32)
        callback = f"{connection.get_base_url()}/bank_sync/callback?state={state}"
        valid_until = connection.company_id._bank_today() + timedelta(days=CONSENT_DAYS)
        start = connection._adapter().start_consent(
            redirect_url=callback,
            cancel_url=f"{callback}&cancelled=1",
            valid_until=valid_until,
            user_ip=user_ip,
        )
        consent = self.sudo().create(
            {
                "connection_id": connection.id,
                "external_id": start.consent_id,
                "valid_until": valid_until,
                "user_id": self.env.uid,
                "redirect_url": start.redirect_url,
                "state_digest": _digest(state),
                "state_expires_at": fields.Datetime.now() + timedelta(minutes=STATE_MINUTES),
                "request_id": start.request_id,
            }
        )
        self.env["bank.event"]._record("consent_asked", consent, {"request_id": start.request_id})
        return consent.sudo(False)

    @api.model
    def _find_by_state(self, state, user):
        """Return the consent ``user`` was sent to the bank for, or an empty recordset.

        Unknown, expired and somebody else's state give the same answer.
        """
        digest = _digest(state or "")
        consent_sudo = self.sudo().search([("state_digest", "=", digest)], limit=1)
        if not consent_sudo or not hmac.compare_digest(consent_sudo.state_digest, digest):
            return self.browse()
        if consent_sudo.user_id != user or consent_sudo.state_expires_at < fields.Datetime.now():
            self.env["bank.event"]._record("consent_state_refused", consent_sudo, {"user": user.id})
            return self.browse()
        return consent_sudo.sudo(False)

    def _refresh(self):
        """Ask the bank what the consent is worth and keep the answer. Safe to repeat.

        :raise BankError: when the bank does not answer
        """
        self.ensure_one()
        try:
            state = self.connection_id._adapter().consent_state(self.external_id)
        except ConsentInvalid:
            if not TRANSITIONS[self.status]:
                return
            self._transition("expired" if self.status == "valid" else "rejected")
            return
        known = dict(self._fields["status"].selection)
        self._transition(state.status if state.status in known else "rejected")
        if state.valid_until and state.valid_until != self.valid_until:
            self.sudo().valid_until = state.valid_until

    def _transition(self, target):
        """Move to ``target`` and record it; being there already is a success.

        :raise UserError: when the consent has ended or the order is wrong
        """
        for consent in self.filtered(lambda consent: consent.status != target):
            if target not in TRANSITIONS[consent.status]:
                raise UserError(
                    self.env._(
                        "Consent %(consent)s is %(status)s and cannot become %(target)s.",
                        consent=consent.external_id,
                        status=consent.status,
                        target=target,
                    )
                )
            self.env["bank.event"]._record(
                "consent_status", consent, {"from": consent.status, "to": target}
            )
            consent.sudo().status = target


def _digest(state):
    return hashlib.sha256(state.encode()).hexdigest()
