from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

#: Allowed transitions: state -> states it may move to. A revoked consent stays revoked: sharing
#: again is a new consent, so that the history says who agreed to what, and when.
TRANSITIONS = {
    "draft": {"granted"},
    "granted": {"revoked"},
    "revoked": set(),
}

#: What a company can share, in the order a person reads it.
SCOPES = ("share_receivables", "share_debtor_names", "share_reminders", "share_reconciliation")

#: What granting and revoking write, together with their event; no form or remote call may.
_DECIDED = {"state", "granted_by_id", "granted_at", "revoked_by_id", "revoked_at"}


class BankSharingConsent(models.Model):
    """What one company allows its sponsoring bank to see, and until when.

    Bank staff see a company only through an effective consent: granted, and not past
    ``valid_until`` (that day included). Each scope opens one block of figures; nothing else of
    the company is readable for them.
    """

    _name = "bank.sharing.consent"
    _description = "Sharing Consent"
    _inherit = ["mail.thread"]
    _order = "company_id, id desc"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    bank_id = fields.Many2one(
        "res.partner",
        string="Sponsoring bank",
        required=True,
        index=True,
        domain=[("is_company", "=", True)],
        help="The bank whose staff may look, through the portal, at what is shared here.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("granted", "Granted"), ("revoked", "Revoked")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    share_receivables = fields.Boolean(
        "Receivables", default=True, help="Totals of open and overdue invoices by age and currency."
    )
    share_debtor_names = fields.Boolean(
        "Customer names",
        help="Names of the ten largest debtors. Without it they are shown as “Customer 1, 2, …”.",
    )
    share_reminders = fields.Boolean(
        "Reminders", help="How many reminders were sent or held back, and why."
    )
    share_reconciliation = fields.Boolean(
        "Reconciliation quality",
        help="How far the bank's books are proved, and how many lines are still unmatched.",
    )
    valid_until = fields.Date(help="The last day of the consent; empty means until revoked.")
    granted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    granted_at = fields.Datetime(readonly=True, copy=False)
    revoked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    revoked_at = fields.Datetime(readonly=True, copy=False)

    _one_per_bank = models.UniqueIndex(
        "(company_id, bank_id) WHERE state = 'granted'",
        "This company already shares with that bank. Revoke the consent first.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create drafts: what is shared is granted by its own action, which leaves an event."""
        self._refuse_decided(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to widen or change what was granted: the bank saw that text, not another."""
        self._refuse_decided(vals.keys())
        frozen = {"company_id", "bank_id", "valid_until", *SCOPES} & vals.keys()
        if frozen and any(consent.state != "draft" for consent in self):
            raise UserError(
                self.env._("A granted consent cannot be changed. Revoke it, then grant a new one.")
            )
        return super().write(vals)

    def _refuse_decided(self, names):
        if not self.env.su and _DECIDED & names:
            raise AccessError(self.env._("A consent is granted and revoked with its buttons."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_granted(self):
        if any(consent.state != "draft" for consent in self):
            raise UserError(self.env._("A granted consent is evidence and cannot be deleted."))

    # === ACTION METHODS === #

    def action_grant(self):
        """Open the chosen blocks to the bank's staff."""
        if any(not any(consent[scope] for scope in SCOPES) for consent in self):
            raise UserError(self.env._("Choose at least one thing to share."))
        self._transition(
            "granted", granted_by_id=self.env.user.id, granted_at=fields.Datetime.now()
        )

    def action_revoke(self):
        """Close everything to the bank's staff, at once."""
        self._transition(
            "revoked", revoked_by_id=self.env.user.id, revoked_at=fields.Datetime.now()
        )

    # === BUSINESS METHODS === #

    def _transition(self, target, **values):
        """Move all records to ``target``, or none, and record it as an event.

        :raise UserError: when one record may not go there
        """
        refused = self.filtered(lambda consent: target not in TRANSITIONS[consent.state])
        if refused:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The consent of %(company)s is %(state)s and cannot become %(target)s.",
                    company=refused[0].company_id.name,
                    state=labels[refused[0].state],
                    target=labels[target],
                )
            )
        self.check_access("write")
        self.sudo().write({"state": target, **values})
        # One statement for a revocation and the next grant would trip over the unique index.
        self.flush_recordset(["state"])
        for consent in self:
            self.env["collection.event"]._log(
                f"sharing_{target}",
                record=consent,
                company=consent.company_id,
                payload={"bank": consent.bank_id.id, "scopes": consent._scopes()},
            )

    def _log_viewed(self, user):
        """Record for each company that somebody of the bank looked at its figures."""
        self.env["collection.event"].with_user(user).sudo()._log_many(
            [("sharing_viewed", consent, {"bank": consent.bank_id.id}) for consent in self]
        )

    @api.model
    def _get_effective_domain(self, bank):
        """Return the domain of the consents that open something to ``bank`` today."""
        return (
            Domain("bank_id", "=", bank.id)
            & Domain("state", "=", "granted")
            & (Domain("valid_until", "=", False) | Domain("valid_until", ">=", "today"))
        )

    def _scopes(self):
        """Return the granted scopes by field name, in the order of :data:`SCOPES`."""
        self.ensure_one()
        return [scope for scope in SCOPES if self[scope]]
