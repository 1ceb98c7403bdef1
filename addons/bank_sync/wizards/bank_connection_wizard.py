from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..connectors.base import BankError
from ..models.bank_connection_sync import READABLE
from ..models.bank_consent import CONSENT_DAYS
from ..models.problems import problem_sentence

STEPS = ("bank", "access", "approve", "accounts", "reading", "result")


class BankConnectionWizard(models.TransientModel):
    """The guide from "which bank?" to the first proved reading.

    What has happened lies in the connection and its consent; the guide only shows where they
    stand. It can be closed at any moment and opened again from the connection.
    """

    _name = "bank.connection.wizard"
    _description = "Connect a Bank"
    _rec_name = "name"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    step = fields.Selection(
        [
            ("bank", "Bank"),
            ("access", "Access"),
            ("approve", "Approval"),
            ("accounts", "Accounts"),
            ("reading", "First Read"),
            ("result", "Done"),
        ],
        default="bank",
        required=True,
        readonly=True,
    )
    connection_id = fields.Many2one("bank.connection", readonly=True, check_company=True)
    directory_id = fields.Many2one(
        "bank.directory", string="Your Bank", domain="[('active', '=', True)]"
    )
    is_other = fields.Boolean(string="My bank is not in the list")
    name = fields.Char(string="Name of the Bank")
    adapter = fields.Selection(
        selection=lambda self: self.env["bank.directory"]._selection_adapter(),
        string="Interface",
        default="berlin_group",
    )
    delivers_files = fields.Boolean(compute="_compute_delivers_files")
    base_url = fields.Char(string="Address")
    access_token = fields.Char(
        help="Only where the bank gives one. It is kept encrypted and never shown again."
    )
    directory_note = fields.Char(related="directory_id.note")
    days = fields.Selection(
        [("180", "180 days, as long as the law allows"), ("90", "90 days"), ("30", "30 days")],
        string="For How Long",
        default=str(CONSENT_DAYS),
        required=True,
    )
    valid_until = fields.Date(compute="_compute_valid_until")
    consent_id = fields.Many2one("bank.consent", compute="_compute_consent")
    consent_status = fields.Char(compute="_compute_consent")
    approval_page = fields.Char(compute="_compute_consent")
    waiting_text = fields.Char(compute="_compute_consent")
    line_ids = fields.One2many("bank.connection.wizard.account", "wizard_id")

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard.name or self.env._("Connect a Bank")

    @api.depends("adapter")
    def _compute_delivers_files(self):
        for wizard in self:
            draft = self.env["bank.connection"].new({"adapter": wizard.adapter})
            wizard.delivers_files = draft.delivers_files

    @api.depends("days")
    def _compute_valid_until(self):
        for wizard in self:
            today = wizard.company_id._bank_today()
            wizard.valid_until = today + timedelta(days=int(wizard.days or CONSENT_DAYS))

    @api.depends("connection_id.consent_ids.status")
    @api.depends_context("lang")
    def _compute_consent(self):
        for wizard in self:
            consent = wizard._newest_consent()
            wizard.consent_id = consent
            wizard.consent_status = consent.status
            wizard.approval_page = consent.redirect_url
            wizard.waiting_text = wizard._waiting_text(consent)

    def _newest_consent(self):
        """Return what the bank was asked for last."""
        return self.env["bank.consent"].search(
            [("connection_id", "=", self.connection_id.id)], order="id desc", limit=1
        )

    def _waiting_text(self, consent):
        if consent.status == "partiallyAuthorised":
            return self.env._(
                "One person has approved. Your agreement with the bank asks for a second one: let "
                "them approve at the bank too. You need not wait here."
            )
        if consent.message:
            return consent.message
        return self.env._("Approve the access on the bank's own page, then come back here.")

    # === OPENING === #

    @api.model
    def _open_for(self, connection):
        """Return the action that shows the guide where ``connection`` stands in it."""
        return self._resume(connection)._reopen()

    @api.model
    def _resume(self, connection):
        """Return the user's guide for ``connection``, at the step where it stands."""
        wizard = self.search(
            [("connection_id", "=", connection.id), ("step", "!=", "result")],
            order="id desc",
            limit=1,
        ) or self.create(
            {
                "company_id": connection.company_id.id,
                "connection_id": connection.id,
                "name": connection.name,
                "adapter": connection.adapter,
                "base_url": connection.base_url,
                "is_other": True,
            }
        )
        wizard._go(wizard._step_of(connection))
        return wizard

    @api.model
    def _step_of(self, connection):
        if connection.pending_consent_id:
            return "approve"
        if connection.state in READABLE and connection.consent_id.status == "valid":
            unlinked = connection.account_ids.filtered(
                lambda account: account.coverage == "covered" and not account.journal_id
            )
            if unlinked:
                return "accounts"
        return "access"

    def _go(self, step):
        """Show ``step``; the accounts are listed when they are reached."""
        self.ensure_one()
        if step == "accounts" and not self.line_ids:
            self.line_ids = self.env["bank.connection.wizard.account"]._values_for(
                self.connection_id
            )
        self.step = step

    def _reopen(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "bank_sync.bank_connection_wizard_action"
        )
        return {**action, "res_id": self.id, "views": [(False, "form")]}

    # === THE STEPS === #

    def action_choose_bank(self):
        """Take the bank that was chosen or described, and go on to what it is asked for."""
        self.ensure_one()
        if not self.is_other and not self.directory_id:
            raise UserError(self.env._("Choose your bank, or say that it is not in the list."))
        if not self.is_other:
            bank = self.directory_id
            self.write({"name": bank.name, "adapter": bank.adapter, "base_url": bank.base_url})
        if self._needs_no_approval() and self.name:
            self._ensure_connection()
            return self.action_open_connection()
        if not (self.name and self.base_url):
            raise UserError(self.env._("Give the bank's name and the address of its interface."))
        self._check_address()
        self._go("access")
        return True

    def action_choose_files(self):
        """Take statement files, which the bank lays down somewhere, instead of an interface."""
        self.ensure_one()
        self.write({"is_other": True, "adapter": "file_drop", "base_url": False})
        return True

    def _check_address(self):
        """Refuse an address that is no web address, or would send secrets in the open.

        :raise UserError: in words a person can act on
        """
        connection = self.env["bank.connection"].new(
            {"adapter": self.adapter, "base_url": self.base_url, "company_id": self.company_id.id}
        )
        try:
            connection._adapter()
        except BankError as error:
            raise UserError(problem_sentence(self.env, error)) from error

    def _needs_no_approval(self):
        return self.env["bank.connection"].new({"adapter": self.adapter}).needs_no_approval

    def _ensure_connection(self):
        if not self.connection_id:
            self.connection_id = self.env["bank.connection"].create(
                {
                    "name": self.name,
                    "company_id": self.company_id.id,
                    "adapter": self.adapter,
                    "base_url": self.base_url,
                }
            )
        if self.access_token:
            self.connection_id.access_token = self.access_token
            self.access_token = False

    def action_back(self):
        """Go back to the choice of the bank, as long as none has been asked."""
        self.ensure_one()
        if not self.connection_id:
            self._go("bank")
        return True

    def action_ask(self):
        """Ask the bank for the access and send the person to its page, if it has one."""
        self.ensure_one()
        self._ensure_connection()
        first = not self.connection_id.account_ids.journal_id
        consent = self.connection_id._ask_consent(chooses_journals=first, days=int(self.days))
        self._go("approve")
        self.invalidate_recordset()
        if consent.redirect_url:
            return {"type": "ir.actions.act_url", "url": consent.redirect_url, "target": "self"}
        return True

    def action_start_again(self):
        """Ask for the access once more; what was asked before ends by itself."""
        self._go("access")
        return True

    def action_link_accounts(self):
        """Lead the chosen accounts to their journals and begin to read."""
        self.ensure_one()
        self.connection_id.check_access("write")
        chosen = self.line_ids.filtered("is_read")
        if not chosen:
            raise UserError(self.env._("Choose at least one account to read."))
        journals = chosen.journal_id
        if len(journals) < len(chosen.filtered("journal_id")):
            raise ValidationError(self.env._("Each account needs a journal of its own."))
        chosen._link()
        self.connection_id.sudo().next_attempt_at = fields.Datetime.now()
        self.connection_id._post_connected()
        self._go("reading")
        return True

    def action_open_connection(self):
        """Leave the guide for the page of the connection."""
        self.ensure_one()
        if not self.connection_id:
            return self.env["ir.actions.actions"]._for_xml_id("bank_sync.bank_connection_action")
        return {
            "type": "ir.actions.act_window",
            "res_model": "bank.connection",
            "res_id": self.connection_id.id,
            "views": [(False, "form")],
            "target": "current",
        }
