from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors.base import BankError, OrderState
from ..core.outbox import ASK_AFTER_SECONDS, LEASE_SECONDS, Doubt, pause_after, settle_doubt
from .problems import problem_sentence


class BankOutbox(models.Model):
    """How we find out about orders nobody has answered for, without ever sending one twice."""

    _inherit = "bank.outbox"

    def _settle_doubt(self):
        """Find out about an order that may have been executed."""
        if self.reference:
            self._ask_state()
            return
        decision = settle_doubt(self._doubt())
        if decision == "search":
            self._find_at_bank()
        else:
            self._follow(decision)

    def _doubt(self, *, found_none=False):
        """Return what is known of the doubt about this order."""
        now = fields.Datetime.now()
        try:
            remembered = self._channel().capabilities.idempotency_seconds
        except (BankError, UserError):
            remembered = 0
        return Doubt(
            since_first=int((now - self.first_attempt_at).total_seconds()),
            since_last=int((now - self.last_attempt_at).total_seconds()),
            remembered_for=remembered,
            can_search=self.kind != "event",
            found_none=found_none,
        )

    def _follow(self, decision):
        """Carry out what was decided about a doubt."""
        if decision == "send_again":
            self._send()
        elif decision == "give_up":
            self._transition("dead", problem_code=self.problem_code, problem=self.problem)
            self._ask_person(self.env._("The receiver of our events does not answer"))
        else:
            self._look_later()
            if decision == "ask":
                self._ask_person(self.env._("Did the bank execute this order?"))

    def _look_later(self):
        looks = self.look_count + 1
        self.sudo().write(
            {
                "look_count": looks,
                "next_at": self._in(False, pause_after(looks))["next_at"],
            }
        )

    # === ASKING THE BANK === #

    @api.model
    def _look_soon(self, connection, references):
        """Ask soon about the orders a bank has sent a notice of; without a reference, about all."""
        domain = [("connection_id", "=", connection.id), ("state", "in", ["sent", "unknown"])]
        if references - {False}:
            domain.append(("reference", "in", list(references - {False})))
        self.sudo().search(domain).write({"next_at": fields.Datetime.now()})
        self._wake_relay()

    def _ask_state(self):
        """Ask the bank what became of an order it has taken."""
        consent = self.connection_id.consent_id.external_id or None
        self._begin_look()
        try:
            answer = self._channel().order_state(consent, self.reference, self.kind)
        except (BankError, UserError) as error:
            self._note_unanswered(error)
        else:
            self._note_answer(answer)
            if self.state == "unknown":
                self._ask_when_late()

    def _find_at_bank(self):
        """Ask the bank for the order by its end-to-end id."""
        consent = self.connection_id.consent_id.external_id or None
        self._begin_look()
        try:
            found = self._channel().find_order(consent, self.end_to_end_id, self.kind)
        except (BankError, UserError) as error:
            # A bank that cannot be asked tells by its statement, or a person finds out.
            self._note_unanswered(error)
            return
        if found:
            self._note_answer(found)
            return
        self._hold()
        if self.state == "unknown":
            self._follow(settle_doubt(self._doubt(found_none=True)))

    def _begin_look(self):
        """Put the row off, so that no other worker asks the same, and commit."""
        self._look_later()
        self.sudo().next_at = max(self.next_at, self._in(False, LEASE_SECONDS)["next_at"])
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _note_unanswered(self, error):
        """Keep why asking failed; it is asked again."""
        self._hold()
        if self.state in {"sent", "unknown"}:
            bank = isinstance(error, BankError)
            self.sudo().problem = problem_sentence(self.env, error) if bank else str(error)
            self._ask_when_late()

    @api.model
    def _doubt_waiting(self, connection):
        """Doubt what waits: another copy of this database may have sent it.

        A backup brings back orders as waiting that its original sent afterwards.
        """
        now = fields.Datetime.now()
        waiting = [("connection_id", "=", connection.id), ("state", "=", "queued")]
        for intent in self.sudo().search([*waiting, ("kind", "!=", "event")]):
            intent._transition(
                "unknown",
                problem_code="copied_database",
                first_attempt_at=intent.first_attempt_at or now,
                last_attempt_at=now,
                next_at=now,
            )

    @api.model
    def _apply_status_report(self, company, report):
        """Take over what a payment status report (pain.002) says about orders of ``company``.

        :param report: ``core.payment_status.PaymentStatusReport``
        :return: the orders it speaks of
        """
        told = {
            payment.end_to_end_id: (payment, payment.status or batch.status or report.status)
            for batch in report.batches
            for payment in batch.payments
        }
        intents = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "payment"),
                ("end_to_end_id", "in", [name for name in told if name]),
                ("state", "in", ["sent", "unknown", "confirmed", "failed"]),
            ]
        )
        for intent in intents:
            payment, status = told[intent.end_to_end_id]
            reason = payment.reasons[0].code if payment.reasons else None
            reference = intent.reference or payment.servicer_reference or ""
            if status:
                intent._note_answer(OrderState(reference, status, "", reason))
        return intents

    # === ASKING A PERSON === #

    def _ask_when_late(self):
        """Ask a person about what has been uncertain for days."""
        waited = fields.Datetime.now() - self.first_attempt_at
        if self.state == "unknown" and waited.total_seconds() >= ASK_AFTER_SECONDS:
            self._ask_person(self.env._("Did the bank execute this order?"))

    def _ask_person(self, question):
        """Leave one task on the order for whoever connected the bank.

        What the bank said is committed first: telling somebody of it may fail.
        """
        self.env.cr.commit()  # pylint: disable=invalid-commit
        if self.sudo().activity_ids.filtered(lambda activity: activity.summary == question):
            return
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(self.connection_id.create_uid or self.env.user).id,
            summary=question,
            note=self.problem or "",
        )
