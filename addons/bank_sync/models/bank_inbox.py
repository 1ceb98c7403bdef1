import logging
from datetime import timedelta
from http import HTTPStatus

from odoo import api, fields, models
from odoo.tools import SQL

from ..connectors.base import AuthExpired, BankError, ContractViolation
from ..connectors.signed_events import read_signed_event
from .problems import problem_sentence

_logger = logging.getLogger(__name__)

#: Allowed transitions: state -> states it may move to.
TRANSITIONS = {"received": {"done", "failed"}, "done": set(), "failed": set()}
#: Days an id is remembered, so that an old event replayed is an old event.
REMEMBERED_DAYS = 400
#: Notices of one connection that may wait; a bank that sends more is asked to slow down.
MOST_WAITING = 1000
#: Verified against where there is no secret, so that both take the same time.
_NOBODYS_SECRET = "whsec_" + "A" * 32


class BankInbox(models.Model):
    """An event the bank pushed: proved to be the bank's, and no more than a hint to look.

    What has changed is read from the bank itself, later. Without any event the same is found by
    reading on schedule.
    """

    _name = "bank.inbox"
    _description = "Bank Notice"
    _order = "id desc"
    _rec_name = "event_id"

    connection_id = fields.Many2one(
        "bank.connection", string="Bank", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    event_id = fields.Char(string="Event ID", required=True, readonly=True)
    kind = fields.Selection(
        [("consent", "Consent"), ("account", "Account"), ("order", "Order")],
        string="About",
        required=True,
        readonly=True,
    )
    resource = fields.Char(string="Bank's Reference", readonly=True)
    received_at = fields.Datetime(required=True, readonly=True, index=True)
    state = fields.Selection(
        [("received", "Received"), ("done", "Looked at"), ("failed", "Not looked at")],
        required=True,
        readonly=True,
        index=True,
    )
    problem = fields.Char(readonly=True)

    _event_uniq = models.Constraint(
        "UNIQUE(connection_id, event_id)", "The bank already sent this event."
    )

    # === RECEIVING === #

    @api.model
    def _receive(self, connection_id, headers, content):
        """Keep an event if it is the bank's, and return the HTTP status to answer.

        A wrong signature, an unknown connection and an event too old give the same answer.
        Repeating is a success and changes nothing.
        """
        connection_sudo = self.env["bank.connection"].sudo().browse(connection_id).exists()
        secrets = connection_sudo and connection_sudo._event_secrets()
        try:
            notice = read_signed_event(headers, content, secrets or [_NOBODYS_SECRET])
        except AuthExpired:
            return HTTPStatus.UNAUTHORIZED
        except ContractViolation:
            return HTTPStatus.BAD_REQUEST if secrets else HTTPStatus.UNAUTHORIZED
        if not secrets:
            return HTTPStatus.UNAUTHORIZED
        waiting = [("connection_id", "=", connection_id), ("state", "=", "received")]
        if self.sudo().search_count(waiting, limit=MOST_WAITING) >= MOST_WAITING:
            return HTTPStatus.TOO_MANY_REQUESTS
        if self._keep(connection_sudo, notice):
            self.env.ref("bank_sync.bank_inbox_cron_process").sudo()._trigger()
        return HTTPStatus.ACCEPTED

    @api.model
    def _keep(self, connection, notice):
        """Insert the notice unless it is there, and tell whether it is new."""
        values = {
            "connection_id": connection.id,
            "company_id": connection.company_id.id,
            "event_id": notice.event_id,
            "kind": notice.kind,
            "resource": notice.resource,
            "received_at": fields.Datetime.now(),
            "state": "received",
        }
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO bank_inbox (%s) VALUES %s"
                " ON CONFLICT (connection_id, event_id) DO NOTHING RETURNING id",
                SQL(", ").join(SQL.identifier(name) for name in values),
                tuple(values.values()),
            )
        )
        self.invalidate_model()
        return bool(rows)

    # === LOOKING === #

    @api.model
    def _cron_process(self, batch_size=500):
        """Look at what the banks' notices point to, in the order they came; never raises."""
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "=", "received")], order="id", limit=batch_size)
        cron._commit_progress(remaining=len(waiting))
        for connection, notices in waiting.grouped("connection_id").items():
            held = notices.try_lock_for_update(allow_referencing=True)
            held = held.filtered(lambda notice: notice.state == "received")
            try:
                held._look(connection)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Notices of bank connection %s failed", connection.id)
                held._transition(
                    "failed", problem=self.env._("Internal error, see the server log.")
                )
            if not cron._commit_progress(len(notices)):
                break

    def _look(self, connection):
        """Look at the bank once for all these notices of it."""
        if connection.state not in {"active", "attention", "authorizing"}:
            self._transition("failed", problem=self.env._("The bank is not connected."))
            return
        try:
            if "consent" in self.mapped("kind"):
                connection.consent_id._refresh()
        except BankError as error:
            self.filtered(lambda notice: notice.kind == "consent")._transition(
                "failed", problem=problem_sentence(self.env, error)
            )
        if "account" in self.mapped("kind"):
            connection._read_soon()
        orders = self.filtered(lambda notice: notice.kind == "order")
        if orders:
            self.env["bank.outbox"]._look_soon(connection, set(orders.mapped("resource")))
        self.filtered(lambda notice: notice.state == "received")._transition("done")

    def _transition(self, target, *, problem=False):
        """Move all notices to ``target`` and record it.

        :raise ValueError: when one has been looked at before
        """
        for notice in self:
            if target not in TRANSITIONS[notice.state]:
                message = f"notice {notice.id} is {notice.state} and cannot become {target}"
                raise ValueError(message)
        self.sudo().write({"state": target, "problem": problem})
        self.env["bank.event"]._record(
            f"notice_{target}",
            self,
            {notice.id: {"about": notice.kind, "resource": notice.resource} for notice in self},
        )

    @api.autovacuum
    def _gc_notices(self):
        """Forget ids after 400 days."""
        limit = fields.Datetime.now() - timedelta(days=REMEMBERED_DAYS)
        self.sudo().search([("received_at", "<", limit)], limit=10_000).unlink()
