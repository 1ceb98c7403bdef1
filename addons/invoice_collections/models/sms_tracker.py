from odoo import models

#: Status of Odoo's notification -> what our touchpoint calls it.
_RECEIPTS = {"sent": "delivered", "bounce": "failed", "exception": "failed"}


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _update_sms_notifications(
        self, notification_status, failure_type=False, failure_reason=False
    ):
        """Carry what a provider says later to the touchpoint: delivered, or not."""
        super()._update_sms_notifications(
            notification_status, failure_type=failure_type, failure_reason=failure_reason
        )
        status = _RECEIPTS.get(notification_status)
        if not status:
            return
        touchpoints_sudo = (
            self.env["collection.touchpoint"]
            .sudo()
            .search([("sms_uuid", "in", self.mapped("sms_uuid")), ("state", "=", "sent")])
        )
        for touchpoint_sudo in touchpoints_sudo:
            touchpoint_sudo._record_receipt(
                status, str(failure_reason or failure_type or ""), notification_status == "bounce"
            )
