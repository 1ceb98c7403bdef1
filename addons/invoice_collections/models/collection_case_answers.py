from datetime import timedelta

from odoo import models
from odoo.tools import email_normalize

from ..core import incoming_mail
from .collection_touchpoint import CONTACTED


class CollectionCase(models.Model):
    _inherit = "collection.case"

    # === BUSINESS METHODS - WHAT COMES BACK === #

    def message_update(self, msg_dict, update_vals=None):
        """Take an answer on the thread of a case: a person's stops the reminders for a while."""
        result = super().message_update(msg_dict, update_vals=update_vals)
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        if not any(not user.share for user in author.sudo().user_ids):
            self._record_answer(
                email_normalize(msg_dict.get("email_from") or "") or "",
                automatic=self.env.context.get("collection_automatic", False),
            )
        return result

    def _record_answer(self, address, channel="email", automatic=False):
        """Stop the reminders for the policy's days, and give a person the thread.

        :param automatic: a machine answered; noted, and nothing else
        """
        events = self.env["collection.event"]
        if automatic:
            events._log_many([("auto_reply", case, {"from": address}) for case in self])
            return
        for case in self.sudo():
            case._last_contact()._record_reply()
            case.contact_point_ids.filtered(
                lambda point: (point.channel, point.address) == (channel, address)
            )._confirm()
            case._pause_for_answer()
        events._log_many(
            [("replied", case, {"from": address, "channel": channel}) for case in self]
        )
        self.sudo()._ask(self.env._("The customer has answered: please read it and decide"))

    def _pause_for_answer(self):
        """Pause a case that is being chased; what else stops it stays, and so does a person's."""
        self.ensure_one()
        days = self.company_id._collection_policy().reply_pause_days
        today = self.company_id._collection_today()
        ours = self.pause_reason == "reply" or not self._is_paused(today)
        if days and ours and self.state in ("watching", "dunning", "on_hold"):
            self._hold("reply", today + timedelta(days=days))

    def _last_contact(self):
        """Return the latest touchpoint the customer got."""
        self.ensure_one()
        return self.env["collection.touchpoint"].search(
            [("case_id", "=", self.id), ("state", "in", CONTACTED)],
            order="date desc, id desc",
            limit=1,
        )

    def _message_receive_bounce(self, email, partner):
        """Carry a failed delivery to the touchpoint and the address it was about."""
        result = super()._message_receive_bounce(email, partner)
        failure = self.env.context.get("collection_failure") or incoming_mail.Failure(
            permanent=False, delayed=False, code=None
        )
        address = email_normalize(email or "") or ""
        for case in self.sudo():
            self.env["collection.touchpoint"].sudo().search(
                [
                    ("case_id", "=", case.id),
                    ("channel", "=", "email"),
                    ("email", "=", address),
                    ("state", "in", ("sent", "delivered")),
                ],
                order="date desc, id desc",
                limit=1,
            )._record_bounce(failure.permanent, failure.code or "")
        return result
