import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors.base import BankError, ConsentInvalid

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
#: Statuses from which nothing leads back.
ENDED = tuple(status for status, following in TRANSITIONS.items() if not following)
#: Statuses in which the bank still waits for somebody.
WAITING = ("received", "partiallyAuthorised")
#: How long a person may take on the bank's page before the way back is closed.
STATE_MINUTES = 30
#: How long we ask after a consent nobody has approved, and one that lacks a second signature.
PATIENCE = {"received": timedelta(hours=24), "partiallyAuthorised": timedelta(days=14)}
#: Minutes between two questions, by how long we have been waiting: (up to, every).
QUESTION_MINUTES = ((30, 5), (24 * 60, 60), (None, 6 * 60))
#: What we ask to read. Nothing of ours can order, change or move anything with it.
SCOPES = ("accounts", "balances", "transactions")
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
    message = fields.Char(
        readonly=True, help="The bank's words to the person who approves in its app."
    )
    scopes = fields.Json(readonly=True, help="What the bank was asked to let us read.")
    scope_text = fields.Char(compute="_compute_scope_text", string="May Read")
    chooses_journals = fields.Boolean(
        readonly=True, help="A person says which journal each account leads to."
    )
    replaced_by_id = fields.Many2one("bank.consent", readonly=True, ondelete="restrict")
    next_check_at = fields.Datetime(readonly=True, copy=False, index=True)
    warned_days = fields.Integer(
        readonly=True, copy=False, help="Days before its end of the last warning; 0 for none."
    )
    days_left = fields.Integer(compute="_compute_days_left")
    event_ids = fields.One2many(
        "bank.event",
        "res_id",
        string="Log",
        domain=[("res_model", "=", "bank.consent")],
        readonly=True,
    )
    state_digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    state_expires_at = fields.Datetime(readonly=True)
    state_used_at = fields.Datetime(readonly=True)
    request_id = fields.Char(string="Request ID", readonly=True)
    asked_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)

    @api.depends("scopes")
    def _compute_scope_text(self):
        for consent in self:
            consent.scope_text = ", ".join(consent.scopes or ())

    @api.depends("valid_until")
    def _compute_days_left(self):
        for consent in self:
            today = consent.company_id._bank_today() if consent.company_id else None
            until = consent.valid_until
            consent.days_left = (until - today).days if until and today else 0

    @api.model
    def _start(self, connection, user_ip=None, *, chooses_journals=False, days=CONSENT_DAYS):
        """Open a consent at the bank and return it, waiting for approval.

        The bank sends the person back with a random state; only its digest is kept.

        :param chooses_journals: whether a person will choose the journals, or we do
        :raise BankError: when the bank does not open one
        """
        connection._stamp()
        state = secrets.token_urlsafe(32)
        callback = f"{connection.get_base_url()}/bank_sync/callback?state={state}"
        valid_until = connection.company_id._bank_today() + timedelta(days=days)
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
                "redirect_url": start.redirect_url or connection._sign_in_page(start, state),
                "message": start.message,
                "scopes": list(SCOPES),
                "chooses_journals": chooses_journals,
                "next_check_at": fields.Datetime.now() + timedelta(minutes=QUESTION_MINUTES[0][1]),
                "state_digest": _digest(state),
                "state_expires_at": fields.Datetime.now() + timedelta(minutes=STATE_MINUTES),
                "request_id": start.request_id,
            }
        )
        self.env["bank.event"]._record(
            "consent_asked",
            consent,
            {
                "request_id": start.request_id,
                "scopes": ", ".join(SCOPES),
                "until": fields.Date.to_string(valid_until),
            },
        )
        return consent.sudo(False)

    @api.model
    def _find_by_state(self, state, user):
        """Return the consent ``user`` was sent to the bank for, or an empty recordset.

        A state leads back once. Unknown, expired, used and somebody else's state give the same
        answer, and are recorded.
        """
        digest = _digest(state or "")
        consent_sudo = self.sudo().search([("state_digest", "=", digest)], limit=1)
        if not consent_sudo or not hmac.compare_digest(consent_sudo.state_digest, digest):
            self.env["bank.event"]._record(
                "consent_state_refused", user, {"reason": "unknown"}, company=self.env.company
            )
            return self.browse()
        if reason := consent_sudo._why_state_is_refused(user):
            self.env["bank.event"]._record(
                "consent_state_refused", consent_sudo, {"user": user.id, "reason": reason}
            )
            return self.browse()
        consent_sudo.state_used_at = fields.Datetime.now()
        return consent_sudo.sudo(False)

    def _why_state_is_refused(self, user):
        """Return why ``user`` may not come back with this consent's state; empty when they may."""
        if self.user_id != user:
            return "other_user"
        if self.state_used_at:
            return "used"
        return "expired" if self.state_expires_at < fields.Datetime.now() else ""

    def _take_return(self, query):
        """Take what the bank sent along with the person, before it is asked about the consent.

        Nothing here decides anything; an interface that needs a code from the address extends it.

        :param query: the parameters of the address, not to be believed
        """

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
            if target in ENDED and consent.connection_id.consent_id == consent:
                consent.connection_id._erase_tokens()

    def _plan_question(self):
        """Set when the bank is asked again; stop asking after a while and let the request end."""
        self.ensure_one()
        now = fields.Datetime.now()
        waited = now - self.asked_at
        if waited > PATIENCE[self.status]:
            self._transition("expired")
            return
        minutes = next(
            every
            for limit, every in QUESTION_MINUTES
            if limit is None or waited <= timedelta(minutes=limit)
        )
        self.sudo().next_check_at = now + timedelta(minutes=minutes)

    def _replace(self, successor):
        """End the consents a newer, valid one has taken the place of, here and at the bank.

        Many banks have ended them already; one that does not answer ends them by itself.
        """
        for consent in self - successor:
            with suppress(BankError):
                consent.connection_id._adapter().revoke_consent(consent.external_id)
            if TRANSITIONS[consent.status]:
                consent._transition("terminatedByTpp")
            consent.sudo().replaced_by_id = successor


def _digest(state):
    return hashlib.sha256(state.encode()).hexdigest()
