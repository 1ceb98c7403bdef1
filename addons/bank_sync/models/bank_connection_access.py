import time
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..connectors.base import REGISTRY, BankError
from ..connectors.certificate import ClientCertificate, tls_context
from ..connectors.signing import CavageSigner
from .problems import problem_sentence

#: Days before the end of our certificate on which its responsible person is told, once each.
CERTIFICATE_DAYS = (60, 30, 7)


class BankConnection(models.Model):
    """How a bank is reached: whom we trust, what we show, and where it departs from its kind."""

    _inherit = "bank.connection"

    bank_authorities = fields.Text(
        string="The Bank's Authorities",
        help="Certificates (PEM) of those who sign the bank's own. Nobody else is trusted then. "
        "Empty for the usual authorities of the web.",
    )
    certificate = fields.Text(
        string="Our Certificate", copy=False, help="PEM, with its chain where the bank wants that."
    )
    certificate_key = fields.Char(
        compute="_compute_certificate_key",
        inverse="_inverse_certificate_key",
        groups="bank_sync.group_manager",
        help="PEM without password. Kept encrypted. It can be replaced here, never read.",
    )
    certificate_warned_days = fields.Integer(readonly=True, copy=False)
    signs_requests = fields.Boolean(
        help="Berlin Group: every request carries Digest and Signature, made with our certificate."
    )
    bank_zone = fields.Selection(_tz_get, string="The Bank's Time Zone")
    sign_convention = fields.Selection(
        [
            ("signed", "Money out is negative"),
            ("reversed", "Money out is positive"),
            ("by_party", "No signs; a named creditor means money out"),
        ],
        string="Signs",
    )
    approval_way = fields.Selection(
        [
            ("redirect", "On the bank's page"),
            ("decoupled", "In the bank's app"),
            ("oauth", "By signing in"),
        ],
        string="Approval",
        help="What we ask for; the bank decides.",
    )
    bank_user_name = fields.Char(
        string="User Name at the Bank", help="Some banks need it for an approval in their app."
    )
    entry_form = fields.Selection(
        [("json", "Lists"), ("camt", "camt.053 files"), ("mt940", "MT940 files")],
        string="Entries Come As",
    )
    order_search = fields.Boolean(
        string="Orders Can Be Looked Up", help="The bank agreed to find orders by end-to-end id."
    )

    order_key_hours = fields.Integer(
        string="Hours an Order's Key Is Known",
        help="Where the bank agreed to recognise an order sent twice by its Idempotency-Key.",
    )

    @api.constrains("certificate", "bank_authorities")
    def _check_certificates(self):
        """Refuse what cannot be read now, not in the night."""
        for connection in self:
            try:
                tls_context(connection.bank_authorities or None)
                if connection.certificate:
                    connection._client_certificate(required=False)
            except BankError as error:
                raise ValidationError(problem_sentence(self.env, error)) from error

    def _compute_certificate_key(self):
        self.certificate_key = False

    def _inverse_certificate_key(self):
        for connection in self:
            if not connection.certificate_key:
                continue
            try:
                ClientCertificate(connection.certificate or "", connection.certificate_key).check()
            except BankError as error:
                raise UserError(
                    self.env._("Key and certificate: %(problem)s", problem=error.detail)
                ) from error
            self.env["bank.secret"]._store(
                connection, "certificate_key", connection.certificate_key
            )
        self.invalidate_recordset(["certificate_key"])

    # === THE BANK === #

    def _transport_options(self):
        options = super()._transport_options()
        certificate = self._client_certificate()
        if certificate:
            options["certificate"] = certificate
            if self.signs_requests:
                options["signer"] = CavageSigner(
                    certificate.certificate, certificate.key, time.time
                )
        if self.bank_authorities:
            options["authorities"] = self.bank_authorities
        return options

    def _adapter_arguments(self):
        arguments = super()._adapter_arguments()
        usual = getattr(REGISTRY[self.adapter], "default_profile", None)
        return (*arguments, self._profile(usual)) if usual else arguments

    def _profile(self, usual):
        """Return where this bank departs from ``usual``; what nobody said stays."""
        said = {
            "zone": self.bank_zone,
            "signs": self.sign_convention,
            "approval": self.approval_way,
            "user_id": self.bank_user_name,
            "reads": self.entry_form,
            "order_search": self.order_search,
            "order_key_seconds": self.order_key_hours * 3600,
        }
        return replace(usual, **{name: value for name, value in said.items() if value})

    def _client_certificate(self, *, required=True):
        """Return our certificate with its key, ``None`` where we show none.

        :param required: whether a certificate without key is none
        :raise Permanent: when the certificate cannot be read
        """
        if not self.certificate:
            return None
        key = self.env["bank.secret"]._reveal(self, "certificate_key")
        certificate = ClientCertificate(self.certificate, key or "")
        if not required:
            certificate.last_day  # noqa: B018 reads it
        return certificate if key or not required else None

    def _certificate_valid_until(self):
        certificate = self._client_certificate(required=False)
        return certificate.last_day if certificate else super()._certificate_valid_until()

    # === WATCH === #

    def _watch(self):
        self._watch_certificate()
        return super()._watch()

    def _watch_certificate(self):
        """Tell the responsible person in time that our certificate ends."""
        until = self._certificate_valid_until()
        if not until:
            return
        left = (until - self.company_id._bank_today()).days
        due = [days for days in CERTIFICATE_DAYS if left <= days]
        if not due:
            if self.certificate_warned_days:
                self.sudo().certificate_warned_days = 0
                self._activities_done("certificate")
            return
        if not self.certificate_warned_days or min(due) < self.certificate_warned_days:
            self.sudo().certificate_warned_days = min(due)
            env = self.with_context(lang=self._responsible().lang).env
            date = fields.Date.to_string(until)
            summary = env._("Renew our certificate before %(date)s", date=date)
            text = env._(
                "The certificate we show %(bank)s ends on %(date)s. The bank refuses us from then "
                "on. Ask the bank for a new one and enter it on the connection's page Access.",
                bank=self.name,
                date=date,
            )
            self._ask_person("certificate", summary, until, text)
