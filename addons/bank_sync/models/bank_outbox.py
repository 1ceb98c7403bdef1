import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.credit_transfer import TransferRefused, sepa_credit_transfer
from ..core.outbox import (
    TRANSITIONS,
    canonical_json,
    digest,
    end_to_end_id,
    idempotency_key,
)
from .bank_entry_values import to_minor


class BankOutbox(models.Model):
    """What we want a bank to do, exactly once each: written with the business, sent later.

    Nothing else leaves to a bank. An intent is a row of the transaction that decided it, so that
    a decision rolled back, or repeated by Odoo on a conflict, sends nothing twice. How rows leave
    lies in ``bank_outbox_relay.py``.
    """

    _name = "bank.outbox"
    _description = "Bank Order"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "summary"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    connection_id = fields.Many2one(
        "bank.connection",
        string="Bank",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(
        [("payment", "Payment"), ("event", "Event")], required=True, readonly=True
    )
    summary = fields.Char(readonly=True)
    aggregate = fields.Char(
        string="About", required=True, readonly=True, help="What it concerns: model and id."
    )
    version = fields.Integer(
        required=True, readonly=True, help="A changed order about the same thing is another one."
    )
    key = fields.Char(
        string="Idempotency Key", required=True, readonly=True, help="The same in every attempt."
    )
    end_to_end_id = fields.Char(string="End-to-End ID", required=True, readonly=True)
    body = fields.Text(required=True, readonly=True, help="Exactly what is sent.")
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    user_ip = fields.Char(string="Ordered From", readonly=True)
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("leased", "Being sent"),
            ("sent", "At the bank"),
            ("confirmed", "Done"),
            ("unknown", "Not certain"),
            ("failed", "Refused"),
            ("dead", "Given up"),
        ],
        default="queued",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    next_at = fields.Datetime(string="Next Look", readonly=True, default=fields.Datetime.now)
    lease = fields.Char(readonly=True, help="Who sends it now.")
    first_attempt_at = fields.Datetime(readonly=True)
    last_attempt_at = fields.Datetime(string="Last Attempt", readonly=True)
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    look_count = fields.Integer(string="Times Asked", readonly=True)
    reference = fields.Char(string="Bank's Reference", readonly=True, index="btree_not_null")
    bank_status = fields.Char(readonly=True, help="The bank's own word, as it came.")
    bank_reason = fields.Char(readonly=True)
    request_ids = fields.Json(readonly=True)
    request_text = fields.Char(compute="_compute_request_text", string="Request IDs")
    approval_url = fields.Char(string="Approval Page", readonly=True)
    problem_code = fields.Char(readonly=True)
    problem = fields.Char(readonly=True)
    entry_id = fields.Many2one(
        "bank.entry", string="Entry at the Bank", readonly=True, ondelete="restrict"
    )
    event_ids = fields.One2many(
        "bank.event",
        "res_id",
        domain=[("res_model", "=", "bank.outbox")],
        string="Timeline",
        readonly=True,
    )

    _key_uniq = models.Constraint("UNIQUE(key)", "This order exists already.")
    _due_idx = models.Index("(next_at, id) WHERE state IN ('queued', 'leased', 'sent', 'unknown')")
    _aggregate_idx = models.Index("(aggregate, version)")
    _end_to_end_idx = models.Index("(end_to_end_id) WHERE state IN ('sent', 'unknown')")

    def _compute_request_text(self):
        for intent in self:
            intent.request_text = ", ".join(intent.request_ids or ())

    # === WRITING AN INTENT === #

    @api.model
    def _enqueue(self, connection, kind, aggregate, version, body, **values):
        """Write an intent in the caller's transaction and return it. Safe to repeat.

        :param aggregate: what it is about, such as ``account.move,7``
        :param version: number of this intent about it; a changed one takes the next number
        :param body: what is sent, as a mapping of text and whole numbers
        :raise UserError: when the same intent exists with another body
        """
        text = canonical_json(body)
        key = self._key(aggregate, version)
        known_sudo = self.sudo().search([("key", "=", key)])
        if known_sudo:
            if known_sudo.sha256 != digest(text):
                raise UserError(
                    self.env._(
                        "%(order)s was ordered before with other contents. Nothing was sent; "
                        "order the change as a new one.",
                        order=known_sudo.summary or aggregate,
                    )
                )
            return known_sudo.sudo(False)
        intent_sudo = self.sudo().create(
            {
                "company_id": connection.company_id.id,
                "connection_id": connection.id,
                "kind": kind,
                "aggregate": aggregate,
                "version": version,
                "key": key,
                "end_to_end_id": end_to_end_id(key),
                "body": text,
                "sha256": digest(text),
                **values,
            }
        )
        self.env["bank.event"]._record("outbox_state", intent_sudo, {"to": "queued"})
        self._wake_relay()
        return intent_sudo.sudo(False)

    @api.model
    def _key(self, aggregate, version):
        """Return the idempotency key of an intent of this database."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return idempotency_key(database, aggregate, version)

    @api.model
    def _enqueue_payment(self, account, partner_bank, amount, text, *, aggregate, version=1):
        """Order a SEPA credit transfer from ``account`` and return the intent. Safe to repeat.

        :param account: the connected account that pays
        :param partner_bank: account of the one who receives
        :param amount: in euro, above zero
        :raise UserError: when every bank would refuse it
        """
        account.ensure_one()
        currency = account.currency_id
        try:
            body = sepa_credit_transfer(
                debtor_account=account.iban or "",
                creditor_account=partner_bank.acc_number,
                creditor_name=partner_bank.acc_holder_name or partner_bank.partner_id.name or "",
                amount=to_minor(amount, currency.name),
                currency=currency.name,
                text=text,
                end_to_end_id=end_to_end_id(self._key(aggregate, version)),
            )
        except TransferRefused as error:
            raise UserError(self._transfer_refused(error.code)) from error
        return self._enqueue(
            account.connection_id,
            "payment",
            aggregate,
            version,
            body,
            summary=f"{partner_bank.partner_id.name}: {text}",
            currency_id=currency.id,
            amount=amount,
            user_ip=account.connection_id._user_ip(),
        )

    def _transfer_refused(self, code):
        return {
            "currency": self.env._("Only accounts in euro can order SEPA transfers."),
            "amount": self.env._("The amount must be above zero."),
            "name": self.env._("Whoever receives the money needs a name."),
            "account": self.env._("Both accounts need a valid IBAN."),
        }[code]

    @api.model
    def _wake_relay(self):
        self.env.ref("bank_sync.bank_outbox_cron_relay").sudo()._trigger()

    # === STATES === #

    def _transition(self, target, **values):
        """Move to ``target`` with what is known, and record it.

        :raise UserError: when the intent may not go there
        """
        self.ensure_one()
        if target not in TRANSITIONS[self.state]:
            raise UserError(
                self.env._(
                    "%(order)s is %(state)s and cannot become %(target)s.",
                    order=self.summary or self.aggregate,
                    state=self.state,
                    target=target,
                )
            )
        payload = {"from": self.state, "to": target, "attempt": self.attempt_count}
        payload |= {
            name: values[name]
            for name in ("bank_status", "problem_code", "reference", "entry_id")
            if values.get(name)
        }
        self.sudo().write({"state": target, "lease": False, **values})
        self.env["bank.event"]._record("outbox_state", self, payload)
        if target in {"confirmed", "failed"}:
            self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    # === BUTTONS === #

    def action_replay(self):
        """Send again what was given up; it was never executed, or its receiver knows it again."""
        self._decide({"dead"}, "queued", first_attempt_at=False, attempt_count=0)

    def action_send_again(self):
        """Send again, on a person's word, what the bank never executed."""
        self._decide({"unknown"}, "queued", first_attempt_at=False, attempt_count=0)

    def action_mark_executed(self):
        """Believe a person that the bank executed it."""
        self._decide({"unknown", "sent"}, "confirmed")

    def action_cancel(self):
        """Take back what has not been sent."""
        self._decide({"queued"}, "failed", problem_code="cancelled")

    def _decide(self, states, target, **values):
        """Do what a manager decided, under the row's lock: the relay may be at work on it.

        :raise UserError: when the relay is, or the state is another by now
        """
        if not self.env.su and not self.env.user.has_group("bank_sync.group_manager"):
            raise UserError(self.env._("Only managers decide on orders to the bank."))
        self.check_access("read")
        for intent in self:
            held = intent.sudo().try_lock_for_update(allow_referencing=True)
            if not held or intent.state not in states:
                raise UserError(
                    self.env._(
                        "%(order)s has moved on meanwhile. Look again.",
                        order=intent.summary or intent.aggregate,
                    )
                )
            reset = {"problem_code": False, "problem": False, "next_at": fields.Datetime.now()}
            intent._transition(target, **{**reset, "look_count": 0, **values})
        self._wake_relay()

    def _order_body(self):
        """Return what is sent, or ``None`` when it is not what was ordered."""
        self.ensure_one()
        return json.loads(self.body) if digest(self.body) == self.sha256 else None
