from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import config

from ..connectors.base import REGISTRY
from ..connectors.transport import Transport

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {
    "draft": {"authorizing", "active", "revoked"},
    "authorizing": {"draft", "active", "attention", "suspended", "revoked"},
    "active": {"authorizing", "attention", "suspended", "revoked"},
    "attention": {"authorizing", "active", "suspended", "revoked"},
    "suspended": {"active", "attention", "revoked"},
    "revoked": {"authorizing", "active"},
}
#: odoo.conf option: names of hosts that may be reached without TLS, besides this machine.
INSECURE_HOSTS_OPTION = "bank_sync_insecure_hosts"


class BankConnection(models.Model):
    """A company's connection to one bank: who it is, how it is reached, and its state.

    The rest of the concept lies in ``bank_connection_link.py`` (approval and its end),
    ``bank_connection_sync.py`` (reading) and ``bank_connection_health.py`` (what people see).
    """

    _name = "bank.connection"
    _description = "Bank Connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    adapter = fields.Selection(
        [
            ("berlin_group", "Berlin Group (NextGenPSD2)"),
            ("open_banking_uk", "Open Banking UK"),
        ],
        string="Interface",
        required=True,
        default="berlin_group",
    )
    base_url = fields.Char(
        string="Address", required=True, help="Where the bank's interface begins, without /v1."
    )
    access_token = fields.Char(
        compute="_compute_access_token",
        inverse="_inverse_access_token",
        groups="bank_sync.group_manager",
        help="Kept encrypted. It can be replaced here, never read.",
    )
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("authorizing", "Waiting for approval"),
            ("active", "Connected"),
            ("attention", "Needs attention"),
            ("suspended", "Suspended"),
            ("revoked", "Ended"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    problem_code = fields.Char(readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False)
    account_ids = fields.One2many("bank.connection.account", "connection_id")
    consent_ids = fields.One2many("bank.consent", "connection_id", readonly=True)
    run_ids = fields.One2many("bank.sync.run", "connection_id", readonly=True)
    consent_id = fields.Many2one("bank.consent", string="Consent in Use", readonly=True, copy=False)
    consent_valid_until = fields.Date(related="consent_id.valid_until", string="Consent Until")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create connections that are not connected yet.

        :raise AccessError: for a user who writes what the bank decides
        """
        for vals in vals_list:
            self._refuse_derived(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Write what people decide. A secret given for one address is not sent to another.

        :raise AccessError: for a user who writes what the bank decides
        """
        if "company_id" in vals and self.account_ids:
            raise UserError(self.env._("A connection with accounts stays with its company."))
        self._refuse_derived(vals)
        if address := vals.get("base_url"):
            for connection in self.filtered(lambda connection: connection.base_url != address):
                self.env["bank.secret"]._store(connection, "access_token", None)
        return super().write(vals)

    @api.model
    def _derived_fields(self):
        """Return what the bank and the buttons decide: no form and no remote call writes it.

        A file that adds such a field extends this set.
        """
        return {"state", "problem_code", "problem", "consent_id"}

    def _refuse_derived(self, vals):
        if not self.env.su and (derived := self._derived_fields().intersection(vals)):
            names = ", ".join(sorted(derived))
            raise AccessError(self.env._("%(fields)s cannot be written by hand.", fields=names))

    # === COMPUTE METHODS === #

    def _compute_access_token(self):
        self.access_token = False

    def _inverse_access_token(self):
        for connection in self:
            if connection.access_token:
                self.env["bank.secret"]._store(connection, "access_token", connection.access_token)
        self.invalidate_recordset(["access_token"])

    def _transition(self, target, *, problem_code=False, problem=False):
        """Move to ``target`` with the reason and record it.

        Being there already only updates the reason.

        :raise UserError: when one may not go there
        """
        for connection in self:
            if connection.state != target and target not in TRANSITIONS[connection.state]:
                raise UserError(
                    self.env._(
                        "Connection %(name)s is %(state)s and cannot become %(target)s.",
                        name=connection.name,
                        state=connection.state,
                        target=target,
                    )
                )
        moved = self.filtered(lambda connection: connection.state != target)
        payload = {"to": target, "problem_code": problem_code or None}
        self.env["bank.event"]._record("connection_state", moved, payload)
        self.sudo().write({"state": target, "problem_code": problem_code, "problem": problem})

    # === THE BANK === #

    def _adapter(self):
        """Return the adapter that talks to this bank.

        Two seams feed it: ``_transport_options`` says how the bank is reached over HTTP and with
        which credentials; ``_adapter_arguments`` what the adapter's class is built from, for an
        interface that is no HTTP at all.
        """
        self.ensure_one()
        return REGISTRY[self.adapter](*self._adapter_arguments())

    def _adapter_arguments(self):
        """Return the positional arguments of the adapter's class."""
        return (Transport(self.base_url, **self._transport_options()),)

    def _transport_options(self):
        """Return the keyword arguments of ``Transport``: token, certificates, hosts."""
        return {
            "token": self.env["bank.secret"]._reveal(self, "access_token"),
            "insecure_hosts": self._insecure_hosts(),
        }

    @api.model
    def _insecure_hosts(self):
        """Return the names that ``odoo.conf`` lets us reach without TLS."""
        hosts = config.get(INSECURE_HOSTS_OPTION) or ""
        return frozenset(host.strip() for host in hosts.split(",") if host.strip())

    @api.model
    def _user_ip(self):
        """Return the address of the person who waits for the answer, ``None`` when nobody does."""
        return request.httprequest.remote_addr if request else None
