import base64
import binascii
from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors.base import Temporary
from ..connectors.event_receiver import EventReceiver
from ..connectors.signed_events import event_body
from ..connectors.transport import Transport

#: Bytes a secret has at least, by the Standard Webhooks convention.
LEAST_SECRET = 24


class BankConnection(models.Model):
    """How events come from the bank and go to it: addresses, and the secrets that sign them."""

    _inherit = "bank.connection"

    event_address = fields.Char(
        compute="_compute_event_address",
        string="Address for Events",
        help="Give it to the bank, together with a secret. Events only make us look sooner.",
    )
    event_secret = fields.Char(
        compute="_compute_event_secret",
        inverse="_inverse_event_secret",
        string="Secret of Events",
        groups="bank_sync.group_manager",
        help="Begins with whsec_. Kept encrypted; the one before it stays good until the next.",
    )

    event_url = fields.Char(
        string="Send Our Events To",
        groups="bank_sync.group_manager",
        help="Where the bank receives events of ours. Empty: none are sent.",
    )
    event_out_secret = fields.Char(
        compute="_compute_event_secret",
        inverse="_inverse_event_out_secret",
        string="Secret We Sign With",
        groups="bank_sync.group_manager",
        help="Begins with whsec_. Kept encrypted; while it changes we sign with the old one too.",
    )
    events_stopped = fields.Boolean(
        readonly=True, copy=False, help="The receiver wants no more events (HTTP 410)."
    )

    @api.model
    def _derived_fields(self):
        return super()._derived_fields() | {"events_stopped"}

    def write(self, vals):
        """Write; a new receiver starts afresh, and is not told with the secret of the old one."""
        if "event_url" in vals:
            moved = self.filtered(lambda connection: connection.event_url != vals["event_url"])
            moved.sudo().events_stopped = False
            for connection in moved:
                self.env["bank.secret"]._store(connection, "event_out_secret", None)
        return super().write(vals)

    def _compute_event_address(self):
        for connection in self:
            connection.event_address = (
                f"{connection.get_base_url()}/bank_sync/events/{connection.id}"
                if connection._origin.id
                else False
            )

    def _compute_event_secret(self):
        self.event_secret = self.event_out_secret = False

    def _inverse_event_out_secret(self):
        for connection in self.filtered("event_out_secret"):
            connection._store_event_secret("event_out_secret", connection.event_out_secret)
        self.invalidate_recordset(["event_out_secret"])

    def _inverse_event_secret(self):
        for connection in self.filtered("event_secret"):
            connection._store_event_secret("event_secret", connection.event_secret)
        self.invalidate_recordset(["event_secret"])

    def _store_event_secret(self, purpose, secret):
        """Keep a new secret beside the one in use, so that a change loses no event.

        :raise UserError: when it is no secret of the convention
        """
        self.ensure_one()
        if not _is_secret(secret):
            raise UserError(
                self.env._("A secret for events is whsec_ and at least 24 bytes in base64.")
            )
        kept = [secret, *self._event_secrets(purpose)][:2]
        self.env["bank.secret"]._store(self, purpose, " ".join(dict.fromkeys(kept)))

    def _event_secrets(self, purpose="event_secret"):
        """Return the secrets in use, the newest first; possibly none. Never show or log them."""
        return (self.env["bank.secret"]._reveal(self, purpose) or "").split()

    # === EVENTS OUT === #

    def _tell(self, kind, record, version):
        """Queue a thin event about ``record`` for the bank, where it receives any.

        :param kind: what happened, such as ``order.settled``
        :param version: number of this happening to the record
        :return: the intent, or an empty recordset
        """
        self.ensure_one()
        outbox = self.env["bank.outbox"]
        if not self.sudo().event_url or self.events_stopped:
            return outbox
        aggregate = f"{kind}:{record._name},{record.id}"
        moment = fields.Datetime.now().replace(tzinfo=timezone.utc)
        if known := outbox.sudo().search([("key", "=", outbox._key(aggregate, version))]):
            return known.sudo(False)
        body = event_body(kind, str(record.id), moment)
        return outbox._enqueue(self, "event", aggregate, version, body, summary=kind)

    def _event_receiver(self):
        """Return the way to the bank's receiver of events.

        :raise BankError: when there is none, or this database is a copy
        """
        self.ensure_one()
        self._adapter()  # refuses in a copy of the database
        secrets = self._event_secrets("event_out_secret")
        connection_sudo = self.sudo()
        if not connection_sudo.event_url or not secrets or self.events_stopped:
            raise Temporary("refused", "The bank receives no events.")
        hosts = self._transport_options()["insecure_hosts"]
        transport = Transport(connection_sudo.event_url, insecure_hosts=hosts)
        return EventReceiver(transport, secrets, lambda: datetime.now(tz=timezone.utc))

    def _stop_events(self):
        """Send no more events to a receiver that wants none, and tell its person."""
        self.sudo().events_stopped = True
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(self.create_uid or self.env.user).id,
            summary=self.env._("The bank wants no more events of ours (HTTP 410)"),
        )

    # === LOOKING SOONER === #

    @api.model
    def _read_delay(self):
        """Return fields that make a connection wait; a hint does not shorten what they say."""
        return {"failure_count"}

    def _read_soon(self):
        """Read the bank at the next turn, unless it is being left alone after a failure."""
        now = fields.Datetime.now()
        willing = self.filtered(
            lambda connection: (
                connection.state in {"active", "attention"}
                and not any(connection[name] for name in self._read_delay())
            )
        )
        willing.sudo().write({"next_attempt_at": now})
        if willing:
            self.env.ref("bank_sync.bank_connection_cron_sync").sudo()._trigger()


def _is_secret(text):
    try:
        raw = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith("whsec_") and len(raw) >= LEAST_SECRET
