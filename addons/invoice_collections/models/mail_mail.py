from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Look at the books once more before a reminder leaves; what is settled is not sent."""
        touchpoints = self._collection_touchpoints()
        if touchpoints:
            # Odoo's way to narrow a recordset.
            self = self - touchpoints._recheck_waiting().mail_id  # noqa: PLW0642
        return super().send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Carry the outcome to the touchpoint: sent, or failed and why.

        Where no mail server could be reached, ours stay in the queue: the next hour tries again.
        """
        touchpoints = self._collection_touchpoints()
        unreachable = failure_type == "mail_smtp" and not failure_reason
        if not unreachable:
            touchpoints._record_outcome(failure_type, failure_reason)
        result = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
        if unreachable:
            touchpoints._wait_for_server()
        return result

    def _collection_touchpoints(self):
        """Return the touchpoints (sudo) of these mails that are not sent yet."""
        return (
            self.env["collection.touchpoint"]
            .sudo()
            .search([("mail_id", "in", self.ids), ("state", "in", ("queued", "failed"))])
        )
