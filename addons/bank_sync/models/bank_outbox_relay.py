import logging
import secrets
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import str2bool

from ..connectors.base import BankError, Order, Permanent
from ..connectors.order_outcome import outcome_of
from ..core.outbox import (
    GIVE_UP_SECONDS,
    LEASE_SECONDS,
    next_state,
    pause_after,
)
from .problems import problem_code, problem_sentence

_logger = logging.getLogger(__name__)

#: How often a step is repeated when another worker changed the same row at the same moment.
CONFLICTS = 4
#: The next row that is due and that no other worker holds. An order waits until everything said
#: before about the same thing has surely arrived, or surely not.
_DUE = """
SELECT o.id
  FROM bank_outbox o
  JOIN bank_connection c ON c.id = o.connection_id
 WHERE o.next_at <= %(now)s
   AND o.state IN ('queued', 'leased', 'sent', 'unknown')
   AND (o.state = 'leased' OR c.state IN ('active', 'attention'))
   AND (o.state != 'queued' OR NOT EXISTS (
           SELECT FROM bank_outbox earlier
            WHERE earlier.aggregate = o.aggregate
              AND earlier.version < o.version
              AND earlier.company_id = o.company_id
              AND earlier.state IN ('queued', 'leased', 'unknown')))
 ORDER BY o.next_at, o.id
 LIMIT 1
   FOR UPDATE OF o SKIP LOCKED
"""
#: Entries of the bank's books that are orders of ours: proof that they were executed.
_EXECUTED = """
SELECT o.id, MIN(e.id)
  FROM bank_outbox o
  JOIN bank_entry e ON e.end_to_end_id = o.end_to_end_id
                   AND e.company_id = o.company_id AND e.state = 'booked' AND e.amount < 0
 WHERE o.state IN ('sent', 'unknown') AND o.kind = 'payment'
 GROUP BY o.id
"""


class BankOutbox(models.Model):
    """How intents leave: one at a time, leased, each step committed before the next.

    The relay works on a database connection of its own. What it sends was committed before, and
    what it has sent cannot be repeated by a transaction that Odoo runs again.
    """

    _inherit = "bank.outbox"

    @api.model
    def _cron_relay(self, batch_size=200):
        """Send what is due, ask about what is not certain; never raises.

        Safe with any number of workers: each row is held by one of them.
        """
        cron = self.env["ir.cron"]
        if self._is_silenced():
            return
        try:
            self._apart("_suspend_copies")
            self._apart("_confirm_from_books")
            for _number in range(batch_size):
                if not self._apart("_relay_one") or not cron._commit_progress(1):
                    break
        except Exception:
            _logger.exception("The bank outbox stumbled; it goes on in a minute")

    def _apart(self, method):
        """Run ``method`` on a cursor of its own, whatever the caller's transaction holds."""
        for tries_left in range(CONFLICTS, -1, -1):
            try:
                with self.env.registry.cursor() as cursor:
                    return getattr(self.with_env(self.env(cr=cursor, su=True)), method)()
            except SerializationFailure:
                if not tries_left:
                    raise
        return False

    @api.model
    def _relay_one(self):
        """Take one row that is due one step further; tell whether there was one.

        Runs on a cursor of its own and commits after every step.
        """
        intent = self._take()
        if not intent:
            return False
        try:
            intent._step()
        except Exception:
            _logger.exception("Bank order %s stumbled", intent.id)
            self.env.cr.rollback()
            intent._postpone()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        return True

    @api.model
    def _is_silenced(self):
        """Tell whether nothing may leave this database, because it is a copy of another."""
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return str2bool(parameters_sudo.get_param("database.is_neutralized", ""), False)

    @api.model
    def _suspend_copies(self):
        """Suspend the connections of a database that is a copy: none of their orders leaves."""
        self.env["bank.connection"]._suspend_copies()

    @api.model
    def _take(self):
        """Return the next row that is due, locked."""
        self.flush_model()
        rows = self.env.execute_query(SQL(_DUE, now=fields.Datetime.now()))
        return self.browse(row[0] for row in rows)

    @api.model
    def _confirm_from_books(self):
        """Confirm the orders whose entries the bank's own books show."""
        self.flush_model()
        self.env["bank.entry"].flush_model()
        for intent_id, entry_id in self.env.execute_query(SQL(_EXECUTED)):
            intent = self.browse(intent_id).try_lock_for_update(allow_referencing=True)
            if intent.state in {"sent", "unknown"}:
                intent._transition(
                    "confirmed", entry_id=entry_id, problem_code=False, problem=False
                )

    def _step(self):
        """Do the next thing with a row that is locked and due."""
        if self.state == "leased":
            self._transition("unknown", **self._in("lease_expired", 0))
        elif self.state == "queued":
            self._send()
        elif self.state == "sent":
            self._ask_state()
        else:
            self._settle_doubt()

    def _in(self, problem, seconds):
        """Return the values of a row that is looked at again in so many seconds."""
        return {
            "problem_code": problem,
            "problem": False,
            "next_at": fields.Datetime.now() + timedelta(seconds=seconds),
        }

    def _postpone(self):
        """Look at a row we stumbled over in an hour; a lease runs out by itself."""
        if self.state != "leased":
            self.sudo().write(self._in("internal", 3600))

    # === SENDING === #

    def _send(self):
        """Lease the row, commit, send it, write down what came of it."""
        body = self._order_body()
        if body is None:
            self._transition("failed", problem_code="tampered")
            return
        lease, now = secrets.token_hex(16), fields.Datetime.now()
        self._transition(
            "leased",
            first_attempt_at=self.first_attempt_at or now,
            last_attempt_at=now,
            attempt_count=self.attempt_count + 1,
            next_at=now + timedelta(seconds=LEASE_SECONDS),
        )
        self.sudo().lease = lease
        self.env.cr.commit()  # pylint: disable=invalid-commit
        order = Order(
            kind=self.kind,
            key=self.key,
            end_to_end_id=self.end_to_end_id,
            body=body,
            user_ip=self.user_ip or None,
            redirect_url=f"{self.get_base_url()}/odoo/bank-orders/{self.id}",
        )
        try:
            channel = self._channel()
        except (BankError, UserError) as error:
            _logger.info("Bank order %s: no way to the bank: %s", self.id, error)
            self._note_not_executed(lease, "no_channel", self.env._("The bank is not connected."))
            return
        try:
            answer = channel.submit(self.connection_id.consent_id.external_id or None, order)
        except BankError as error:
            self._note_error(lease, error)
        else:
            self._note_answer(answer)

    def _channel(self):
        """Return what takes orders of this kind: the bank's adapter, or its receiver of events.

        :raise BankError: when there is no way to it
        :raise UserError: when its secrets cannot be read
        """
        if self.kind == "event":
            return self.connection_id._event_receiver()
        channel = self.connection_id._adapter()
        if self.kind not in channel.capabilities.submits:
            raise Permanent("not_supported", "The bank takes no such orders.")
        return channel

    def _hold(self):
        """Lock the row again and forget what this transaction knew of it."""
        for tries_left in range(CONFLICTS, -1, -1):
            try:
                self.env.cr.execute(
                    SQL("SELECT FROM bank_outbox WHERE id = %s FOR UPDATE", self.id)
                )
                break
            except SerializationFailure:
                # What the bank said must not get lost with the snapshot of a moment ago.
                self.env.cr.rollback()
                if not tries_left:
                    raise
        self.invalidate_recordset()

    def _note_answer(self, answer):
        """Write down what the bank says; a state never goes back, its word is kept as it came."""
        self._hold()
        values = {
            "reference": answer.reference or self.reference,
            "bank_status": answer.status,
            "bank_reason": answer.reason,
            "approval_url": answer.redirect_url,
            "request_ids": self._with_request(answer.request_id),
            **self._in(False, pause_after(self.look_count + 1)),
        }
        if answer.redirect_url:
            self._ask_person(self.env._("Approve this order on the bank's page"))
        target = next_state(self.state, answer.status)
        if target != self.state:
            self._transition(target, **values)
            return
        if self.bank_status != answer.status:
            self.env["bank.event"]._record(
                "outbox_status", self, {"state": self.state, "bank_status": answer.status}
            )
        self.sudo().write(values)

    def _note_error(self, lease, error):
        """Write down an attempt that failed, by what is certain about the order."""
        outcome, sentence = outcome_of(error), problem_sentence(self.env, error)
        if outcome == "not_executed":
            wait = getattr(error, "retry_after", None)
            self._note_not_executed(
                lease, problem_code(error), sentence, wait=wait, request_id=error.request_id
            )
            return
        self._hold()
        if self.lease != lease:
            return
        values = {
            **self._in(problem_code(error), pause_after(self.attempt_count)),
            "problem": sentence,
            "request_ids": self._with_request(error.request_id),
        }
        if outcome == "refused" and self.kind != "event":
            self._transition("failed", **{**values, "bank_reason": error.code})
            self._ask_person(self.env._("The bank refuses this order"))
        elif outcome == "refused":
            self._transition("dead", **values)
            self.connection_id._stop_events()
        else:
            self._transition("unknown", **values)

    def _note_not_executed(self, lease, code, sentence, *, wait=None, request_id=None):
        """Put a row back that has surely not been executed, or give it up in the end."""
        self._hold()
        if self.lease != lease:
            return
        tried = fields.Datetime.now() - self.first_attempt_at
        given_up = tried >= timedelta(seconds=GIVE_UP_SECONDS)
        values = {
            **self._in(code, pause_after(self.attempt_count, wait)),
            "problem": sentence,
            "request_ids": self._with_request(request_id),
        }
        self._transition("dead" if given_up else "queued", **values)
        if given_up:
            self._ask_person(self.env._("An order could not be given to the bank"))

    def _with_request(self, request_id):
        known = self.request_ids or []
        return [*known, request_id][-50:] if request_id else known
