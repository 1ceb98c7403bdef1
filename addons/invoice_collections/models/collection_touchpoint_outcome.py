from datetime import timedelta

from odoo import fields, models

from ..core import incoming_mail
from .collection_touchpoint import TRANSITIONS

#: What Odoo calls an address at which nobody can be written to.
_DEAD = ("mail_email_invalid", "mail_email_missing")


class CollectionTouchpoint(models.Model):
    _inherit = "collection.touchpoint"

    # === BUSINESS METHODS - WHAT BECAME OF IT === #

    def _record_outcome(self, failure_type, failure_reason):
        """Carry what a mail server said at once: taken, refused for good, or failed."""
        if not self:
            return
        if not failure_type:
            self._record_sent()
        elif failure_type in _DEAD or incoming_mail.is_permanent(str(failure_reason)).permanent:
            self._record_bounce(permanent=True, reason=str(failure_reason or failure_type))
        else:
            self._record_failure(failure_type, failure_reason)

    def _record_sent(self):
        """The channel has taken the message: it left us."""
        self._transition("sent", {"sent_at": fields.Datetime.now(), "failure_reason": False})

    def _record_delivered(self):
        """The channel says that it arrived; said twice, it is recorded once."""
        arrived = self.filtered(lambda one: one.state in ("sent", "unknown"))
        arrived._transition("delivered", {"delivered_at": fields.Datetime.now()})
        arrived.contact_point_id._confirm()

    def _record_failure(self, code, reason):
        """The channel could not take it, for whatever reason of its own: a person is told."""
        failed = self.filtered(lambda one: one.state == "queued")
        failed._transition(
            "failed",
            {"failure_reason": reason or code},
            {"failure": code, "reason": str(reason or "")},
        )
        failed._ask(self.env._("A reminder could not be delivered"))

    def _record_bounce(self, permanent, reason):
        """It did not arrive: the address is marked, and the next allowed day tries another way.

        :param permanent: the address is dead; else a third time in a row makes it so
        """
        bounced = self.filtered(lambda one: "bounced" in TRANSITIONS[one.state])
        bounced._ensure_contact_points()
        for company, touchpoints in bounced.grouped("company_id").items():
            tomorrow = company._collection_today() + timedelta(days=1)
            touchpoints._transition(
                "bounced",
                {
                    "bounced_at": fields.Datetime.now(),
                    "failure_reason": reason,
                    "retry_date": tomorrow,
                },
                {"reason": reason, "permanent": permanent},
            )
            touchpoints.case_id._look_again_on(tomorrow)
        bounced.contact_point_id._bounce(permanent, reason)
        dead = bounced.filtered(lambda one: one.contact_point_id.health == "hard")
        dead._ask(self.env._("An address does not work any more: please ask for a new one"))

    def _record_unknown(self):
        """Nobody can say whether it left: it is not sent again, and a person is asked."""
        self._transition("unknown")
        self._ask(self.env._("Perhaps a reminder left, perhaps not: please look"))

    def _record_reply(self):
        """The customer has answered."""
        self.filtered(lambda one: not one.replied_at).write({"replied_at": fields.Datetime.now()})

    def _wait_for_server(self):
        """Keep mails in the queue that no server took, and tell one person a company."""
        waiting = self.filtered(lambda one: one.state == "queued")
        mails = waiting.mail_id
        mails.write({"state": "outgoing"})
        self.env["mail.notification"].search([("mail_mail_id", "in", mails.ids)]).write(
            {"notification_status": "ready", "failure_type": False, "failure_reason": False}
        )
        for company in waiting.company_id:
            company._collection_policy()._ask_responsible(
                self.env._("No mail server takes our reminders: please look at its settings")
            )

    def _ask_for_address(self):
        """Leave a task where nobody can be written to: never silence."""
        self._ask(self.env._("No address that works: the customer cannot be reminded"))

    def _ask(self, summary):
        """Give a person one task a case; see the case's own."""
        self.case_id._ask(summary)
